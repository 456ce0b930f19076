#include <stdlib.h>

#include "call.h"
#include "queue.h"

bool stream_make(struct context *ctx, struct stream **out, unsigned flags, int priority, bool listed)
{
	(void)priority; /* everything runs when it is asked for */
	struct stream *s = calloc(1, sizeof *s);
	if (!s || (listed && !object_add(&s->object, KIND_STREAM))) {
		free(s);
		return false;
	}
	s->context = ctx;
	s->blocking = !(flags & CU_STREAM_NON_BLOCKING);
	s->tail = &s->head;
	*out = s;
	return true;
}

struct stream *stream_of(struct context *ctx, CUstream stream)
{
	if (!stream)
		return ctx->standard;
	struct stream *s = object_find(KIND_STREAM, HANDLE(stream));
	return s && s->context == ctx ? s : NULL;
}

static int create(struct context *ctx, CUstream *stream, unsigned flags, int priority)
{
	struct stream *s = NULL;
	if (!stream || flags & ~(unsigned)CU_STREAM_NON_BLOCKING)
		return CUDA_ERROR_INVALID_VALUE;
	if (!stream_make(ctx, &s, flags, priority, true))
		return CUDA_ERROR_OUT_OF_MEMORY;
	*stream = (CUstream)(uintptr_t)s->object.handle;
	return CUDA_SUCCESS;
}

CUresult cuStreamCreateWithPriority(CUstream *stream, unsigned int flags, int priority)
{
	CALL(CUresult, NEED_CONTEXT, create(call.context, stream, flags, priority));
}

/* An event that waits for a stream which is gone waits for nothing: all work
 * of the stream has run by then. */
static void stream_free(struct stream *s)
{
	struct event *e;
	for (size_t slot = 0; (e = object_next(KIND_EVENT, &slot));)
		if (e->stream == s)
			e->stream = NULL;
	object_remove(&s->object);
	free(s);
}

static int destroy(struct context *ctx, CUstream stream)
{
	struct stream *s = stream ? stream_of(ctx, stream) : NULL;
	if (!s)
		return CUDA_ERROR_INVALID_HANDLE;
	while (queue_step(s))
		;
	queue_drop(s); /* the device is stalled, if anything is left */
	stream_free(s);
	return CUDA_SUCCESS;
}

CUresult cuStreamDestroy_v2(CUstream stream)
{
	CALL(CUresult, NEED_CONTEXT, destroy(call.context, stream));
}

static int query(struct context *ctx, CUstream stream)
{
	struct stream *s = stream_of(ctx, stream);
	if (!s)
		return CUDA_ERROR_INVALID_HANDLE;
	queue_step(s);
	if (ctx->poison)
		return ctx->poison;
	return s->head ? CUDA_ERROR_NOT_READY : CUDA_SUCCESS;
}

CUresult cuStreamQuery(CUstream stream)
{
	CALL(CUresult, NEED_CONTEXT, query(call.context, stream));
}

static int synchronise(struct context *ctx, CUstream stream)
{
	struct stream *s = stream_of(ctx, stream);
	return s ? queue_wait(s) : CUDA_ERROR_INVALID_HANDLE;
}

CUresult cuStreamSynchronize(CUstream stream)
{
	CALL(CUresult, NEED_CONTEXT, synchronise(call.context, stream));
}

static int wait_event(struct context *ctx, CUstream stream, CUevent event, unsigned flags)
{
	struct stream *s = stream_of(ctx, stream);
	struct event *e = event_of(ctx, event);
	if (!s || !e)
		return CUDA_ERROR_INVALID_HANDLE;
	if (flags != 0)
		return CUDA_ERROR_INVALID_VALUE;
	struct op *op = queue_op(WORK_WAIT, "cuStreamWaitEvent");
	if (!op)
		return CUDA_ERROR_OUT_OF_MEMORY;
	op->event = e;
	op->awaited = e->recorded;
	return queue_add(s, op);
}

CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned int flags)
{
	CALL(CUresult, NEED_CONTEXT, wait_event(call.context, stream, event, flags));
}

size_t streams_drop(struct context *ctx)
{
	size_t dropped = 0;
	struct event *e;
	struct stream *s;
	for (size_t slot = 0; (e = object_next(KIND_EVENT, &slot));) {
		if (e->context != ctx)
			continue;
		object_remove(&e->object);
		free(e);
		dropped++;
	}
	for (size_t slot = 0; (s = object_next(KIND_STREAM, &slot));) {
		if (s->context != ctx)
			continue;
		object_remove(&s->object);
		free(s);
		dropped++;
	}
	free(ctx->standard);
	return dropped;
}
