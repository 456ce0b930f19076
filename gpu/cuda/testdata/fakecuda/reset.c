#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "call.h"
#include "control.h"
#include "nvml.h"
#include "physical.h"
#include "remote.h"

enum { MAX_GRANULES = 1 << 22 };

struct state fake;
pthread_mutex_t fake_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t fake_changed;

static const struct settings standard = {
	.memory = 1ull << 30, .granularity = 2 << 20, .cc = 90, .readonly = READONLY_HONOURED, .ecc = 1, .garbage = 1, .name = "Fake H100",
};

static int number(const char *text, uint64_t most, uint64_t *out)
{
	char *end = NULL;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno == 0 && end != text && *end == 0 && *out <= most ? 0 : -EINVAL;
}

/* A word, or a number no larger than most. */
static int choice(const char *text, const char *const words[], int *out)
{
	for (int i = 0; words[i]; i++) {
		if (strcmp(text, words[i]) == 0) {
			*out = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int size(const char *text, uint64_t *out)
{
	return number(text, 1ull << 44, out);
}

static int integer(const char *text, int most, int *out)
{
	uint64_t n;
	int error = number(text, (uint64_t)most, &n);
	if (!error)
		*out = (int)n;
	return error;
}

static int set_one(struct settings *set, struct system *system, const char *name, const char *value)
{
	static const char *const modes[] = {"default", "", "prohibited", "exclusive", NULL};
	static const char *const readonly[] = {"0", "1", "lie", NULL};
	static const char *const async[] = {"now", "lazy", NULL};
	const struct {
		const char *name;
		int *field, most;
	} numbers[] = {
		{"devices", system ? &system->devices : NULL, MAX_DEVICES}, {"driver", system ? &system->driver : NULL, 99999},
		{"cc_mode", system ? &system->confidential : NULL, 1}, {"nodev", system ? &system->nodev : NULL, 1},
		{"cc", &set->cc, 999}, {"integrated", &set->integrated, 1}, {"hmm", &set->hmm, 1}, {"ats", &set->ats, 1}, {"mig", &set->mig, 1},
		{"ecc", &set->ecc, 1}, {"busy", &set->busy, 1}, {"garbage", &set->garbage, 1}, {"minsm", &set->minsm, 999},
	};
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (strcmp(name, numbers[i].name) == 0)
			return numbers[i].field ? integer(value, numbers[i].most, numbers[i].field) : -EINVAL;
	if (strcmp(name, "mode") == 0)
		return choice(value, modes, &set->mode);
	if (strcmp(name, "readonly") == 0)
		return choice(value, readonly, &set->readonly);
	if (strcmp(name, "async") == 0)
		return system ? choice(value, async, &system->lazy) : -EINVAL;
	if (strcmp(name, "mem") == 0)
		return system ? size(value, &set->memory) : -EINVAL;
	if (strcmp(name, "gran") == 0)
		return system ? size(value, &set->granularity) : -EINVAL;
	if (strcmp(name, "name") != 0 || strlen(value) >= sizeof set->name)
		return -EINVAL;
	/* Blanks separate words: a name is written with underscores. */
	for (size_t i = 0; i <= strlen(value); i++)
		set->name[i] = value[i] == '_' ? ' ' : value[i];
	return 0;
}

int settings_parse(struct settings *set, struct system *system, char *words)
{
	char *rest = NULL;
	for (char *word = strtok_r(words, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest)) {
		char *value = strchr(word, '=');
		if (!value)
			return -EINVAL;
		*value = 0;
		int error = set_one(set, system, word, value + 1);
		if (error)
			return error;
	}
	uint64_t unit = set->granularity;
	return unit < 4096 || unit & (unit - 1) || set->memory < unit || set->memory / unit > MAX_GRANULES ? -EINVAL : 0;
}

/* Everything that was made goes away; old handles stay stale. */
static void drop(void)
{
	struct context *ctx;
	for (size_t slot = 0; (ctx = object_next(KIND_CONTEXT, &slot));) {
		context_poison(ctx, CUDA_ERROR_CONTEXT_IS_DESTROYED);
		context_drop(ctx);
	}
	vmm_drop();
	hosts_drop(NULL);
	nvml_drop();
	for (int i = 0; i < MAX_DEVICES; i++)
		physical_close(&fake.device[i]);
}

static int open_device(struct device *dev, int index)
{
	dev->index = index;
	dev->set = fake.set;
	for (int i = 0; i < MAX_ATTRIBUTE; i++)
		dev->attribute[i] = -1;
	return index < fake.system.devices ? physical_open(dev) : 0;
}

int fake_reset(char *words)
{
	struct settings set = standard;
	struct system system = {.devices = 1, .driver = 12040, .lazy = 1};
	int error = settings_parse(&set, &system, words);
	if (error)
		return error;
	drop();
	context_epoch();
	rules_clear(EFFECTS);
	log_clear();
	/* What grows is kept. */
	struct spans reserved = fake.reserved, mapped = fake.mapped, hosts = fake.hosts;
	memset(&fake, 0, sizeof fake);
	fake.reserved = reserved;
	fake.mapped = mapped;
	fake.hosts = hosts;
	fake.set = set;
	fake.system = system;
	fake.location = -1;
	for (int i = 0; i < MAX_DEVICES; i++)
		fake.device[i].file = -1;
	for (int i = 0; i < MAX_DEVICES && !error; i++)
		error = open_device(&fake.device[i], i);
	pthread_cond_broadcast(&fake_changed);
	return error;
}

static void complain(const char *name, int error)
{
	if (error)
		fprintf(stderr, "fakecuda: %s cannot be followed: error %d\n", name, -error);
}

/* The environment configures the fake for whole programs. Rules are commands,
 * separated by semicolons. */
void fake_start(void)
{
	static bool started;
	if (started)
		return;
	started = true;
	pthread_condattr_t clock;
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&fake_changed, &clock);
	pthread_condattr_destroy(&clock);
	for (int i = 0; i < MAX_DEVICES; i++)
		fake.device[i].file = -1;
	const char *config = getenv("FAKECUDA_CONFIG"), *rules = getenv("FAKECUDA_RULES"), *path = getenv("FAKECUDA_SOCKET");
	char *copy = strdup(config ? config : "");
	complain("FAKECUDA_CONFIG", copy ? fake_reset(copy) : -ENOMEM);
	free(copy);
	copy = strdup(rules ? rules : "");
	char *rest = NULL, answer[64];
	for (char *one = copy ? strtok_r(copy, ";", &rest) : NULL; one; one = strtok_r(NULL, ";", &rest))
		complain("FAKECUDA_RULES", control_run(one, answer, sizeof answer));
	free(copy);
	if (path)
		complain("FAKECUDA_SOCKET", remote_start(path));
}
