/*
 * Handles. A handle is a number made of a kind, a generation and a slot, never
 * an address, and no number is given out twice before a slot has been used
 * sixteen million times: a stale handle is recognised, and never dereferenced.
 */
#ifndef FAKECUDA_OBJECTS_H
#define FAKECUDA_OBJECTS_H

#include <stddef.h>
#include <stdint.h>

enum kind { KIND_CONTEXT = 1, KIND_STREAM, KIND_EVENT, KIND_MODULE, KIND_FUNCTION, KIND_MEMORY, KIND_SET, KINDS };

struct object {
	enum kind kind;
	uint64_t handle;
};

/* Gives the object, whose first member it is, a handle. False: no memory. */
int object_add(struct object *object, enum kind kind);

/* The live object of that handle, or NULL. */
void *object_find(enum kind kind, uint64_t handle);

/* Whether such a handle was given out once, and is not live any more. */
int object_was(enum kind kind, uint64_t handle);

/* Takes the handle away; the memory stays the caller's. */
void object_remove(struct object *object);

/* The first live object of the kind in a slot >= *slot, which then is behind
 * it, or NULL. */
void *object_next(enum kind kind, size_t *slot);

size_t object_count(enum kind kind);

#define HANDLE(x) ((uint64_t)(uintptr_t)(x))

#endif
