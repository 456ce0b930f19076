package audit

// kindInfo documents one kind: what people read for it, which severities it
// has and which fields, in the order of their names.
type kindInfo struct {
	kind       Kind
	message    string
	severities []Severity
	fields     []string
}

// kindTable returns the documentation of every kind. docs/audit.md shows it,
// and tests hold both and the constructors to it.
func kindTable() []kindInfo {
	info, warning, critical := SeverityInfo, SeverityWarning, SeverityCritical
	return []kindInfo{
		{KindVramSealed, messageOf(KindVramSealed), []Severity{info},
			[]string{"digest", "gpu_device", "gpu_uuid", "model_ref", "shard_id", "vram_bytes"}},
		{KindSealVerified, messageOf(KindSealVerified), []Severity{info},
			[]string{"check", "digest", "duration_us", "gpu_device", "result", "shard_id", "vram_bytes"}},
		{KindSealVerificationFailed, messageOf(KindSealVerificationFailed), []Severity{critical},
			[]string{"digest", "first_bad_block", "gpu_device", "measured", "reason", "result", "shard_id", "vram_bytes"}},
		{KindVramAllocated, messageOf(KindVramAllocated), []Severity{info},
			[]string{"available", "gpu_device", "requested", "shard_id", "used"}},
		{KindVramAllocationFailed, messageOf(KindVramAllocationFailed), []Severity{warning},
			[]string{"available", "gpu_device", "reason", "requested", "shard_id", "used"}},
		{KindVramDeallocated, messageOf(KindVramDeallocated), []Severity{info, warning},
			[]string{"available", "gpu_device", "scrubbed", "shard_id", "used", "vram_bytes"}},
		{KindPolicyViolation, messageOf(KindPolicyViolation), []Severity{warning, critical},
			[]string{"details", "gpu_device", "violation"}},
		{KindEngineStarted, messageOf(KindEngineStarted), []Severity{info},
			[]string{"audit_mode", "backend", "devices", "version"}},
		{KindEngineStopped, messageOf(KindEngineStopped), []Severity{info, warning},
			[]string{"clean", "reason"}},
		{KindDeviceState, messageOf(KindDeviceState), []Severity{info, warning, critical},
			[]string{"from", "gpu_device", "gpu_uuid", "reason", "to"}},
		{KindActorRestarted, messageOf(KindActorRestarted), []Severity{warning},
			[]string{"actor", "reason", "restarts"}},
		{KindIncident, messageOf(KindIncident), []Severity{critical},
			[]string{"action", "ecc_corrected", "ecc_uncorrected", "first_bad_block", "gpu_device", "incident_id", "reason", "shard_id", "xid_events"}},
		{KindOperatorAction, messageOf(KindOperatorAction), []Severity{info},
			[]string{"action", "operator", "result", "subject"}},
		{KindPatrolPass, messageOf(KindPatrolPass), []Severity{info, warning},
			[]string{"duration_us", "failed", "root", "shards", "vram_bytes"}},
		{KindAuditRecovered, messageOf(KindAuditRecovered), []Severity{warning},
			[]string{"cut_bytes", "failures", "reason", "unacknowledged"}},
		{KindAuditDropped, messageOf(KindAuditDropped), []Severity{critical},
			[]string{"dropped"}},
		{KindHandleRefused, messageOf(KindHandleRefused), []Severity{warning},
			[]string{"origin", "reason", "shard_id"}},
		{KindExecuted, messageOf(KindExecuted), []Severity{info},
			[]string{"check", "duration_us", "gpu_device", "request_id", "result", "shard_ids", "shards"}},
		{KindDeviceHealth, messageOf(KindDeviceHealth), []Severity{info, warning, critical},
			[]string{"action", "code", "detail", "gpu_device", "gpu_uuid", "source", "unrecorded"}},
	}
}

// messageOf returns the sentence for a kind, or "" for an unknown one.
func messageOf(k Kind) string {
	switch k {
	case KindVramSealed:
		return "Model sealed in VRAM"
	case KindSealVerified:
		return "Seal verification passed"
	case KindSealVerificationFailed:
		return "Seal verification FAILED - integrity violation"
	case KindVramAllocated:
		return "VRAM allocated"
	case KindVramAllocationFailed:
		return "VRAM allocation failed"
	case KindVramDeallocated:
		return "VRAM deallocated"
	case KindPolicyViolation:
		return "Policy violation"
	case KindEngineStarted:
		return "Engine started"
	case KindEngineStopped:
		return "Engine stopped"
	case KindDeviceState:
		return "Device changed state"
	case KindActorRestarted:
		return "Actor restarted after a crash"
	case KindIncident:
		return "Incident handled"
	case KindOperatorAction:
		return "Operator action"
	case KindPatrolPass:
		return "Patrol pass finished"
	case KindAuditRecovered:
		return "Audit log recovered"
	case KindAuditDropped:
		return "Audit records dropped"
	case KindHandleRefused:
		return "Handle refused"
	case KindExecuted:
		return "Executed on sealed shards"
	case KindDeviceHealth:
		return "Device reported on its health"
	}
	return ""
}
