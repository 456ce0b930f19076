package main

// cudaFunctions are the functions of libcuda that are bound. What allocates
// memory that could live on the host, or hands memory to others, is not among
// them (forbidden.go).
func cudaFunctions() []function {
	need := func(prototype string) function { return function{prototype: prototype} }
	may := func(prototype string) function { return function{prototype: prototype, optional: true} }
	return []function{
		need("cuInit(unsigned int flags)"),
		need("cuDriverGetVersion(int *version)"),
		need("cuGetErrorName(CUresult result, const char **name)"),
		need("cuGetErrorString(CUresult result, const char **text)"),

		need("cuDeviceGetCount(int *count)"),
		need("cuDeviceGet(CUdevice *device, int ordinal)"),
		need("cuDeviceGetName(char *name, int length, CUdevice device)"),
		need("cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice device)"),
		need("cuDeviceTotalMem_v2(size_t *bytes, CUdevice device)"),
		need("cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device)"),
		need("cuDeviceGetPCIBusId(char *text, int length, CUdevice device)"),

		need("cuCtxCreate_v2(CUcontext *context, unsigned int flags, CUdevice device)"),
		need("cuCtxDestroy_v2(CUcontext context)"),
		need("cuCtxSetCurrent(CUcontext context)"),
		need("cuCtxGetCurrent(CUcontext *context)"),
		need("cuCtxGetStreamPriorityRange(int *least, int *greatest)"),
		need("cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device)"),
		need("cuDevicePrimaryCtxRelease_v2(CUdevice device)"),

		need("cuMemGetInfo_v2(size_t *available, size_t *total)"),
		need("cuMemGetAllocationGranularity(size_t *granularity, const CUmemAllocationProp *prop, CUmemAllocationGranularity_flags option)"),
		need("cuMemCreate(CUmemGenericAllocationHandle *handle, size_t size, const CUmemAllocationProp *prop, unsigned long long flags)"),
		need("cuMemRelease(CUmemGenericAllocationHandle handle)"),
		need("cuMemAddressReserve(CUdeviceptr *address, size_t size, size_t alignment, CUdeviceptr wish, unsigned long long flags)"),
		need("cuMemAddressFree(CUdeviceptr address, size_t size)"),
		need("cuMemMap(CUdeviceptr address, size_t size, size_t offset, CUmemGenericAllocationHandle handle, unsigned long long flags)"),
		need("cuMemUnmap(CUdeviceptr address, size_t size)"),
		need("cuMemSetAccess(CUdeviceptr address, size_t size, const CUmemAccessDesc *desc, size_t count)"),
		// The address is a void pointer in C; it is an address of the device.
		need("cuMemRetainAllocationHandle(CUmemGenericAllocationHandle *handle, CUdeviceptr address)"),
		need("cuMemGetAllocationPropertiesFromHandle(CUmemAllocationProp *prop, CUmemGenericAllocationHandle handle)"),
		need("cuPointerGetAttribute(void *data, CUpointer_attribute attribute, CUdeviceptr address)"),

		need("cuMemHostAlloc(void **host, size_t size, unsigned int flags)"),
		need("cuMemFreeHost(void *host)"),
		need("cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t size, CUstream stream)"),
		need("cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t size, CUstream stream)"),
		need("cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream)"),
		need("cuMemsetD32Async(CUdeviceptr to, unsigned int value, size_t count, CUstream stream)"),

		need("cuStreamCreateWithPriority(CUstream *stream, unsigned int flags, int priority)"),
		need("cuStreamDestroy_v2(CUstream stream)"),
		need("cuStreamQuery(CUstream stream)"),
		need("cuStreamSynchronize(CUstream stream)"),
		need("cuStreamWaitEvent(CUstream stream, CUevent event, unsigned int flags)"),
		need("cuEventCreate(CUevent *event, unsigned int flags)"),
		need("cuEventDestroy_v2(CUevent event)"),
		need("cuEventRecord(CUevent event, CUstream stream)"),
		need("cuEventQuery(CUevent event)"),
		need("cuEventSynchronize(CUevent event)"),
		need("cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end)"),

		need("cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int count, CUjit_option *options, void **values)"),
		need("cuModuleUnload(CUmodule module)"),
		need("cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name)"),
		need("cuFuncGetAttribute(int *value, CUfunction_attribute attribute, CUfunction function)"),
		may("cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value)"),
		may("cuFuncGetParamInfo(CUfunction function, size_t index, size_t *offset, size_t *size)"), // CUDA 12.4
		may("cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, CUfunction function, int block, size_t shared)"),
		need("cuLaunchKernel(CUfunction function, unsigned int gridX, unsigned int gridY, unsigned int gridZ, " +
			"unsigned int blockX, unsigned int blockY, unsigned int blockZ, unsigned int shared, CUstream stream, void **params, void **extra)"),
	}
}
