#include "physical.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What memory holds that nobody has used yet: no program may rely on zeros. */
static const unsigned char garbage[] = "stale device memory of somebody else. ";

static off_t offset_of(const struct device *dev, uint32_t granule, uint64_t at)
{
	return (off_t)(granule * dev->set.granularity + at);
}

int physical_open(struct device *dev)
{
	dev->granules = dev->set.memory / dev->set.granularity;
	dev->spare = malloc(dev->granules * sizeof *dev->spare + 1);
	dev->used = calloc(dev->granules + 1, 1);
	dev->file = memfd_create("fakecuda", MFD_CLOEXEC);
	if (!dev->spare || !dev->used || dev->file < 0 || ftruncate(dev->file, offset_of(dev, (uint32_t)dev->granules, 0)) != 0) {
		physical_close(dev);
		return -ENOMEM;
	}
	/* The lowest granule is handed out first. */
	for (dev->spares = 0; dev->spares < dev->granules; dev->spares++)
		dev->spare[dev->spares] = (uint32_t)(dev->granules - 1 - dev->spares);
	return 0;
}

void physical_close(struct device *dev)
{
	free(dev->spare);
	free(dev->used);
	if (dev->file >= 0)
		close(dev->file);
	dev->spare = NULL;
	dev->used = NULL;
	dev->file = -1;
	dev->spares = dev->granules = 0;
}

uint64_t physical_free(const struct device *dev)
{
	uint64_t left = dev->spares * dev->set.granularity;
	for (size_t i = 0; i < MAX_PROCESSES; i++)
		left -= left < dev->process[i].bytes ? left : dev->process[i].bytes;
	return left;
}

static int fill(const struct device *dev, uint32_t granule)
{
	enum { PART = 1 << 16 };
	static unsigned char part[PART];
	if (!part[0])
		for (size_t i = 0; i < PART; i++)
			part[i] = garbage[i % (sizeof garbage - 1)];
	for (uint64_t at = 0; at < dev->set.granularity;) {
		uint64_t rest = dev->set.granularity - at;
		ssize_t n = pwrite(dev->file, part, rest < PART ? rest : PART, offset_of(dev, granule, at));
		if (n <= 0)
			return 0;
		at += (uint64_t)n;
	}
	return 1;
}

int physical_take(struct device *dev, uint64_t size, struct memory **out)
{
	size_t count = size / dev->set.granularity;
	if (size > physical_free(dev))
		return CUDA_ERROR_OUT_OF_MEMORY;
	struct memory *m = calloc(1, sizeof *m + count * sizeof m->granule[0]);
	if (!m || !object_add(&m->object, KIND_MEMORY)) {
		free(m);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	m->device = dev;
	m->serial = ++dev->serial;
	m->size = size;
	m->references = 1;
	for (; m->count < count; m->count++) {
		uint32_t granule = dev->spare[--dev->spares];
		if (dev->set.garbage && !dev->used[granule] && !fill(dev, granule)) {
			dev->spares++;
			m->references = 0;
			physical_settle(m);
			return CUDA_ERROR_OUT_OF_MEMORY;
		}
		dev->used[granule] = 1;
		m->granule[m->count] = granule;
	}
	*out = m;
	return CUDA_SUCCESS;
}

void physical_settle(struct memory *m)
{
	if (m->references > 0 || m->mappings > 0)
		return;
	while (m->count > 0)
		m->device->spare[m->device->spares++] = m->granule[--m->count];
	object_remove(&m->object);
	free(m);
}

static long long dirty_in(const struct device *dev, uint32_t granule, unsigned char *part, size_t room)
{
	long long sum = 0;
	off_t at = offset_of(dev, granule, 0), end = offset_of(dev, granule + 1, 0);
	while (at < end) {
		at = lseek(dev->file, at, SEEK_DATA);
		if (at < 0 && errno == ENXIO)
			return sum;
		if (at < 0)
			return -errno;
		if (at >= end)
			return sum;
		ssize_t n = pread(dev->file, part, (size_t)(end - at) < room ? (size_t)(end - at) : room, at);
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		for (ssize_t i = 0; i < n; i++)
			sum += part[i] != 0;
		at += n;
	}
	return sum;
}

long long physical_dirty(const struct device *dev)
{
	enum { PART = 1 << 16 };
	static unsigned char part[PART];
	long long sum = 0;
	for (size_t i = 0; i < dev->spares; i++) {
		if (!dev->used[dev->spare[i]])
			continue;
		long long n = dirty_in(dev, dev->spare[i], part, PART);
		if (n < 0)
			return n;
		sum += n;
	}
	return sum;
}

struct memory *physical_numbered(const struct device *dev, uint32_t serial)
{
	struct memory *m;
	for (size_t slot = 0; (m = object_next(KIND_MEMORY, &slot));)
		if (m->device == dev && m->serial == serial)
			return m;
	return NULL;
}

static off_t place(const struct memory *m, uint64_t offset)
{
	uint64_t granularity = m->device->set.granularity;
	return offset_of(m->device, m->granule[offset / granularity], offset % granularity);
}

int physical_flip(const struct memory *m, uint64_t offset, int bit)
{
	unsigned char byte;
	if (offset >= m->size || bit < 0 || bit > 7)
		return -ERANGE;
	if (pread(m->device->file, &byte, 1, place(m, offset)) != 1)
		return -EIO;
	byte ^= (unsigned char)(1 << bit);
	return pwrite(m->device->file, &byte, 1, place(m, offset)) == 1 ? 0 : -EIO;
}

static int find_in(const struct memory *m, const unsigned char *bytes, size_t size, uint64_t *offset)
{
	uint64_t granularity = m->device->set.granularity;
	unsigned char *window = malloc(size + granularity);
	size_t kept = 0; /* the end of what was read before */
	if (!window)
		return -ENOMEM;
	for (size_t i = 0; i < m->count; i++) {
		if (pread(m->device->file, window + kept, granularity, place(m, i * granularity)) != (ssize_t)granularity) {
			free(window);
			return -EIO;
		}
		unsigned char *at = memmem(window, kept + granularity, bytes, size);
		if (at) {
			*offset = i * granularity - kept + (uint64_t)(at - window);
			free(window);
			return 1;
		}
		size_t have = kept + granularity;
		kept = size - 1 < have ? size - 1 : have;
		memmove(window, window + have - kept, kept);
	}
	free(window);
	return 0;
}

int physical_find(const struct device *dev, const unsigned char *bytes, size_t size, uint32_t *serial, uint64_t *offset)
{
	struct memory *m;
	for (size_t slot = 0; (m = object_next(KIND_MEMORY, &slot));) {
		int found = m->device == dev ? find_in(m, bytes, size, offset) : 0;
		if (found != 0) {
			*serial = m->serial;
			return found;
		}
	}
	return 0;
}
