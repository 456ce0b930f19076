/*
 * The commands with which tests rule the fake.
 */
#ifndef FAKECUDA_CONTROL_H
#define FAKECUDA_CONTROL_H

#include "state.h"
#include "text.h"

/* Runs one command, with the lock held: 0, or a negative errno; -ERANGE when
 * the answer does not fit. */
int control_run(const char *command, char *answer, size_t size);

/* Runs one command; may be called from any thread. */
int fakecuda_ctl(const char *command, char *answer, size_t size);

/* A command that looks at what the fake knows (look.c), or -ENOENT. Words are
 * what follows its name. */
int look_run(const char *name, size_t count, char *const words[], struct text *out);

/* Reads a number of the words; -EINVAL if it is none. */
int word_number(const char *word, long long *out);
/* The device of that number, or NULL. */
struct device *word_device(const char *word);

#endif
