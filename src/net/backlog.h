/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backlog.h - inside net: how many bytes wait at a ROUTER to be sent to each of its peers.
 *
 * ZeroMQ bounds the messages that wait for a peer, not their bytes: one that asks for plans and
 * reads nothing could have the hub hold gigabytes. A piece is a message's bytes; it tells when
 * ZeroMQ is done with it.
 */
#ifndef NET_BACKLOG_H
#define NET_BACKLOG_H

#include <stddef.h>

#include "base/span.h"
#include "base/status.h"

typedef struct backlog backlog;
typedef struct backlog_piece backlog_piece;

/* NULL: no memory. */
backlog *backlog_new(void);
/* What still waits frees itself when it is done; NULL is allowed. */
void backlog_leave(backlog *b);
/* A copy of BYTES for PEER (its routing id). MS_AGAIN when more than MAX bytes would wait for it,
 * MS_NO_MEMORY. The piece is owed to backlog_done. */
ms_status backlog_add(backlog *b, span peer, span bytes, size_t max, backlog_piece **out);
void *backlog_bytes(backlog_piece *piece);
/* The piece is sent or dropped, in any thread. AT is what backlog_bytes gave. */
void backlog_done(void *at, void *piece);
/* Bytes that wait for PEER. */
size_t backlog_of(const backlog *b, span peer);

#endif
