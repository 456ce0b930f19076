/*
 * SHA-256 of a message of exactly 4096 bytes, 64 bytes at a time: the state
 * is eight words, a chunk is sixteen big-endian words. All loops are unrolled,
 * so that state and schedule live in registers and constants are immediates.
 */
#ifndef VE_SHA256_H
#define VE_SHA256_H

#include "machine.h"

VE_INLINE ve_u32 ve_rotate(ve_u32 x, int n) { return (x >> n) | (x << (32 - n)); }

/* The functions of FIPS 180-4, 4.1.2: Σ0, Σ1, σ0, σ1. */
VE_INLINE ve_u32 ve_sum0(ve_u32 x) { return ve_xor(ve_rotate(x, 2), ve_rotate(x, 13), ve_rotate(x, 22)); }
VE_INLINE ve_u32 ve_sum1(ve_u32 x) { return ve_xor(ve_rotate(x, 6), ve_rotate(x, 11), ve_rotate(x, 25)); }
VE_INLINE ve_u32 ve_sigma0(ve_u32 x) { return ve_xor(ve_rotate(x, 7), ve_rotate(x, 18), x >> 3); }
VE_INLINE ve_u32 ve_sigma1(ve_u32 x) { return ve_xor(ve_rotate(x, 17), ve_rotate(x, 19), x >> 10); }

/* The same for constants: plain C, which the compiler evaluates. */
VE_INLINE ve_u32 ve_constant0(ve_u32 x) { return ve_rotate(x, 7) ^ ve_rotate(x, 18) ^ (x >> 3); }
VE_INLINE ve_u32 ve_constant1(ve_u32 x) { return ve_rotate(x, 17) ^ ve_rotate(x, 19) ^ (x >> 10); }

#define VE_K                                                                                    \
	{                                                                                       \
		0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,         \
		0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,         \
		0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,         \
		0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,         \
		0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,         \
		0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,         \
		0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,         \
		0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,         \
		0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,         \
		0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,         \
		0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2                                  \
	}

VE_INLINE void ve_start(ve_u32 h[8])
{
	h[0] = 0x6a09e667;
	h[1] = 0xbb67ae85;
	h[2] = 0x3c6ef372;
	h[3] = 0xa54ff53a;
	h[4] = 0x510e527f;
	h[5] = 0x9b05688c;
	h[6] = 0x1f83d9ab;
	h[7] = 0x5be0cd19;
}

/*
 * One round on the working variables v. t1 is the last of them, the round's
 * constant and its word, added up. Additions take the way that one stands for:
 * see ve_add.
 */
VE_INLINE void ve_round(ve_u32 v[8], ve_u32 t1, ve_u32 one)
{
	t1 = ve_add(ve_choose(v[4], v[5], v[6]), t1, one);
	t1 = ve_add(ve_sum1(v[4]), t1, one);
	ve_u32 t2 = ve_add(ve_majority(v[0], v[1], v[2]), t1, one);
	t2 = ve_add(ve_sum0(v[0]), t2, one);
	v[7] = v[6];
	v[6] = v[5];
	v[5] = v[4];
	v[4] = ve_add(v[3], t1, one);
	v[3] = v[2];
	v[2] = v[1];
	v[1] = v[0];
	v[0] = t2;
}

/* Adds a chunk of the message to the state. w is used up. */
VE_SHARED_CODE void ve_compress(ve_u32 h[8], ve_u32 w[16], ve_u32 one)
{
	const ve_u32 k[64] = VE_K;
	ve_u32 v[8];
	VE_UNROLL
	for (int i = 0; i < 8; i++)
		v[i] = h[i];
	VE_UNROLL
	for (int t = 0; t < 64; t++) {
		ve_u32 *x = &w[t & 15];
		if (t >= 16) {
			*x = ve_add(w[(t + 9) & 15], *x, one);
			*x = ve_add(ve_sigma0(w[(t + 1) & 15]), *x, one);
			*x = ve_add(ve_sigma1(w[(t + 14) & 15]), *x, one);
		}
		ve_round(v, ve_add(v[7], ve_add(*x, k[t], one), one), one);
	}
	VE_UNROLL
	for (int i = 0; i < 8; i++)
		h[i] = ve_add(v[i], h[i], one);
}

/* Adds the padding after 4096 bytes. Its schedule is made of constants. */
VE_SHARED_CODE void ve_finish(ve_u32 h[8], ve_u32 one)
{
	const ve_u32 k[64] = VE_K;
	ve_u32 w[16] = {0x80000000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4096 * 8};
	ve_u32 v[8];
	VE_UNROLL
	for (int i = 0; i < 8; i++)
		v[i] = h[i];
	VE_UNROLL
	for (int t = 0; t < 64; t++) {
		if (t >= 16)
			w[t & 15] += ve_constant1(w[(t + 14) & 15]) + w[(t + 9) & 15] + ve_constant0(w[(t + 1) & 15]);
		ve_round(v, ve_add(v[7], k[t] + w[t & 15], one), one);
	}
	VE_UNROLL
	for (int i = 0; i < 8; i++)
		h[i] = ve_add(v[i], h[i], one);
}

#endif
