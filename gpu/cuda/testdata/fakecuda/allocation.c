#include "call.h"
#include "physical.h"

static int prop_device(const CUmemAllocationProp *prop, struct device **dev)
{
	if (!prop || prop->type != CU_MEM_ALLOCATION_TYPE_PINNED || prop->locationType != CU_MEM_LOCATION_TYPE_DEVICE)
		return CUDA_ERROR_INVALID_VALUE;
	if (prop->requestedHandleTypes != CU_MEM_HANDLE_TYPE_NONE)
		return CUDA_ERROR_NOT_SUPPORTED;
	*dev = device_find(prop->locationId);
	return *dev ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

static int granularity(size_t *out, const CUmemAllocationProp *prop, int option)
{
	struct device *dev = NULL;
	int error = prop_device(prop, &dev);
	if (error)
		return error;
	if (!out || (option != 0 && option != 1))
		return CUDA_ERROR_INVALID_VALUE;
	*out = dev->set.granularity;
	return CUDA_SUCCESS;
}

CUresult cuMemGetAllocationGranularity(size_t *out, const CUmemAllocationProp *prop, CUmemAllocationGranularity_flags option)
{
	CALL(CUresult, NEED_INIT, granularity(out, prop, (int)option));
}

static int create(CUmemGenericAllocationHandle *handle, size_t size, const CUmemAllocationProp *prop, unsigned long long flags)
{
	struct device *dev = NULL;
	struct memory *m = NULL;
	int error = prop_device(prop, &dev);
	if (error)
		return error;
	if (!handle || size == 0 || size % dev->set.granularity || flags != 0)
		return CUDA_ERROR_INVALID_VALUE;
	error = physical_take(dev, size, &m);
	if (!error)
		*handle = m->object.handle;
	return error;
}

CUresult cuMemCreate(CUmemGenericAllocationHandle *handle, size_t size, const CUmemAllocationProp *prop, unsigned long long flags)
{
	CALL(CUresult, NEED_MEMORY, create(handle, size, prop, flags));
}

/* The allocation, if its handle may still be used. */
struct memory *memory_held(uint64_t handle)
{
	struct memory *m = object_find(KIND_MEMORY, handle);
	return m && m->references > 0 ? m : NULL;
}

static int release(CUmemGenericAllocationHandle handle)
{
	struct memory *m = memory_held(handle);
	if (!m)
		return CUDA_ERROR_INVALID_VALUE;
	m->references--;
	physical_settle(m);
	return CUDA_SUCCESS;
}

CUresult cuMemRelease(CUmemGenericAllocationHandle handle)
{
	CALL(CUresult, NEED_MEMORY, release(handle));
}

static int retain(CUmemGenericAllocationHandle *handle, CUdeviceptr address)
{
	struct mapping *p = spans_find(&fake.mapped, address);
	if (!handle || !p)
		return CUDA_ERROR_INVALID_VALUE;
	p->memory->references++;
	*handle = p->memory->object.handle;
	return CUDA_SUCCESS;
}

CUresult cuMemRetainAllocationHandle(CUmemGenericAllocationHandle *handle, CUdeviceptr address)
{
	CALL(CUresult, NEED_MEMORY, retain(handle, address));
}

static int properties(CUmemAllocationProp *prop, CUmemGenericAllocationHandle handle)
{
	struct memory *m = memory_held(handle);
	if (!prop || !m)
		return CUDA_ERROR_INVALID_VALUE;
	*prop = (CUmemAllocationProp){
		.type = CU_MEM_ALLOCATION_TYPE_PINNED,
		.locationType = CU_MEM_LOCATION_TYPE_DEVICE,
		.locationId = fake.location >= 0 ? fake.location : m->device->index,
	};
	return CUDA_SUCCESS;
}

CUresult cuMemGetAllocationPropertiesFromHandle(CUmemAllocationProp *prop, CUmemGenericAllocationHandle handle)
{
	CALL(CUresult, NEED_MEMORY, properties(prop, handle));
}
