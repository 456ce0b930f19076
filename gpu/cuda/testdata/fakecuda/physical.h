/*
 * The physical memory of the devices.
 */
#ifndef FAKECUDA_PHYSICAL_H
#define FAKECUDA_PHYSICAL_H

#include "state.h"

/* What cuMemCreate made. It lives as long as its handle is referred to or it
 * is mapped. */
struct memory {
	struct object object;
	struct device *device;
	uint32_t serial;
	uint64_t size;
	long references, mappings;
	int handle_types;
	size_t count;
	uint32_t granule[];
};

/* A mapping of a whole allocation. */
struct mapping {
	struct span span;
	struct memory *memory;
	int access; /* as in CUmemAccess_flags */
	uint64_t block;
};

int physical_open(struct device *dev); /* 0, or a negative errno */
void physical_close(struct device *dev);
uint64_t physical_free(const struct device *dev);

/* CUDA_ERROR_OUT_OF_MEMORY when there is no room. */
int physical_take(struct device *dev, uint64_t size, struct memory **out);
/* Gives the granules back if nobody refers to the memory any more. */
void physical_settle(struct memory *m);

/* The bytes that are not zero in memory that was given back; negative errno. */
long long physical_dirty(const struct device *dev);
/* The live allocation with that number, or NULL. */
struct memory *physical_numbered(const struct device *dev, uint32_t serial);
int physical_flip(const struct memory *m, uint64_t offset, int bit);
/* 1 and where the bytes are, 0 when nowhere, or a negative errno. */
int physical_find(const struct device *dev, const unsigned char *bytes, size_t size, uint32_t *serial, uint64_t *offset);

/* allocation.c: the allocation, if its handle may still be used. */
struct memory *memory_held(uint64_t handle);

/* vmm.c: gives all mappings, reservations and allocations back. */
void vmm_drop(void);

/* Whether the whole range is mapped with at least that access; 0 means that
 * it is mapped at all. */
bool vmm_allows(uint64_t address, uint64_t size, int access);

#endif
