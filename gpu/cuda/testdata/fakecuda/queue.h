/*
 * Streams, and the work that is queued in them. Nothing runs before somebody
 * asks: a query runs one piece of work, a synchronisation runs all that it
 * waits for. So a program that forgets to wait reads what was there before,
 * and an error appears at a later call than the one that caused it.
 */
#ifndef FAKECUDA_QUEUE_H
#define FAKECUDA_QUEUE_H

#include "state.h"

enum { GREATEST_PRIORITY = -5, MAX_PARAMS = 32 };

enum work { WORK_UPLOAD, WORK_DOWNLOAD, WORK_FILL, WORK_LAUNCH, WORK_RECORD, WORK_WAIT };

struct event {
	struct object object;
	struct context *context;
	unsigned flags;
	uint64_t recorded, completed; /* the sequence numbers of the last record */
	struct stream *stream;        /* of the last record */
	int64_t nanoseconds;
	long pending; /* work that refers to the event */
	bool destroyed;
};

struct kernel;

struct launch {
	uint64_t function; /* its handle: the module may be gone by then */
	unsigned grid[3], block[3];
	uint64_t args[MAX_PARAMS];
};

struct op {
	struct op *next;
	enum work work;
	uint64_t sequence;
	const char *name; /* of the function that queued it */
	uint64_t to, from, size;
	unsigned value, width; /* of a fill */
	void *copy;            /* pageable memory, copied when it was queued */
	struct event *event;
	uint64_t awaited; /* the record that is waited for */
	struct launch *launch;
};

struct stream {
	struct object object;
	struct context *context;
	bool blocking; /* ordered with the standard stream */
	struct op *head, **tail;
};

/* stream.c. A stream that is not listed has no handle. */
bool stream_make(struct context *ctx, struct stream **out, unsigned flags, int priority, bool listed);
/* The stream of that handle, 0 being the standard one; NULL if there is none
 * in the context. */
struct stream *stream_of(struct context *ctx, CUstream stream);
/* Destroys the streams and events of a context; answers how many there were. */
size_t streams_drop(struct context *ctx);
struct event *event_of(struct context *ctx, CUevent event);
void event_settle(struct event *event);

/* queue.c. The work is freed in any case. */
int queue_add(struct stream *s, struct op *op);
/* Makes a piece of work with nothing in it, or NULL. */
struct op *queue_op(enum work work, const char *name);
void queue_free(struct op *op);
/* Runs one piece of work that leads to the stream's end. False: none was
 * left, or nothing moves. */
bool queue_step(struct stream *s);
/* Runs all work of the stream, or of the context; waits while it is stalled.
 * Answers the context's sticky error. */
int queue_wait(struct stream *s);
void queue_run(struct context *ctx);
/* Drops all work of the stream, or of the context. */
void queue_drop(struct stream *s);
void queue_forget(struct context *ctx);

/* work.c: runs one piece of work; a fault poisons the context. */
void work_run(struct stream *s, struct op *op);
int64_t work_clock(void);

/* launch.c */
int launch_run(struct launch *launch);

/* fault.c: calls f; false if it read or wrote where it may not. */
bool fault_guard(void (*f)(void *), void *argument);

#endif
