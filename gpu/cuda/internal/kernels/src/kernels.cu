/* The module: all kernels, compiled as one. */
#include "leaves.cu"
#include "leaves_tile.cu"
#include "compare.cu"
#include "nonzero.cu"
#include "memtest.cu"
