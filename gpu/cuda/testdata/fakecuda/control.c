#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "nvml.h"

enum { MAX_WORDS = 8, XID_OFF_THE_BUS = 79 };

int word_number(const char *word, long long *out)
{
	char *end = NULL;
	errno = 0;
	*out = strtoll(word, &end, 10);
	return errno == 0 && end != word && *end == 0 ? 0 : -EINVAL;
}

struct device *word_device(const char *word)
{
	long long n;
	return word_number(word, &n) == 0 && n >= 0 && n < MAX_DEVICES ? device_find((int)n) : NULL;
}

/* fail FUNC NTH|always CODE [sticky]; skip FUNC NTH|always; hang FUNC;
 * latency FUNC NS */
static int scripted(enum effect effect, size_t count, char *const words[])
{
	static const size_t least[EFFECTS] = {3, 2, 1, 2};
	struct rule rule = {.effect = effect};
	long long n = 0;
	if (count < least[effect] || count > least[effect] + (effect == EFFECT_FAIL) || strlen(words[0]) >= sizeof rule.name)
		return -EINVAL;
	strcpy(rule.name, words[0]);
	if (effect == EFFECT_LATENCY) {
		if (word_number(words[1], &n) || n < 0 || n > 60000000000ll)
			return -EINVAL;
		rule.nanoseconds = (long)n;
	} else if (effect != EFFECT_HANG) {
		rule.always = strcmp(words[1], "always") == 0;
		if (!rule.always && (word_number(words[1], &n) || n < 1))
			return -EINVAL;
		rule.left = (long)n;
	}
	if (effect == EFFECT_FAIL) {
		if (word_number(words[2], &n) || n < 1 || n > 9999)
			return -EINVAL;
		rule.code = (int)n;
		rule.sticky = count == 4 && strcmp(words[3], "sticky") == 0;
		if (count == 4 && !rule.sticky)
			return -EINVAL;
	}
	return rule_add(&rule);
}

/* lie ATTRIBUTE VALUE, of every device address; lie location DEV; truth */
static int lie(size_t count, char *const words[])
{
	long long attribute, value;
	if (count != 2 || word_number(words[1], &value))
		return -EINVAL;
	if (strcmp(words[0], "location") == 0) {
		fake.location = (int)value;
		return 0;
	}
	if (word_number(words[0], &attribute) || attribute <= 0 || attribute >= MAX_ATTRIBUTE)
		return -EINVAL;
	fake.lying[attribute] = true;
	fake.lie[attribute] = (uint64_t)value;
	return 0;
}

static int truth(void)
{
	memset(fake.lying, 0, sizeof fake.lying);
	fake.location = -1;
	return 0;
}

/* set DEV name=value...; what a device was made of cannot be set. */
static int set(size_t count, char *const words[])
{
	struct device *dev = count > 0 ? word_device(words[0]) : NULL;
	if (!dev)
		return -EINVAL;
	struct settings changed = dev->set;
	for (size_t i = 1; i < count; i++) {
		int error = settings_parse(&changed, NULL, words[i]);
		if (error)
			return error;
	}
	dev->set = changed;
	return 0;
}

/* lose DEV [CODE]: it fell off the bus. */
static int lose(size_t count, char *const words[])
{
	struct device *dev = count > 0 ? word_device(words[0]) : NULL;
	long long code = CUDA_ERROR_UNKNOWN;
	struct context *ctx;
	if (!dev || count > 2 || (count == 2 && word_number(words[1], &code)))
		return -EINVAL;
	dev->lost = true;
	for (size_t slot = 0; (ctx = object_next(KIND_CONTEXT, &slot));)
		if (ctx->device == dev)
			context_poison(ctx, (int)code);
	nvml_xid(dev, XID_OFF_THE_BUS);
	return 0;
}

static int attribute(size_t count, char *const words[])
{
	struct device *dev = count > 0 ? word_device(words[0]) : NULL;
	long long number, value;
	if (!dev || count != 3 || word_number(words[1], &number) || word_number(words[2], &value) || number <= 0 || number >= MAX_ATTRIBUTE)
		return -EINVAL;
	dev->attribute[number] = (int)value;
	return 0;
}

/* What only NVML tells: xid, ecc, remap, recovery, process. */
static int health(const char *name, size_t count, char *const words[])
{
	struct device *dev = count > 0 ? word_device(words[0]) : NULL;
	long long n[4] = {0};
	/* The text of an Xid is for whoever reads the test. */
	for (size_t i = 1; i < count && i <= 4 && !(i == 2 && strcmp(name, "xid") == 0); i++)
		if (word_number(words[i], &n[i - 1]) || n[i - 1] < 0)
			return -EINVAL;
	if (!dev)
		return -EINVAL;
	if (strcmp(name, "xid") == 0 && count >= 2) {
		nvml_xid(dev, (unsigned)n[0]);
	} else if (strcmp(name, "ecc") == 0 && count == 3) {
		if ((uint64_t)n[0] > dev->ecc_corrected)
			nvml_raise(dev, nvmlEventTypeSingleBitEccError, 0);
		if ((uint64_t)n[1] > dev->ecc_uncorrected)
			nvml_raise(dev, nvmlEventTypeDoubleBitEccError, 0);
		dev->ecc_corrected = (uint64_t)n[0];
		dev->ecc_uncorrected = (uint64_t)n[1];
	} else if (strcmp(name, "remap") == 0 && count == 5) {
		dev->rows_corrected = (unsigned)n[0];
		dev->rows_uncorrected = (unsigned)n[1];
		dev->rows_pending = n[2] != 0;
		dev->rows_failed = n[3] != 0;
	} else if (strcmp(name, "recovery") == 0 && count == 2) {
		dev->recovery = (unsigned)n[0];
		nvml_raise(dev, nvmlEventTypeGpuRecoveryAction, (unsigned long long)n[0]);
	} else if (strcmp(name, "process") == 0 && count == 3) {
		size_t at = 0;
		while (at < MAX_PROCESSES && dev->process[at].pid != 0 && dev->process[at].pid != (unsigned)n[0])
			at++;
		if (at == MAX_PROCESSES)
			return -ENOSPC;
		dev->process[at] = (struct process){.pid = n[1] ? (unsigned)n[0] : 0, .bytes = (uint64_t)n[1]};
	} else {
		return -ENOENT;
	}
	return 0;
}

static int stall(bool stalled, size_t count, char *const words[])
{
	struct device *dev = count == 1 ? word_device(words[0]) : NULL;
	if (!dev)
		return -EINVAL;
	dev->stalled = stalled;
	pthread_cond_broadcast(&fake_changed);
	return 0;
}

static int simple(const char *name, size_t count, char *const words[])
{
	static const char *const effects[EFFECTS] = {"fail", "skip", "hang", "latency"};
	for (int i = 0; i < EFFECTS; i++)
		if (strcmp(name, effects[i]) == 0)
			return scripted((enum effect)i, count, words);
	if (strcmp(name, "unhang") == 0 || strcmp(name, "clear") == 0) {
		rules_clear(strcmp(name, "clear") == 0 ? EFFECTS : EFFECT_HANG);
		pthread_cond_broadcast(&fake_changed);
		return 0;
	}
	if (strcmp(name, "clearlog") == 0) {
		log_clear();
		return 0;
	}
	if (strcmp(name, "lie") == 0)
		return lie(count, words);
	if (strcmp(name, "truth") == 0)
		return truth();
	if (strcmp(name, "set") == 0)
		return set(count, words);
	if (strcmp(name, "lose") == 0)
		return lose(count, words);
	if (strcmp(name, "attribute") == 0)
		return attribute(count, words);
	if (strcmp(name, "stall") == 0 || strcmp(name, "unstall") == 0)
		return stall(name[0] == 's', count, words);
	return health(name, count, words);
}

int control_run(const char *command, char *answer, size_t size)
{
	char *copy = strdup(command), *words[MAX_WORDS], *rest = NULL;
	size_t count = 0;
	struct text out = {.at = answer, .left = size};
	if (!copy || size == 0) {
		free(copy);
		return -ENOMEM;
	}
	answer[0] = 0;
	char *name = strtok_r(copy, " \n", &rest);
	int error = name ? 0 : -EINVAL;
	if (name && strcmp(name, "reset") == 0) {
		error = fake_reset(rest);
	} else if (name) {
		while (count < MAX_WORDS && (words[count] = strtok_r(NULL, " \n", &rest)))
			count++;
		error = look_run(name, count, words, &out);
		if (error == -ENOENT)
			error = simple(name, count, words);
	}
	free(copy);
	return !error && out.full ? -ERANGE : error;
}

int fakecuda_ctl(const char *command, char *answer, size_t size)
{
	if (!command || !answer)
		return -EINVAL;
	pthread_mutex_lock(&fake_lock);
	fake_start();
	int error = control_run(command, answer, size);
	pthread_mutex_unlock(&fake_lock);
	return error;
}
