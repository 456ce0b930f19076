package main

// nvmlFunctions are the functions of libnvidia-ml that are bound: reading
// only. Nothing here changes a setting of the device, and nothing resets it.
func nvmlFunctions() []function {
	need := func(prototype string) function { return function{prototype: prototype} }
	may := func(prototype string) function { return function{prototype: prototype, optional: true} }
	return []function{
		need("nvmlInit_v2(void)"),
		need("nvmlShutdown(void)"),
		need("const char *nvmlErrorString(nvmlReturn_t result)"),
		need("nvmlSystemGetDriverVersion(char *version, unsigned int length)"),
		may("nvmlSystemGetConfComputeState(nvmlConfComputeSystemState_t *state)"),

		need("nvmlDeviceGetCount_v2(unsigned int *count)"),
		need("nvmlDeviceGetHandleByUUID(const char *uuid, nvmlDevice_t *device)"),
		need("nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *device)"),
		need("nvmlDeviceGetUUID(nvmlDevice_t device, char *uuid, unsigned int length)"),
		need("nvmlDeviceGetName(nvmlDevice_t device, char *name, unsigned int length)"),
		need("nvmlDeviceGetComputeMode(nvmlDevice_t device, nvmlComputeMode_t *mode)"),
		may("nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t *memory)"),
		may("nvmlDeviceGetEccMode(nvmlDevice_t device, nvmlEnableState_t *current, nvmlEnableState_t *pending)"),
		may("nvmlDeviceGetTotalEccErrors(nvmlDevice_t device, nvmlMemoryErrorType_t kind, nvmlEccCounterType_t counter, unsigned long long *count)"),
		may("nvmlDeviceGetRemappedRows(nvmlDevice_t device, unsigned int *corrected, unsigned int *uncorrected, unsigned int *pending, unsigned int *failed)"),
		may("nvmlDeviceGetMigMode(nvmlDevice_t device, unsigned int *current, unsigned int *pending)"),
		may("nvmlDeviceGetComputeRunningProcesses_v3(nvmlDevice_t device, unsigned int *count, nvmlProcessInfo_t *processes)"),
		may("nvmlDeviceGetAddressingMode(nvmlDevice_t device, nvmlDeviceAddressingMode_t *mode)"),
		may("nvmlDeviceGetFieldValues(nvmlDevice_t device, int count, nvmlFieldValue_t *values)"),

		may("nvmlDeviceGetSupportedEventTypes(nvmlDevice_t device, unsigned long long *types)"),
		need("nvmlEventSetCreate(nvmlEventSet_t *set)"),
		need("nvmlEventSetFree(nvmlEventSet_t set)"),
		need("nvmlDeviceRegisterEvents(nvmlDevice_t device, unsigned long long types, nvmlEventSet_t set)"),
		need("nvmlEventSetWait_v2(nvmlEventSet_t set, nvmlEventData_t *data, unsigned int milliseconds)"),
	}
}
