package cuda

import (
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// systemOutcomes are the results that are about the machine and how the
// driver is installed, or about what others use of the device now.
func systemOutcomes() []outcome {
	later := func(r driver.Result, code gpu.Code, text string, from origin) outcome {
		return outcome{result: r, meaning: retriable, code: code, text: text, origin: from}
	}
	refused := func(r driver.Result, code gpu.Code, text string) outcome {
		return outcome{result: r, meaning: callerError, code: code, text: text, origin: reference}
	}
	return []outcome{
		later(driver.ErrorOutOfMemory, gpu.ErrOutOfMemory, "the device's memory is full; release shards, or end other processes on the device", reference),
		later(driver.ErrorDeviceUnavailable, gpu.ErrUnknown, "the device is busy, or its compute mode forbids another process; see nvidia-smi -q -d COMPUTE", reference),
		later(driver.ErrorSystemNotReady, gpu.ErrUnknown, "the system is not ready; wait for the fabric manager and the driver's services", reference),
		later(driver.ErrorOperatingSystem, gpu.ErrUnknown, "a call of the operating system failed; check permissions of /dev/nvidia* and limits", judgement),
		later(driver.ErrorTimeout, gpu.ErrUnknown, "the time for waiting ran out", reference),
		later(driver.ErrorMPSConnectionFailed, gpu.ErrUnknown, "the MPS server was not reached", reference),
		later(driver.ErrorMPSRPCFailure, gpu.ErrUnknown, "the MPS server failed", judgement),
		later(driver.ErrorMPSServerNotReady, gpu.ErrUnknown, "the MPS server is not ready, or recovers from a failure", reference),
		later(driver.ErrorMPSMaxClientsReached, gpu.ErrUnknown, "the MPS server has its most clients", reference),
		later(driver.ErrorMPSMaxConnectionsReached, gpu.ErrUnknown, "the MPS server has its most connections", reference),

		refused(driver.ErrorNoDevice, gpu.ErrNotFound, "the driver sees no device; check nvidia-smi and CUDA_VISIBLE_DEVICES"),
		refused(driver.ErrorStubLibrary, gpu.ErrNotSupported, "a stub of the toolkit was loaded instead of the driver; take the stubs folder out of the library path"),
		refused(driver.ErrorDeviceNotLicensed, gpu.ErrNotSupported, "the virtual GPU has no licence"),
		refused(driver.ErrorJITCompilerNotFound, gpu.ErrNotSupported, "libnvidia-ptxjitcompiler.so.1 is missing; install it, or give the container the capability \"compute\""),
		refused(driver.ErrorJITCompilationDisabled, gpu.ErrNotSupported, "compilation is switched off; unset CUDA_DISABLE_PTX_JIT"),
		refused(driver.ErrorSharedObjectSymbolNotFound, gpu.ErrNotSupported, "parts of the driver do not fit together; install it again"),
		refused(driver.ErrorSharedObjectInitFailed, gpu.ErrNotSupported, "a part of the driver did not start; install it again"),
		refused(driver.ErrorCompatNotSupportedOnDevice, gpu.ErrNotSupported, "the compatibility package does not support this device; remove it"),

		{
			result: driver.ErrorSystemDriverMismatch, meaning: restartNeeded, code: gpu.ErrNotSupported, origin: reference,
			text: "library and kernel module of the driver have different versions; reload the modules or reboot",
		},
	}
}
