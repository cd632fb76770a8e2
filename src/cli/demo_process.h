/* SPDX-License-Identifier: Apache-2.0 */
/* demo_process.h - the demo's child processes: each in a group of its own, gone when the demo is.
 */
#ifndef CLI_DEMO_PROCESS_H
#define CLI_DEMO_PROCESS_H

#include <sys/types.h>

#include "base/status.h"

/* Start a program; what it prints is appended to the file LOG, or comes where ours does (NULL). */
ms_status process_start(char *const argv[], const char *log, pid_t *pid, ms_error *err);
/* A copy of this process; 0 in the child, which never returns to its caller's caller. */
pid_t process_fork(void);
/* The exit code of PID once it has ended; -1 while it runs, 128 + n after signal n. */
int process_ended(pid_t pid);
/* Ask it to end, kill it after ten seconds, *PID = 0. Nothing happens for 0. */
void process_stop(pid_t *pid);
/* Only ask. */
void process_ask_to_stop(pid_t pid);
void process_kill(pid_t *pid);

/* A TCP port of loopback that is free now; 0 = none. */
unsigned process_free_port(void);

/*
 * A line between offices and the hub: a process that listens on loopback's PORT and passes
 * everything on to TO_PORT. Killing it is cutting the line.
 */
ms_status line_start(unsigned port, unsigned to_port, pid_t *pid, ms_error *err);

#endif
