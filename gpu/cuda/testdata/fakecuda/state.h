/*
 * What the fake driver knows: its configuration, its devices, and everything
 * that a program made of them. All of it is guarded by one lock, which every
 * exported function takes (call.h); what is declared here is called with the
 * lock held.
 */
#ifndef FAKECUDA_STATE_H
#define FAKECUDA_STATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi_gen.h"
#include "objects.h"
#include "spans.h"

enum { MAX_DEVICES = 8, MAX_PROCESSES = 8, MAX_ATTRIBUTE = 256, UUID_BYTES = 16 };

/* What SetAccess(READ) does. */
enum readonly { READONLY_REFUSED, READONLY_HONOURED, READONLY_LIE };

/* What can be said of one device; the names are those of the command reset. */
struct settings {
	uint64_t memory, granularity;
	int cc, integrated, readonly, mode, hmm, ats, mig, ecc, busy, garbage, minsm;
	char name[96];
};

/* What can be said of the whole system. */
struct system {
	int devices, driver, confidential, nodev, lazy;
};

struct process {
	unsigned pid;
	uint64_t bytes;
};

struct device {
	int index;
	struct settings set;
	bool stalled; /* nothing that is queued makes progress */
	bool lost;

	/* Physical memory: one file, handed out in granules, the granule that
	 * was given back last first. */
	int file;
	uint32_t *spare;
	size_t spares, granules;
	uint8_t *used;
	uint32_t serial;
	uint64_t mapped;

	struct context *primary;
	int retained;

	/* What is overridden: -1 or the value. */
	int attribute[MAX_ATTRIBUTE];
	/* What only NVML tells. */
	uint64_t ecc_corrected, ecc_uncorrected;
	unsigned rows_corrected, rows_uncorrected, rows_pending, rows_failed, recovery;
	struct process process[MAX_PROCESSES];
};

struct context {
	struct object object;
	struct device *device;
	int poison; /* the sticky error, or 0 */
	bool primary;
	struct stream *standard; /* the stream that is named 0 */
};

struct host {
	struct span span;
	struct context *context;
};

struct state {
	struct system system;
	struct settings set;
	struct device device[MAX_DEVICES];
	bool initialised;
	int nvml;

	struct spans reserved, mapped, hosts;
	uint64_t sequence;     /* of queued work */
	uint64_t block;        /* CU_POINTER_ATTRIBUTE_BUFFER_ID */
	uint64_t strays;       /* memory calls of threads that never had a context */
	uint64_t orphans;      /* objects that died with their context */
	uint64_t host_dirty;   /* bytes not zero in host memory that was given back */
	bool lying[MAX_ATTRIBUTE];
	uint64_t lie[MAX_ATTRIBUTE]; /* pointer attributes */
	int location;                /* the lie about an allocation's location, or -1 */
};

extern struct state fake;
extern pthread_mutex_t fake_lock;
extern pthread_cond_t fake_changed;

/* reset.c */
void fake_start(void);                     /* once, from the environment */
int fake_reset(char *words);               /* 0, or a negative errno */
int settings_parse(struct settings *set, struct system *system, char *words);

/* device.c */
struct device *device_find(int index);
void device_uuid(const struct device *dev, unsigned char uuid[UUID_BYTES]);

/* context.c */
struct context *context_current(int *error); /* error: 201 or 709 */
bool context_was_here(void); /* a context was current on this thread, since the last reset */
void context_epoch(void);    /* begins anew */
void context_poison(struct context *ctx, int code);
void context_drop(struct context *ctx);

/* copy.c: gives a context's host memory back; NULL means all of it. */
size_t hosts_drop(struct context *ctx);

#endif
