#include <stdlib.h>

#include "call.h"
#include "module.h"
#include "queue.h"

enum { MAX_DEPTH = 16 };

/* What a thread knows: the stack of its contexts, of which the last is current.
 * It forgets all of it when a reset begins another epoch. */
struct thread {
	uint64_t epoch;
	uint64_t stack[MAX_DEPTH];
	int depth;
	bool had_context;
};

static _Thread_local struct thread the_thread;
static uint64_t epoch = 1;

static struct thread *here(void)
{
	if (the_thread.epoch != epoch)
		the_thread = (struct thread){.epoch = epoch};
	return &the_thread;
}

static uint64_t top(void)
{
	const struct thread *t = here();
	return t->depth > 0 ? t->stack[t->depth - 1] : 0;
}

struct context *context_current(int *error)
{
	uint64_t handle = top();
	struct context *ctx = object_find(KIND_CONTEXT, handle);
	if (!ctx)
		*error = object_was(KIND_CONTEXT, handle) ? CUDA_ERROR_CONTEXT_IS_DESTROYED : CUDA_ERROR_INVALID_CONTEXT;
	return ctx;
}

bool context_was_here(void)
{
	return here()->had_context;
}

void context_epoch(void)
{
	epoch++;
}

void context_poison(struct context *ctx, int code)
{
	if (!ctx->poison)
		ctx->poison = code;
	queue_forget(ctx);
}

static bool in_use(const struct device *dev)
{
	struct context *ctx;
	for (size_t slot = 0; (ctx = object_next(KIND_CONTEXT, &slot));)
		if (ctx->device == dev)
			return true;
	return false;
}

static int make(struct context **out, struct device *dev, bool primary)
{
	if (dev->set.busy || dev->set.mode == CU_COMPUTEMODE_PROHIBITED || (dev->set.mode == CU_COMPUTEMODE_EXCLUSIVE_PROCESS && in_use(dev)))
		return CUDA_ERROR_DEVICE_UNAVAILABLE;
	if (dev->lost)
		return CUDA_ERROR_UNKNOWN;
	struct context *ctx = calloc(1, sizeof *ctx);
	if (!ctx || !object_add(&ctx->object, KIND_CONTEXT)) {
		free(ctx);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	ctx->device = dev;
	ctx->primary = primary;
	if (!stream_make(ctx, &ctx->standard, 0, 0, false)) {
		object_remove(&ctx->object);
		free(ctx);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	*out = ctx;
	return CUDA_SUCCESS;
}

static int create(CUcontext *context, unsigned flags, CUdevice device)
{
	struct device *dev = device_find(device);
	struct context *ctx = NULL;
	if (!dev)
		return CUDA_ERROR_INVALID_DEVICE;
	struct thread *t = here();
	if (!context || flags & ~0x1fu || t->depth == MAX_DEPTH)
		return CUDA_ERROR_INVALID_VALUE;
	int error = make(&ctx, dev, false);
	if (error)
		return error;
	t->stack[t->depth++] = ctx->object.handle;
	t->had_context = true;
	*context = (CUcontext)(uintptr_t)ctx->object.handle;
	return CUDA_SUCCESS;
}

CUresult cuCtxCreate_v2(CUcontext *context, unsigned int flags, CUdevice device)
{
	CALL(CUresult, NEED_INIT, create(context, flags, device));
}

void context_drop(struct context *ctx)
{
	queue_run(ctx);
	fake.orphans += streams_drop(ctx) + modules_drop(ctx) + hosts_drop(ctx);
	if (ctx->device->primary == ctx)
		ctx->device->primary = NULL;
	object_remove(&ctx->object);
	free(ctx);
}

static int destroy(CUcontext context)
{
	struct context *ctx = object_find(KIND_CONTEXT, HANDLE(context));
	if (!ctx || ctx->primary)
		return object_was(KIND_CONTEXT, HANDLE(context)) ? CUDA_ERROR_CONTEXT_IS_DESTROYED : CUDA_ERROR_INVALID_CONTEXT;
	if (top() == ctx->object.handle)
		here()->depth--;
	context_drop(ctx);
	return CUDA_SUCCESS;
}

CUresult cuCtxDestroy_v2(CUcontext context)
{
	CALL(CUresult, NEED_INIT, destroy(context));
}

static int set_current(CUcontext context)
{
	struct thread *t = here();
	if (!context) {
		if (t->depth > 0)
			t->depth--;
		return CUDA_SUCCESS;
	}
	if (!object_find(KIND_CONTEXT, HANDLE(context)))
		return object_was(KIND_CONTEXT, HANDLE(context)) ? CUDA_ERROR_CONTEXT_IS_DESTROYED : CUDA_ERROR_INVALID_CONTEXT;
	if (t->depth == 0)
		t->depth = 1;
	t->stack[t->depth - 1] = HANDLE(context);
	t->had_context = true;
	return CUDA_SUCCESS;
}

CUresult cuCtxSetCurrent(CUcontext context)
{
	CALL(CUresult, NEED_INIT, set_current(context));
}

static int get_current(CUcontext *context)
{
	if (!context)
		return CUDA_ERROR_INVALID_VALUE;
	*context = (CUcontext)(uintptr_t)top();
	return CUDA_SUCCESS;
}

CUresult cuCtxGetCurrent(CUcontext *context)
{
	CALL(CUresult, NEED_INIT, get_current(context));
}

static int priorities(int *least, int *greatest)
{
	if (least)
		*least = 0;
	if (greatest)
		*greatest = GREATEST_PRIORITY;
	return CUDA_SUCCESS;
}

CUresult cuCtxGetStreamPriorityRange(int *least, int *greatest)
{
	CALL(CUresult, NEED_CONTEXT, priorities(least, greatest));
}

static int primary_retain(CUcontext *context, CUdevice device)
{
	struct device *dev = device_find(device);
	if (!dev)
		return CUDA_ERROR_INVALID_DEVICE;
	if (!context)
		return CUDA_ERROR_INVALID_VALUE;
	if (!dev->primary) {
		int error = make(&dev->primary, dev, true);
		if (error)
			return error;
	}
	dev->retained++;
	*context = (CUcontext)(uintptr_t)dev->primary->object.handle;
	return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device)
{
	CALL(CUresult, NEED_INIT, primary_retain(context, device));
}

static int primary_release(CUdevice device)
{
	struct device *dev = device_find(device);
	if (!dev)
		return CUDA_ERROR_INVALID_DEVICE;
	if (dev->retained == 0)
		return CUDA_ERROR_INVALID_CONTEXT;
	if (--dev->retained == 0)
		context_drop(dev->primary);
	return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device)
{
	CALL(CUresult, NEED_INIT, primary_release(device));
}
