#include "call.h"

#include <string.h>

/* Codes after which the documentation wants the process to end. */
static bool fatal(int code)
{
	switch (code) {
	case 214: case 220: case 226: case 700: case 702: case 710: case 714: case 715: case 716:
	case 717: case 718: case 719: case 721: case 810: case 911: case 999:
		return true;
	}
	return false;
}

static bool scripted(struct call *call, bool cuda)
{
	struct rule rule;
	if (!rule_fires(EFFECT_FAIL, call->name, &rule))
		return false;
	call->result = rule.code;
	int error;
	struct context *ctx = cuda ? context_current(&error) : NULL;
	if (ctx && (rule.sticky || fatal(rule.code)))
		context_poison(ctx, rule.code);
	return true;
}

static bool ready(struct call *call, enum need need)
{
	int error = 0;
	struct context *ctx;
	switch (need) {
	case NEED_NVML:
		call->result = fake.nvml > 0 ? 0 : 1;
		return call->result == 0;
	case NEED_NOTHING:
	case NEED_NO_NVML:
		return true;
	case NEED_INIT:
	case NEED_MEMORY:
	case NEED_CONTEXT:
		break;
	}
	if (!fake.initialised) {
		call->result = CUDA_ERROR_NOT_INITIALIZED;
		return false;
	}
	if (need == NEED_INIT)
		return true;
	ctx = context_current(&error);
	if (!ctx && need == NEED_CONTEXT) {
		call->result = error;
		return false;
	}
	if (!ctx && !context_was_here() && object_count(KIND_CONTEXT) > 0)
		fake.strays++;
	if (ctx && ctx->poison) {
		call->result = ctx->poison;
		return false;
	}
	call->context = ctx;
	return true;
}

bool call_begin(struct call *call, const char *name, enum need need)
{
	bool cuda = need != NEED_NVML && need != NEED_NO_NVML;
	memset(call, 0, sizeof *call);
	call->name = name;
	pthread_mutex_lock(&fake_lock);
	fake_start();
	call->entry = log_add(name, cuda);
	rules_wait(rules_latency(name));
	while (rules_hang(name))
		pthread_cond_wait(&fake_changed, &fake_lock);
	return !scripted(call, cuda) && ready(call, need);
}

int call_end(struct call *call)
{
	log_result(call->entry, call->result);
	pthread_mutex_unlock(&fake_lock);
	return call->result;
}
