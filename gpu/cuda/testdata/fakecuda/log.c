#include "call.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

enum { MAX_ENTRIES = 1 << 16 };

/* Names are those of functions: constants. */
static struct entry {
	const char *name;
	int result;
} entries[MAX_ENTRIES];
static size_t first, length; /* a ring; first counts up for ever */
static long counted;

size_t log_add(const char *name, bool count)
{
	counted += count;
	if (length == MAX_ENTRIES) {
		first++;
		length--;
	}
	size_t at = first + length++;
	entries[at % MAX_ENTRIES] = (struct entry){.name = name};
	return at;
}

void log_result(size_t entry, int result)
{
	if (entry >= first && entry < first + length)
		entries[entry % MAX_ENTRIES].result = result;
}

void log_clear(void)
{
	first += length;
	length = 0;
	counted = 0;
}

long log_count(void)
{
	return counted;
}

/* How often a program polls depends on the clock: polls that follow each
 * other are one line. */
static bool poll(const struct entry *e)
{
	return strcmp(e->name, "cuStreamQuery") == 0 || strcmp(e->name, "cuEventQuery") == 0;
}

void log_write(struct text *out)
{
	const char *before = "";
	for (size_t i = first; i < first + length; i++) {
		const struct entry *e = &entries[i % MAX_ENTRIES];
		if (poll(e) && (e->result == 0 || e->result == CUDA_ERROR_NOT_READY)) {
			if (strcmp(before, e->name) != 0)
				text_add(out, "%s\n", e->name);
		} else if (e->result) {
			text_add(out, "%s = %d\n", e->name, e->result);
		} else {
			text_add(out, "%s\n", e->name);
		}
		before = e->name;
	}
}

void text_add(struct text *text, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = text->left ? vsnprintf(text->at, text->left, format, args) : -1;
	va_end(args);
	if (n < 0 || (size_t)n >= text->left) {
		text->full = 1;
		return;
	}
	text->at += n;
	text->left -= (size_t)n;
}
