package audit

// PolicyViolation: the VRAM-only policy, or another one, is broken. device is
// NoDevice where no device is meant.
func PolicyViolation(violation, details string, device int) Record {
	return policy(SeverityCritical, violation, details, device)
}

// PolicyFinding is a PolicyViolation of severity warning: something that an
// operator should put right and that refused nothing.
func PolicyFinding(violation, details string, device int) Record {
	return policy(SeverityWarning, violation, details, device)
}

func policy(s Severity, violation, details string, device int) Record {
	return newRecord(KindPolicyViolation, s,
		text("violation", violation), text("details", details), number("gpu_device", int64(device)))
}

// EngineStarted: an engine opened its devices. backend is "simulated" or
// "cuda"; auditMode is "fail-closed" or "fail-open".
func EngineStarted(version, backend string, devices int, auditMode string) Record {
	return newRecord(KindEngineStarted, SeverityInfo,
		text("version", version), text("backend", backend), number("devices", int64(devices)), text("audit_mode", auditMode))
}

// EngineStopped: an engine closed. clean says that every shard was scrubbed
// and released; where not, the record is a warning.
func EngineStopped(reason string, clean bool) Record {
	severity := SeverityInfo
	if !clean {
		severity = SeverityWarning
	}
	return newRecord(KindEngineStopped, severity, text("reason", reason), truth("clean", clean))
}

// DeviceState: a device went from one state to another. The caller knows how
// grave that is.
func DeviceState(severity Severity, device int, gpuUUID, from, to, reason string) Record {
	return newRecord(KindDeviceState, severity,
		number("gpu_device", int64(device)), text("gpu_uuid", gpuUUID), text("from", from), text("to", to), text("reason", reason))
}

// ActorRestarted: an actor crashed and was started again. reason holds no
// address and no contents: the caller redacts it.
func ActorRestarted(actor, reason string, restarts int) Record {
	return newRecord(KindActorRestarted, SeverityWarning,
		text("actor", actor), text("reason", reason), number("restarts", int64(restarts)))
}

// Incident: a mismatch on a resident shard, or a policy violation, was handled.
// action is what was done, such as "stopped" or "quarantined".
func Incident(id, shardID string, device int, reason, action string, firstBadBlock int64, counted Counters) Record {
	return newRecord(KindIncident, SeverityCritical,
		text("incident_id", id), text("shard_id", shardID), number("gpu_device", int64(device)),
		text("reason", reason), text("action", action), number("first_bad_block", firstBadBlock),
		number("ecc_corrected", counted.Corrected), number("ecc_uncorrected", counted.Uncorrected), number("xid_events", counted.Failures))
}

// OperatorAction: a person asked for something that changes what the engine
// allows. result is ResultSuccess, ResultFailure or a reason.
func OperatorAction(operator, action, subject, result string) Record {
	return newRecord(KindOperatorAction, SeverityInfo,
		text("operator", operator), text("action", action), text("subject", subject), text("result", result))
}

// auditRecovered: the log goes on after a crash or an outage.
func auditRecovered(r recovery) Record {
	return newRecord(KindAuditRecovered, SeverityWarning,
		text("reason", r.reason), size("cut_bytes", r.cutBytes),
		size("unacknowledged", r.unacknowledged), size("failures", r.failures))
}

// auditDropped: the queue was full and n records were dropped.
func auditDropped(n uint64) Record {
	return newRecord(KindAuditDropped, SeverityCritical, size("dropped", n))
}
