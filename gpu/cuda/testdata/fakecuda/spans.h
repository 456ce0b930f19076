/*
 * Ranges of addresses, sorted, none of them overlapping.
 */
#ifndef FAKECUDA_SPANS_H
#define FAKECUDA_SPANS_H

#include <stddef.h>
#include <stdint.h>

/* The first member of what is kept. */
struct span {
	uint64_t base, size;
};

struct spans {
	struct span **span;
	size_t count, room;
};

/* The span that holds the address, or NULL. */
void *spans_find(const struct spans *spans, uint64_t address);

/* The position of the first span that ends behind the address. */
size_t spans_from(const struct spans *spans, uint64_t address);

/* Whether any byte of the range is in a span. */
int spans_touch(const struct spans *spans, uint64_t base, uint64_t size);

/* False: no memory. The span stays the caller's. */
int spans_add(struct spans *spans, struct span *span);
void spans_remove(struct spans *spans, const struct span *span);

#endif
