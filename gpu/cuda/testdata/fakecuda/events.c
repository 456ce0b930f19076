#include "nvml.h"

#include <stdlib.h>

void nvml_raise(struct device *dev, unsigned long long type, unsigned long long data)
{
	struct event_set *set;
	for (size_t slot = 0; (set = object_next(KIND_SET, &slot));) {
		if (!(set->types[dev->index] & type) || set->count == MAX_EVENTS)
			continue;
		size_t at = (set->first + set->count++) % MAX_EVENTS;
		set->event[at].device = dev;
		set->event[at].type = type;
		set->event[at].data = data;
	}
	pthread_cond_broadcast(&fake_changed);
}

void nvml_xid(struct device *dev, unsigned code)
{
	nvml_raise(dev, nvmlEventTypeXidCriticalError, code);
}

void nvml_drop(void)
{
	struct event_set *set;
	for (size_t slot = 0; (set = object_next(KIND_SET, &slot));) {
		object_remove(&set->object);
		free(set);
	}
	fake.nvml = 0;
}
