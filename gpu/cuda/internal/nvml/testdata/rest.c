/* Every function of the binding that stub.c does not define: a weak symbol
 * that answers 3, NVML_ERROR_NOT_SUPPORTED. */
#include "abi_gen.h"

__attribute__((used)) static int unsupported(void) { return NVML_ERROR_NOT_SUPPORTED; }

#define TEXT(x) #x
#define WEAK(f) __asm__(".weak " TEXT(f) "\n.type " TEXT(f) ", @function\n.set " TEXT(f) ", unsupported\n");
NVML_FUNCTIONS(WEAK)
