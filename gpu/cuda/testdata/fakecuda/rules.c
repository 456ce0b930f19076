#include "call.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum { MAX_RULES = 256 };

static struct rule rules[MAX_RULES];
static size_t count;
static long fired;

int rule_add(const struct rule *rule)
{
	if (count == MAX_RULES)
		return -ENOSPC;
	rules[count++] = *rule;
	return 0;
}

void rules_clear(enum effect effect)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (effect != EFFECTS && rules[i].effect != effect)
			rules[kept++] = rules[i];
	count = kept;
	if (effect == EFFECTS)
		fired = 0;
}

static bool names(const struct rule *rule, const char *name)
{
	/* The star is every function of libcuda. */
	return strcmp(rule->name, name) == 0 || (strcmp(rule->name, "*") == 0 && strncmp(name, "cu", 2) == 0);
}

bool rule_fires(enum effect effect, const char *name, struct rule *out)
{
	bool found = false;
	for (size_t i = 0; i < count;) {
		struct rule *rule = &rules[i];
		if (rule->effect != effect || !names(rule, name) || (!rule->always && --rule->left > 0)) {
			i++;
			continue;
		}
		if (found && !rule->always) {
			rule->left = 1; /* another rule was first: fire at the next call */
			i++;
			continue;
		}
		if (!found)
			*out = *rule;
		found = true;
		if (rule->always) {
			i++;
			continue;
		}
		memmove(rule, rule + 1, (count - i - 1) * sizeof *rule);
		count--;
	}
	fired += found;
	return found;
}

long rules_fired(void)
{
	return fired;
}

long rules_latency(const char *name)
{
	long sum = 0;
	for (size_t i = 0; i < count; i++)
		if (rules[i].effect == EFFECT_LATENCY && names(&rules[i], name))
			sum += rules[i].nanoseconds;
	return sum;
}

bool rules_hang(const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (rules[i].effect == EFFECT_HANG && names(&rules[i], name))
			return true;
	return false;
}

void rules_wait(long nanoseconds)
{
	if (nanoseconds <= 0)
		return;
	struct timespec rest = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
	pthread_mutex_unlock(&fake_lock);
	while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
		;
	pthread_mutex_lock(&fake_lock);
}
