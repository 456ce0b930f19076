/*
 * Tests memory before it may be used again, in three launches over the same
 * words of 8 bytes: step 0 writes a pattern that depends on the seed and on
 * the place; step 1 checks it and writes its complement, so that every bit was
 * both; step 2 checks that and writes zero. Wrong words are counted.
 */
#include "machine.h"

/* Word i of the stream of SplitMix64 from the seed. */
VE_INLINE ve_u64 ve_pattern(ve_u64 seed, ve_u64 i)
{
	ve_u64 z = seed + (i + 1) * 0x9e3779b97f4a7c15ull;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

VE_INLINE void ve_memtest_part(ve_u64 p, ve_u64 len, ve_u64 seed, ve_u32 step, ve_u64 errors)
{
	ve_u64 words = len / 8, stride = ve_stride(), wrong = 0;
	VE_ROLLED
	for (ve_u64 i = ve_index(); i < words; i += stride) {
		ve_u64 at = p + i * 8, pattern = ve_pattern(seed, i);
		if (step == 0) {
			ve_store64(at, pattern);
		} else if (step == 1) {
			wrong += ve_load64(at) != pattern;
			ve_store64(at, ~pattern);
		} else {
			wrong += ve_load64(at) != ~pattern;
			ve_store64(at, 0);
		}
	}
	if (wrong != 0)
		ve_atomic_add(errors, wrong);
}

VE_KERNEL(8) ve_memtest(ve_u64 p, ve_u64 len, ve_u64 seed, ve_u32 step, ve_u64 errors)
{
	VE_EACH ve_memtest_part(p, len, seed, step, errors);
}
