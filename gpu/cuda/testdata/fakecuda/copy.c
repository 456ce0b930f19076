#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "call.h"
#include "physical.h"
#include "queue.h"

enum { HOST_PORTABLE = 1, HOST_WRITE_COMBINED = 4 };

static uint64_t pages(uint64_t size)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	return (size + page - 1) / page * page;
}

static int host_alloc(struct context *ctx, void **host, size_t size, unsigned flags)
{
	if (!host || size == 0 || flags & ~(unsigned)(HOST_PORTABLE | HOST_WRITE_COMBINED))
		return CUDA_ERROR_INVALID_VALUE; /* mapped into the device is never wanted */
	struct host *h = calloc(1, sizeof *h);
	if (!h)
		return CUDA_ERROR_OUT_OF_MEMORY;
	void *at = mmap(NULL, pages(size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED) {
		free(h);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	h->context = ctx;
	h->span = (struct span){.base = (uint64_t)(uintptr_t)at, .size = size};
	if (!spans_add(&fake.hosts, &h->span)) {
		munmap(at, pages(size));
		free(h);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	*host = at;
	return CUDA_SUCCESS;
}

CUresult cuMemHostAlloc(void **host, size_t size, unsigned int flags)
{
	CALL(CUresult, NEED_CONTEXT, host_alloc(call.context, host, size, flags));
}

static void drop(struct host *h)
{
	const unsigned char *at = (const unsigned char *)(uintptr_t)h->span.base;
	for (uint64_t i = 0; i < h->span.size; i++)
		fake.host_dirty += at[i] != 0;
	spans_remove(&fake.hosts, &h->span);
	munmap((void *)(uintptr_t)h->span.base, pages(h->span.size));
	free(h);
}

static int host_free(void *host)
{
	struct host *h = spans_find(&fake.hosts, HANDLE(host));
	if (!h || h->span.base != HANDLE(host))
		return CUDA_ERROR_INVALID_VALUE;
	drop(h);
	return CUDA_SUCCESS;
}

CUresult cuMemFreeHost(void *host)
{
	CALL(CUresult, NEED_CONTEXT, host_free(host));
}

size_t hosts_drop(struct context *ctx)
{
	size_t dropped = 0;
	for (size_t i = 0; i < fake.hosts.count;) {
		struct host *h = (struct host *)fake.hosts.span[i];
		if (ctx && h->context != ctx) {
			i++;
			continue;
		}
		drop(h);
		dropped++;
	}
	return dropped;
}

/* Whether all of the range is one pinned allocation. */
static bool pinned(uint64_t address, uint64_t size)
{
	struct host *h = spans_find(&fake.hosts, address);
	return h && size <= h->span.size - (address - h->span.base);
}

static int upload(struct context *ctx, CUdeviceptr to, const void *from, size_t size, CUstream stream)
{
	struct stream *s = stream_of(ctx, stream);
	if (!s)
		return CUDA_ERROR_INVALID_HANDLE;
	if (size == 0)
		return CUDA_SUCCESS;
	if (!from || !vmm_allows(to, size, 0))
		return CUDA_ERROR_INVALID_VALUE;
	struct op *op = queue_op(WORK_UPLOAD, "cuMemcpyHtoDAsync_v2");
	if (!op)
		return CUDA_ERROR_OUT_OF_MEMORY;
	op->to = to;
	op->from = HANDLE(from);
	op->size = size;
	/* Pageable memory may be changed as soon as the call returns, pinned
	 * memory only when the copy has run. */
	if (!pinned(op->from, size)) {
		op->copy = malloc(size);
		if (!op->copy) {
			queue_free(op);
			return CUDA_ERROR_OUT_OF_MEMORY;
		}
		memcpy(op->copy, from, size);
	}
	return queue_add(s, op);
}

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t size, CUstream stream)
{
	CALL(CUresult, NEED_CONTEXT, upload(call.context, to, from, size, stream));
}

static int download(struct context *ctx, void *to, CUdeviceptr from, size_t size, CUstream stream)
{
	struct stream *s = stream_of(ctx, stream);
	if (!s)
		return CUDA_ERROR_INVALID_HANDLE;
	if (size == 0)
		return CUDA_SUCCESS;
	if (!to || !vmm_allows(from, size, 0))
		return CUDA_ERROR_INVALID_VALUE;
	struct op *op = queue_op(WORK_DOWNLOAD, "cuMemcpyDtoHAsync_v2");
	if (!op)
		return CUDA_ERROR_OUT_OF_MEMORY;
	op->to = HANDLE(to);
	op->from = from;
	op->size = size;
	op->value = pinned(op->to, size);
	/* The call returns only when pageable memory has been written. */
	bool wait = !op->value;
	int error = queue_add(s, op);
	return error || !wait ? error : queue_wait(s);
}

CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t size, CUstream stream)
{
	CALL(CUresult, NEED_CONTEXT, download(call.context, to, from, size, stream));
}

static int fill(struct context *ctx, const char *name, CUdeviceptr to, unsigned value, unsigned width, size_t count, CUstream stream)
{
	struct stream *s = stream_of(ctx, stream);
	if (!s)
		return CUDA_ERROR_INVALID_HANDLE;
	if (count == 0)
		return CUDA_SUCCESS;
	if (to % width || count > SIZE_MAX / width || !vmm_allows(to, count * width, 0))
		return CUDA_ERROR_INVALID_VALUE;
	struct op *op = queue_op(WORK_FILL, name);
	if (!op)
		return CUDA_ERROR_OUT_OF_MEMORY;
	op->to = to;
	op->value = value;
	op->width = width;
	op->size = count;
	return queue_add(s, op);
}

CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream)
{
	CALL(CUresult, NEED_CONTEXT, fill(call.context, call.name, to, value, 1, count, stream));
}

CUresult cuMemsetD32Async(CUdeviceptr to, unsigned int value, size_t count, CUstream stream)
{
	CALL(CUresult, NEED_CONTEXT, fill(call.context, call.name, to, value, 4, count, stream));
}
