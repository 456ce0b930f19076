#include "call.h"
#include "module.h"

enum { REGISTERS = 56, REGISTER_FILE = 65536, THREADS_PER_UNIT = 2048 };

static struct kernel *kernel_of(struct context *ctx, CUfunction function)
{
	struct kernel *k = object_find(KIND_FUNCTION, HANDLE(function));
	return k && k->module->context == ctx ? k : NULL;
}

static int get_attribute(struct context *ctx, int *value, int attribute, CUfunction function)
{
	struct kernel *k = kernel_of(ctx, function);
	if (!k)
		return CUDA_ERROR_INVALID_HANDLE;
	if (!value)
		return CUDA_ERROR_INVALID_VALUE;
	switch (attribute) {
	case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
		*value = (int)k->max_threads;
		break;
	case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
		*value = (int)k->shared;
		break;
	case CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES:
		*value = (int)k->local;
		break;
	case CU_FUNC_ATTRIBUTE_NUM_REGS:
		*value = REGISTERS;
		break;
	case CU_FUNC_ATTRIBUTE_PTX_VERSION:
		*value = k->module->target;
		break;
	case CU_FUNC_ATTRIBUTE_BINARY_VERSION:
		*value = ctx->device->set.cc;
		break;
	case CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES:
	case CU_FUNC_ATTRIBUTE_CACHE_MODE_CA:
	case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
		*value = 0;
		break;
	case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
		*value = 49152 - (int)k->shared;
		break;
	default:
		return CUDA_ERROR_INVALID_VALUE;
	}
	return CUDA_SUCCESS;
}

CUresult cuFuncGetAttribute(int *value, CUfunction_attribute attribute, CUfunction function)
{
	CALL(CUresult, NEED_CONTEXT, get_attribute(call.context, value, (int)attribute, function));
}

static int set_attribute(struct context *ctx, CUfunction function, int attribute)
{
	if (!kernel_of(ctx, function))
		return CUDA_ERROR_INVALID_HANDLE;
	if (attribute != CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES && attribute != CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT)
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_SUCCESS; /* a hint */
}

CUresult cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value)
{
	(void)value;
	CALL(CUresult, NEED_CONTEXT, set_attribute(call.context, function, (int)attribute));
}

static int param_info(struct context *ctx, CUfunction function, size_t index, size_t *offset, size_t *size)
{
	struct kernel *k = kernel_of(ctx, function);
	if (!k)
		return CUDA_ERROR_INVALID_HANDLE;
	if (index >= (size_t)k->params || !offset)
		return CUDA_ERROR_INVALID_VALUE;
	*offset = k->offset[index];
	if (size)
		*size = k->size[index];
	return CUDA_SUCCESS;
}

CUresult cuFuncGetParamInfo(CUfunction function, size_t index, size_t *offset, size_t *size)
{
	CALL(CUresult, NEED_CONTEXT, param_info(call.context, function, index, offset, size));
}

static int occupancy(struct context *ctx, int *blocks, CUfunction function, int block, size_t shared)
{
	struct kernel *k = kernel_of(ctx, function);
	if (!k)
		return CUDA_ERROR_INVALID_HANDLE;
	if (!blocks || block <= 0)
		return CUDA_ERROR_INVALID_VALUE;
	int by_threads = THREADS_PER_UNIT / block, by_registers = REGISTER_FILE / (REGISTERS * block);
	*blocks = by_threads < by_registers ? by_threads : by_registers;
	if ((unsigned)block > k->max_threads || k->shared + shared > 49152)
		*blocks = 0;
	return CUDA_SUCCESS;
}

CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, CUfunction function, int block, size_t shared)
{
	CALL(CUresult, NEED_CONTEXT, occupancy(call.context, blocks, function, block, shared));
}
