#include "spans.h"

#include <stdlib.h>
#include <string.h>

size_t spans_from(const struct spans *spans, uint64_t address)
{
	size_t low = 0, high = spans->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (spans->span[middle]->base + spans->span[middle]->size <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void *spans_find(const struct spans *spans, uint64_t address)
{
	size_t at = spans_from(spans, address);
	if (at < spans->count && spans->span[at]->base <= address)
		return spans->span[at];
	return NULL;
}

int spans_touch(const struct spans *spans, uint64_t base, uint64_t size)
{
	size_t at = spans_from(spans, base);
	return at < spans->count && spans->span[at]->base < base + size;
}

int spans_add(struct spans *spans, struct span *span)
{
	if (spans->count == spans->room) {
		size_t more = spans->room ? 2 * spans->room : 64;
		struct span **grown = realloc(spans->span, more * sizeof *grown);
		if (!grown)
			return 0;
		spans->span = grown;
		spans->room = more;
	}
	size_t at = spans_from(spans, span->base);
	memmove(&spans->span[at + 1], &spans->span[at], (spans->count - at) * sizeof spans->span[0]);
	spans->span[at] = span;
	spans->count++;
	return 1;
}

void spans_remove(struct spans *spans, const struct span *span)
{
	size_t at = spans_from(spans, span->base);
	if (at >= spans->count || spans->span[at] != span)
		return;
	spans->count--;
	memmove(&spans->span[at], &spans->span[at + 1], (spans->count - at) * sizeof spans->span[0]);
}
