package cuda

import (
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// deviceOutcomes are the results after which the context, or the device, is
// of no use: all of them are sticky. NVIDIA's text for most of them says that
// the process must be ended and started again. What was resident is lost.
func deviceOutcomes() []outcome {
	ended := func(r driver.Result, code gpu.Code, text string, from origin) outcome {
		return outcome{result: r, meaning: restartNeeded, code: code, sticky: true, text: text, origin: from}
	}
	gone := func(r driver.Result, code gpu.Code, text string, from origin) outcome {
		return outcome{result: r, meaning: deviceLost, code: code, sticky: true, text: text, origin: from}
	}
	broken := func(r driver.Result, code gpu.Code, text string, from origin) outcome {
		return outcome{result: r, meaning: quarantine, code: code, sticky: true, text: text, origin: from}
	}
	return []outcome{
		broken(driver.ErrorECCUncorrectable, gpu.ErrECC, "a memory error that could not be corrected; drain and reset the GPU", judgement),
		broken(driver.ErrorNVLinkUncorrectable, gpu.ErrLost, "an NVLink error that could not be corrected; drain and reset the GPU", judgement),
		ended(driver.ErrorContained, gpu.ErrECC, "a hardware error that was contained to this process; start it again", reference),

		ended(driver.ErrorIllegalAddress, gpu.ErrIllegalAddress, "a kernel used an address that is not mapped, or wrote to sealed memory; start the process again", reference),
		ended(driver.ErrorMisalignedAddress, gpu.ErrIllegalAddress, "a kernel used an address that is not aligned; start the process again", reference),
		ended(driver.ErrorInvalidAddressSpace, gpu.ErrIllegalAddress, "a kernel used an address of a wrong kind of memory; start the process again", reference),
		ended(driver.ErrorLaunchTimeout, gpu.ErrLaunchFailed, "a kernel took longer than the device allows; start the process again", reference),
		ended(driver.ErrorAssert, gpu.ErrLaunchFailed, "an assertion in a kernel failed; start the process again", reference),
		ended(driver.ErrorHardwareStackError, gpu.ErrLaunchFailed, "a kernel's call stack is corrupt; start the process again", reference),
		ended(driver.ErrorIllegalInstruction, gpu.ErrLaunchFailed, "a kernel has an illegal instruction; start the process again", reference),
		ended(driver.ErrorInvalidPC, gpu.ErrLaunchFailed, "a kernel's program counter left its code; start the process again", reference),
		ended(driver.ErrorLaunchFailed, gpu.ErrLaunchFailed, "a kernel failed while it ran; start the process again", reference),
		ended(driver.ErrorTensorMemoryLeak, gpu.ErrLaunchFailed, "a kernel kept tensor memory; start the process again", reference),
		ended(driver.ErrorMPSClientTerminated, gpu.ErrLost, "the MPS server ended this client; start the process again", reference),
		ended(driver.ErrorExternalDevice, gpu.ErrLost, "a device outside of CUDA failed; start the process again", reference),

		gone(driver.ErrorDeinitialized, gpu.ErrLost, "the driver is shutting down", reference),
		gone(driver.ErrorContextIsDestroyed, gpu.ErrLost, "the context is gone, somebody destroyed it; reopen the device", reference),
		gone(driver.ErrorKeyRotation, gpu.ErrLost, "keys of confidential computing could not be changed; reopen the device", judgement),
		gone(driver.ErrorUnknown, gpu.ErrUnknown, "the driver does not say what; reopen the device, and look for an Xid in the kernel's log", judgement),
	}
}
