#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "call.h"
#include "module.h"

enum { MAX_THREADS = 1024, MAX_SHARED = 49152 };

static bool geometry(const struct kernel *k, const unsigned grid[3], const unsigned block[3], unsigned shared, int *error)
{
	uint64_t threads = (uint64_t)block[0] * block[1] * block[2];
	*error = CUDA_ERROR_INVALID_VALUE;
	if (threads == 0 || threads > MAX_THREADS || block[2] > 64 || shared + k->shared > MAX_SHARED)
		return false;
	if (grid[0] == 0 || grid[0] > 0x7fffffff || grid[1] == 0 || grid[1] > 65535 || grid[2] == 0 || grid[2] > 65535)
		return false;
	*error = CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
	return threads <= k->max_threads;
}

static int enqueue(struct context *ctx, CUfunction function, const unsigned grid[3], const unsigned block[3], unsigned shared, CUstream stream,
		   void **params, void **extra)
{
	struct kernel *k = object_find(KIND_FUNCTION, HANDLE(function));
	struct stream *s = stream_of(ctx, stream);
	int error;
	if (!k || k->module->context != ctx || !s)
		return CUDA_ERROR_INVALID_HANDLE;
	if (extra || (!params && k->params > 0))
		return CUDA_ERROR_INVALID_VALUE;
	if (!geometry(k, grid, block, shared, &error))
		return error;
	if (!k->host)
		return CUDA_ERROR_NOT_SUPPORTED; /* nothing to run it with */
	struct op *op = queue_op(WORK_LAUNCH, k->host->name);
	struct launch *launch = calloc(1, sizeof *launch);
	if (!op || !launch) {
		free(op);
		free(launch);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	op->launch = launch;
	launch->function = k->object.handle;
	memcpy(launch->grid, grid, sizeof launch->grid);
	memcpy(launch->block, block, sizeof launch->block);
	for (int i = 0; i < k->params; i++) {
		if (!params[i] || k->size[i] > sizeof launch->args[i]) {
			queue_free(op);
			return CUDA_ERROR_INVALID_VALUE;
		}
		memcpy(&launch->args[i], params[i], k->size[i]);
	}
	return queue_add(s, op);
}

CUresult cuLaunchKernel(CUfunction function, unsigned int gridX, unsigned int gridY, unsigned int gridZ, unsigned int blockX, unsigned int blockY,
			unsigned int blockZ, unsigned int shared, CUstream stream, void **params, void **extra)
{
	const unsigned grid[3] = {gridX, gridY, gridZ}, block[3] = {blockX, blockY, blockZ};
	CALL(CUresult, NEED_CONTEXT, enqueue(call.context, function, grid, block, shared, stream, params, extra));
}

struct playing {
	const struct ve_kernel *kernel;
	const struct launch *launch;
};

static void play(void *argument)
{
	const struct playing *p = argument;
	const unsigned *grid = p->launch->grid, *block = p->launch->block;
	struct ve_dim3 all = {grid[0], grid[1], grid[2]}, dim = {block[0], block[1], block[2]};
	for (unsigned z = 0; z < grid[2]; z++)
		for (unsigned y = 0; y < grid[1]; y++)
			for (unsigned x = 0; x < grid[0]; x++)
				p->kernel->block(all, (struct ve_dim3){x, y, z}, dim, p->launch->args);
}

int launch_run(struct launch *launch)
{
	struct kernel *k = object_find(KIND_FUNCTION, launch->function);
	if (!k)
		return CUDA_ERROR_ILLEGAL_ADDRESS; /* its code was unloaded meanwhile */
	long nanoseconds = rules_latency(k->name);
	/* The device is busy that long, and with it everybody who asks it. */
	if (nanoseconds > 0) {
		struct timespec rest = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
		while (nanosleep(&rest, &rest) != 0)
			;
	}
	struct playing p = {.kernel = k->host, .launch = launch};
	return fault_guard(play, &p) ? CUDA_SUCCESS : CUDA_ERROR_ILLEGAL_ADDRESS;
}
