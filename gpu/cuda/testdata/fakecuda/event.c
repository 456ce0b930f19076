#include <stdlib.h>

#include "call.h"
#include "queue.h"

struct event *event_of(struct context *ctx, CUevent event)
{
	struct event *e = object_find(KIND_EVENT, HANDLE(event));
	return e && e->context == ctx ? e : NULL;
}

void event_settle(struct event *e)
{
	if (e->destroyed && e->pending == 0)
		free(e);
}

static int create(struct context *ctx, CUevent *event, unsigned flags)
{
	if (!event || flags & ~7u)
		return CUDA_ERROR_INVALID_VALUE;
	struct event *e = calloc(1, sizeof *e);
	if (!e || !object_add(&e->object, KIND_EVENT)) {
		free(e);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	e->context = ctx;
	e->flags = flags;
	*event = (CUevent)(uintptr_t)e->object.handle;
	return CUDA_SUCCESS;
}

CUresult cuEventCreate(CUevent *event, unsigned int flags)
{
	CALL(CUresult, NEED_CONTEXT, create(call.context, event, flags));
}

static int destroy(struct context *ctx, CUevent event)
{
	struct event *e = event_of(ctx, event);
	if (!e)
		return CUDA_ERROR_INVALID_HANDLE;
	object_remove(&e->object);
	e->destroyed = true;
	event_settle(e);
	return CUDA_SUCCESS;
}

CUresult cuEventDestroy_v2(CUevent event)
{
	CALL(CUresult, NEED_CONTEXT, destroy(call.context, event));
}

static int record(struct context *ctx, CUevent event, CUstream stream)
{
	struct event *e = event_of(ctx, event);
	struct stream *s = stream_of(ctx, stream);
	if (!e || !s)
		return CUDA_ERROR_INVALID_HANDLE;
	struct op *op = queue_op(WORK_RECORD, "cuEventRecord");
	if (!op)
		return CUDA_ERROR_OUT_OF_MEMORY;
	op->event = e;
	e->recorded = fake.sequence + 1; /* the number that it gets */
	e->stream = s;
	return queue_add(s, op);
}

CUresult cuEventRecord(CUevent event, CUstream stream)
{
	CALL(CUresult, NEED_CONTEXT, record(call.context, event, stream));
}

static int query(struct context *ctx, CUevent event)
{
	struct event *e = event_of(ctx, event);
	if (!e)
		return CUDA_ERROR_INVALID_HANDLE;
	if (e->completed < e->recorded && e->stream)
		queue_step(e->stream);
	if (ctx->poison)
		return ctx->poison;
	return e->completed < e->recorded ? CUDA_ERROR_NOT_READY : CUDA_SUCCESS;
}

CUresult cuEventQuery(CUevent event)
{
	CALL(CUresult, NEED_CONTEXT, query(call.context, event));
}

static int synchronise(struct context *ctx, CUevent event)
{
	struct event *e = event_of(ctx, event);
	uint64_t handle = ctx->object.handle;
	if (!e)
		return CUDA_ERROR_INVALID_HANDLE;
	while (e->completed < e->recorded && e->stream) {
		if (queue_step(e->stream))
			continue;
		if (ctx->poison)
			return ctx->poison;
		pthread_cond_wait(&fake_changed, &fake_lock);
		if (object_find(KIND_CONTEXT, handle) != ctx || event_of(ctx, event) != e)
			return CUDA_ERROR_CONTEXT_IS_DESTROYED;
	}
	return ctx->poison;
}

CUresult cuEventSynchronize(CUevent event)
{
	CALL(CUresult, NEED_CONTEXT, synchronise(call.context, event));
}

static int elapsed(struct context *ctx, float *milliseconds, CUevent start, CUevent end)
{
	struct event *a = event_of(ctx, start), *b = event_of(ctx, end);
	if (!a || !b || !a->recorded || !b->recorded || (a->flags | b->flags) & CU_EVENT_DISABLE_TIMING)
		return CUDA_ERROR_INVALID_HANDLE;
	if (!milliseconds)
		return CUDA_ERROR_INVALID_VALUE;
	if (a->completed < a->recorded || b->completed < b->recorded)
		return CUDA_ERROR_NOT_READY;
	*milliseconds = (float)((double)(b->nanoseconds - a->nanoseconds) / 1e6);
	return CUDA_SUCCESS;
}

CUresult cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end)
{
	CALL(CUresult, NEED_CONTEXT, elapsed(call.context, milliseconds, start, end));
}
