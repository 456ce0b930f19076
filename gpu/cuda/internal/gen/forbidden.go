package main

import "strings"

// A ban is a name, or the beginning of names, of functions that are never
// bound.
type ban struct {
	name   string
	all    bool // every name that begins so
	reason string
}

// bans are the functions that would break what the engine promises: weights
// are in the memory of one device and nowhere else, no other process can
// open them, and the engine changes no setting of a device.
func bans() []ban {
	return []ban{
		{"cuMemAllocManaged", true, "managed memory may move to the host"},
		{"cuMemAdvise", true, "is for managed memory"},
		{"cuMemPrefetch", true, "is for managed memory"},
		{"cuMemAllocAsync", true, "pools cannot be made read-only, and keep memory"},
		{"cuMemAllocFromPool", true, "pools cannot be made read-only, and keep memory"},
		{"cuMemPool", true, "pools cannot be made read-only, and keep memory"},
		{"cuMemAlloc_v2", false, "gives memory whose place in an allocation is not known, and which cannot be made read-only"},
		{"cuMemAllocPitch", true, "gives memory whose place in an allocation is not known, and which cannot be made read-only"},
		{"cuMemHostRegister", true, "maps memory of the host into the device"},
		{"cuMemHostGetDevicePointer", true, "lets a kernel work on memory of the host"},
		{"cuMemAllocHost", true, "maps memory of the host into the device"},
		{"cuIpc", true, "gives memory to other processes"},
		{"cuMemExportToShareableHandle", true, "gives memory to other processes"},
		{"cuMemImportFromShareableHandle", true, "takes memory that others can write"},
		{"cuMemGetHandleForAddressRange", true, "gives memory to other devices"},
		{"cuCtxEnablePeerAccess", true, "lets other devices write"},
		{"cuMulticast", true, "lets other devices write"},
		{"cuDevicePrimaryCtxReset", true, "resets a context that others use"},
		{"cuDevicePrimaryCtxSetFlags", true, "changes a context that others use"},
		{"nvmlDeviceSet", true, "changes a setting of the device"},
		{"nvmlDeviceReset", true, "changes the device"},
		{"nvmlDeviceClear", true, "forgets what was counted"},
		{"nvmlSystemSet", true, "changes a setting of the machine"},
		{"nvmlUnitSet", true, "changes a setting of the machine"},
	}
}

// banned gives the reason why a function must not be bound, or nothing.
func banned(name string) string {
	for _, b := range bans() {
		if name == b.name || b.all && strings.HasPrefix(name, b.name) {
			return b.reason
		}
	}
	return ""
}
