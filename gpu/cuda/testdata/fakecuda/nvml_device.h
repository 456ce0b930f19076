/*
 * Devices as NVML names them.
 */
#ifndef FAKECUDA_NVML_DEVICE_H
#define FAKECUDA_NVML_DEVICE_H

#include "state.h"

nvmlDevice_t nvml_handle(const struct device *dev);

/* The device, or NULL and the error to answer. */
struct device *nvml_device(nvmlDevice_t handle, int *error);

/* What the function answers for the device with that handle. */
#define OF_DEVICE(handle, function, ...)                                     \
	__extension__({                                                      \
		int wrong;                                                   \
		struct device *found = nvml_device(handle, &wrong);          \
		found ? function(found, __VA_ARGS__) : wrong;                \
	})

#endif
