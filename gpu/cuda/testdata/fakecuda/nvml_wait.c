#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "call.h"
#include "nvml.h"
#include "nvml_device.h"

#define SUPPORTED                                                                                                                         \
	(nvmlEventTypeSingleBitEccError | nvmlEventTypeDoubleBitEccError | nvmlEventTypeXidCriticalError | nvmlEventTypeGpuRecoveryAction)

static int supported(const struct device *dev, unsigned long long *types)
{
	(void)dev;
	if (!types)
		return NVML_ERROR_INVALID_ARGUMENT;
	*types = SUPPORTED;
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetSupportedEventTypes(nvmlDevice_t device, unsigned long long *types)
{
	CALL(nvmlReturn_t, NEED_NVML, OF_DEVICE(device, supported, types));
}

static int create(nvmlEventSet_t *set)
{
	if (!set)
		return NVML_ERROR_INVALID_ARGUMENT;
	struct event_set *s = calloc(1, sizeof *s);
	if (!s || !object_add(&s->object, KIND_SET)) {
		free(s);
		return NVML_ERROR_MEMORY;
	}
	*set = (nvmlEventSet_t)(uintptr_t)s->object.handle;
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlEventSetCreate(nvmlEventSet_t *set)
{
	CALL(nvmlReturn_t, NEED_NVML, create(set));
}

static int destroy(nvmlEventSet_t set)
{
	struct event_set *s = object_find(KIND_SET, HANDLE(set));
	if (!s)
		return NVML_ERROR_INVALID_ARGUMENT;
	object_remove(&s->object);
	free(s);
	pthread_cond_broadcast(&fake_changed);
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlEventSetFree(nvmlEventSet_t set)
{
	CALL(nvmlReturn_t, NEED_NVML, destroy(set));
}

static int subscribe(const struct device *dev, unsigned long long types, nvmlEventSet_t set)
{
	struct event_set *s = object_find(KIND_SET, HANDLE(set));
	if (!s || types == 0)
		return NVML_ERROR_INVALID_ARGUMENT;
	if (types & ~SUPPORTED)
		return NVML_ERROR_NOT_SUPPORTED;
	s->types[dev->index] |= types;
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceRegisterEvents(nvmlDevice_t device, unsigned long long types, nvmlEventSet_t set)
{
	CALL(nvmlReturn_t, NEED_NVML, OF_DEVICE(device, subscribe, types, set));
}

static struct timespec deadline(unsigned milliseconds)
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += milliseconds / 1000;
	at.tv_nsec += (long)(milliseconds % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

static int wait_for(nvmlEventSet_t set, nvmlEventData_t *data, unsigned milliseconds)
{
	struct timespec end = deadline(milliseconds);
	struct event_set *s = object_find(KIND_SET, HANDLE(set));
	if (!s || !data)
		return NVML_ERROR_INVALID_ARGUMENT;
	while (s->count == 0) {
		int late = pthread_cond_timedwait(&fake_changed, &fake_lock, &end);
		if (object_find(KIND_SET, HANDLE(set)) != s)
			return NVML_ERROR_UNKNOWN; /* freed while it was waited for */
		if (late == ETIMEDOUT && s->count == 0)
			return NVML_ERROR_TIMEOUT;
	}
	*data = (nvmlEventData_t){
		.device = nvml_handle(s->event[s->first].device),
		.eventType = s->event[s->first].type,
		.eventData = s->event[s->first].data,
		.gpuInstanceId = 0xffffffff,
		.computeInstanceId = 0xffffffff,
	};
	s->first = (s->first + 1) % MAX_EVENTS;
	s->count--;
	return NVML_SUCCESS;
}

nvmlReturn_t nvmlEventSetWait_v2(nvmlEventSet_t set, nvmlEventData_t *data, unsigned int milliseconds)
{
	CALL(nvmlReturn_t, NEED_NVML, wait_for(set, data, milliseconds));
}
