/* SPDX-License-Identifier: Apache-2.0 */
/*
 * helper.h - workbooks are written by `muster` in a process of its own, one at a time: the library
 * for it brings more memory with it than the agent needs for everything else. Nobody waits for it:
 * who wants a workbook asks for it again once it has ended.
 */
#ifndef AGENT_HELPER_H
#define AGENT_HELPER_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/hash.h"
#include "net/reactor.h"

typedef struct helper {
	const char *scratch; /* where it writes */
	reactor *reactor;
	void (*ended)(void *ctx);
	void *ctx;
	pid_t pid;  /* 0: none runs */
	int out;    /* its end shows here */
	hash32 job; /* that it does, or did last */
	bool has_ended;
	int state; /* how it ended */
} helper;

/* SCRATCH, REACTOR, ENDED and CTX are set, all else is zero. ENDED is called when a process has
 * ended. What those that were killed left in the scratch directory is removed. */
void helper_open(helper *h);
/*
 * What `muster ARGS... -o FILE` writes, INPUT being its stdin: ARGS end with NULL, at most 12.
 * MS_AGAIN, without an error: it is being written, or another is. MS_NO_SPACE, MS_CANNOT_WRITE;
 * MS_CONFIG when it cannot be started.
 */
ms_status helper_write(helper *h, const char *const *args, span input, buf *out, ms_error *err);
bool helper_is_busy(const helper *h);
/* End what runs. */
void helper_close(helper *h);

#endif
