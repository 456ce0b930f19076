package cuda

import (
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// requestOutcomes are the results that are about one request: the device goes
// on. Most of them no function that is bound returns; they are here so that
// every code has a meaning.
func requestOutcomes() []outcome {
	wrong := func(r driver.Result, code gpu.Code, text string) outcome {
		return outcome{result: r, meaning: callerError, code: code, text: text, origin: reference}
	}
	return []outcome{
		{result: driver.Success, meaning: ignored, text: "done", origin: reference},
		{result: driver.ErrorNotReady, meaning: ignored, code: gpu.ErrUnknown, text: "work is still under way; no failure", origin: reference},
		{result: driver.ErrorProfilerDisabled, meaning: ignored, code: gpu.ErrNotSupported, text: "about profilers", origin: reference},
		{result: driver.ErrorProfilerNotInitialized, meaning: ignored, code: gpu.ErrNotSupported, text: "about profilers", origin: reference},
		{result: driver.ErrorProfilerAlreadyStarted, meaning: ignored, code: gpu.ErrNotSupported, text: "about profilers", origin: reference},
		{result: driver.ErrorProfilerAlreadyStopped, meaning: ignored, code: gpu.ErrNotSupported, text: "about profilers", origin: reference},

		wrong(driver.ErrorInvalidValue, gpu.ErrInvalidValue, "an argument is out of its range"),
		wrong(driver.ErrorNotInitialized, gpu.ErrUnknown, "the driver was not initialised"),
		wrong(driver.ErrorInvalidContext, gpu.ErrWrongThread, "no context is current on this thread; stay on the thread that opened the device"),
		wrong(driver.ErrorContextAlreadyCurrent, gpu.ErrInvalidValue, "the context is current already"),
		wrong(driver.ErrorContextAlreadyInUse, gpu.ErrWrongThread, "the context is current on another thread"),
		wrong(driver.ErrorInvalidHandle, gpu.ErrInvalidValue, "a handle names nothing, or nothing any more"),
		wrong(driver.ErrorIllegalState, gpu.ErrInvalidValue, "a resource is not in the state that the call needs"),
		wrong(driver.ErrorNotFound, gpu.ErrNotFound, "no such kernel or symbol; check the kernel's name"),
		wrong(driver.ErrorFileNotFound, gpu.ErrNotFound, "a file was not found"),
		wrong(driver.ErrorNotSupported, gpu.ErrNotSupported, "this driver or device cannot do it"),
		wrong(driver.ErrorNotPermitted, gpu.ErrNotSupported, "the operation is not permitted here"),
		wrong(driver.ErrorLossyQuery, gpu.ErrNotSupported, "the answer has no faithful form"),

		wrong(driver.ErrorInvalidImage, gpu.ErrInvalidValue, "the kernel image is invalid"),
		wrong(driver.ErrorInvalidSource, gpu.ErrInvalidValue, "the kernel source is invalid"),
		wrong(driver.ErrorInvalidPTX, gpu.ErrInvalidValue, "the PTX text does not compile"),
		wrong(driver.ErrorNoBinaryForGPU, gpu.ErrNotSupported, "no kernel for this kind of GPU; give PTX for compute capability 7.0"),
		wrong(driver.ErrorUnsupportedPTXVersion, gpu.ErrNotSupported, "the PTX is newer than the driver; update the driver"),
		wrong(driver.ErrorUnsupportedDeviceSideSync, gpu.ErrNotSupported, "the PTX synchronises on the device, which is gone since CUDA 12"),
		wrong(driver.ErrorLaunchOutOfResources, gpu.ErrInvalidValue, "the launch needs more registers or threads than there are; make the block smaller"),
		wrong(driver.ErrorCooperativeLaunchTooLarge, gpu.ErrInvalidValue, "too many blocks for a cooperative launch"),
		wrong(driver.ErrorInvalidClusterSize, gpu.ErrInvalidValue, "the cluster size is invalid"),
		wrong(driver.ErrorFunctionNotLoaded, gpu.ErrNotFound, "the kernel is not loaded"),
		wrong(driver.ErrorLaunchIncompatibleTexturing, gpu.ErrNotSupported, "about textures"),

		wrong(driver.ErrorInvalidDevice, gpu.ErrNotFound, "no such device; look at: vram-engine devices"),
		wrong(driver.ErrorUnsupportedLimit, gpu.ErrNotSupported, "the device has no such limit"),
		wrong(driver.ErrorUnsupportedExecAffinity, gpu.ErrNotSupported, "the device has no execution affinity"),
		wrong(driver.ErrorMapFailed, gpu.ErrUnknown, "a mapping failed"),
		wrong(driver.ErrorUnmapFailed, gpu.ErrUnknown, "an unmapping failed"),
		wrong(driver.ErrorArrayIsMapped, gpu.ErrInvalidValue, "the array is mapped"),
		wrong(driver.ErrorAlreadyMapped, gpu.ErrInvalidValue, "it is mapped already"),
		wrong(driver.ErrorAlreadyAcquired, gpu.ErrInvalidValue, "it is acquired already"),
		wrong(driver.ErrorNotMapped, gpu.ErrInvalidValue, "it is not mapped"),
		wrong(driver.ErrorNotMappedAsArray, gpu.ErrInvalidValue, "it is not mapped as an array"),
		wrong(driver.ErrorNotMappedAsPointer, gpu.ErrInvalidValue, "it is not mapped as memory"),
		wrong(driver.ErrorHostMemoryAlreadyRegistered, gpu.ErrInvalidValue, "host memory is registered already"),
		wrong(driver.ErrorHostMemoryNotRegistered, gpu.ErrInvalidValue, "host memory is not registered"),
		wrong(driver.ErrorInvalidGraphicsContext, gpu.ErrInvalidValue, "about graphics"),
		wrong(driver.ErrorPrimaryContextActive, gpu.ErrInvalidValue, "the primary context is in use"),
		wrong(driver.ErrorPeerAccessUnsupported, gpu.ErrNotSupported, "about access between devices"),
		wrong(driver.ErrorPeerAccessAlreadyEnabled, gpu.ErrInvalidValue, "about access between devices"),
		wrong(driver.ErrorPeerAccessNotEnabled, gpu.ErrInvalidValue, "about access between devices"),
		wrong(driver.ErrorTooManyPeers, gpu.ErrInvalidValue, "about access between devices"),
		wrong(driver.ErrorCDPNotSupported, gpu.ErrNotSupported, "the device cannot launch kernels itself"),
		wrong(driver.ErrorCDPVersionMismatch, gpu.ErrNotSupported, "kernels that launch kernels are of another version"),
		wrong(driver.ErrorInvalidResourceType, gpu.ErrInvalidValue, "about partitions of a device"),
		wrong(driver.ErrorInvalidResourceConfiguration, gpu.ErrInvalidValue, "about partitions of a device"),
		wrong(driver.ErrorStreamDetached, gpu.ErrInvalidValue, "the stream's context is gone"),
		wrong(driver.ErrorGraphExecUpdateFailure, gpu.ErrInvalidValue, "about graphs"),
		wrong(driver.ErrorGraphRecaptureFailure, gpu.ErrInvalidValue, "about graphs"),
		wrong(driver.ErrorStreamCaptureUnsupported, gpu.ErrInvalidValue, "about captured streams"),
		wrong(driver.ErrorStreamCaptureInvalidated, gpu.ErrInvalidValue, "about captured streams"),
		wrong(driver.ErrorStreamCaptureMerge, gpu.ErrInvalidValue, "about captured streams"),
		wrong(driver.ErrorStreamCaptureUnmatched, gpu.ErrInvalidValue, "about captured streams"),
		wrong(driver.ErrorStreamCaptureUnjoined, gpu.ErrInvalidValue, "about captured streams"),
		wrong(driver.ErrorStreamCaptureIsolation, gpu.ErrInvalidValue, "about captured streams"),
		wrong(driver.ErrorStreamCaptureImplicit, gpu.ErrInvalidValue, "about captured streams"),
		wrong(driver.ErrorCapturedEvent, gpu.ErrInvalidValue, "about captured streams"),
		wrong(driver.ErrorStreamCaptureWrongThread, gpu.ErrWrongThread, "about captured streams"),
	}
}
