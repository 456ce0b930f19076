/* Every function of the binding that stub.c does not define: a weak symbol
 * that answers 801, CUDA_ERROR_NOT_SUPPORTED. */
#include "abi_gen.h"

__attribute__((used)) static int unsupported(void) { return CUDA_ERROR_NOT_SUPPORTED; }

#define TEXT(x) #x
#define WEAK(f) __asm__(".weak " TEXT(f) "\n.type " TEXT(f) ", @function\n.set " TEXT(f) ", unsupported\n");
DRIVER_FUNCTIONS(WEAK)
