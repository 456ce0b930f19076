#include <unistd.h>

#include "call.h"
#include "nvml.h"
#include "nvml_device.h"
#include "physical.h"

static int ecc_mode(const struct device *dev, nvmlEnableState_t *current, nvmlEnableState_t *pending)
{
	if (!current || !pending)
		return NVML_ERROR_INVALID_ARGUMENT;
	*current = *pending = dev->set.ecc ? NVML_FEATURE_ENABLED : NVML_FEATURE_DISABLED;
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetEccMode(nvmlDevice_t device, nvmlEnableState_t *current, nvmlEnableState_t *pending)
{
	CALL(nvmlReturn_t, NEED_NVML, OF_DEVICE(device, ecc_mode, current, pending));
}

static int ecc_errors(const struct device *dev, int kind, int counter, unsigned long long *count)
{
	if (!count || kind < 0 || kind > 1 || counter < 0 || counter > 1)
		return NVML_ERROR_INVALID_ARGUMENT;
	if (!dev->set.ecc)
		return NVML_ERROR_NOT_SUPPORTED;
	*count = kind == NVML_MEMORY_ERROR_TYPE_CORRECTED ? dev->ecc_corrected : dev->ecc_uncorrected;
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetTotalEccErrors(nvmlDevice_t device, nvmlMemoryErrorType_t kind, nvmlEccCounterType_t counter, unsigned long long *count)
{
	CALL(nvmlReturn_t, NEED_NVML, OF_DEVICE(device, ecc_errors, (int)kind, (int)counter, count));
}

static int rows(const struct device *dev, unsigned *corrected, unsigned *uncorrected, unsigned *pending, unsigned *failed)
{
	if (!corrected || !uncorrected || !pending || !failed)
		return NVML_ERROR_INVALID_ARGUMENT;
	*corrected = dev->rows_corrected;
	*uncorrected = dev->rows_uncorrected;
	*pending = dev->rows_pending;
	*failed = dev->rows_failed;
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetRemappedRows(nvmlDevice_t device, unsigned int *corrected, unsigned int *uncorrected, unsigned int *pending, unsigned int *failed)
{
	CALL(nvmlReturn_t, NEED_NVML, OF_DEVICE(device, rows, corrected, uncorrected, pending, failed));
}

static int mig(const struct device *dev, unsigned *current, unsigned *pending)
{
	if (!current || !pending)
		return NVML_ERROR_INVALID_ARGUMENT;
	*current = *pending = (unsigned)dev->set.mig;
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetMigMode(nvmlDevice_t device, unsigned int *current, unsigned int *pending)
{
	CALL(nvmlReturn_t, NEED_NVML, OF_DEVICE(device, mig, current, pending));
}

static uint64_t own_bytes(const struct device *dev)
{
	uint64_t sum = 0;
	struct memory *m;
	for (size_t slot = 0; (m = object_next(KIND_MEMORY, &slot));)
		sum += m->device == dev ? m->size : 0;
	return sum;
}

static bool uses(const struct device *dev)
{
	struct context *ctx;
	for (size_t slot = 0; (ctx = object_next(KIND_CONTEXT, &slot));)
		if (ctx->device == dev)
			return true;
	return own_bytes(dev) > 0;
}

/* The caller asks with a room of 0 first, and then with that many. */
static int processes(const struct device *dev, unsigned *count, nvmlProcessInfo_t *out)
{
	nvmlProcessInfo_t all[MAX_PROCESSES + 1] = {0};
	unsigned found = 0;
	if (!count)
		return NVML_ERROR_INVALID_ARGUMENT;
	if (uses(dev))
		all[found++] = (nvmlProcessInfo_t){.pid = (unsigned)getpid(), .usedGpuMemory = own_bytes(dev)};
	for (size_t i = 0; i < MAX_PROCESSES; i++)
		if (dev->process[i].pid)
			all[found++] = (nvmlProcessInfo_t){.pid = dev->process[i].pid, .usedGpuMemory = dev->process[i].bytes};
	unsigned room = *count;
	*count = found;
	if (room < found || (found > 0 && !out))
		return NVML_ERROR_INSUFFICIENT_SIZE;
	for (unsigned i = 0; i < found; i++) {
		out[i] = all[i];
		out[i].gpuInstanceId = out[i].computeInstanceId = 0xffffffff;
	}
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v3(nvmlDevice_t device, unsigned int *count, nvmlProcessInfo_t *out)
{
	CALL(nvmlReturn_t, NEED_NVML, OF_DEVICE(device, processes, count, out));
}

static int addressing(const struct device *dev, nvmlDeviceAddressingMode_t *mode)
{
	if (!mode)
		return NVML_ERROR_INVALID_ARGUMENT;
	if (mode->version != nvmlDeviceAddressingMode_v1)
		return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
	mode->value = dev->set.ats ? NVML_DEVICE_ADDRESSING_MODE_ATS : dev->set.hmm ? NVML_DEVICE_ADDRESSING_MODE_HMM : NVML_DEVICE_ADDRESSING_MODE_NONE;
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetAddressingMode(nvmlDevice_t device, nvmlDeviceAddressingMode_t *mode)
{
	CALL(nvmlReturn_t, NEED_NVML, OF_DEVICE(device, addressing, mode));
}

static int fields(const struct device *dev, int count, nvmlFieldValue_t *values)
{
	if (!values || count <= 0)
		return NVML_ERROR_INVALID_ARGUMENT;
	for (int i = 0; i < count; i++) {
		values[i].nvmlReturn = NVML_ERROR_NOT_SUPPORTED;
		if (values[i].fieldId != NVML_FI_DEV_GET_GPU_RECOVERY_ACTION)
			continue;
		values[i].nvmlReturn = NVML_SUCCESS;
		values[i].valueType = NVML_VALUE_TYPE_UNSIGNED_INT;
		values[i].value = dev->recovery;
	}
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetFieldValues(nvmlDevice_t device, int count, nvmlFieldValue_t *values)
{
	CALL(nvmlReturn_t, NEED_NVML, OF_DEVICE(device, fields, count, values));
}
