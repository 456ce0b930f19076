#include <stdio.h>
#include <string.h>

#include "call.h"

static int init(unsigned flags)
{
	if (flags != 0)
		return CUDA_ERROR_INVALID_VALUE;
	if (fake.system.nodev || fake.system.devices == 0)
		return CUDA_ERROR_NO_DEVICE;
	fake.initialised = true;
	return CUDA_SUCCESS;
}

CUresult cuInit(unsigned int flags)
{
	CALL(CUresult, NEED_NOTHING, init(flags));
}

static int driver_version(int *version)
{
	if (!version)
		return CUDA_ERROR_INVALID_VALUE;
	*version = fake.system.driver;
	return CUDA_SUCCESS;
}

CUresult cuDriverGetVersion(int *version)
{
	CALL(CUresult, NEED_NOTHING, driver_version(version));
}

struct device *device_find(int index)
{
	return index >= 0 && index < fake.system.devices ? &fake.device[index] : NULL;
}

void device_uuid(const struct device *dev, unsigned char uuid[UUID_BYTES])
{
	static const unsigned char first[UUID_BYTES] = {0xfa, 0xce, 0xc0, 0xda, 0x00, 0x01, 0x40, 0x02, 0x80, 0x03, 1, 2, 3, 4, 5, 0};
	memcpy(uuid, first, UUID_BYTES);
	uuid[UUID_BYTES - 1] = (unsigned char)(dev->index + 1);
}

/* The functions that ask something of one device share their checks. */
#define OF_DEVICE(out, index, expression)                             \
	struct device *dev = device_find(index);                      \
	if (!dev)                                                     \
		return CUDA_ERROR_INVALID_DEVICE;                     \
	if (!(out))                                                   \
		return CUDA_ERROR_INVALID_VALUE;                      \
	expression;                                                   \
	return CUDA_SUCCESS

static int device_count(int *count)
{
	if (!count)
		return CUDA_ERROR_INVALID_VALUE;
	*count = fake.system.devices;
	return CUDA_SUCCESS;
}

CUresult cuDeviceGetCount(int *count)
{
	CALL(CUresult, NEED_INIT, device_count(count));
}

static int device_get(CUdevice *device, int ordinal)
{
	OF_DEVICE(device, ordinal, *device = dev->index);
}

CUresult cuDeviceGet(CUdevice *device, int ordinal)
{
	CALL(CUresult, NEED_INIT, device_get(device, ordinal));
}

static int device_name(char *name, int length, CUdevice device)
{
	if (length <= 0)
		return CUDA_ERROR_INVALID_VALUE;
	OF_DEVICE(name, device, snprintf(name, (size_t)length, "%s", dev->set.name));
}

CUresult cuDeviceGetName(char *name, int length, CUdevice device)
{
	CALL(CUresult, NEED_INIT, device_name(name, length, device));
}

static int device_identity(CUuuid *uuid, CUdevice device)
{
	OF_DEVICE(uuid, device, device_uuid(dev, uuid->bytes));
}

CUresult cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice device)
{
	CALL(CUresult, NEED_INIT, device_identity(uuid, device));
}

static int device_total(size_t *bytes, CUdevice device)
{
	OF_DEVICE(bytes, device, *bytes = dev->set.memory);
}

CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device)
{
	CALL(CUresult, NEED_INIT, device_total(bytes, device));
}

static int device_bus(char *text, int length, CUdevice device)
{
	if (length < 13)
		return CUDA_ERROR_INVALID_VALUE;
	OF_DEVICE(text, device, snprintf(text, (size_t)length, "0000:%02x:00.0", (unsigned)(dev->index & 0xff) + 1));
}

CUresult cuDeviceGetPCIBusId(char *text, int length, CUdevice device)
{
	CALL(CUresult, NEED_INIT, device_bus(text, length, device));
}

/* An H100, as far as anybody asks. */
static int attribute_of(const struct device *dev, int attribute)
{
	switch (attribute) {
	case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK: return 1024;
	case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X: return 1024;
	case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y: return 1024;
	case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z: return 64;
	case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X: return 0x7fffffff;
	case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y: return 65535;
	case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z: return 65535;
	case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK: return 49152;
	case CU_DEVICE_ATTRIBUTE_WARP_SIZE: return 32;
	case CU_DEVICE_ATTRIBUTE_CLOCK_RATE: return 1980000;
	case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT: return 132;
	case CU_DEVICE_ATTRIBUTE_KERNEL_EXEC_TIMEOUT: return 0;
	case CU_DEVICE_ATTRIBUTE_INTEGRATED: return dev->set.integrated;
	case CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY: return 1;
	case CU_DEVICE_ATTRIBUTE_COMPUTE_MODE: return dev->set.mode;
	case CU_DEVICE_ATTRIBUTE_ECC_ENABLED: return dev->set.ecc;
	case CU_DEVICE_ATTRIBUTE_PCI_BUS_ID: return dev->index + 1;
	case CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID: return 0;
	case CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID: return 0;
	case CU_DEVICE_ATTRIBUTE_TCC_DRIVER: return 0;
	case CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE: return 2619000;
	case CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH: return 5120;
	case CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE: return 52428800;
	case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR: return 2048;
	case CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT: return 3;
	case CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING: return 1;
	case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: return dev->set.cc / 10;
	case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: return dev->set.cc % 10;
	case CU_DEVICE_ATTRIBUTE_STREAM_PRIORITIES_SUPPORTED: return 1;
	case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR: return 65536;
	case CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY: return 1;
	case CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS: return dev->set.hmm || dev->set.ats;
	case CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS: return 1;
	case CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS_USES_HOST_PAGE_TABLES: return dev->set.ats;
	case CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED: return 1;
	case CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED: return 1;
	}
	return -1;
}

static int device_attribute(int *value, int attribute, CUdevice device)
{
	struct device *dev = device_find(device);
	if (!dev)
		return CUDA_ERROR_INVALID_DEVICE;
	if (!value || attribute <= 0 || attribute >= MAX_ATTRIBUTE)
		return CUDA_ERROR_INVALID_VALUE;
	int answer = dev->attribute[attribute] >= 0 ? dev->attribute[attribute] : attribute_of(dev, attribute);
	if (answer < 0)
		return CUDA_ERROR_INVALID_VALUE;
	*value = answer;
	return CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device)
{
	CALL(CUresult, NEED_INIT, device_attribute(value, (int)attribute, device));
}

/* The names of results come from no state, but they can be made to fail. */
static int error_name(int error, const char **out)
{
	if (!out)
		return CUDA_ERROR_INVALID_VALUE;
	*out = NULL;
	switch (error) {
	case CUDA_SUCCESS: *out = "CUDA_SUCCESS"; break;
	case CUDA_ERROR_INVALID_VALUE: *out = "CUDA_ERROR_INVALID_VALUE"; break;
	case CUDA_ERROR_OUT_OF_MEMORY: *out = "CUDA_ERROR_OUT_OF_MEMORY"; break;
	case CUDA_ERROR_INVALID_CONTEXT: *out = "CUDA_ERROR_INVALID_CONTEXT"; break;
	case CUDA_ERROR_ILLEGAL_ADDRESS: *out = "CUDA_ERROR_ILLEGAL_ADDRESS"; break;
	}
	return *out ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuGetErrorName(CUresult error, const char **name)
{
	CALL(CUresult, NEED_NOTHING, error_name((int)error, name));
}

CUresult cuGetErrorString(CUresult error, const char **text)
{
	CALL(CUresult, NEED_NOTHING, error_name((int)error, text));
}
