package nvml

// ECC counts errors of the device's memory: since the driver was loaded, and
// in the life of the device.
type ECC struct{ Corrected, Uncorrected, LifetimeCorrected, LifetimeUncorrected uint64 }

// Rows are rows of memory that were replaced by spare ones.
type Rows struct {
	Corrected   int  // because of errors that were corrected
	Uncorrected int  // because of errors that were not
	Pending     bool // a row is replaced at the next reset
	Failed      bool // no spare row was left
}

// ECCMode tells whether errors of memory are detected and corrected: now, and
// after the next reset. It is optional.
func (l *Library) ECCMode(d Device) (current, pending bool, r Result) {
	var c, p enableState
	r = l.calls.nvmlDeviceGetEccMode(d, &c, &p)
	return r == Success && c == featureEnabled, r == Success && p == featureEnabled, r
}

// ECCErrors are the counters. It is optional, and ErrorNotSupported where ECC
// is off. If one counter cannot be read, none is returned.
func (l *Library) ECCErrors(d Device) (ECC, Result) {
	var e ECC
	counters := []struct {
		kind  memoryErrorType
		since eccCounter
		into  *uint64
	}{
		{memoryErrorCorrected, counterVolatileECC, &e.Corrected},
		{memoryErrorUncorrected, counterVolatileECC, &e.Uncorrected},
		{memoryErrorCorrected, counterAggregateECC, &e.LifetimeCorrected},
		{memoryErrorUncorrected, counterAggregateECC, &e.LifetimeUncorrected},
	}
	for _, c := range counters {
		if r := l.calls.nvmlDeviceGetTotalEccErrors(d, c.kind, c.since, c.into); r != Success {
			return ECC{}, r
		}
	}
	return e, Success
}

// RemappedRows are the rows that were replaced. It is optional, and
// ErrorNotSupported before Ampere.
func (l *Library) RemappedRows(d Device) (Rows, Result) {
	var corrected, uncorrected, pending, failed uint32
	if r := l.calls.nvmlDeviceGetRemappedRows(d, &corrected, &uncorrected, &pending, &failed); r != Success {
		return Rows{}, r
	}
	return Rows{Corrected: int(corrected), Uncorrected: int(uncorrected), Pending: pending != 0, Failed: failed != 0}, Success
}

// RecoveryAction is what the driver says must be done with the device. It is
// optional: older drivers do not know the field.
func (l *Library) RecoveryAction(d Device) (RecoveryAction, Result) {
	field := fieldValue{field: fieldRecoveryAction}
	if r := l.calls.nvmlDeviceGetFieldValues(d, 1, &field); r != Success {
		return RecoveryNone, r
	}
	if field.result != Success {
		return RecoveryNone, field.result
	}
	number, ok := field.integer()
	if !ok || number > 1<<30 {
		return RecoveryNone, ErrorUnknown
	}
	return RecoveryAction(number), Success
}

// integer reads the union of a field's value, which is a number that is not
// negative. The rest of its eight bytes is not defined.
func (f fieldValue) integer() (uint64, bool) {
	switch f.kind {
	case valueUnsignedInt:
		return f.value & 0xffff_ffff, true
	case valueUnsignedLong, valueUnsignedLongLong:
		return f.value, true
	case valueSignedInt:
		return f.value & 0xffff_ffff, f.value&0x8000_0000 == 0
	case valueSignedLongLong:
		return f.value, f.value>>63 == 0
	case valueUnsignedShort:
		return f.value & 0xffff, true
	case valueDouble:
		return 0, false
	}
	return 0, false
}
