#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"

/* A word is a directive, a name or a number, or one other character. */
struct reader {
	const char *at;
	const char *word;
	size_t length;
	char *problem;
	size_t room;
};

static const char *skip(const char *at)
{
	for (;;) {
		if (isspace((unsigned char)*at)) {
			at++;
		} else if (at[0] == '/' && at[1] == '/') {
			at += strcspn(at, "\n");
		} else if (at[0] == '/' && at[1] == '*') {
			const char *end = strstr(at + 2, "*/");
			at = end ? end + 2 : at + strlen(at);
		} else {
			return at;
		}
	}
}

static int part(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$' || c == '%';
}

static bool next(struct reader *r)
{
	r->at = skip(r->at);
	r->word = r->at;
	if (*r->at == '"') {
		r->at += 1 + strcspn(r->at + 1, "\"");
		r->at += *r->at != 0;
	} else if (part(*r->at)) {
		while (part(*r->at))
			r->at++;
	} else if (*r->at) {
		r->at++;
	}
	r->length = (size_t)(r->at - r->word);
	return r->length > 0;
}

static bool is(const struct reader *r, const char *word)
{
	return r->length == strlen(word) && memcmp(r->word, word, r->length) == 0;
}

static const char *wrong(struct reader *r, const char *what)
{
	snprintf(r->problem, r->room, "ptxas fatal : %s near '%.*s'", what, (int)r->length, r->word);
	return r->problem;
}

static unsigned type_size(const struct reader *r)
{
	static const struct {
		const char *name;
		unsigned size;
	} types[] = {{"8", 1}, {"16", 2}, {"32", 4}, {"64", 8}};
	if (r->length < 3 || r->word[0] != '.' || !strchr("busf", r->word[1]))
		return 0;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strlen(types[i].name) == r->length - 2 && memcmp(r->word + 2, types[i].name, r->length - 2) == 0)
			return types[i].size;
	return 0;
}

/* Reads what follows .param, .local or .shared up to the comma, the closing
 * bracket or the semicolon, which is the next word then. */
static unsigned variable(struct reader *r, unsigned *align)
{
	unsigned size = 0, own = 0;
	bool pointed = false; /* an alignment of what is pointed to */
	*align = 0;
	while (next(r) && !is(r, ",") && !is(r, ")") && !is(r, ";")) {
		if (is(r, ".ptr")) {
			pointed = true;
		} else if (is(r, ".align")) {
			next(r);
			if (!pointed)
				own = (unsigned)strtoul(r->word, NULL, 10);
		} else if (is(r, "[")) {
			next(r);
			size *= (unsigned)strtoul(r->word, NULL, 10);
		} else if (type_size(r)) {
			size = type_size(r);
			*align = size;
		}
	}
	if (own)
		*align = own;
	return size;
}

static const char *params(struct reader *r, struct kernel *k)
{
	unsigned end = 0, align;
	for (;;) {
		next(r);
		if (is(r, ")"))
			return NULL;
		if (!is(r, ".param") || k->params == MAX_PARAMS)
			return wrong(r, "a parameter that is not understood");
		unsigned size = variable(r, &align);
		if (size == 0 || align == 0)
			return wrong(r, "a parameter without a size");
		end = (end + align - 1) / align * align;
		k->size[k->params] = size;
		k->offset[k->params++] = end;
		end += size;
		if (is(r, ")"))
			return NULL;
	}
}

static const char *body(struct reader *r, struct kernel *k)
{
	unsigned align, depth = 1;
	while (depth > 0) {
		if (!next(r))
			return wrong(r, "a body that does not end");
		if (is(r, "{"))
			depth++;
		else if (is(r, "}"))
			depth--;
		else if (is(r, ".local"))
			k->local += variable(r, &align);
		else if (is(r, ".shared"))
			k->shared += variable(r, &align);
	}
	return NULL;
}

/* What stands between the parameters and the body. */
static const char *limits(struct reader *r, struct kernel *k)
{
	while (next(r) && !is(r, "{") && !is(r, ";")) {
		bool threads = is(r, ".maxntid") || is(r, ".reqntid");
		if (!threads)
			continue;
		unsigned long product = 1;
		do {
			next(r);
			product *= strtoul(r->word, NULL, 10);
			r->at = skip(r->at);
		} while (*r->at == ',' && next(r));
		k->max_threads = (unsigned)product;
	}
	return is(r, "{") ? body(r, k) : wrong(r, "an entry without a body");
}

static const char *entry(struct reader *r, struct module *m)
{
	struct kernel **grown = realloc(m->kernel, (m->kernels + 1) * sizeof *grown);
	if (!grown)
		return wrong(r, "out of memory");
	m->kernel = grown;
	struct kernel *k = calloc(1, sizeof *k);
	if (!k)
		return wrong(r, "out of memory");
	m->kernel[m->kernels++] = k;
	k->module = m;
	k->max_threads = 1024;
	next(r);
	if (r->length == 0 || r->length >= MAX_NAME)
		return wrong(r, "a kernel without a name");
	memcpy(k->name, r->word, r->length);
	r->at = skip(r->at);
	if (*r->at == '(') {
		next(r);
		const char *problem = params(r, k);
		if (problem)
			return problem;
	}
	return limits(r, k);
}

static const char *header(struct reader *r, struct module *m)
{
	int major, minor, sm, n = 0;
	char suffix = 0;
	next(r);
	if (!is(r, ".version") || !next(r) || sscanf(r->word, "%d.%d", &major, &minor) != 2)
		return wrong(r, "no .version at the start");
	m->version = 10 * major + minor;
	next(r);
	if (!is(r, ".target") || !next(r) || sscanf(r->word, "sm_%d%n", &sm, &n) != 1)
		return wrong(r, "no .target after .version");
	if ((size_t)n < r->length)
		suffix = r->word[n];
	m->target = sm;
	m->exact = suffix == 'a' || suffix == 'f';
	next(r);
	if (!is(r, ".address_size") || !next(r) || !is(r, "64"))
		return wrong(r, "no .address_size 64");
	return NULL;
}

const char *ptx_parse(struct module *m, const char *text, char *problem, size_t size)
{
	struct reader r = {.at = text, .word = text, .problem = problem, .room = size};
	const char *bad = header(&r, m);
	while (!bad && next(&r))
		if (is(&r, ".entry"))
			bad = entry(&r, m);
	return bad;
}
