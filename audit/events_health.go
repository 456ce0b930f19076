package audit

// NotCounted stands for what a device does not count, or did not say in time.
const NotCounted = -1

// Counters are what a device has counted since the engine opened it: evidence
// for whoever looks into an incident.
type Counters struct {
	Corrected   int64 // memory errors that were corrected, or NotCounted
	Uncorrected int64 // memory errors that were not, or NotCounted
	Failures    int64 // Xid events, or NotCounted
}

// HealthReport is what a driver said of a device outside of any call.
type HealthReport struct {
	Device  int // NoDevice where the report is about the watching itself
	GPUUUID string
	Source  string // who noticed: "xid", "ecc", "remap", "recovery", "driver", "engine"
	Code    uint64 // of the source: the Xid, for one
	Action  string // what it asks for: "note", "recheck", "quarantine", "lost"
	Detail  string // what it means, for a person
	// Unrecorded is how many reports of the device came before this one and
	// have no record, because there were too many in a short time.
	Unrecorded uint64
}

// DeviceHealth: a driver reported a memory error, a row that was remapped, a
// device that fell off the bus, or the like. The caller knows how grave it is.
func DeviceHealth(severity Severity, r HealthReport) Record {
	return newRecord(KindDeviceHealth, severity,
		number("gpu_device", int64(r.Device)), text("gpu_uuid", r.GPUUUID), text("source", r.Source), size("code", r.Code),
		text("action", r.Action), text("detail", r.Detail), size("unrecorded", r.Unrecorded))
}
