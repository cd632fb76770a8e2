/* SPDX-License-Identifier: Apache-2.0 */
/* daemon.h - what a foreground process of ours owes the system: signals by descriptor, word to
 * systemd, room for descriptors. */
#ifndef BASE_DAEMON_H
#define BASE_DAEMON_H

#include <stdbool.h>

#include "base/status.h"

/* What every daemon of ours is started with: --dir DIR, --verbose, --help, --version. */
typedef struct daemon_arguments {
	const char *dir;
	bool verbose;
	/* when it ends at once */
	const char *wrong; /* the word that is not understood, or NULL */
	const char *say;   /* to print through tr: on stderr unless exit_code is 0 */
	int exit_code;
} daemon_arguments;

/* False: print OUT->say and end with OUT->exit_code; the caller's language is chosen. SOFTWARE is
 * what --version says. */
bool daemon_arguments_read(
	int argc, char **argv, const char *software, const char *usage, daemon_arguments *out);

/* Block SIGTERM, SIGINT and SIGHUP (before any thread is made) and ignore SIGPIPE and SIGIO. The
 * descriptor becomes readable when one of them comes. */
ms_status daemon_signals(int *fd, ms_error *err);
/* The signal that came; 0 when none. */
int daemon_signal_read(int fd);
/* sd_notify: "READY=1", "STOPPING=1", ... Does nothing outside systemd. */
void daemon_notify(const char *state);
/* Raise the limit of open descriptors as far as we may; how many it is now. */
uint64_t daemon_raise_files(void);

#endif
