package main

// nvmlOpaques are the handles of libnvidia-ml.
func nvmlOpaques() []opaque {
	return []opaque{
		{"nvmlDevice_t", "struct nvmlDevice_st *", "Device", "uintptr", "NVML device", "is a device as this library knows it"},
		{"nvmlEventSet_t", "struct nvmlEventSet_st *", "EventSet", "uintptr", "NVML event set", "is a queue of events"},
	}
}

// nvmlLayouts are the structs of libnvidia-ml that are passed.
func nvmlLayouts() []layout {
	return []layout{
		{
			c: "nvmlMemory_v2_t", goName: "memoryInfo", doc: "is how much memory a device has", size: 40,
			fields: []field{
				{c: "unsigned int", name: "version", goName: "version", offset: 0},
				{c: "unsigned long long", name: "total", goName: "total", offset: 8},
				{c: "unsigned long long", name: "reserved", goName: "reserved", offset: 16},
				{c: "unsigned long long", name: "free", goName: "free", offset: 24},
				{c: "unsigned long long", name: "used", goName: "used", offset: 32},
			},
		},
		{
			c: "nvmlProcessInfo_t", goName: "processInfo", doc: "is a process that uses a device", size: 24,
			fields: []field{
				{c: "unsigned int", name: "pid", goName: "pid", offset: 0},
				{c: "unsigned long long", name: "usedGpuMemory", goName: "used", offset: 8},
				{c: "unsigned int", name: "gpuInstanceId", goName: "gpuInstance", offset: 16},
				{c: "unsigned int", name: "computeInstanceId", goName: "computeInstance", offset: 20},
			},
		},
		{
			c: "nvmlEventData_t", goName: "eventData", doc: "is one event", size: 32,
			fields: []field{
				{c: "nvmlDevice_t", name: "device", goName: "device", offset: 0},
				{c: "unsigned long long", name: "eventType", goName: "kind", offset: 8},
				{c: "unsigned long long", name: "eventData", goName: "data", offset: 16},
				{c: "unsigned int", name: "gpuInstanceId", goName: "gpuInstance", offset: 24},
				{c: "unsigned int", name: "computeInstanceId", goName: "computeInstance", offset: 28},
			},
		},
		{
			c: "nvmlFieldValue_t", goName: "fieldValue", doc: "is the value of one field; the union is its eight bytes", size: 40,
			fields: []field{
				{c: "unsigned int", name: "fieldId", goName: "field", offset: 0},
				{c: "unsigned int", name: "scopeId", goName: "scope", offset: 4},
				{c: "long long", name: "timestamp", goName: "timestamp", offset: 8},
				{c: "long long", name: "latencyUsec", goName: "latency", offset: 16},
				{c: "nvmlValueType", name: "valueType", goName: "kind", offset: 24},
				{c: "nvmlReturn_t", name: "nvmlReturn", goName: "result", offset: 28},
				{c: "unsigned long long", name: "value", goName: "value", offset: 32},
			},
		},
		{
			c: "nvmlConfComputeSystemState_t", goName: "confidentialState", doc: "is the state of confidential computing", size: 12,
			fields: []field{
				{c: "unsigned int", name: "environment", goName: "environment", offset: 0},
				{c: "unsigned int", name: "ccFeature", goName: "feature", offset: 4},
				{c: "unsigned int", name: "devToolsMode", goName: "devTools", offset: 8},
			},
		},
		{
			c: "nvmlDeviceAddressingMode_t", goName: "addressing", doc: "is how a device reaches memory", size: 8,
			fields: []field{
				{c: "unsigned int", name: "version", goName: "version", offset: 0},
				{c: "unsigned int", name: "value", goName: "value", offset: 4},
			},
		},
	}
}
