/*
 * Modules: the text that was loaded, as far as it says how its kernels are
 * called. What runs is the kernel of that name compiled for the host.
 */
#ifndef FAKECUDA_MODULE_H
#define FAKECUDA_MODULE_H

#include "queue.h"
#include "../../internal/kernels/host.h"

enum { MAX_NAME = 128 };

struct kernel {
	struct object object;
	struct module *module;
	char name[MAX_NAME];
	int params;
	unsigned size[MAX_PARAMS], offset[MAX_PARAMS];
	unsigned max_threads, local, shared;
	const struct ve_kernel *host; /* NULL: the fake has no such kernel */
};

struct module {
	struct object object;
	struct context *context;
	int version, target; /* 63 is 6.3, 70 is sm_70 */
	bool exact;          /* the target is for that architecture alone */
	size_t kernels;
	struct kernel **kernel;
};

/* ptx.c: reads the text into the module. NULL, or what is wrong with it. */
const char *ptx_parse(struct module *m, const char *text, char *problem, size_t size);

/* module.c */
void module_free(struct module *m);
size_t modules_drop(struct context *ctx);

#endif
