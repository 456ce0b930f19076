/*
 * Compares kept hashes with new ones: hashes first to first+count of a batch
 * of pairs, one per thread. Where a hash differs, the result of its pair
 * becomes its index in the pair if that is lower. The host presets results
 * to the highest value.
 */
#include "leaf.h"

/* A pair as the host writes it: four words of 8 bytes. */
#define VE_PAIR 32
#define VE_PAIR_A 0
#define VE_PAIR_B 8
#define VE_PAIR_START 16
#define VE_PAIR_RESULT 24

VE_INLINE void ve_compare_one(ve_u64 pairs, ve_u32 npairs, ve_u64 first, ve_u64 count)
{
	ve_u64 i = ve_index();
	if (i >= count)
		return;
	ve_u64 pair = ve_find(pairs, npairs, VE_PAIR, VE_PAIR_START, first + i);
	ve_u64 local = first + i - ve_load64(pair + VE_PAIR_START);
	ve_u64 a = ve_load64(pair + VE_PAIR_A) + local * 32;
	ve_u64 b = ve_load64(pair + VE_PAIR_B) + local * 32;
	ve_u32 differ = 0;
	VE_UNROLL
	for (int j = 0; j < 32; j += 4)
		differ |= ve_load32(a + j) ^ ve_load32(b + j);
	if (differ != 0)
		ve_atomic_min(ve_load64(pair + VE_PAIR_RESULT), local);
}

VE_KERNEL(8) ve_compare(ve_u64 pairs, ve_u32 npairs, ve_u64 first, ve_u64 count)
{
	VE_EACH ve_compare_one(pairs, npairs, first, count);
}
