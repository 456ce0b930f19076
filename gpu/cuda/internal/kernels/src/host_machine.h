/*
 * The host's half of machine.h: the threads of a block are a loop, atomics are
 * those of the CPU, and memory of the device is memory of this process.
 */
#ifndef VE_HOST_MACHINE_H
#define VE_HOST_MACHINE_H

#include <stdint.h>

/* Where the thread that is being played stands in its grid. */
struct ve_place {
	ve_u32 thread, threads, block, blocks;
};
static __thread struct ve_place ve_here;

#define VE_INLINE static inline __attribute__((always_inline, unused))
/* Compiled once here, where the compiler's time counts more than a call. */
#define VE_SHARED_CODE static __attribute__((noinline, unused))
#define VE_KERNEL(resident) static void
#define VE_SHARED static __thread __attribute__((aligned(16)))
#ifdef __clang__
#define VE_UNROLL _Pragma("unroll")
#define VE_ROLLED _Pragma("nounroll")
#else
#define VE_UNROLL _Pragma("GCC unroll 64")
#define VE_ROLLED _Pragma("GCC unroll 1")
#endif

#define VE_EACH for (ve_here.thread = 0; ve_here.thread < ve_here.threads; ve_here.thread++)
#define VE_STATE(type, name) static __thread type name[VE_THREADS]
#define VE_MY(name) (&(name)[ve_here.thread])
#define VE_WARP_BARRIER

#define ve_thread() (ve_here.thread)
#define ve_threads() (ve_here.threads)
#define ve_block() (ve_here.block)
#define ve_blocks() (ve_here.blocks)

#define VE_AT(type, at) ((type *)(uintptr_t)(at))

VE_INLINE ve_u32 ve_xor(ve_u32 a, ve_u32 b, ve_u32 c) { return a ^ b ^ c; }
VE_INLINE ve_u32 ve_choose(ve_u32 a, ve_u32 b, ve_u32 c) { return c ^ (a & (b ^ c)); }
VE_INLINE ve_u32 ve_majority(ve_u32 a, ve_u32 b, ve_u32 c) { return (a & b) | (c & (a | b)); }

/* A CPU has nothing to win here. */
VE_INLINE ve_u32 ve_opaque_one(void) { return 1; }
VE_INLINE ve_u32 ve_add(ve_u32 a, ve_u32 b, ve_u32 one) { return a * one + b; }

VE_INLINE void ve_atomic_min(ve_u64 at, ve_u64 value)
{
	ve_u64 now = __atomic_load_n(VE_AT(ve_any64, at), __ATOMIC_RELAXED);
	while (value < now &&
	       !__atomic_compare_exchange_n(VE_AT(ve_any64, at), &now, value, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

VE_INLINE void ve_atomic_add(ve_u64 at, ve_u64 value)
{
	__atomic_fetch_add(VE_AT(ve_any64, at), value, __ATOMIC_RELAXED);
}

#endif
