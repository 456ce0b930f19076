/*
 * What happens to every exported function before and after its work: the lock,
 * the log, the scripted faults and delays, and the state that it needs.
 */
#ifndef FAKECUDA_CALL_H
#define FAKECUDA_CALL_H

#include "state.h"

enum need {
	NEED_NOTHING,
	NEED_INIT,    /* cuInit was called */
	NEED_MEMORY,  /* and the current context, if there is one, is well */
	NEED_CONTEXT, /* and there is a current context, and it is well */
	NEED_NVML,    /* nvmlInit_v2 was called */
	NEED_NO_NVML, /* a function of NVML that needs nothing */
};

struct call {
	const char *name;
	int result;
	size_t entry;
	struct context *context; /* the current one, with NEED_CONTEXT */
};

/* Whether the work is to be done; if not, the result is set. Takes the lock. */
bool call_begin(struct call *call, const char *name, enum need need);

/* Gives the lock back. */
int call_end(struct call *call);

/* The body of an exported function. The expression may use call.context. */
#define CALL(type, need, expression)                    \
	do {                                            \
		struct call call;                       \
		if (call_begin(&call, __func__, need))  \
			call.result = (int)(expression); \
		return (type)call_end(&call);           \
	} while (0)

/* rules.c: what is scripted. A rule fires at the left-th call; 0 is always. */
enum effect { EFFECT_FAIL, EFFECT_SKIP, EFFECT_HANG, EFFECT_LATENCY, EFFECTS };

struct rule {
	enum effect effect;
	char name[64];
	long left;
	bool always, sticky;
	int code;
	long nanoseconds;
};

int rule_add(const struct rule *rule); /* 0, or a negative errno */
void rules_clear(enum effect effect);
bool rule_fires(enum effect effect, const char *name, struct rule *fired);
long rules_fired(void);
long rules_latency(const char *name);
bool rules_hang(const char *name);
/* A delay of the calling thread, without the lock. */
void rules_wait(long nanoseconds);

/* log.c: the calls, oldest first. */
size_t log_add(const char *name, bool counted);
void log_result(size_t entry, int result);
void log_clear(void);
long log_count(void);
struct text;
void log_write(struct text *out);

#endif
