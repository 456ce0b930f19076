package main

// cudaOpaques are the handles of libcuda. What could be an address is never
// printed.
func cudaOpaques() []opaque {
	return []opaque{
		{"CUdeviceptr", "unsigned long long", "Ptr", "uint64", "device address", "is an address of device memory; it is never printed"},
		{"CUdevice", "int", "Device", "int32", "", "is a device of this process"},
		{"CUcontext", "struct CUctx_st *", "Context", "uintptr", "context", "is a context of a device"},
		{"CUstream", "struct CUstream_st *", "Stream", "uintptr", "stream", "is a queue of work; zero is the default stream"},
		{"CUevent", "struct CUevent_st *", "Event", "uintptr", "event", "is a point in a stream"},
		{"CUmodule", "struct CUmod_st *", "Module", "uintptr", "module", "is loaded code"},
		{"CUfunction", "struct CUfunc_st *", "Function", "uintptr", "function", "is a kernel of a module; it lives as long as that"},
		{"CUmemGenericAllocationHandle", "unsigned long long", "Handle", "uint64", "allocation", "is physical memory, mapped or not"},
	}
}

// cudaLayouts are the structs of libcuda that are passed. Nested structs are
// written flat, which is the same to the machine.
func cudaLayouts() []layout {
	return []layout{
		{
			c: "CUuuid", goName: "uuid", doc: "is what names a device for ever", size: 16,
			fields: []field{{c: "unsigned char", name: "bytes", goName: "bytes", count: 16}},
		},
		{
			c: "CUmemAllocationProp", goName: "allocationProp", doc: "says what memory is asked for", size: 32,
			fields: []field{
				{c: "int", name: "type", goName: "kind", offset: 0},
				{c: "int", name: "requestedHandleTypes", goName: "handleTypes", offset: 4},
				{c: "int", name: "locationType", goName: "locationType", offset: 8},
				{c: "int", name: "locationId", goName: "locationID", offset: 12},
				{c: "unsigned long long", name: "win32HandleMetaData", goName: "win32", offset: 16},
				{c: "unsigned char", name: "compressionType", goName: "compression", offset: 24},
				{c: "unsigned char", name: "gpuDirectRDMACapable", goName: "rdma", offset: 25},
				{c: "unsigned short", name: "usage", goName: "usage", offset: 26},
				{c: "unsigned char", name: "reserved", goName: "reserved", count: 4, offset: 28},
			},
		},
		{
			c: "CUmemAccessDesc", goName: "accessDesc", doc: "says who may do what with a mapping", size: 12,
			fields: []field{
				{c: "int", name: "locationType", goName: "locationType", offset: 0},
				{c: "int", name: "locationId", goName: "locationID", offset: 4},
				{c: "int", name: "flags", goName: "flags", offset: 8},
			},
		},
	}
}
