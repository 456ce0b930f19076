/*
 * Hashes leaves first to first+count of a batch of jobs, one per thread, each
 * thread reading its own leaf. The _mad kernels add with the multiplier, which
 * leaves the adder's pipe to shifts and logic.
 */
#include "leaf.h"

/* 64 bytes at a time. */
VE_INLINE void ve_hash_direct(ve_u64 jobs, ve_u32 njobs, ve_u64 first, ve_u64 count, ve_u32 one)
{
	ve_u64 i = ve_index();
	if (i >= count)
		return;
	struct ve_leaf leaf = ve_find_leaf(jobs, njobs, first + i);
	if (leaf.size == 0)
		return;
	ve_u32 h[8], w[16];
	ve_start(h);
	VE_ROLLED
	for (ve_u32 offset = 0; offset < VE_LEAF; offset += VE_CHUNK) {
		if (offset + VE_CHUNK <= leaf.fast)
			ve_load_chunk(w, leaf.at + offset);
		else
			ve_load_bytes(w, &leaf, offset);
		ve_compress(h, w, one);
	}
	ve_finish(h, one);
	ve_store_hash(leaf.hash, h);
}

/* 128 bytes at a time: whole lines of the L2 cache, loaded together. */
VE_INLINE void ve_hash_wide(ve_u64 jobs, ve_u32 njobs, ve_u64 first, ve_u64 count, ve_u32 one)
{
	ve_u64 i = ve_index();
	if (i >= count)
		return;
	struct ve_leaf leaf = ve_find_leaf(jobs, njobs, first + i);
	if (leaf.size == 0)
		return;
	ve_u32 h[8], a[16], b[16];
	ve_start(h);
	VE_ROLLED
	for (ve_u32 offset = 0; offset < VE_LEAF; offset += 2 * VE_CHUNK) {
		if (offset + 2 * VE_CHUNK <= leaf.fast) {
			ve_load_chunk(a, leaf.at + offset);
			ve_load_chunk(b, leaf.at + offset + VE_CHUNK);
		} else {
			ve_load_bytes(a, &leaf, offset);
			ve_load_bytes(b, &leaf, offset + VE_CHUNK);
		}
		ve_compress(h, a, one);
		ve_compress(h, b, one);
	}
	ve_finish(h, one);
	ve_store_hash(leaf.hash, h);
}

VE_KERNEL(8) ve_leaves_direct(ve_u64 jobs, ve_u32 njobs, ve_u64 first, ve_u64 count)
{
	VE_EACH ve_hash_direct(jobs, njobs, first, count, 1);
}

VE_KERNEL(8) ve_leaves_direct_mad(ve_u64 jobs, ve_u32 njobs, ve_u64 first, ve_u64 count)
{
	VE_EACH ve_hash_direct(jobs, njobs, first, count, ve_opaque_one());
}

VE_KERNEL(6) ve_leaves_wide(ve_u64 jobs, ve_u32 njobs, ve_u64 first, ve_u64 count)
{
	VE_EACH ve_hash_wide(jobs, njobs, first, count, 1);
}

VE_KERNEL(6) ve_leaves_wide_mad(ve_u64 jobs, ve_u32 njobs, ve_u64 first, ve_u64 count)
{
	VE_EACH ve_hash_wide(jobs, njobs, first, count, ve_opaque_one());
}
