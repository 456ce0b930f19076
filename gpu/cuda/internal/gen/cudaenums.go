package main

// cudaEnums are the enumerations of libcuda that are used, and of the large
// ones the values that are used.
func cudaEnums() []enum {
	return []enum{
		{
			c: "CUresult", prefix: "CUDA_", goName: "Result", names: true,
			doc: "is what a call answers; Success is zero", values: cudaResults(),
		},
		{
			c: "CUdevice_attribute", prefix: "CU_DEVICE_ATTRIBUTE_", goName: "DeviceAttribute", goPrefix: "Device",
			doc: "is a property of a device", values: cudaDeviceAttributes(),
		},
		{
			c: "CUpointer_attribute", prefix: "CU_POINTER_ATTRIBUTE_", goName: "PointerAttribute", goPrefix: "Pointer",
			doc: "is a property of a device address", names: true, values: []value{
				{"CU_POINTER_ATTRIBUTE_CONTEXT", 1},
				{"CU_POINTER_ATTRIBUTE_MEMORY_TYPE", 2},
				{"CU_POINTER_ATTRIBUTE_DEVICE_POINTER", 3},
				{"CU_POINTER_ATTRIBUTE_HOST_POINTER", 4},
				{"CU_POINTER_ATTRIBUTE_BUFFER_ID", 7},
				{"CU_POINTER_ATTRIBUTE_IS_MANAGED", 8},
				{"CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL", 9},
				{"CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE", 10},
				{"CU_POINTER_ATTRIBUTE_RANGE_START_ADDR", 11},
				{"CU_POINTER_ATTRIBUTE_RANGE_SIZE", 12},
				{"CU_POINTER_ATTRIBUTE_MAPPED", 13},
				{"CU_POINTER_ATTRIBUTE_ALLOWED_HANDLE_TYPES", 14},
				{"CU_POINTER_ATTRIBUTE_IS_GPU_DIRECT_RDMA_CAPABLE", 15},
				{"CU_POINTER_ATTRIBUTE_ACCESS_FLAGS", 16},
				{"CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE", 17},
				{"CU_POINTER_ATTRIBUTE_MAPPING_SIZE", 18},
				{"CU_POINTER_ATTRIBUTE_MAPPING_BASE_ADDR", 19},
				{"CU_POINTER_ATTRIBUTE_MEMORY_BLOCK_ID", 20},
			},
		},
		{
			c: "CUfunction_attribute", prefix: "CU_FUNC_ATTRIBUTE_", goName: "FunctionAttribute", goPrefix: "Function",
			doc: "is a property of a kernel after its compilation", values: []value{
				{"CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK", 0},
				{"CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES", 1},
				{"CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES", 2},
				{"CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES", 3},
				{"CU_FUNC_ATTRIBUTE_NUM_REGS", 4},
				{"CU_FUNC_ATTRIBUTE_PTX_VERSION", 5},
				{"CU_FUNC_ATTRIBUTE_BINARY_VERSION", 6},
				{"CU_FUNC_ATTRIBUTE_CACHE_MODE_CA", 7},
				{"CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES", 8},
				{"CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT", 9},
			},
		},
		{
			c: "CUmemAccess_flags", prefix: "CU_MEM_ACCESS_FLAGS_PROT_", goName: "Access", goPrefix: "Access",
			doc: "is what the device may do with a mapping", values: []value{
				{"CU_MEM_ACCESS_FLAGS_PROT_NONE", 0},
				{"CU_MEM_ACCESS_FLAGS_PROT_READ", 1},
				{"CU_MEM_ACCESS_FLAGS_PROT_READWRITE", 3},
			},
		},
		{
			c: "CUmemorytype", prefix: "CU_MEMORYTYPE_", goName: "MemoryType", goPrefix: "Memory",
			doc: "is where memory is, as PointerMemoryType answers", values: []value{
				{"CU_MEMORYTYPE_HOST", 1},
				{"CU_MEMORYTYPE_DEVICE", 2},
				{"CU_MEMORYTYPE_ARRAY", 3},
				{"CU_MEMORYTYPE_UNIFIED", 4},
			},
		},
		{
			c: "CUcomputemode", prefix: "CU_COMPUTEMODE_", goName: "ComputeMode", goPrefix: "Compute",
			doc: "is who may use a device, as DeviceComputeMode answers", values: []value{
				{"CU_COMPUTEMODE_DEFAULT", 0},
				{"CU_COMPUTEMODE_PROHIBITED", 2},
				{"CU_COMPUTEMODE_EXCLUSIVE_PROCESS", 3},
			},
		},
		{
			c: "CUmemAllocationGranularity_flags", prefix: "CU_MEM_ALLOC_GRANULARITY_", goName: "granularity", goPrefix: "granularity",
			doc: "is which granularity is asked for", values: []value{
				{"CU_MEM_ALLOC_GRANULARITY_MINIMUM", 0},
				{"CU_MEM_ALLOC_GRANULARITY_RECOMMENDED", 1},
			},
		},
		{
			c: "CUjit_option", prefix: "CU_JIT_", goName: "jitOption", goPrefix: "jit",
			doc: "is an option of the compilation of a module", values: []value{
				{"CU_JIT_INFO_LOG_BUFFER", 3},
				{"CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES", 4},
				{"CU_JIT_ERROR_LOG_BUFFER", 5},
				{"CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES", 6},
			},
		},
	}
}

// cudaConstants are flags and values of plain integers.
func cudaConstants() []constant {
	return []constant{
		{"CU_CTX_SCHED_AUTO", "contextAuto", "uint32", 0},
		{"CU_CTX_SCHED_BLOCKING_SYNC", "contextBlocking", "uint32", 4},
		{"CU_STREAM_NON_BLOCKING", "streamNonBlocking", "uint32", 1},
		{"CU_EVENT_DEFAULT", "eventDefault", "uint32", 0},
		{"CU_EVENT_DISABLE_TIMING", "eventDisableTiming", "uint32", 2},
		{"CU_MEMHOSTALLOC_PORTABLE", "hostPortable", "uint32", 1},
		{"CU_MEM_ALLOCATION_TYPE_PINNED", "allocationPinned", "int32", 1},
		{"CU_MEM_LOCATION_TYPE_DEVICE", "locationDevice", "int32", 1},
		{"CU_MEM_HANDLE_TYPE_NONE", "handleTypeNone", "int32", 0},
	}
}
