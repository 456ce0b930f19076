#include <stdio.h>
#include <string.h>

#include "call.h"
#include "nvml.h"
#include "nvml_device.h"
#include "physical.h"

static int init(void)
{
	if (fake.system.nodev)
		return NVML_ERROR_DRIVER_NOT_LOADED;
	fake.nvml++;
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlInit_v2(void)
{
	CALL(nvmlReturn_t, NEED_NO_NVML, init());
}

static int shutdown_one(void)
{
	fake.nvml--;
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlShutdown(void)
{
	CALL(nvmlReturn_t, NEED_NVML, shutdown_one());
}

const char *nvmlErrorString(nvmlReturn_t result)
{
	switch (result) {
	case NVML_SUCCESS: return "The operation was successful";
	case NVML_ERROR_UNINITIALIZED: return "Uninitialized";
	case NVML_ERROR_INVALID_ARGUMENT: return "Invalid Argument";
	case NVML_ERROR_TIMEOUT: return "Timeout";
	case NVML_ERROR_GPU_IS_LOST: return "GPU is lost";
	default: return "Unknown Error";
	}
}

static int text(char *out, unsigned length, const char *value)
{
	if (!out)
		return NVML_ERROR_INVALID_ARGUMENT;
	if (strlen(value) >= length)
		return NVML_ERROR_INSUFFICIENT_SIZE;
	strcpy(out, value);
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlSystemGetDriverVersion(char *version, unsigned int length)
{
	CALL(nvmlReturn_t, NEED_NVML, text(version, length, fake.system.driver >= 13000 ? "580.00.01" : "550.00.01"));
}

static int confidential(nvmlConfComputeSystemState_t *state)
{
	if (!state)
		return NVML_ERROR_INVALID_ARGUMENT;
	unsigned on = fake.system.confidential != 0;
	*state = (nvmlConfComputeSystemState_t){.environment = on ? NVML_CC_SYSTEM_ENVIRONMENT_PROD : 0, .ccFeature = on};
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlSystemGetConfComputeState(nvmlConfComputeSystemState_t *state)
{
	CALL(nvmlReturn_t, NEED_NVML, confidential(state));
}

/* NVML counts devices the other way round: only the UUID names one. */
static struct device *at_index(unsigned index)
{
	return index < (unsigned)fake.system.devices ? device_find(fake.system.devices - 1 - (int)index) : NULL;
}

nvmlDevice_t nvml_handle(const struct device *dev)
{
	return (nvmlDevice_t)(uintptr_t)(0x4e56000000000000 + (uint64_t)(dev->index + 1) * 16);
}

struct device *nvml_device(nvmlDevice_t handle, int *error)
{
	for (int i = 0; i < fake.system.devices; i++) {
		if (nvml_handle(&fake.device[i]) != handle)
			continue;
		*error = NVML_ERROR_GPU_IS_LOST;
		return fake.device[i].lost ? NULL : &fake.device[i];
	}
	*error = NVML_ERROR_INVALID_ARGUMENT;
	return NULL;
}

static void uuid_of(const struct device *dev, char out[64])
{
	unsigned char u[UUID_BYTES];
	device_uuid(dev, u);
	snprintf(out, 64, "%s-%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", dev->set.mig ? "MIG" : "GPU", u[0], u[1], u[2], u[3],
		 u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
}

static int count_devices(unsigned *count)
{
	if (!count)
		return NVML_ERROR_INVALID_ARGUMENT;
	*count = (unsigned)fake.system.devices;
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetCount_v2(unsigned int *count)
{
	CALL(nvmlReturn_t, NEED_NVML, count_devices(count));
}

static int by_index(unsigned index, nvmlDevice_t *device)
{
	struct device *dev = at_index(index);
	if (!dev || !device)
		return NVML_ERROR_INVALID_ARGUMENT;
	if (dev->lost)
		return NVML_ERROR_GPU_IS_LOST;
	*device = nvml_handle(dev);
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *device)
{
	CALL(nvmlReturn_t, NEED_NVML, by_index(index, device));
}

static int by_uuid(const char *uuid, nvmlDevice_t *device)
{
	char own[64];
	if (!uuid || !device)
		return NVML_ERROR_INVALID_ARGUMENT;
	for (int i = 0; i < fake.system.devices; i++) {
		uuid_of(&fake.device[i], own);
		if (strcmp(own, uuid) != 0)
			continue;
		if (fake.device[i].lost)
			return NVML_ERROR_GPU_IS_LOST;
		*device = nvml_handle(&fake.device[i]);
		return NVML_SUCCESS;
	}
	return NVML_ERROR_NOT_FOUND;
}

nvmlReturn_t nvmlDeviceGetHandleByUUID(const char *uuid, nvmlDevice_t *device)
{
	CALL(nvmlReturn_t, NEED_NVML, by_uuid(uuid, device));
}

static int get_uuid(const struct device *dev, char *uuid, unsigned length)
{
	char own[64];
	uuid_of(dev, own);
	return text(uuid, length, own);
}

nvmlReturn_t nvmlDeviceGetUUID(nvmlDevice_t device, char *uuid, unsigned int length)
{
	CALL(nvmlReturn_t, NEED_NVML, OF_DEVICE(device, get_uuid, uuid, length));
}

static int get_name(const struct device *dev, char *name, unsigned length)
{
	return text(name, length, dev->set.name);
}

nvmlReturn_t nvmlDeviceGetName(nvmlDevice_t device, char *name, unsigned int length)
{
	CALL(nvmlReturn_t, NEED_NVML, OF_DEVICE(device, get_name, name, length));
}

static int mode_of(const struct device *dev, nvmlComputeMode_t *mode)
{
	if (!mode)
		return NVML_ERROR_INVALID_ARGUMENT;
	*mode = (nvmlComputeMode_t)dev->set.mode;
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetComputeMode(nvmlDevice_t device, nvmlComputeMode_t *mode)
{
	CALL(nvmlReturn_t, NEED_NVML, OF_DEVICE(device, mode_of, mode));
}

static int memory_of(const struct device *dev, nvmlMemory_v2_t *memory)
{
	if (!memory)
		return NVML_ERROR_INVALID_ARGUMENT;
	if (memory->version != nvmlMemory_v2)
		return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
	memory->total = dev->set.memory;
	memory->reserved = 0;
	memory->free = physical_free(dev);
	memory->used = memory->total - memory->free;
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t *memory)
{
	CALL(nvmlReturn_t, NEED_NVML, OF_DEVICE(device, memory_of, memory));
}
