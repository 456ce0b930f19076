#include <string.h>
#include <time.h>

#include "call.h"
#include "nvml.h"
#include "physical.h"
#include "queue.h"

enum { XID_EXCEPTION = 13, XID_MMU_FAULT = 31 };

int64_t work_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int fill(const struct op *op)
{
	if (!vmm_allows(op->to, op->size * op->width, CU_MEM_ACCESS_FLAGS_PROT_READWRITE))
		return CUDA_ERROR_ILLEGAL_ADDRESS;
	if (op->width == 1) {
		memset((void *)(uintptr_t)op->to, (int)op->value, op->size);
		return CUDA_SUCCESS;
	}
	uint32_t *at = (uint32_t *)(uintptr_t)op->to;
	for (uint64_t i = 0; i < op->size; i++)
		at[i] = op->value;
	return CUDA_SUCCESS;
}

static int upload(const struct op *op)
{
	const void *from = op->copy ? op->copy : (const void *)(uintptr_t)op->from;
	if (!vmm_allows(op->to, op->size, CU_MEM_ACCESS_FLAGS_PROT_READWRITE))
		return CUDA_ERROR_ILLEGAL_ADDRESS;
	if (!op->copy && !spans_find(&fake.hosts, op->from))
		return CUDA_ERROR_ILLEGAL_ADDRESS; /* freed before the copy was done */
	memcpy((void *)(uintptr_t)op->to, from, op->size);
	return CUDA_SUCCESS;
}

static int download(const struct op *op, bool pinned)
{
	if (!vmm_allows(op->from, op->size, CU_MEM_ACCESS_FLAGS_PROT_READ))
		return CUDA_ERROR_ILLEGAL_ADDRESS;
	if (pinned && !spans_find(&fake.hosts, op->to))
		return CUDA_ERROR_ILLEGAL_ADDRESS;
	memcpy((void *)(uintptr_t)op->to, (const void *)(uintptr_t)op->from, op->size);
	return CUDA_SUCCESS;
}

static int work(struct op *op)
{
	struct rule rule;
	switch (op->work) {
	case WORK_RECORD:
		if (op->event->completed < op->sequence)
			op->event->completed = op->sequence;
		op->event->nanoseconds = work_clock();
		return CUDA_SUCCESS;
	case WORK_WAIT:
		return CUDA_SUCCESS;
	default:
		break;
	}
	/* A driver that says that it did it, and did not. */
	if (rule_fires(EFFECT_SKIP, op->name, &rule))
		return CUDA_SUCCESS;
	switch (op->work) {
	case WORK_UPLOAD:
		return upload(op);
	case WORK_DOWNLOAD:
		return download(op, op->value);
	case WORK_FILL:
		return fill(op);
	case WORK_LAUNCH:
		return launch_run(op->launch);
	default:
		return CUDA_ERROR_UNKNOWN;
	}
}

void work_run(struct stream *s, struct op *op)
{
	struct context *ctx = s->context;
	int error = work(op);
	if (!error)
		return;
	nvml_xid(ctx->device, error == CUDA_ERROR_ILLEGAL_ADDRESS ? XID_MMU_FAULT : XID_EXCEPTION);
	context_poison(ctx, error);
}
