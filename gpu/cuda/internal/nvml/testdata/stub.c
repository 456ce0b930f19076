/* A management library whose answers depend on the device handle, so that a
 * test can ask for each case. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "abi_gen.h"

#define D(device) ((uintptr_t)(device))

nvmlReturn_t nvmlInit_v2(void) { return NVML_SUCCESS; }
nvmlReturn_t nvmlShutdown(void) { return NVML_ERROR_UNINITIALIZED; }
const char *nvmlErrorString(nvmlReturn_t result) { return result == NVML_ERROR_GPU_IS_LOST ? "GPU is lost" : NULL; }
nvmlReturn_t nvmlSystemGetDriverVersion(char *version, unsigned int length)
{
	snprintf(version, length, "595.45.04");
	return NVML_SUCCESS;
}
nvmlReturn_t nvmlSystemGetConfComputeState(nvmlConfComputeSystemState_t *state)
{
	*state = (nvmlConfComputeSystemState_t){2, 1, 1};
	return NVML_SUCCESS;
}
nvmlReturn_t nvmlDeviceGetCount_v2(unsigned int *count) { *count = 3; return NVML_SUCCESS; }
nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *device)
{
	if (index > 2)
		return NVML_ERROR_INVALID_ARGUMENT;
	*device = (nvmlDevice_t)(uintptr_t)(0x7f0000000000 + index);
	return NVML_SUCCESS;
}
nvmlReturn_t nvmlDeviceGetHandleByUUID(const char *uuid, nvmlDevice_t *device)
{
	if (strcmp(uuid, "GPU-00010203-0405-0607-0809-0a0b0c0d0eff"))
		return NVML_ERROR_NOT_FOUND;
	*device = (nvmlDevice_t)0x7f0000000001;
	return NVML_SUCCESS;
}
nvmlReturn_t nvmlDeviceGetUUID(nvmlDevice_t device, char *uuid, unsigned int length)
{
	(void)device;
	memset(uuid, 'u', length); /* not terminated */
	return NVML_SUCCESS;
}
nvmlReturn_t nvmlDeviceGetName(nvmlDevice_t device, char *name, unsigned int length)
{
	snprintf(name, length, "device %lx", (unsigned long)D(device));
	return NVML_SUCCESS;
}
nvmlReturn_t nvmlDeviceGetComputeMode(nvmlDevice_t device, nvmlComputeMode_t *mode) { (void)device; *mode = NVML_COMPUTEMODE_EXCLUSIVE_PROCESS; return NVML_SUCCESS; }
nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t *memory)
{
	(void)device;
	if (memory->version != nvmlMemory_v2)
		return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
	memory->total = 85ull << 30;
	memory->reserved = 1;
	memory->free = 2;
	memory->used = 3;
	return NVML_SUCCESS;
}
nvmlReturn_t nvmlDeviceGetEccMode(nvmlDevice_t device, nvmlEnableState_t *current, nvmlEnableState_t *pending)
{
	*current = NVML_FEATURE_ENABLED;
	*pending = NVML_FEATURE_DISABLED;
	return D(device) == 9 ? NVML_ERROR_NOT_SUPPORTED : NVML_SUCCESS;
}
nvmlReturn_t nvmlDeviceGetTotalEccErrors(nvmlDevice_t device, nvmlMemoryErrorType_t kind, nvmlEccCounterType_t counter, unsigned long long *count)
{
	*count = 1ull << (32 + kind + 2 * counter);
	return D(device) == 9 && counter == NVML_AGGREGATE_ECC ? NVML_ERROR_NOT_SUPPORTED : NVML_SUCCESS;
}
nvmlReturn_t nvmlDeviceGetRemappedRows(nvmlDevice_t device, unsigned int *corrected, unsigned int *uncorrected, unsigned int *pending, unsigned int *failed)
{
	*corrected = 4;
	*uncorrected = 5;
	*pending = 1;
	*failed = 0;
	return D(device) == 9 ? NVML_ERROR_NOT_SUPPORTED : NVML_SUCCESS;
}
nvmlReturn_t nvmlDeviceGetMigMode(nvmlDevice_t device, unsigned int *current, unsigned int *pending)
{
	*current = 1;
	*pending = 0;
	return D(device) == 9 ? NVML_ERROR_NOT_SUPPORTED : NVML_SUCCESS;
}
/* The handle is how many processes there are. */
nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v3(nvmlDevice_t device, unsigned int *count, nvmlProcessInfo_t *processes)
{
	const unsigned int room = *count;

	*count = (unsigned int)D(device);
	if (*count > room)
		return NVML_ERROR_INSUFFICIENT_SIZE;
	for (unsigned int i = 0; i < *count; i++)
		processes[i] = (nvmlProcessInfo_t){100 + i, i == 0 ? ~0ull : i * 1024ull, ~0u, ~0u};
	return NVML_SUCCESS;
}
nvmlReturn_t nvmlDeviceGetAddressingMode(nvmlDevice_t device, nvmlDeviceAddressingMode_t *mode)
{
	(void)device;
	if (mode->version != nvmlDeviceAddressingMode_v1)
		return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
	mode->value = NVML_DEVICE_ADDRESSING_MODE_ATS;
	return NVML_SUCCESS;
}
/* The handle is the type of the value in its low byte, and the error of the
 * field above it. */
nvmlReturn_t nvmlDeviceGetFieldValues(nvmlDevice_t device, int count, nvmlFieldValue_t *values)
{
	if (count != 1 || values[0].fieldId != NVML_FI_DEV_GET_GPU_RECOVERY_ACTION)
		return NVML_ERROR_INVALID_ARGUMENT;
	values[0].valueType = (nvmlValueType)(D(device) & 0xff);
	values[0].nvmlReturn = (nvmlReturn_t)(D(device) >> 8);
	values[0].value = values[0].valueType == NVML_VALUE_TYPE_UNSIGNED_LONG_LONG ? 2 : 0xaaaaaaaa00000002ull;
	if (values[0].valueType == NVML_VALUE_TYPE_UNSIGNED_SHORT)
		values[0].value = 0xaaaaaaaaaaaa0004ull;
	return NVML_SUCCESS;
}
nvmlReturn_t nvmlDeviceGetSupportedEventTypes(nvmlDevice_t device, unsigned long long *types) { (void)device; *types = 0x1f; return NVML_SUCCESS; }

static unsigned long long registered;
static nvmlDevice_t whose;
nvmlReturn_t nvmlEventSetCreate(nvmlEventSet_t *set) { *set = (nvmlEventSet_t)0x7f0000000bee; return NVML_SUCCESS; }
nvmlReturn_t nvmlEventSetFree(nvmlEventSet_t set) { return D(set) == 0x7f0000000bee ? NVML_SUCCESS : NVML_ERROR_INVALID_ARGUMENT; }
nvmlReturn_t nvmlDeviceRegisterEvents(nvmlDevice_t device, unsigned long long types, nvmlEventSet_t set)
{
	(void)set;
	if (types & ~0x1full)
		return NVML_ERROR_NOT_SUPPORTED;
	registered = types;
	whose = device;
	return NVML_SUCCESS;
}
/* A limit of N milliseconds brings an event with the data N, but for the
 * smallest and the largest. */
nvmlReturn_t nvmlEventSetWait_v2(nvmlEventSet_t set, nvmlEventData_t *data, unsigned int milliseconds)
{
	(void)set;
	if (milliseconds == 0 || milliseconds == 0xfffffffeu)
		return NVML_ERROR_TIMEOUT;
	*data = (nvmlEventData_t){whose, registered, milliseconds, ~0u, ~0u};
	return NVML_SUCCESS;
}
