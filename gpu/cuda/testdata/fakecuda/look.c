#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "control.h"
#include "physical.h"

static unsigned long long handles(void)
{
	unsigned long long sum = 0;
	struct memory *m;
	for (size_t slot = 0; (m = object_next(KIND_MEMORY, &slot));)
		sum += (unsigned long long)m->references;
	return sum;
}

static unsigned long long retained(void)
{
	unsigned long long sum = 0;
	for (int i = 0; i < MAX_DEVICES; i++)
		sum += (unsigned long long)fake.device[i].retained;
	return sum;
}

/* live: what a program has not given back. */
static int live(struct text *out)
{
	text_add(out, "contexts=%zu streams=%zu events=%zu modules=%zu handles=%llu reservations=%zu mappings=%zu ", object_count(KIND_CONTEXT),
		 object_count(KIND_STREAM), object_count(KIND_EVENT), object_count(KIND_MODULE), handles(), fake.reserved.count, fake.mapped.count);
	text_add(out, "host=%zu retained=%llu nvml=%d sets=%zu strays=%llu orphans=%llu\n", fake.hosts.count, retained(), fake.nvml,
		 object_count(KIND_SET), (unsigned long long)fake.strays, (unsigned long long)fake.orphans);
	return 0;
}

/* list DEV: the live allocations, number and size. */
static int list(const struct device *dev, struct text *out)
{
	struct memory *m;
	/* By number: that is the order in which they were made. */
	for (uint32_t serial = 0;;) {
		struct memory *first = NULL;
		for (size_t slot = 0; (m = object_next(KIND_MEMORY, &slot));)
			if (m->device == dev && m->serial > serial && (!first || m->serial < first->serial))
				first = m;
		if (!first)
			return 0;
		serial = first->serial;
		text_add(out, "%u %llu\n", serial, (unsigned long long)first->size);
	}
}

/* flip DEV SERIAL OFFSET BIT */
static int flip(const struct device *dev, size_t count, char *const words[])
{
	long long serial, offset, bit;
	if (count != 4 || word_number(words[1], &serial) || word_number(words[2], &offset) || word_number(words[3], &bit) || offset < 0)
		return -EINVAL;
	const struct memory *m = physical_numbered(dev, (uint32_t)serial);
	return m ? physical_flip(m, (uint64_t)offset, (int)bit) : -ESRCH;
}

static int digit(char c)
{
	const char *all = "0123456789abcdef", *at = c ? strchr(all, c) : NULL;
	return at ? (int)(at - all) : -1;
}

/* find DEV HEX: SERIAL OFFSET of live memory that holds these bytes. */
static int find(const struct device *dev, size_t count, char *const words[], struct text *out)
{
	uint32_t serial = 0;
	uint64_t offset = 0;
	size_t length = count == 2 ? strlen(words[1]) : 0;
	if (length == 0 || length % 2)
		return -EINVAL;
	unsigned char *bytes = malloc(length / 2);
	if (!bytes)
		return -ENOMEM;
	for (size_t i = 0; i < length / 2; i++) {
		int high = digit(words[1][2 * i]), low = digit(words[1][2 * i + 1]);
		if (high < 0 || low < 0) {
			free(bytes);
			return -EINVAL;
		}
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	int found = physical_find(dev, bytes, length / 2, &serial, &offset);
	free(bytes);
	if (found <= 0)
		return found ? found : -ESRCH;
	text_add(out, "%u %llu\n", serial, (unsigned long long)offset);
	return 0;
}

static int dirty(const struct device *dev, struct text *out)
{
	long long sum = physical_dirty(dev);
	if (sum < 0)
		return (int)sum;
	text_add(out, "%lld\n", sum);
	return 0;
}

static int of_device(const char *name, size_t count, char *const words[], struct text *out)
{
	const struct device *dev = count > 0 ? word_device(words[0]) : NULL;
	if (!dev)
		return -EINVAL;
	if (strcmp(name, "flip") == 0)
		return flip(dev, count, words);
	if (strcmp(name, "find") == 0)
		return find(dev, count, words, out);
	if (strcmp(name, "list") == 0)
		return list(dev, out);
	if (strcmp(name, "dirty") == 0)
		return dirty(dev, out);
	text_add(out, "%llu\n", (unsigned long long)dev->mapped);
	return 0;
}

int look_run(const char *name, size_t count, char *const words[], struct text *out)
{
	static const char *const devices[] = {"flip", "find", "list", "dirty", "mapped"};
	for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
		if (strcmp(name, devices[i]) == 0)
			return of_device(name, count, words, out);
	if (strcmp(name, "live") == 0)
		return live(out);
	if (strcmp(name, "calls") == 0) {
		log_write(out);
	} else if (strcmp(name, "count") == 0) {
		text_add(out, "%ld\n", log_count());
	} else if (strcmp(name, "fired") == 0) {
		text_add(out, "%ld\n", rules_fired());
	} else if (strcmp(name, "hostdirty") == 0) {
		text_add(out, "%llu\n", (unsigned long long)fake.host_dirty);
	} else {
		return -ENOENT;
	}
	return 0;
}
