/*
 * Hashes leaves first to first+count of a batch of jobs, one per thread. The
 * 32 threads of a warp load 128 bytes of each of their leaves together, whole
 * lines at a time, and pass them to each other through shared memory.
 *
 * A warp can do so where its leaves are whole, aligned and one behind the
 * other; that all of its threads decide alike. Elsewhere each thread loads its
 * own leaf. Rows of the tile are 144 bytes apart, so that neither writing nor
 * reading 16 bytes per thread has conflicts of banks.
 */
#include "leaf.h"

#define VE_ROW 9   /* of 16 bytes: 8 of the leaf, and one that stays empty */
#define VE_PART 8  /* 16-byte pieces of one leaf in the tile */

struct ve_tile_thread {
	struct ve_leaf leaf;
	ve_u64 from; /* what this thread loads for its warp; 0: it does not */
	ve_u32 to;   /* where in the tile that belongs */
	ve_u32 h[8];
};

VE_INLINE void ve_tile_begin(struct ve_tile_thread *t, ve_u64 jobs, ve_u32 njobs, ve_u64 first, ve_u64 count)
{
	ve_u32 lane = ve_thread() % VE_WARP, warp = ve_thread() - lane;
	ve_u64 i = ve_index();
	t->from = 0;
	t->to = 0;
	t->leaf.size = 0;
	ve_start(t->h);
	if (i >= count)
		return;
	/* The first leaf of the warp, if the warp is whole. */
	if (warp + VE_WARP <= ve_threads() && i - lane + VE_WARP <= count) {
		t->leaf = ve_find_leaf(jobs, njobs, first + i - lane);
		if (t->leaf.rest >= VE_WARP * VE_LEAF && ve_aligned(t->leaf.at)) {
			t->from = t->leaf.at + (ve_u64)(lane / VE_PART) * VE_LEAF + lane % VE_PART * 16;
			t->to = (warp + lane / VE_PART) * VE_ROW + lane % VE_PART;
			t->leaf.at += (ve_u64)lane * VE_LEAF;
			t->leaf.hash += (ve_u64)lane * 32;
			return;
		}
	}
	t->leaf = ve_find_leaf(jobs, njobs, first + i);
}

/* Four leaves with each load: a quarter of the warp reads a line of each. */
VE_INLINE void ve_tile_load(const struct ve_tile_thread *t, ve_u32x4 *tile, ve_u32 offset)
{
	if (t->from == 0)
		return;
	VE_UNROLL
	for (ve_u32 k = 0; k < VE_WARP; k += VE_WARP / VE_PART)
		tile[t->to + k * VE_ROW] = ve_load128(t->from + offset + (ve_u64)k * VE_LEAF);
}

VE_INLINE void ve_tile_hash(struct ve_tile_thread *t, const ve_u32x4 *tile, ve_u32 offset, ve_u32 one)
{
	if (t->leaf.size == 0)
		return;
	const ve_u32x4 *row = tile + ve_thread() * VE_ROW;
	VE_ROLLED
	for (ve_u32 end = offset + 2 * VE_CHUNK; offset < end; offset += VE_CHUNK) {
		ve_u32 w[16];
		if (t->from != 0) {
			VE_UNROLL
			for (int i = 0; i < 4; i++)
				ve_take(w + 4 * i, row[i]);
		} else if (offset + VE_CHUNK <= t->leaf.fast) {
			ve_load_chunk(w, t->leaf.at + offset);
		} else {
			ve_load_bytes(w, &t->leaf, offset);
		}
		ve_compress(t->h, w, one);
		row += 4;
	}
}

/* Leaves nothing of the data in shared memory, which the next block gets. */
VE_INLINE void ve_tile_end(struct ve_tile_thread *t, ve_u32x4 *tile, ve_u32 one)
{
	const ve_u32x4 zero = {0, 0, 0, 0};
	VE_UNROLL
	for (int i = 0; i < VE_PART; i++)
		tile[ve_thread() * VE_ROW + i] = zero;
	if (t->leaf.size == 0)
		return;
	ve_finish(t->h, one);
	ve_store_hash(t->leaf.hash, t->h);
}

/* The phases of the kernel, in this order with a barrier between any two. */
#define VE_TILE_PHASES(one)                                                                  \
	VE_SHARED ve_u32x4 tile[VE_THREADS * VE_ROW];                                        \
	VE_STATE(struct ve_tile_thread, thread);                                             \
	VE_EACH ve_tile_begin(VE_MY(thread), jobs, njobs, first, count);                     \
	VE_ROLLED                                                                            \
	for (ve_u32 offset = 0; offset < VE_LEAF; offset += 2 * VE_CHUNK) {                  \
		VE_EACH ve_tile_load(VE_MY(thread), tile, offset);                           \
		VE_WARP_BARRIER                                                              \
		VE_EACH ve_tile_hash(VE_MY(thread), tile, offset, one);                      \
		VE_WARP_BARRIER                                                              \
	}                                                                                    \
	VE_EACH ve_tile_end(VE_MY(thread), tile, one);

VE_KERNEL(8) ve_leaves_tile(ve_u64 jobs, ve_u32 njobs, ve_u64 first, ve_u64 count)
{
	VE_TILE_PHASES(1)
}

VE_KERNEL(8) ve_leaves_tile_mad(ve_u64 jobs, ve_u32 njobs, ve_u64 first, ve_u64 count)
{
	const ve_u32 one = ve_opaque_one();
	VE_TILE_PHASES(one)
}
