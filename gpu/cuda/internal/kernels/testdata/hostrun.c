/*
 * Runs kernels on the host for the tests: reads commands from standard input,
 * one a line, and ends with it. A memory has a number and lies between pages
 * that cannot be touched, so that a kernel that reads too much ends the
 * program.
 *
 *   table                             prints the table of kernels
 *   memory N SIZE PLACE               makes memory N; PLACE is how many bytes lie
 *                                     before it, or "end": none lie behind it
 *   put N OFFSET SIZE, then the bytes writes
 *   address N OFFSET M PLACE          writes the address of M's byte PLACE
 *   readonly N                        forbids writing
 *   forget N                          gives it back; N stays used
 *   run KERNEL BLOCKS THREADS ARG...  ARG is a number, or @N+OFFSET
 *   get N OFFSET SIZE                 prints the bytes
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../host.h"

#define MOST 4096

struct memory {
	unsigned char *bytes, *pages;
	size_t size, page_bytes;
};
static struct memory memories[MOST];

static void fail(const char *why, const char *what)
{
	fprintf(stderr, "hostrun: %s: %s\n", why, what);
	exit(2);
}

/* The place in a memory with n bytes behind it. */
static unsigned char *place(unsigned long number, size_t offset, size_t n)
{
	if (number >= MOST || !memories[number].bytes || offset > memories[number].size || n > memories[number].size - offset)
		fail("outside of memory", "");
	return memories[number].bytes + offset;
}

static void make(unsigned long number, size_t size, const char *where)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t before = strcmp(where, "end") == 0 ? 0 : strtoul(where, NULL, 10);
	struct memory *m = &memories[number];
	if (number >= MOST || m->bytes || before >= page)
		fail("memory", where);
	m->size = size;
	m->page_bytes = (before + size + page - 1) / page * page;
	if (m->page_bytes == 0)
		m->page_bytes = page;
	m->pages = mmap(NULL, m->page_bytes + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (m->pages == MAP_FAILED)
		fail("mmap", where);
	m->pages += page;
	if (mprotect(m->pages, m->page_bytes, PROT_READ | PROT_WRITE))
		fail("mprotect", where);
	/* What is not part of the memory must not count as zero. */
	memset(m->pages, 0xa5, m->page_bytes);
	m->bytes = m->pages + (strcmp(where, "end") == 0 ? m->page_bytes - size : before);
	memset(m->bytes, 0, size);
}

static const struct ve_kernel *find(const char *name)
{
	const struct ve_kernel *k = ve_kernels;
	for (; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	fail("no such kernel", name);
	return NULL;
}

/* The blocks run from the last to the first: no order is promised. */
static void run(char *rest)
{
	uint64_t args[16];
	int n = 0;
	const struct ve_kernel *k = find(strtok(rest, " \n"));
	struct ve_dim3 grid = {(uint32_t)strtoul(strtok(NULL, " \n"), NULL, 10), 1, 1};
	struct ve_dim3 block = {(uint32_t)strtoul(strtok(NULL, " \n"), NULL, 10), 1, 1};
	for (char *word; n < 16 && (word = strtok(NULL, " \n")); n++) {
		unsigned long number, offset;
		if (sscanf(word, "@%lu+%lu", &number, &offset) == 2)
			args[n] = (uint64_t)(uintptr_t)place(number, offset, 0);
		else
			args[n] = strtoull(word, NULL, 10);
	}
	if (n != k->nparams)
		fail("the number of arguments", k->name);
	for (uint32_t i = grid.x; i > 0; i--) {
		struct ve_dim3 index = {i - 1, 0, 0};
		k->block(grid, index, block, args);
	}
}

int main(void)
{
	static char line[4096];
	char word[32];
	unsigned long a, b, c, d;
	int at;
	while (fgets(line, sizeof line, stdin)) {
		if (strcmp(line, "table\n") == 0) {
			for (const struct ve_kernel *k = ve_kernels; k->name; k++) {
				printf("%s", k->name);
				for (int i = 0; i < k->nparams; i++)
					printf(" %d", k->param_sizes[i]);
				printf("\n");
			}
			printf("\n");
		} else if (sscanf(line, "memory %lu %lu %31s", &a, &b, word) == 3) {
			make(a, b, word);
		} else if (sscanf(line, "put %lu %lu %lu", &a, &b, &c) == 3) {
			if (fread(place(a, b, c), 1, c, stdin) != c)
				fail("put", "too few bytes");
		} else if (sscanf(line, "address %lu %lu %lu %lu", &a, &b, &c, &d) == 4) {
			uint64_t address = (uint64_t)(uintptr_t)place(c, d, 0);
			memcpy(place(a, b, 8), &address, 8);
		} else if (sscanf(line, "readonly %lu", &a) == 1) {
			place(a, 0, 0);
			if (mprotect(memories[a].pages, memories[a].page_bytes, PROT_READ))
				fail("mprotect", "read-only");
		} else if (sscanf(line, "forget %lu", &a) == 1) {
			place(a, 0, 0);
			if (munmap(memories[a].pages, memories[a].page_bytes))
				fail("munmap", "forget");
			memories[a].bytes = NULL;
			memories[a].size = 0;
		} else if (sscanf(line, "run %n%1s", &at, word) == 1) {
			run(line + at);
		} else if (sscanf(line, "get %lu %lu %lu", &a, &b, &c) == 3) {
			fwrite(place(a, b, c), 1, c, stdout);
		} else {
			fail("unknown command", line);
		}
		fflush(stdout);
	}
	return 0;
}
