package main

// nvmlEnums are the enumerations of libnvidia-ml that are used.
func nvmlEnums() []enum {
	return []enum{
		{
			c: "nvmlReturn_t", prefix: "NVML_", goName: "Result", names: true,
			doc: "is what a call answers; Success is zero", values: nvmlResults(),
		},
		{
			c: "nvmlEnableState_t", prefix: "NVML_FEATURE_", goName: "enableState", goPrefix: "feature",
			doc: "is off or on", values: []value{
				{"NVML_FEATURE_DISABLED", 0},
				{"NVML_FEATURE_ENABLED", 1},
			},
		},
		{
			c: "nvmlComputeMode_t", prefix: "NVML_COMPUTEMODE_", goName: "ComputeMode", goPrefix: "Compute",
			doc: "is who may use a device", values: []value{
				{"NVML_COMPUTEMODE_DEFAULT", 0},
				{"NVML_COMPUTEMODE_EXCLUSIVE_THREAD", 1},
				{"NVML_COMPUTEMODE_PROHIBITED", 2},
				{"NVML_COMPUTEMODE_EXCLUSIVE_PROCESS", 3},
			},
		},
		{
			c: "nvmlMemoryErrorType_t", prefix: "NVML_MEMORY_ERROR_TYPE_", goName: "memoryErrorType", goPrefix: "memoryError",
			doc: "is whether an error of memory was corrected", values: []value{
				{"NVML_MEMORY_ERROR_TYPE_CORRECTED", 0},
				{"NVML_MEMORY_ERROR_TYPE_UNCORRECTED", 1},
			},
		},
		{
			c: "nvmlEccCounterType_t", prefix: "NVML_", goName: "eccCounter", goPrefix: "counter",
			doc: "is since when errors are counted", values: []value{
				{"NVML_VOLATILE_ECC", 0},
				{"NVML_AGGREGATE_ECC", 1},
			},
		},
		{
			c: "nvmlAddressingMode", prefix: "NVML_DEVICE_ADDRESSING_MODE_", goName: "AddressingMode", goPrefix: "Addressing",
			doc: "is whether the device reaches the memory of processes by itself", values: []value{
				{"NVML_DEVICE_ADDRESSING_MODE_NONE", 0},
				{"NVML_DEVICE_ADDRESSING_MODE_HMM", 1},
				{"NVML_DEVICE_ADDRESSING_MODE_ATS", 2},
			},
		},
		{
			c: "nvmlRecoveryAction", prefix: "NVML_GPU_RECOVERY_ACTION_", goName: "RecoveryAction", goPrefix: "Recovery",
			doc: "is what the driver says must be done with a device", names: true, values: []value{
				{"NVML_GPU_RECOVERY_ACTION_NONE", 0},
				{"NVML_GPU_RECOVERY_ACTION_GPU_RESET", 1},
				{"NVML_GPU_RECOVERY_ACTION_NODE_REBOOT", 2},
				{"NVML_GPU_RECOVERY_ACTION_DRAIN_P2P", 3},
				{"NVML_GPU_RECOVERY_ACTION_DRAIN_AND_RESET", 4},
				{"NVML_GPU_RECOVERY_ACTION_RECOVER_IMEX_DOMAIN", 5},
			},
		},
		{
			c: "nvmlValueType", prefix: "NVML_VALUE_TYPE_", goName: "valueType", goPrefix: "value",
			doc: "is how the value of a field is to be read", values: []value{
				{"NVML_VALUE_TYPE_DOUBLE", 0},
				{"NVML_VALUE_TYPE_UNSIGNED_INT", 1},
				{"NVML_VALUE_TYPE_UNSIGNED_LONG", 2},
				{"NVML_VALUE_TYPE_UNSIGNED_LONG_LONG", 3},
				{"NVML_VALUE_TYPE_SIGNED_LONG_LONG", 4},
				{"NVML_VALUE_TYPE_SIGNED_INT", 5},
				{"NVML_VALUE_TYPE_UNSIGNED_SHORT", 6},
			},
		},
	}
}

// nvmlConstants are fields, event types and versions of structs. A version
// is the struct's size and its number in the highest byte.
func nvmlConstants() []constant {
	return []constant{
		{"NVML_FI_DEV_GET_GPU_RECOVERY_ACTION", "fieldRecoveryAction", "uint32", 230},
		{"nvmlMemory_v2", "memoryVersion", "uint32", 40 | 2<<24},
		{"nvmlDeviceAddressingMode_v1", "addressingVersion", "uint32", 8 | 1<<24},
		{"NVML_CC_SYSTEM_FEATURE_ENABLED", "confidentialEnabled", "uint32", 1},
		{"NVML_CC_SYSTEM_DEVTOOLS_MODE_ON", "devToolsOn", "uint32", 1},
		{"NVML_CC_SYSTEM_ENVIRONMENT_PROD", "environmentProduction", "uint32", 2},
		{"nvmlEventTypeSingleBitEccError", "EventSingleBitECC", "EventType", 0x1},
		{"nvmlEventTypeDoubleBitEccError", "EventDoubleBitECC", "EventType", 0x2},
		{"nvmlEventTypeXidCriticalError", "EventXid", "EventType", 0x8},
		{"nvmlEventTypeSingleBitEccErrorStorm", "EventSingleBitECCStorm", "EventType", 0x200},
		{"nvmlEventTypeDramRetirementEvent", "EventRetirement", "EventType", 0x400},
		{"nvmlEventTypeDramRetirementFailure", "EventRetirementFailure", "EventType", 0x800},
		{"nvmlEventTypeNonFatalPoisonError", "EventPoison", "EventType", 0x1000},
		{"nvmlEventTypeFatalPoisonError", "EventFatalPoison", "EventType", 0x2000},
		{"nvmlEventTypeGpuUnavailableError", "EventUnavailable", "EventType", 0x4000},
		{"nvmlEventTypeGpuRecoveryAction", "EventRecoveryAction", "EventType", 0x8000},
	}
}
