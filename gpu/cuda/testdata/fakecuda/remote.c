#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"
#include "remote.h"

enum { MAX_COMMAND = 1 << 16, MAX_ANSWER = 1 << 22 };

/* One connection is one command, up to its newline. The answer is the result,
 * a newline, and the text. */
static void serve(int peer, char *command, char *answer)
{
	size_t length = 0;
	while (length < MAX_COMMAND - 1 && !memchr(command, '\n', length)) {
		ssize_t n = read(peer, command + length, MAX_COMMAND - 1 - length);
		if (n <= 0)
			break;
		length += (size_t)n;
	}
	command[length] = 0;
	int error = fakecuda_ctl(command, answer, MAX_ANSWER);
	dprintf(peer, "%d\n%s", error, error ? "" : answer);
}

static void *listener(void *argument)
{
	int fd = *(int *)argument;
	free(argument);
	char *command = malloc(MAX_COMMAND), *answer = malloc(MAX_ANSWER);
	while (command && answer) {
		int peer = accept(fd, NULL, NULL);
		if (peer < 0 && errno != EINTR && errno != ECONNABORTED)
			break;
		if (peer < 0)
			continue;
		serve(peer, command, answer);
		close(peer);
	}
	free(command);
	free(answer);
	close(fd);
	return NULL;
}

static int listen_at(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof at.sun_path)
		return -ENAMETOOLONG;
	strcpy(at.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 4) == 0)
		return fd;
	int error = errno;
	close(fd);
	return -error;
}

int remote_start(const char *path)
{
	int *fd = malloc(sizeof *fd);
	if (!fd)
		return -ENOMEM;
	*fd = listen_at(path);
	if (*fd < 0) {
		int error = *fd;
		free(fd);
		return error;
	}
	/* The program's signals are for its own threads. */
	sigset_t all, old;
	pthread_t thread;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int error = pthread_create(&thread, NULL, listener, fd);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (error) {
		close(*fd);
		free(fd);
		return -error;
	}
	return -pthread_detach(thread);
}
