/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control.h - a daemon's local control socket: one request line, one or more answer lines, end. UNIX socket in the daemon's directory, for its owner.
 *
 * The server lives in the daemon's reactor and never blocks: a slow or silent client is dropped, requests and clients are bounded.
 */
#ifndef NET_CONTROL_H
#define NET_CONTROL_H

#include "base/buf.h"
#include "net/reactor.h"

enum { CONTROL_REQUEST_MAX = 64 << 10, CONTROL_CLIENTS_MAX = 32, CONTROL_ANSWER_MAX = 4 << 20 };

typedef struct control control;
typedef struct control_call control_call;

/* REQUEST (without its newline) borrows until the handler returns; the call lives until control_end. */
typedef void (*control_handler)(void *ctx, control_call *call, span request);

/* DIR/control.sock, mode 0600; a dead socket left there is replaced. */
ms_status control_open(reactor *r, const char *dir, control_handler fn, void *ctx, control **out, ms_error *err);
void control_close(control *c); /* ends every call; NULL is allowed */

/* Append a line to the answer (its newline is added). */
void control_answer(control_call *call, span line);
/* The answer is whole: it is sent and the connection closed. The call is gone. */
void control_end(control_call *call);
/* Has the client gone? Then answers lead nowhere, but control_end is still owed. */
bool control_is_gone(const control_call *call);

/*
 * Ask the daemon of DIR and wait at most WAIT_MS (from the last line) for each line of its answer. MS_UNREACHABLE: no daemon listens there;
 * MS_TIMEOUT. LINE_FN gets every line without its newline; another status than MS_OK from it ends the call and is returned.
 */
ms_status control_ask(const char *dir, span request, int wait_ms, ms_status (*line_fn)(void *ctx, span line), void *ctx, ms_error *err);

#endif
