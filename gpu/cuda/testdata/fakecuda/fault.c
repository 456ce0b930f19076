#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

#include "queue.h"

/* A kernel that reads or writes where it may not gets a signal. The handler is
 * there only while a kernel runs, and only faults of the thread that runs one
 * are ours: others go to the handler that was there before. */
static _Thread_local sigjmp_buf back;
static _Thread_local volatile sig_atomic_t playing;
static struct sigaction before[2];

static void on_fault(int signal, siginfo_t *info, void *where)
{
	if (playing) {
		playing = 0;
		siglongjmp(back, 1);
	}
	const struct sigaction *old = &before[signal == SIGBUS];
	if (old->sa_flags & SA_SIGINFO) {
		old->sa_sigaction(signal, info, where);
	} else if (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN) {
		old->sa_handler(signal);
	} else {
		/* The fault comes again when this returns, and then ends the process. */
		struct sigaction standard = {.sa_handler = SIG_DFL};
		sigaction(signal, &standard, NULL);
	}
}

bool fault_guard(void (*f)(void *), void *argument)
{
	struct sigaction ours = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
	volatile bool well = false;
	sigfillset(&ours.sa_mask);
	/* Known before ours is there: another thread may fault at once. */
	if (sigaction(SIGSEGV, NULL, &before[0]) != 0 || sigaction(SIGBUS, NULL, &before[1]) != 0)
		return false;
	if (sigaction(SIGSEGV, &ours, NULL) != 0 || sigaction(SIGBUS, &ours, NULL) != 0)
		return false;
	if (sigsetjmp(back, 1) == 0) {
		playing = 1;
		f(argument);
		well = true;
	}
	playing = 0;
	sigaction(SIGSEGV, &before[0], NULL);
	sigaction(SIGBUS, &before[1], NULL);
	return well;
}
