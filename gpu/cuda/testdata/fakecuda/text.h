/*
 * Text of limited length.
 */
#ifndef FAKECUDA_TEXT_H
#define FAKECUDA_TEXT_H

#include <stddef.h>

struct text {
	char *at;
	size_t left; /* with the ending NUL */
	int full;    /* something did not fit */
};

__attribute__((format(printf, 2, 3))) void text_add(struct text *text, const char *format, ...);

#endif
