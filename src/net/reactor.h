/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reactor.h - one thread's event loop: ZeroMQ sockets, file descriptors and timers. Nothing wakes
 * it but these.
 *
 * Handlers get the loop's time (monotonic microseconds) and never block. Only the loop's own thread
 * may call anything here.
 */
#ifndef NET_REACTOR_H
#define NET_REACTOR_H

#include "base/status.h"
#include "net/socket.h"

typedef struct reactor reactor;

typedef void (*reactor_handler)(void *ctx, int64_t now_us);

/* MS_NO_MEMORY. */
ms_status reactor_new(reactor **out, ms_error *err);
void reactor_free(reactor *r);

/* Call FN whenever FD is readable. MS_FULL beyond REACTOR_SOURCES_MAX. */
enum { REACTOR_SOURCES_MAX = 2112, REACTOR_TIMERS_MAX = 1056 };
ms_status reactor_add_fd(reactor *r, int fd, reactor_handler fn, void *ctx);
void reactor_remove_fd(reactor *r, int fd);
/* Also call when FD is writable, or stop doing so. */
void reactor_want_write(reactor *r, int fd, bool want);
/* FN reads messages until MS_AGAIN, and a dealer's events until NET_NOTHING: what is left calls it
 * again at once. */
ms_status reactor_add_socket(reactor *r, net_socket *socket, reactor_handler fn, void *ctx);
void reactor_remove_socket(reactor *r, net_socket *socket);
/* Leave what comes in ZeroMQ's queues until it is asked for again. */
void reactor_pause_socket(reactor *r, net_socket *socket, bool pause);

/* A timer is named by its handler and ctx: setting it again moves it; INT64_MAX stops it. It fires
 * once, never early, at most 2 ms late on an idle machine. Those that are due fire in the order of
 * their times. */
void reactor_set_timer(reactor *r, reactor_handler fn, void *ctx, int64_t at_us);

/* Called once after the handlers of every turn (work that collects what the turn brought). */
void reactor_after_turn(reactor *r, reactor_handler fn, void *ctx);

/* The loop's time: of the turn at hand. */
int64_t reactor_now(const reactor *r);
/* Wait for events, at most MAX_WAIT_US (-1: until something happens), and handle them. */
ms_status reactor_turn(reactor *r, int64_t max_wait_us, ms_error *err);
/* Turn until reactor_stop. */
ms_status reactor_run(reactor *r, ms_error *err);
void reactor_stop(reactor *r);

#endif
