/*
 * The GPU's half of machine.h: special registers, address spaces and the few
 * instructions that C has no word for. Needs the features of PTX 6.3, sm_70.
 */
#ifndef VE_GPU_MACHINE_H
#define VE_GPU_MACHINE_H

#define VE_INLINE static inline __attribute__((device, always_inline))
#define VE_SHARED_CODE VE_INLINE
/* resident: how many blocks a multiprocessor must be able to hold, which bounds the registers. */
#define VE_KERNEL(resident) extern "C" __attribute__((global, launch_bounds(VE_THREADS, resident))) void
#define VE_SHARED __attribute__((shared, aligned(16)))
#define VE_UNROLL _Pragma("unroll")
#define VE_ROLLED _Pragma("nounroll")

#define VE_EACH
#define VE_STATE(type, name) type name
#define VE_MY(name) (&(name))
#define VE_WARP_BARRIER __nvvm_bar_warp_sync(0xffffffffu);

#define ve_thread() ((ve_u32)__nvvm_read_ptx_sreg_tid_x())
#define ve_threads() ((ve_u32)__nvvm_read_ptx_sreg_ntid_x())
#define ve_block() ((ve_u32)__nvvm_read_ptx_sreg_ctaid_x())
#define ve_blocks() ((ve_u32)__nvvm_read_ptx_sreg_nctaid_x())

/* Device memory has an address space of its own, so that loads are global. */
#define VE_AT(type, at) ((__attribute__((address_space(1))) type *)(at))

/*
 * Three-input logic, one instruction each. Written out, because the compiler
 * otherwise shares parts of them, which costs more instructions than it saves.
 */
VE_INLINE ve_u32 ve_xor(ve_u32 a, ve_u32 b, ve_u32 c)
{
	ve_u32 d;
	asm("lop3.b32 %0, %1, %2, %3, 0x96;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
	return d;
}

VE_INLINE ve_u32 ve_choose(ve_u32 a, ve_u32 b, ve_u32 c)
{
	ve_u32 d;
	asm("lop3.b32 %0, %1, %2, %3, 0xCA;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
	return d;
}

VE_INLINE ve_u32 ve_majority(ve_u32 a, ve_u32 b, ve_u32 c)
{
	ve_u32 d;
	asm("lop3.b32 %0, %1, %2, %3, 0xE8;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
	return d;
}

/*
 * Additions have two ways: the adder, which has the same pipe as shifts and
 * logic, and the multiplier beside it, as a*1+b. The assembler knows better
 * than to multiply by one; so the one is a value that it cannot know: the
 * number of blocks in the second dimension of a grid that has only one. (The
 * minimum makes sure that it is 1 whoever launches.) Where one is the constant
 * 1, a plain addition is generated.
 */
VE_INLINE ve_u32 ve_opaque_one(void)
{
	ve_u32 one;
	asm("mov.u32 %0, %%nctaid.y;" : "=r"(one));
	asm("min.u32 %0, %0, 1;" : "+r"(one));
	return one;
}

VE_INLINE ve_u32 ve_add(ve_u32 a, ve_u32 b, ve_u32 one)
{
	if (__builtin_constant_p(one))
		return a + b;
	ve_u32 d;
	asm("mad.lo.u32 %0, %1, %3, %2;" : "=r"(d) : "r"(a), "r"(b), "r"(one));
	return d;
}

VE_INLINE void ve_atomic_min(ve_u64 at, ve_u64 value)
{
	asm volatile("red.global.min.u64 [%0], %1;" : : "l"(at), "l"(value) : "memory");
}

VE_INLINE void ve_atomic_add(ve_u64 at, ve_u64 value)
{
	asm volatile("red.global.add.u64 [%0], %1;" : : "l"(at), "l"(value) : "memory");
}

#endif
