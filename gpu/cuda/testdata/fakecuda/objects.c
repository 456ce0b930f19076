#include "objects.h"

#include <stdlib.h>

struct slot {
	struct object *object;
	uint32_t generation;
	uint32_t next; /* free slot, plus one */
};

static struct slot *slots;
static size_t used, room;
static uint32_t unused; /* the first free slot, plus one */
static size_t counts[KINDS];

static uint64_t handle_of(enum kind kind, uint32_t generation, size_t slot)
{
	return (uint64_t)kind << 56 | (uint64_t)(generation & 0xffffff) << 32 | (uint64_t)slot << 4;
}

static size_t slot_of(uint64_t handle)
{
	return (size_t)((handle & 0xffffffff) >> 4);
}

int object_add(struct object *object, enum kind kind)
{
	size_t at;
	if (unused) {
		at = unused - 1;
		unused = slots[at].next;
	} else {
		if (used == room) {
			size_t more = room ? 2 * room : 256;
			struct slot *grown = realloc(slots, more * sizeof *grown);
			if (!grown)
				return 0;
			slots = grown;
			room = more;
		}
		at = used++;
		slots[at].generation = 1;
	}
	slots[at].object = object;
	object->kind = kind;
	object->handle = handle_of(kind, slots[at].generation, at);
	counts[kind]++;
	return 1;
}

void *object_find(enum kind kind, uint64_t handle)
{
	size_t at = slot_of(handle);
	if (at >= used || !slots[at].object || slots[at].object->kind != kind || slots[at].object->handle != handle)
		return NULL;
	return slots[at].object;
}

int object_was(enum kind kind, uint64_t handle)
{
	size_t at = slot_of(handle);
	uint32_t generation = handle >> 32 & 0xffffff;
	return handle >> 56 == (uint64_t)kind && at < used && generation < slots[at].generation && generation > 0;
}

void object_remove(struct object *object)
{
	size_t at = slot_of(object->handle);
	slots[at].object = NULL;
	slots[at].generation++;
	slots[at].next = unused;
	unused = (uint32_t)at + 1;
	counts[object->kind]--;
}

void *object_next(enum kind kind, size_t *slot)
{
	while (*slot < used) {
		struct object *object = slots[(*slot)++].object;
		if (object && object->kind == kind)
			return object;
	}
	return NULL;
}

size_t object_count(enum kind kind)
{
	return counts[kind];
}
