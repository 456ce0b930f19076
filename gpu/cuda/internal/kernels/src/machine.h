/*
 * What a kernel may use of the machine that it runs on: a GPU, or the host
 * that stands in for one. The kernels are written against this file only, in
 * a subset of C that clang compiles for NVPTX (as CUDA, without any header of
 * an SDK), and gcc and clang for a CPU.
 *
 * A kernel is a sequence of phases. VE_EACH runs a phase in every thread of
 * the block: on a GPU that is what a thread does anyway, on the host it is a
 * loop. Barriers stand between phases. What a thread keeps from one phase to
 * the next is a VE_STATE, reached with VE_MY. Grids and blocks have one
 * dimension.
 */
#ifndef VE_MACHINE_H
#define VE_MACHINE_H

typedef unsigned char ve_u8;
typedef unsigned int ve_u32;
typedef unsigned long long ve_u64;
typedef ve_u32 ve_u32x4 __attribute__((vector_size(16), may_alias));

/* Memory is bytes: what is loaded and stored may alias anything. */
typedef ve_u32 ve_any32 __attribute__((may_alias));
typedef ve_u64 ve_any64 __attribute__((may_alias));

#define VE_THREADS 128 /* the most threads in a block */
#define VE_WARP 32

#ifdef __CUDA__
#include "gpu_machine.h"
#else
#include "host_machine.h"
#endif

/* Memory of the device by its address, which is a multiple of the width. */
VE_INLINE ve_u8 ve_load8(ve_u64 at) { return *VE_AT(const ve_u8, at); }
VE_INLINE ve_u32 ve_load32(ve_u64 at) { return *VE_AT(const ve_any32, at); }
VE_INLINE ve_u64 ve_load64(ve_u64 at) { return *VE_AT(const ve_any64, at); }
VE_INLINE ve_u32x4 ve_load128(ve_u64 at) { return *VE_AT(const ve_u32x4, at); }
VE_INLINE void ve_store8(ve_u64 at, ve_u8 value) { *VE_AT(ve_u8, at) = value; }
VE_INLINE void ve_store32(ve_u64 at, ve_u32 value) { *VE_AT(ve_any32, at) = value; }
VE_INLINE void ve_store64(ve_u64 at, ve_u64 value) { *VE_AT(ve_any64, at) = value; }

/* The index of this thread in the grid, and how many threads that has. */
VE_INLINE ve_u64 ve_index(void) { return (ve_u64)ve_block() * ve_threads() + ve_thread(); }
VE_INLINE ve_u64 ve_stride(void) { return (ve_u64)ve_blocks() * ve_threads(); }

#endif
