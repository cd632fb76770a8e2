/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finder.h - which of a host's addresses answers, or why none does.
 *
 * A name service that is silent holds up whoever asks it for half a minute, so a thread of its own
 * asks. ZeroMQ would ask in the thread that moves all bytes, where even closing waits for it, and
 * then take the first address only, whether it answers or not.
 */
#ifndef NET_FINDER_H
#define NET_FINDER_H

#include "base/status.h"

typedef struct finder finder;

typedef enum finder_end {
	FINDER_FOUND = 1,
	FINDER_NO_NAME, /* the name is not known, or nobody could be asked */
	FINDER_NO_WAY,  /* this machine has no way to any of the addresses */
	FINDER_SILENT,  /* nothing came back in time */
	FINDER_REFUSED, /* the machine is there, and nobody listens */
} finder_end;

enum { FINDER_ENDPOINT_MAX = 96 };

/* Is the host of ENDPOINT ("tcp://HOST:PORT") a number, so that no name is to be asked for? */
bool finder_is_number(const char *endpoint);
/* Connect to all addresses of ENDPOINT's host at once, and end the connections again. */
ms_status finder_start(const char *endpoint, finder **out, ms_error *err);
/* Readable when it has ended: after some seconds, or when the name service gives up. */
int finder_fd(const finder *f);
/* After that: ENDPOINT is that of the first address that answered. */
finder_end finder_look(const finder *f, char endpoint[FINDER_ENDPOINT_MAX]);
/* All of it at once, for who may wait: WAIT_MS at most, then FINDER_SILENT. */
finder_end finder_run(const char *endpoint, int wait_ms, char found[FINDER_ENDPOINT_MAX]);
/* At any time; its thread ends by itself. NULL is allowed. */
void finder_free(finder *f);

#endif
