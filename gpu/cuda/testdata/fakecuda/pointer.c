#include <string.h>

#include "call.h"
#include "physical.h"

static int memory_info(struct context *ctx, size_t *available, size_t *total)
{
	if (!available || !total)
		return CUDA_ERROR_INVALID_VALUE;
	*available = physical_free(ctx->device);
	*total = ctx->device->set.memory;
	return CUDA_SUCCESS;
}

CUresult cuMemGetInfo_v2(size_t *available, size_t *total)
{
	CALL(CUresult, NEED_CONTEXT, memory_info(call.context, available, total));
}

/* The sizes of the answers differ, as they do in the real library: nothing is
 * written behind them. */
static int answer(void *data, uint64_t value, size_t size)
{
	memcpy(data, &value, size);
	return CUDA_SUCCESS;
}

static int of_host(void *data, int attribute, const struct host *h, uint64_t address)
{
	switch (attribute) {
	case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
		return answer(data, CU_MEMORYTYPE_HOST, 4);
	case CU_POINTER_ATTRIBUTE_HOST_POINTER:
	case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
		return answer(data, address, 8);
	case CU_POINTER_ATTRIBUTE_IS_MANAGED:
		return answer(data, 0, 1);
	case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
		return answer(data, (uint64_t)h->context->device->index, 4);
	case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR:
		return answer(data, h->span.base, 8);
	case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
		return answer(data, h->span.size, 8);
	}
	return CUDA_ERROR_INVALID_VALUE;
}

static int of_mapping(void *data, int attribute, const struct mapping *p, uint64_t address)
{
	switch (attribute) {
	case CU_POINTER_ATTRIBUTE_CONTEXT: /* such memory belongs to no context */
	case CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE:
		return answer(data, 0, 8);
	case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
		return answer(data, CU_MEMORYTYPE_DEVICE, 4);
	case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
		return answer(data, address, 8);
	case CU_POINTER_ATTRIBUTE_BUFFER_ID:
		return answer(data, p->block, 8);
	case CU_POINTER_ATTRIBUTE_IS_MANAGED:
	case CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE:
	case CU_POINTER_ATTRIBUTE_IS_GPU_DIRECT_RDMA_CAPABLE:
		return answer(data, 0, 1);
	case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
		return answer(data, (uint64_t)p->memory->device->index, 4);
	case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR:
	case CU_POINTER_ATTRIBUTE_MAPPING_BASE_ADDR:
		return answer(data, p->span.base, 8);
	case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
	case CU_POINTER_ATTRIBUTE_MAPPING_SIZE:
		return answer(data, p->span.size, 8);
	case CU_POINTER_ATTRIBUTE_MAPPED:
		return answer(data, 1, 1);
	case CU_POINTER_ATTRIBUTE_ALLOWED_HANDLE_TYPES:
		return answer(data, 0, 8);
	case CU_POINTER_ATTRIBUTE_ACCESS_FLAGS:
		return answer(data, (uint64_t)p->access, 4);
	case CU_POINTER_ATTRIBUTE_MEMORY_BLOCK_ID:
		return answer(data, p->memory->serial, 8);
	}
	return CUDA_ERROR_INVALID_VALUE; /* HOST_POINTER among them */
}

static size_t size_of(int attribute)
{
	switch (attribute) {
	case CU_POINTER_ATTRIBUTE_IS_MANAGED:
	case CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE:
	case CU_POINTER_ATTRIBUTE_IS_GPU_DIRECT_RDMA_CAPABLE:
	case CU_POINTER_ATTRIBUTE_MAPPED:
		return 1;
	case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
	case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
	case CU_POINTER_ATTRIBUTE_ACCESS_FLAGS:
		return 4;
	}
	return 8;
}

static int get_attribute(void *data, int attribute, CUdeviceptr address)
{
	if (!data || attribute <= 0 || attribute >= MAX_ATTRIBUTE)
		return CUDA_ERROR_INVALID_VALUE;
	const struct mapping *p = spans_find(&fake.mapped, address);
	const struct host *h = spans_find(&fake.hosts, address);
	if (p && fake.lying[attribute])
		return answer(data, fake.lie[attribute], size_of(attribute));
	if (p)
		return of_mapping(data, attribute, p, address);
	return h ? of_host(data, attribute, h, address) : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuPointerGetAttribute(void *data, CUpointer_attribute attribute, CUdeviceptr address)
{
	CALL(CUresult, NEED_CONTEXT, get_attribute(data, (int)attribute, address));
}
