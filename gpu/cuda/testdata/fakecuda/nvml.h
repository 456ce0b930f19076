/*
 * What libcuda tells NVML. The functions of NVML are in a library of their
 * own, which uses the state of this one.
 */
#ifndef FAKECUDA_NVML_H
#define FAKECUDA_NVML_H

#include "state.h"

enum { MAX_EVENTS = 64 };

struct event_set {
	struct object object;
	unsigned long long types[MAX_DEVICES]; /* what was registered */
	size_t first, count;
	struct {
		struct device *device;
		unsigned long long type, data;
	} event[MAX_EVENTS];
};

/* Raises an event in every set that asked for it. */
void nvml_raise(struct device *dev, unsigned long long type, unsigned long long data);
void nvml_xid(struct device *dev, unsigned code);
void nvml_drop(void);

#endif
