/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crowd.h - the connections at a ROUTER's port, and those of them to cut.
 *
 * ZeroMQ keeps the parts of a message until its last one has come, without a bound, and takes in
 * whoever connects. So what a connection has sent is held against what was received from it as
 * whole messages.
 *
 * Nor does it end the connection of a peer that is no longer wanted: whoever asks for a look says
 * whose.
 */
#ifndef NET_CROWD_H
#define NET_CROWD_H

#include "base/span.h"
#include "base/status.h"

enum { NET_USER_MAX = 64 }; /* User-Id: the key that CURVE authenticated, as text */

typedef struct crowd_limits {
	uint64_t unread_bytes; /* of one connection, sent and not yet received as messages */
	uint32_t strangers;    /* connections without any message yet */
	uint32_t per_user;     /* connections of one key; beyond them all of its are cut */
} crowd_limits;

typedef struct crowd crowd;

/* The connections accepted at the local TCP port PORT. */
ms_status crowd_new(unsigned port, const crowd_limits *limits, crowd **out, ms_error *err);
void crowd_free(crowd *c); /* NULL is allowed */
/* A frame of BYTES was received from the connection with descriptor FD, which is USER's; empty: a
 * further frame of the same message. */
void crowd_received(crowd *c, int fd, span user, size_t bytes);

/* Whose connections are to be cut. Zeroed: nobody's. */
typedef struct crowd_guest_list {
	void *ctx;
	bool (*unwanted)(void *ctx, span user);
} crowd_guest_list;

typedef struct crowd_cut {
	unsigned endless;   /* had more unread than allowed */
	unsigned strangers; /* said nothing since the look before, while there were too many such */
	unsigned unwanted;  /* were unwanted at the look before already */
	unsigned too_many;  /* of users with more than per_user */
	bool restless;      /* something came before this look, or is judged by the next one */
} crowd_cut;

/*
 * Look at all of them and cut those beyond the limits and those that are unwanted. All are judged
 * from one look to the next: a new connection by the second look that sees it, and an unwanted one
 * is still sent what it is to hear. After a look that is not restless the next one may wait until
 * crowd_wake_fd is readable, ZAP was asked, a frame is received, or somebody is wanted no more.
 */
crowd_cut crowd_look(crowd *c, const crowd_guest_list *guests);
/* Readable when a connection that was seen sent bytes since the last look, or many came. */
int crowd_wake_fd(const crowd *c);

#endif
