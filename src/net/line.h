/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line.h - what the kernel knows of a TCP connection that ZeroMQ owns, and the watch that a device
 * keeps on its own.
 *
 * ZeroMQ keeps the parts of a message until its last one has come, without a bound, and wakes
 * nobody meanwhile. So what a hub has sent is held against what was received from it as whole
 * messages, whenever bytes come.
 */
#ifndef NET_LINE_H
#define NET_LINE_H

#include "base/span.h"
#include "base/status.h"

/* The port at our end, or at the far one; 0 when FD is no TCP connection. */
unsigned line_near_port(int fd);
unsigned line_far_port(int fd);
/* Does FD take connections in? *WAITING: one has come and was not taken in yet. */
bool line_listens(int fd, bool *waiting);
/* The bytes that the kernel has received. False: not to be had. */
bool line_bytes(int fd, uint64_t *bytes);
/* The bytes on a CURVE connection of a frame of SIZE. */
uint64_t line_frame_bytes(size_t size);

/* Of one connection after the other; used by one thread. */
typedef struct line_watch {
	int wake;            /* readable when bytes came */
	int fd;              /* the connection; -1: none */
	unsigned near_port;  /* tells whether FD is still that */
	uint64_t unread_max; /* sent, and not received as messages */
	uint64_t taken;      /* received as messages */
	uint64_t read;       /* by ZeroMQ, when its messages were looked for */
	bool cut;            /* by us, and not yet told */
} line_watch;

/* A connection is cut when more than UNREAD_MAX bytes of it are no whole message. MS_IO. */
ms_status line_watch_open(line_watch *w, uint64_t unread_max, ms_error *err);
void line_watch_close(line_watch *w);
/* There is a new connection, with descriptor FD; before any message of it is received. */
void line_watch_connected(line_watch *w, int fd);
/* Before messages are looked for. */
void line_watch_look(line_watch *w);
/* A frame of SIZE was received. */
void line_watch_received(line_watch *w, size_t size);
/* All messages that were there were received: cut the connection when too much is left over. */
void line_watch_judge(line_watch *w);

#endif
