package audit

// Kind says what happened. The text is what the log holds.
type Kind string

// The kinds of records. docs/audit.md lists the fields of each.
const (
	KindVramSealed             Kind = "VramSealed"
	KindSealVerified           Kind = "SealVerified"
	KindSealVerificationFailed Kind = "SealVerificationFailed"
	KindVramAllocated          Kind = "VramAllocated"
	KindVramAllocationFailed   Kind = "VramAllocationFailed"
	KindVramDeallocated        Kind = "VramDeallocated"
	KindPolicyViolation        Kind = "PolicyViolation"
	KindEngineStarted          Kind = "EngineStarted"
	KindEngineStopped          Kind = "EngineStopped"
	KindDeviceState            Kind = "DeviceState"
	KindActorRestarted         Kind = "ActorRestarted"
	KindIncident               Kind = "Incident"
	KindOperatorAction         Kind = "OperatorAction"
	KindPatrolPass             Kind = "PatrolPass"
	KindAuditRecovered         Kind = "AuditRecovered"
	KindAuditDropped           Kind = "AuditDropped"
	KindHandleRefused          Kind = "HandleRefused"
	KindExecuted               Kind = "Executed"
	KindDeviceHealth           Kind = "DeviceHealth"
)

// Severity says how much a record matters to an operator.
type Severity string

// The severities. A critical record is written at once, also when it was only
// queued.
const (
	SeverityInfo     Severity = "info"
	SeverityWarning  Severity = "warning"
	SeverityCritical Severity = "critical"
)

func (s Severity) known() bool {
	return s == SeverityInfo || s == SeverityWarning || s == SeverityCritical
}
