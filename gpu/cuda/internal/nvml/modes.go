package nvml

// Confidential is the state of confidential computing of this machine.
type Confidential struct {
	Enabled    bool // memory of the devices is protected from the host
	DevTools   bool // but debuggers are let in
	Production bool // the environment is the real one, not a simulation
}

// MIG tells whether the device is cut into slices: now, and after the next
// reset. It is optional, and ErrorNotSupported for devices that cannot be.
func (l *Library) MIG(d Device) (current, pending bool, r Result) {
	var c, p uint32
	r = l.calls.nvmlDeviceGetMigMode(d, &c, &p)
	return r == Success && c != 0, r == Success && p != 0, r
}

// AddressingMode tells whether the device reaches memory of processes by
// itself: by ATS on coherent platforms, by HMM with help of the kernel. It is
// optional: older drivers lack it.
func (l *Library) AddressingMode(d Device) (AddressingMode, Result) {
	mode := addressing{version: addressingVersion}
	if r := l.calls.nvmlDeviceGetAddressingMode(d, &mode); r != Success {
		return AddressingNone, r
	}
	return AddressingMode(mode.value & 0xffff), Success
}

// ConfidentialComputing is the state of the machine, not of a device. It is
// optional.
func (l *Library) ConfidentialComputing() (Confidential, Result) {
	var state confidentialState
	if r := l.calls.nvmlSystemGetConfComputeState(&state); r != Success {
		return Confidential{}, r
	}
	return Confidential{
		Enabled:    state.feature == confidentialEnabled,
		DevTools:   state.devTools == devToolsOn,
		Production: state.environment == environmentProduction,
	}, Success
}
