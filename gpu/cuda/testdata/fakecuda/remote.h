/*
 * Commands from another process, through a socket.
 */
#ifndef FAKECUDA_REMOTE_H
#define FAKECUDA_REMOTE_H

/* Starts a thread that answers commands at the path: 0, or a negative errno. */
int remote_start(const char *path);

#endif
