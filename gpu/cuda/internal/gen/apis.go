package main

// apis is the one list: what of the driver is bound.
func apis() []api {
	return []api{
		{
			title: "the CUDA driver interface", pkg: "driver", library: "libcuda.so.1",
			result: "CUresult", unbound: "ErrorNotSupported",
			functions: cudaFunctions(), opaques: cudaOpaques(), enums: cudaEnums(), constants: cudaConstants(), layouts: cudaLayouts(),
		},
		{
			title: "the NVIDIA management library", pkg: "nvml", library: "libnvidia-ml.so.1",
			result: "nvmlReturn_t", unbound: "ErrorFunctionNotFound",
			functions: nvmlFunctions(), opaques: nvmlOpaques(), enums: nvmlEnums(), constants: nvmlConstants(), layouts: nvmlLayouts(),
		},
	}
}
