/*
 * The kernels as the host runs them: one table with the name, the parameters
 * and a function of every entry of the PTX module, and of the conformance
 * suite's kernels. Compile src/host.c (C11, gcc or clang) to get it.
 */
#ifndef VE_HOST_H
#define VE_HOST_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ve_dim3 {
	uint32_t x, y, z;
};

struct ve_kernel {
	const char *name;           /* the entry in the PTX; NULL ends the table */
	int nparams;                /* number of parameters */
	const uint8_t *param_sizes; /* their sizes in bytes, in order */

	/*
	 * Runs all threads of one block, barriers included, and returns when
	 * they have ended. args has nparams values; one of 4 bytes is in the
	 * low half. Addresses are those of this process. Blocks of one grid are
	 * independent, and may run on several threads at once. A store or load
	 * that faults may be left by siglongjmp: nothing is held.
	 */
	void (*block)(struct ve_dim3 grid, struct ve_dim3 block_index, struct ve_dim3 block_dim, const uint64_t *args);
};

extern const struct ve_kernel ve_kernels[];

#ifdef __cplusplus
}
#endif

#endif
