/* A library that keeps what it was called with, so that a test can see how
 * arguments arrive, and that answers in the ways that are easy to get wrong. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "abi_gen.h"

static uint64_t kept[32];
static unsigned int count;

#define KEEP(...)                                                        \
	do {                                                             \
		const uint64_t list[] = {__VA_ARGS__};                   \
		count = sizeof(list) / sizeof(list[0]);                  \
		memcpy(kept, list, sizeof(list));                        \
	} while (0)
#define N(x) ((uint64_t)(x))

/* For the test: what the last call was given. */
unsigned int stub_kept(uint64_t *into)
{
	memcpy(into, kept, sizeof(kept));
	return count;
}

/* The upper half of the register is garbage, which C allows. */
static CUresult noisy(int result)
{
	volatile uint64_t garbage = 0xdeadbeef00000000ull | (unsigned int)result;
	return (CUresult)garbage;
}

CUresult cuInit(unsigned int flags) { KEEP(flags); return noisy(CUDA_SUCCESS); }
CUresult cuDriverGetVersion(int *version) { *version = 12040; return noisy(CUDA_SUCCESS); }
CUresult cuGetErrorName(CUresult result, const char **name)
{
	if (result != 719)
		return CUDA_ERROR_INVALID_VALUE;
	*name = "CUDA_ERROR_LAUNCH_FAILED";
	return CUDA_SUCCESS;
}
CUresult cuGetErrorString(CUresult result, const char **text)
{
	if (result != 719)
		return CUDA_ERROR_INVALID_VALUE;
	*text = "unspecified launch failure";
	return CUDA_SUCCESS;
}
CUresult cuDeviceGetCount(int *n) { *n = 2; return CUDA_SUCCESS; }
CUresult cuDeviceGet(CUdevice *device, int ordinal) { KEEP(N((int64_t)ordinal)); *device = ordinal + 7; return ordinal < 0 ? CUDA_ERROR_INVALID_DEVICE : CUDA_SUCCESS; }
CUresult cuDeviceGetName(char *name, int length, CUdevice device)
{
	KEEP(N(length), N(device));
	memset(name, 'x', (size_t)length); /* not terminated */
	return CUDA_SUCCESS;
}
CUresult cuDeviceGetPCIBusId(char *text, int length, CUdevice device)
{
	snprintf(text, (size_t)length, "0000:65:00.%d", device);
	return CUDA_SUCCESS;
}
CUresult cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice device)
{
	for (int i = 0; i < 16; i++)
		uuid->bytes[i] = (unsigned char)(i + device);
	return CUDA_SUCCESS;
}
CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) { KEEP(N(device)); *bytes = 85ull << 30; return CUDA_SUCCESS; }
CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device) { KEEP(N(attribute), N(device)); *value = -3; return CUDA_SUCCESS; }

CUresult cuCtxCreate_v2(CUcontext *context, unsigned int flags, CUdevice device) { KEEP(flags, N(device)); *context = (CUcontext)0x7f00deadbeef; return CUDA_SUCCESS; }
CUresult cuCtxSetCurrent(CUcontext context) { KEEP(N(context)); return CUDA_SUCCESS; }
CUresult cuCtxGetStreamPriorityRange(int *least, int *greatest) { *least = 0; *greatest = -5; return CUDA_SUCCESS; }

CUresult cuMemGetInfo_v2(size_t *available, size_t *total) { *available = 1; *total = ~0ull; return CUDA_SUCCESS; }
CUresult cuMemCreate(CUmemGenericAllocationHandle *handle, size_t size, const CUmemAllocationProp *p, unsigned long long flags)
{
	KEEP(size, N(p->type), N(p->requestedHandleTypes), N(p->locationType), N(p->locationId), p->win32HandleMetaData,
	     p->compressionType, p->gpuDirectRDMACapable, p->usage, p->reserved[3], flags);
	*handle = 0xfedcba9876543210ull;
	return CUDA_SUCCESS;
}
CUresult cuMemGetAllocationGranularity(size_t *g, const CUmemAllocationProp *p, CUmemAllocationGranularity_flags option)
{
	KEEP(N(p->type), N(p->locationType), N(p->locationId), N(option));
	*g = 2u << 20;
	return CUDA_SUCCESS;
}
CUresult cuMemGetAllocationPropertiesFromHandle(CUmemAllocationProp *p, CUmemGenericAllocationHandle handle)
{
	KEEP(handle);
	memset(p, 0, sizeof(*p));
	p->type = CU_MEM_ALLOCATION_TYPE_PINNED;
	p->locationType = CU_MEM_LOCATION_TYPE_DEVICE;
	p->locationId = 3;
	p->requestedHandleTypes = 1;
	return CUDA_SUCCESS;
}
CUresult cuMemAddressReserve(CUdeviceptr *address, size_t size, size_t alignment, CUdeviceptr wish, unsigned long long flags)
{
	KEEP(size, alignment, wish, flags);
	*address = 0x7fff12340000ull;
	return CUDA_SUCCESS;
}
CUresult cuMemMap(CUdeviceptr address, size_t size, size_t offset, CUmemGenericAllocationHandle handle, unsigned long long flags) { KEEP(address, size, offset, handle, flags); return CUDA_SUCCESS; }
CUresult cuMemSetAccess(CUdeviceptr address, size_t size, const CUmemAccessDesc *desc, size_t n)
{
	KEEP(address, size, N(desc->locationType), N(desc->locationId), N(desc->flags), n);
	return CUDA_SUCCESS;
}
CUresult cuPointerGetAttribute(void *data, CUpointer_attribute attribute, CUdeviceptr address)
{
	KEEP(N(attribute), address);
	switch (attribute) {
	case CU_POINTER_ATTRIBUTE_IS_MANAGED:
		*(unsigned char *)data = 1;
		return CUDA_SUCCESS;
	case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
		*(unsigned int *)data = CU_MEMORYTYPE_DEVICE;
		return CUDA_SUCCESS;
	case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
		*(uint64_t *)data = 1ull << 40;
		return CUDA_SUCCESS;
	default:
		*(uint64_t *)data = 0x55;
		return CUDA_ERROR_INVALID_VALUE;
	}
}

static char host[8192];
CUresult cuMemHostAlloc(void **p, size_t size, unsigned int flags)
{
	KEEP(size, flags);
	*p = size == 4096 ? host : NULL;
	return size > sizeof(host) ? CUDA_ERROR_OUT_OF_MEMORY : CUDA_SUCCESS;
}
CUresult cuMemFreeHost(void *p) { KEEP(p == host); return CUDA_SUCCESS; }
CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t size, CUstream stream)
{
	KEEP(to, size, N(stream));
	memcpy(host, from, size);
	return CUDA_SUCCESS;
}
CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t size, CUstream stream)
{
	KEEP(from, size, N(stream));
	memcpy(to, host, size);
	return CUDA_SUCCESS;
}
CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t n, CUstream stream) { KEEP(to, value, n, N(stream)); return CUDA_SUCCESS; }
CUresult cuMemsetD32Async(CUdeviceptr to, unsigned int value, size_t n, CUstream stream) { KEEP(to, value, n, N(stream)); return CUDA_SUCCESS; }
CUresult cuStreamCreateWithPriority(CUstream *stream, unsigned int flags, int priority) { KEEP(flags, N((int64_t)priority)); *stream = (CUstream)0x7f00abcdef00; return CUDA_SUCCESS; }
CUresult cuStreamQuery(CUstream stream) { KEEP(N(stream)); return CUDA_ERROR_NOT_READY; }
CUresult cuEventCreate(CUevent *event, unsigned int flags) { KEEP(flags); *event = (CUevent)0x7f00abcdef10; return CUDA_SUCCESS; }
CUresult cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end) { KEEP(N(start), N(end)); *milliseconds = 1.5f; return CUDA_SUCCESS; }
CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int n, CUjit_option *options, void **values)
{
	KEEP(strlen(image), n, N(options[0]), N(options[1]), N(values[1]));
	snprintf(values[0], (size_t)values[1], "ptxas: line 1: %s", (const char *)image);
	*module = (CUmodule)0x7f00abcdef20;
	return CUDA_ERROR_INVALID_PTX;
}
CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name)
{
	KEEP(N(module), strlen(name));
	*function = (CUfunction)0x7f00abcdef30;
	return strcmp(name, "known") ? CUDA_ERROR_NOT_FOUND : CUDA_SUCCESS;
}
CUresult cuFuncGetParamInfo(CUfunction function, size_t index, size_t *offset, size_t *size)
{
	KEEP(N(function), index);
	*offset = 8 * index;
	*size = 4;
	return index < 2 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
CUresult cuLaunchKernel(CUfunction function, unsigned int gx, unsigned int gy, unsigned int gz, unsigned int bx, unsigned int by,
			unsigned int bz, unsigned int shared, CUstream stream, void **params, void **extra)
{
	KEEP(N(function), gx, gy, gz, bx, by, bz, shared, N(stream), extra != NULL, params == NULL);
	for (unsigned int i = 0; params != NULL && i < 9; i++)
		kept[count++] = *(uint64_t *)params[i];
	return CUDA_SUCCESS;
}
