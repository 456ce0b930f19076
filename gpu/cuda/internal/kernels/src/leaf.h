/*
 * A leaf: up to 4096 bytes of one job, hashed as if zero bytes followed. The
 * jobs of a batch are numbered through: job k has the leaves from start[k] on.
 */
#ifndef VE_LEAF_H
#define VE_LEAF_H

#include "sha256.h"

#define VE_LEAF 4096
#define VE_CHUNK 64

/* A job as the host writes it: four words of 8 bytes. */
#define VE_JOB 32
#define VE_JOB_SOURCE 0
#define VE_JOB_LENGTH 8
#define VE_JOB_TARGET 16
#define VE_JOB_START 24

struct ve_leaf {
	ve_u64 at;   /* the address of its first byte */
	ve_u64 hash; /* where its hash belongs */
	ve_u64 rest; /* bytes of the job from its first byte on */
	ve_u32 size; /* its bytes; 0: there is no such leaf */
	ve_u32 fast; /* as many of them as may be loaded 16 bytes at a time */
};

/*
 * The last of n records whose start is not above g. Records are size bytes
 * each, and have their start at the given offset; that of the first is 0.
 */
VE_INLINE ve_u64 ve_find(ve_u64 records, ve_u32 n, ve_u32 size, ve_u32 offset, ve_u64 g)
{
	ve_u32 low = 0, high = n;
	VE_ROLLED
	while (high - low > 1) {
		ve_u32 middle = low + (high - low) / 2;
		if (ve_load64(records + (ve_u64)middle * size + offset) <= g)
			low = middle;
		else
			high = middle;
	}
	return records + (ve_u64)low * size;
}

/* Whether 16 bytes at a time can be loaded from there. */
VE_INLINE int ve_aligned(ve_u64 at) { return (at & 15) == 0; }

/* Leaf g of the batch. */
VE_INLINE struct ve_leaf ve_find_leaf(ve_u64 jobs, ve_u32 njobs, ve_u64 g)
{
	ve_u64 job = ve_find(jobs, njobs, VE_JOB, VE_JOB_START, g);
	ve_u64 block = g - ve_load64(job + VE_JOB_START);
	ve_u64 length = ve_load64(job + VE_JOB_LENGTH);
	struct ve_leaf leaf;
	leaf.at = ve_load64(job + VE_JOB_SOURCE) + block * VE_LEAF;
	leaf.hash = ve_load64(job + VE_JOB_TARGET) + block * 32;
	leaf.rest = block <= length / VE_LEAF ? length - block * VE_LEAF : 0;
	leaf.size = leaf.rest < VE_LEAF ? (ve_u32)leaf.rest : VE_LEAF;
	leaf.fast = ve_aligned(leaf.at) ? leaf.size : 0;
	return leaf;
}

/* The big-endian words of 16 bytes as they were loaded. */
VE_INLINE void ve_take(ve_u32 w[4], ve_u32x4 q)
{
	w[0] = __builtin_bswap32(q[0]);
	w[1] = __builtin_bswap32(q[1]);
	w[2] = __builtin_bswap32(q[2]);
	w[3] = __builtin_bswap32(q[3]);
}

/* The words of a whole chunk at an aligned address. */
VE_INLINE void ve_load_chunk(ve_u32 w[16], ve_u64 at)
{
	VE_UNROLL
	for (int i = 0; i < 4; i++)
		ve_take(w + 4 * i, ve_load128(at + 16 * i));
}

/*
 * The words of the chunk at the given offset of a leaf at any address, of
 * which only the leaf's own bytes may be read; the others count as zero. Small
 * rather than fast: few chunks need it. The words are shifted through, so that
 * no register has to be indexed.
 */
VE_INLINE void ve_load_bytes(ve_u32 w[16], const struct ve_leaf *leaf, ve_u32 offset)
{
	VE_UNROLL
	for (int j = 0; j < 16; j++)
		w[j] = 0;
	VE_ROLLED
	for (ve_u32 i = offset; i < offset + VE_CHUNK; i += 4) {
		ve_u32 word = 0;
		if (i + 4 <= leaf->size && (leaf->at & 3) == 0) {
			word = __builtin_bswap32(ve_load32(leaf->at + i));
		} else {
			VE_ROLLED
			for (ve_u32 j = i; j < i + 4; j++)
				word = word << 8 | (j < leaf->size ? ve_load8(leaf->at + j) : 0);
		}
		VE_UNROLL
		for (int j = 0; j < 15; j++)
			w[j] = w[j + 1];
		w[15] = word;
	}
}

/* Writes a hash as SHA-256 prints it: the words big-endian. */
VE_INLINE void ve_store_hash(ve_u64 at, const ve_u32 h[8])
{
	VE_UNROLL
	for (int i = 0; i < 8; i++)
		ve_store32(at + 4 * i, __builtin_bswap32(h[i]));
}

#endif
