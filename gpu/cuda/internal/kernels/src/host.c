/* The table of host.h: every kernel, with a function that plays one block. */
#include "../host.h"

#include <stddef.h>

#include "kernels.cu"
#include "../../../../gputest/kernels.cu"

/* Takes the place of a block, or says that no kernel runs in such a block. */
static int ve_enter(struct ve_dim3 grid, struct ve_dim3 block, struct ve_dim3 dim)
{
	if (dim.x == 0 || dim.x > VE_THREADS || dim.y > 1 || dim.z > 1 || grid.y > 1 || grid.z > 1 || block.x >= grid.x)
		return 0;
	ve_here.thread = 0;
	ve_here.threads = dim.x;
	ve_here.block = block.x;
	ve_here.blocks = grid.x;
	return 1;
}

/* A function that plays a block of the kernel, and the sizes of its parameters. */
#define VE_PLAYED(kernel, sizes, ...)                                                                    \
	static const uint8_t kernel##_sizes[] = sizes;                                                   \
	static void kernel##_block(struct ve_dim3 g, struct ve_dim3 b, struct ve_dim3 d, const uint64_t *a) \
	{                                                                                                \
		if (ve_enter(g, b, d))                                                                   \
			kernel(__VA_ARGS__);                                                             \
	}
#define VE_SIZES(...) {__VA_ARGS__}
#define VE_ROW_OF(kernel) {#kernel, sizeof(kernel##_sizes), kernel##_sizes, kernel##_block}

VE_PLAYED(ve_leaves_direct, VE_SIZES(8, 4, 8, 8), a[0], (ve_u32)a[1], a[2], a[3])
VE_PLAYED(ve_leaves_direct_mad, VE_SIZES(8, 4, 8, 8), a[0], (ve_u32)a[1], a[2], a[3])
VE_PLAYED(ve_leaves_wide, VE_SIZES(8, 4, 8, 8), a[0], (ve_u32)a[1], a[2], a[3])
VE_PLAYED(ve_leaves_wide_mad, VE_SIZES(8, 4, 8, 8), a[0], (ve_u32)a[1], a[2], a[3])
VE_PLAYED(ve_leaves_tile, VE_SIZES(8, 4, 8, 8), a[0], (ve_u32)a[1], a[2], a[3])
VE_PLAYED(ve_leaves_tile_mad, VE_SIZES(8, 4, 8, 8), a[0], (ve_u32)a[1], a[2], a[3])
VE_PLAYED(ve_compare, VE_SIZES(8, 4, 8, 8), a[0], (ve_u32)a[1], a[2], a[3])
VE_PLAYED(ve_nonzero, VE_SIZES(8, 8, 8), a[0], a[1], a[2])
VE_PLAYED(ve_memtest, VE_SIZES(8, 8, 8, 4, 8), a[0], a[1], a[2], (ve_u32)a[3], a[4])
VE_PLAYED(gputest_fill, VE_SIZES(8, 8, 4), a[0], a[1], (ve_u32)a[2])
VE_PLAYED(gputest_sum, VE_SIZES(8, 8, 8), a[0], a[1], a[2])

const struct ve_kernel ve_kernels[] = {
	VE_ROW_OF(ve_leaves_direct),
	VE_ROW_OF(ve_leaves_direct_mad),
	VE_ROW_OF(ve_leaves_wide),
	VE_ROW_OF(ve_leaves_wide_mad),
	VE_ROW_OF(ve_leaves_tile),
	VE_ROW_OF(ve_leaves_tile_mad),
	VE_ROW_OF(ve_compare),
	VE_ROW_OF(ve_nonzero),
	VE_ROW_OF(ve_memtest),
	VE_ROW_OF(gputest_fill),
	VE_ROW_OF(gputest_sum),
	{NULL, 0, NULL, NULL},
};
