/*
 * Proves a scrub: the flag becomes 1 if any of len bytes from p on is not
 * zero. Any address and length; all threads of the grid share the work.
 */
#include "machine.h"

VE_INLINE void ve_nonzero_part(ve_u64 p, ve_u64 len, ve_u64 flag)
{
	ve_u64 index = ve_index(), stride = ve_stride();
	ve_u64 head = (16 - (p & 15)) & 15; /* bytes before the first aligned piece */
	if (head > len)
		head = len;
	ve_u64 pieces = (len - head) / 16;
	ve_u64 tail = head + pieces * 16;
	ve_u32 found = 0;
	ve_u64 next = index;
	/* Four loads under way in each thread, to keep the memory busy. */
	VE_ROLLED
	for (; next + 3 * stride < pieces; next += 4 * stride) {
		ve_u32x4 q[4];
		VE_UNROLL
		for (int j = 0; j < 4; j++)
			q[j] = ve_load128(p + head + (next + j * stride) * 16);
		VE_UNROLL
		for (int j = 0; j < 4; j++)
			found |= q[j][0] | q[j][1] | q[j][2] | q[j][3];
	}
	VE_ROLLED
	for (; next < pieces; next += stride) {
		ve_u32x4 q = ve_load128(p + head + next * 16);
		found |= q[0] | q[1] | q[2] | q[3];
	}
	VE_ROLLED
	for (ve_u64 i = index; i < head; i += stride)
		found |= ve_load8(p + i);
	VE_ROLLED
	for (ve_u64 i = tail + index; i < len; i += stride)
		found |= ve_load8(p + i);
	if (found != 0)
		ve_store32(flag, 1);
}

VE_KERNEL(8) ve_nonzero(ve_u64 p, ve_u64 len, ve_u64 flag)
{
	VE_EACH ve_nonzero_part(p, len, flag);
}
