/*
 * Hashes leaves first to first+count of a batch of jobs, one per thread, each
 * thread reading its own leaf.
 */
#include "leaf.h"

/* 64 bytes at a time. */
VE_INLINE void ve_hash_direct(ve_u64 jobs, ve_u32 njobs, ve_u64 first, ve_u64 count)
{
	ve_u64 i = ve_index();
	if (i >= count)
		return;
	struct ve_leaf leaf = ve_find_leaf(jobs, njobs, first + i);
	if (leaf.left == 0)
		return;
	ve_u32 h[8], w[16] = {0};
	ve_start(h);
	VE_ROLLED
	for (ve_u32 offset = 0; offset < VE_LEAF; offset += VE_CHUNK) {
		ve_load_leaf(w, &leaf, offset);
		ve_compress(h, w);
	}
	ve_finish(h);
	ve_store_hash(leaf.hash, h);
}

/* 128 bytes at a time: whole lines of the L2 cache, loaded together. */
VE_INLINE void ve_hash_wide(ve_u64 jobs, ve_u32 njobs, ve_u64 first, ve_u64 count)
{
	ve_u64 i = ve_index();
	if (i >= count)
		return;
	struct ve_leaf leaf = ve_find_leaf(jobs, njobs, first + i);
	if (leaf.left == 0)
		return;
	ve_u32 h[8], a[16] = {0}, b[16] = {0};
	ve_start(h);
	VE_ROLLED
	for (ve_u32 offset = 0; offset < VE_LEAF; offset += 2 * VE_CHUNK) {
		if (leaf.left >= offset + 2 * VE_CHUNK && ve_aligned(leaf.at)) {
			ve_load_chunk(a, leaf.at + offset);
			ve_load_chunk(b, leaf.at + offset + VE_CHUNK);
		} else {
			ve_load_leaf(a, &leaf, offset);
			ve_load_leaf(b, &leaf, offset + VE_CHUNK);
		}
		ve_compress(h, a);
		ve_compress(h, b);
	}
	ve_finish(h);
	ve_store_hash(leaf.hash, h);
}

VE_KERNEL ve_leaves_direct(ve_u64 jobs, ve_u32 njobs, ve_u64 first, ve_u64 count)
{
	VE_EACH ve_hash_direct(jobs, njobs, first, count);
}

VE_KERNEL ve_leaves_wide(ve_u64 jobs, ve_u32 njobs, ve_u64 first, ve_u64 count)
{
	VE_EACH ve_hash_wide(jobs, njobs, first, count);
}
