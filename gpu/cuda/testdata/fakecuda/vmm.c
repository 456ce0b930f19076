#include <stdlib.h>
#include <sys/mman.h>

#include "call.h"
#include "physical.h"

/* A range of addresses, between guards of the size of one granule. */
struct reservation {
	struct span span;
	void *outer;
	size_t outer_size;
};

static int reserve(CUdeviceptr *address, size_t size, size_t alignment, unsigned long long flags)
{
	uint64_t unit = fake.set.granularity;
	if (!address || size == 0 || size % unit || flags != 0 || (alignment & (alignment - 1)))
		return CUDA_ERROR_INVALID_VALUE;
	uint64_t align = alignment > unit ? alignment : unit;
	struct reservation *r = calloc(1, sizeof *r);
	if (!r)
		return CUDA_ERROR_OUT_OF_MEMORY;
	r->outer_size = size + unit + align + unit;
	r->outer = mmap(NULL, r->outer_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (r->outer == MAP_FAILED) {
		free(r);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	r->span.base = ((uint64_t)(uintptr_t)r->outer + unit + align - 1) / align * align;
	r->span.size = size;
	if (!spans_add(&fake.reserved, &r->span)) {
		munmap(r->outer, r->outer_size);
		free(r);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	*address = r->span.base;
	return CUDA_SUCCESS;
}

CUresult cuMemAddressReserve(CUdeviceptr *address, size_t size, size_t alignment, CUdeviceptr wish, unsigned long long flags)
{
	(void)wish; /* only a wish */
	CALL(CUresult, NEED_MEMORY, reserve(address, size, alignment, flags));
}

static int address_free(CUdeviceptr address, size_t size)
{
	struct reservation *r = spans_find(&fake.reserved, address);
	if (!r || r->span.base != address || r->span.size != size || spans_touch(&fake.mapped, address, size))
		return CUDA_ERROR_INVALID_VALUE;
	spans_remove(&fake.reserved, &r->span);
	munmap(r->outer, r->outer_size);
	free(r);
	return CUDA_SUCCESS;
}

CUresult cuMemAddressFree(CUdeviceptr address, size_t size)
{
	CALL(CUresult, NEED_MEMORY, address_free(address, size));
}

/* Puts nothing, again, where something was mapped. */
static int cover(uint64_t address, uint64_t size)
{
	void *at = (void *)(uintptr_t)address;
	return mmap(at, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == at;
}

static int map(CUdeviceptr address, size_t size, size_t offset, CUmemGenericAllocationHandle handle, unsigned long long flags)
{
	struct memory *m = memory_held(handle);
	struct reservation *r = spans_find(&fake.reserved, address);
	if (!m || !r || size != m->size || offset != 0 || flags != 0 || address % m->device->set.granularity ||
	    address - r->span.base + size > r->span.size || spans_touch(&fake.mapped, address, size))
		return CUDA_ERROR_INVALID_VALUE;
	struct mapping *p = calloc(1, sizeof *p);
	if (!p)
		return CUDA_ERROR_OUT_OF_MEMORY;
	*p = (struct mapping){.span = {.base = address, .size = size}, .memory = m, .block = ++fake.block};
	uint64_t unit = m->device->set.granularity;
	for (size_t i = 0; i < m->count; i++) {
		void *at = (void *)(uintptr_t)(address + i * unit);
		off_t from = (off_t)(m->granule[i] * unit);
		if (mmap(at, unit, PROT_NONE, MAP_SHARED | MAP_FIXED | MAP_NORESERVE, m->device->file, from) != at)
			goto undo;
	}
	if (!spans_add(&fake.mapped, &p->span))
		goto undo;
	m->mappings++;
	m->device->mapped += size;
	return CUDA_SUCCESS;
undo:
	cover(address, size);
	free(p);
	return CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult cuMemMap(CUdeviceptr address, size_t size, size_t offset, CUmemGenericAllocationHandle handle, unsigned long long flags)
{
	CALL(CUresult, NEED_MEMORY, map(address, size, offset, handle, flags));
}

/* Whether the range is made of whole mappings. */
static bool whole(uint64_t address, uint64_t size)
{
	uint64_t at = address;
	for (size_t i = spans_from(&fake.mapped, address); at < address + size; i++) {
		if (i >= fake.mapped.count || fake.mapped.span[i]->base != at)
			return false;
		at += fake.mapped.span[i]->size;
	}
	return size > 0 && at == address + size;
}

static void unmap_one(struct mapping *p)
{
	cover(p->span.base, p->span.size);
	spans_remove(&fake.mapped, &p->span);
	p->memory->mappings--;
	p->memory->device->mapped -= p->span.size;
	physical_settle(p->memory);
	free(p);
}

static int unmap(CUdeviceptr address, size_t size)
{
	if (!whole(address, size))
		return CUDA_ERROR_INVALID_VALUE;
	for (uint64_t at = address; at < address + size;) {
		struct mapping *p = spans_find(&fake.mapped, at);
		at += p->span.size;
		unmap_one(p);
	}
	return CUDA_SUCCESS;
}

CUresult cuMemUnmap(CUdeviceptr address, size_t size)
{
	CALL(CUresult, NEED_MEMORY, unmap(address, size));
}

void vmm_drop(void)
{
	while (fake.mapped.count > 0)
		unmap_one((struct mapping *)fake.mapped.span[0]);
	while (fake.reserved.count > 0)
		address_free(fake.reserved.span[0]->base, fake.reserved.span[0]->size);
	struct memory *m;
	for (size_t slot = 0; (m = object_next(KIND_MEMORY, &slot));) {
		m->references = 0;
		physical_settle(m);
	}
}

bool vmm_allows(uint64_t address, uint64_t size, int access)
{
	uint64_t at = address;
	if (address + size < address)
		return false;
	while (at < address + size) {
		struct mapping *p = spans_find(&fake.mapped, at);
		if (!p || (p->access & access) != access)
			return false;
		at = p->span.base + p->span.size;
	}
	return true;
}

static int set_access(CUdeviceptr address, size_t size, const CUmemAccessDesc *desc, size_t count)
{
	if (!desc || count != 1 || !whole(address, size))
		return CUDA_ERROR_INVALID_VALUE;
	if (desc->locationType != CU_MEM_LOCATION_TYPE_DEVICE || (desc->flags != 0 && desc->flags != 1 && desc->flags != 3))
		return CUDA_ERROR_INVALID_VALUE;
	struct device *dev = device_find(desc->locationId);
	if (!dev)
		return CUDA_ERROR_INVALID_DEVICE;
	for (size_t i = spans_from(&fake.mapped, address); i < fake.mapped.count && fake.mapped.span[i]->base < address + size; i++)
		if (((struct mapping *)fake.mapped.span[i])->memory->device != dev)
			return CUDA_ERROR_NOT_SUPPORTED; /* no access from other devices */
	int prot = desc->flags == 3 ? PROT_READ | PROT_WRITE : desc->flags == 1 ? PROT_READ : PROT_NONE;
	if (desc->flags == 1 && dev->set.readonly == READONLY_REFUSED)
		return CUDA_ERROR_NOT_SUPPORTED;
	if (desc->flags == 1 && dev->set.readonly == READONLY_LIE)
		prot = PROT_READ | PROT_WRITE;
	for (uint64_t at = address; at < address + size;) {
		struct mapping *p = spans_find(&fake.mapped, at);
		if (mprotect((void *)(uintptr_t)p->span.base, p->span.size, prot) != 0)
			return CUDA_ERROR_OPERATING_SYSTEM;
		p->access = desc->flags;
		at += p->span.size;
	}
	return CUDA_SUCCESS;
}

CUresult cuMemSetAccess(CUdeviceptr address, size_t size, const CUmemAccessDesc *desc, size_t count)
{
	CALL(CUresult, NEED_MEMORY, set_access(address, size, desc, count));
}
