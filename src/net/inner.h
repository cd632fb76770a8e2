/* SPDX-License-Identifier: Apache-2.0 */
/* inner.h - inside net: the handles behind socket.h. */
#ifndef NET_INNER_H
#define NET_INNER_H

#include <stdatomic.h>

#include "net/backlog.h"
#include "net/crowd.h"
#include "net/line.h"
#include "net/socket.h"

struct net_context {
	void *handle;
	atomic_uint monitors; /* made so far: each has a name of its own */
};

struct net_socket {
	void *handle;
	void *monitor;    /* dealers */
	bool routes;      /* ROUTER */
	bool up;          /* dealers: the last event told so */
	bool watched;     /* dealers: by LINE */
	int64_t since_us; /* dealers: the connection is there, monotonic time */
	line_watch line;
	char endpoint[256];
	/* ROUTER */
	crowd *crowd;
	backlog *backlog;
	size_t unsent_max;
};

/* After a restart thousands begin at once and share the cores. */
enum { NET_HANDSHAKE_MS = 10000 };

/* A dealer's monitor, opened with its socket. */
bool monitor_open(net_context *c, net_socket *s);
/* The next event it has: its ZMQ_EVENT number and value. */
bool monitor_next(net_socket *s, uint16_t *number, int32_t *value);
net_event monitor_meaning(const net_socket *s, uint16_t number, int32_t value);
/* MS_CONFIG: too few descriptors may be open. */
ms_status net_check_files(ms_error *err);
/* Fill ERR for zmq_errno(): "cannot WHAT: reason". */
ms_status net_fail(ms_error *err, unsigned code, const char *what);

#endif
