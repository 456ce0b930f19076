#include "queue.h"

#include <stdlib.h>

struct op *queue_op(enum work work, const char *name)
{
	struct op *op = calloc(1, sizeof *op);
	if (op) {
		op->work = work;
		op->name = name;
	}
	return op;
}

void queue_free(struct op *op)
{
	if (op->event) {
		op->event->pending--;
		event_settle(op->event);
	}
	free(op->copy);
	free(op->launch);
	free(op);
}

int queue_add(struct stream *s, struct op *op)
{
	op->sequence = ++fake.sequence;
	if (op->event)
		op->event->pending++;
	op->next = NULL;
	*s->tail = op;
	s->tail = &op->next;
	if (!fake.system.lazy)
		while (queue_step(s))
			;
	return CUDA_SUCCESS;
}

/* The stream whose work must come first, or NULL: the standard stream and the
 * blocking ones keep the order in which work was queued. */
static struct stream *ordered_before(struct stream *s, uint64_t sequence)
{
	struct context *ctx = s->context;
	struct stream *other;
	if (s != ctx->standard)
		return s->blocking && ctx->standard->head && ctx->standard->head->sequence < sequence ? ctx->standard : NULL;
	for (size_t slot = 0; (other = object_next(KIND_STREAM, &slot));)
		if (other->context == ctx && other->blocking && other->head && other->head->sequence < sequence)
			return other;
	return NULL;
}

/* What is before the head of the stream is always queued earlier, so this
 * ends. */
static struct stream *runnable(struct stream *s)
{
	for (;;) {
		struct op *op = s->head;
		struct stream *first = ordered_before(s, op->sequence);
		if (!first && op->work == WORK_WAIT && op->event->completed < op->awaited)
			first = op->event->stream;
		if (!first || !first->head || first->head->sequence >= op->sequence)
			return s;
		s = first;
	}
}

bool queue_step(struct stream *s)
{
	if (!s->head || s->context->device->stalled || s->context->poison)
		return false;
	s = runnable(s);
	struct op *op = s->head;
	s->head = op->next;
	if (!s->head)
		s->tail = &s->head;
	work_run(s, op);
	queue_free(op);
	return true;
}

int queue_wait(struct stream *s)
{
	struct context *ctx = s->context;
	uint64_t handle = ctx->object.handle, own = s->object.handle;
	for (;;) {
		while (queue_step(s))
			;
		if (ctx->poison || !s->head)
			return ctx->poison;
		pthread_cond_wait(&fake_changed, &fake_lock);
		if (object_find(KIND_CONTEXT, handle) != ctx || (own && object_find(KIND_STREAM, own) != s))
			return CUDA_ERROR_CONTEXT_IS_DESTROYED;
	}
}

void queue_run(struct context *ctx)
{
	struct stream *s;
	while (queue_step(ctx->standard))
		;
	for (size_t slot = 0; (s = object_next(KIND_STREAM, &slot));)
		while (s->context == ctx && queue_step(s))
			;
	queue_forget(ctx);
}

void queue_drop(struct stream *s)
{
	struct op *op;
	while ((op = s->head)) {
		s->head = op->next;
		queue_free(op);
	}
	s->tail = &s->head;
}

void queue_forget(struct context *ctx)
{
	struct stream *s;
	queue_drop(ctx->standard);
	for (size_t slot = 0; (s = object_next(KIND_STREAM, &slot));)
		if (s->context == ctx)
			queue_drop(s);
}
