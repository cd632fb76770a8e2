/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crowd.h - the connections at a ROUTER's port, and those of them to cut.
 *
 * ZeroMQ keeps the parts of a message until its last one has come, without a bound, and takes in
 * whoever connects. So what a connection has sent is held against what was received from it as
 * whole messages.
 */
#ifndef NET_CROWD_H
#define NET_CROWD_H

#include "base/status.h"

typedef struct crowd_limits {
	uint64_t unread_bytes; /* of one connection, sent and not yet received as messages */
	uint32_t strangers;    /* connections without any message yet */
} crowd_limits;

typedef struct crowd crowd;

/* The connections accepted at the local TCP port PORT. */
ms_status crowd_new(unsigned port, const crowd_limits *limits, crowd **out, ms_error *err);
void crowd_free(crowd *c); /* NULL is allowed */
/* A frame of BYTES was received from the connection with descriptor FD. */
void crowd_received(crowd *c, int fd, size_t bytes);

typedef struct crowd_cut {
	unsigned endless;   /* had more unread than allowed */
	unsigned strangers; /* said nothing since the look before, while there were too many such */
} crowd_cut;

/*
 * Look at all of them and cut those beyond the limits. The two limits are judged from one look to
 * the next, so a new connection is judged by the second look that sees it.
 */
crowd_cut crowd_look(crowd *c);

#endif
