/*
 * The commands with which tests rule the fake. Tests in Go use the methods of
 * package cudatest; whole programs get them in FAKECUDA_RULES, separated by
 * semicolons, or through the socket FAKECUDA_SOCKET, one a connection.
 * FAKECUDA_CONFIG is what would follow the word reset.
 *
 *   reset [devices=N mem=BYTES gran=BYTES cc=90 driver=12040 minsm=N name=A_B readonly=1|0|lie
 *         mode=default|prohibited|exclusive integrated=0|1 hmm=0|1 ats=0|1 mig=0|1 ecc=1|0 busy=0|1
 *         garbage=1|0 cc_mode=0|1 nodev=0|1 async=lazy|now]
 *   set DEV NAME=VALUE...      of those of a device, less mem and gran
 *   attribute DEV NUMBER VALUE
 *   fail FUNC|* NTH|always CODE [sticky] · skip NAME NTH|always · fired · clear
 *   latency NAME NS · hang FUNC · unhang · stall DEV · unstall DEV · lose DEV [CODE]
 *   lie ATTRIBUTE VALUE · lie location DEV · truth
 *   calls · count · clearlog · live
 *   list DEV · mapped DEV · dirty DEV · hostdirty · find DEV HEX · flip DEV SERIAL OFFSET BIT
 *   xid DEV CODE [TEXT] · ecc DEV CORRECTED UNCORRECTED · remap DEV CORR UNCORR PENDING FAILED
 *   recovery DEV ACTION · process DEV PID BYTES
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
