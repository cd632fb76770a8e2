/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control.h - a daemon's local control socket: one request line, one or more answer lines, end.
 * UNIX socket in the daemon's directory, for its owner.
 *
 * The server lives in the daemon's reactor and never blocks: a slow or silent client is dropped,
 * requests and clients are bounded.
 */
#ifndef NET_CONTROL_H
#define NET_CONTROL_H

#include "base/buf.h"
#include "net/reactor.h"

enum {
	CONTROL_REQUEST_MAX = 2 << 20, /* bytes without the newline */
	CONTROL_CLIENTS_MAX = 32,
	CONTROL_ANSWER_MAX = 4 << 20,   /* bytes that wait for the client */
	CONTROL_PATIENCE_US = 10000000, /* for a request, or for a client that does not read */
};

typedef struct control control;
typedef struct control_call control_call;

/* REQUEST (without its newline) borrows until the handler returns; the call lives until
 * control_end. */
typedef void (*control_handler)(void *ctx, control_call *call, span request);

/* DIR/control.sock, mode 0600; a dead socket left there is replaced. */
ms_status control_open(
	reactor *r, const char *dir, control_handler fn, void *ctx, control **out, ms_error *err);
/* Instead of CONTROL_PATIENCE_US, for clients that come from now on. */
void control_set_patience(control *c, int64_t us);
void control_close(control *c); /* ends every call; NULL is allowed */
/* Let go of the reactor and of the handler, which ends every call that it still works on. Who has
 * not asked yet, has not read all of a whole answer, or connects meanwhile waits until
 * control_resume. */
void control_park(control *c);
ms_status control_resume(control *c, reactor *r, control_handler fn, void *ctx, ms_error *err);

/*
 * Send a line, adding its newline; LINE is not empty and holds none. What the client has not read
 * yet waits in memory. MS_UNREACHABLE: the client has gone; MS_FULL: more than CONTROL_ANSWER_MAX
 * waits, so it was dropped; MS_NO_MEMORY, dropped too.
 */
ms_status control_answer(control_call *call, span line);
/* The answer is whole: an empty line says so, and the connection is closed when all is read. The
 * call is gone. */
void control_end(control_call *call);
/* Has the client gone? Then answers lead nowhere, but control_end is still owed. */
bool control_is_gone(const control_call *call);
/* A long answer in pieces: when the client has read what was answered, and others had their turn,
 * FN goes on from AT, once, with the CTX of the handler; until then the call is not its. A client
 * that goes meanwhile, or control_park, ends the call. */
typedef void (*control_piece)(void *ctx, control_call *call, uint64_t at);
void control_go_on(control_call *call, control_piece fn, uint64_t at);

/*
 * Ask the daemon of DIR and wait at most WAIT_MS (-1: for ever; counted from the last line) for
 * each line of its answer. LINE_FN gets every line without its newline; another status than MS_OK
 * from it ends the call and is returned. MS_UNREACHABLE: no daemon listens there, or it stopped
 * before its answer was whole; MS_TIMEOUT; MS_DENIED; MS_INVALID: REQUEST is too long or has a line
 * break.
 */
typedef ms_status (*control_line_fn)(void *ctx, span line);
ms_status control_ask(const char *dir, span request, int wait_ms, control_line_fn line_fn,
	void *ctx, ms_error *err);

#endif
