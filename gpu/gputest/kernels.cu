/*
 * The kernels that the conformance suite launches, as kernels.go describes
 * them. They take any one-dimensional grid.
 */
#include "../cuda/internal/kernels/src/machine.h"

VE_INLINE void gputest_fill_part(ve_u64 out, ve_u64 n, ve_u32 value)
{
	ve_u64 stride = ve_stride();
	VE_ROLLED
	for (ve_u64 i = ve_index(); i < n; i += stride)
		ve_store8(out + i, (ve_u8)value);
}

/* The first thread adds alone: no order of threads can change the sum. */
VE_INLINE void gputest_sum_all(ve_u64 in, ve_u64 n, ve_u64 out)
{
	if (ve_index() != 0)
		return;
	ve_u64 sum = 0;
	VE_ROLLED
	for (ve_u64 i = 0; i < n; i++)
		sum += ve_load8(in + i);
	ve_store64(out, sum);
}

VE_KERNEL(8) gputest_fill(ve_u64 out, ve_u64 n, ve_u32 value)
{
	VE_EACH gputest_fill_part(out, n, value);
}

VE_KERNEL(8) gputest_sum(ve_u64 in, ve_u64 n, ve_u64 out)
{
	VE_EACH gputest_sum_all(in, n, out);
}
