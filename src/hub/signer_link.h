/* SPDX-License-Identifier: Apache-2.0 */
/* signer_link.h - the hub's end of the line to muster-signer (src/signer), which it starts. */
#ifndef HUB_SIGNER_LINK_H
#define HUB_SIGNER_LINK_H

#include <sys/types.h>

#include "base/buf.h"
#include "proof/generation.h"

typedef struct signer_link {
	pid_t pid; /* 0 = not started */
	int fd;    /* readable when an answer came */
} signer_link;

/* Start the signer of DIR (a hub's directory), before any thread. */
ms_status signer_link_start(const char *dir, signer_link *out, ms_error *err);
/*
 * Its first answer, a greeting: what it signed last (size 0: nothing) of its log's newest
 * generation, and the note of it appended to NOTE. KEY, the first generation's, becomes that one's.
 */
ms_status signer_link_greeting(const signer_link *l, log_key *key, uint32_t *generation,
	checkpoint *last, buf *note, ms_error *err);
/* Ask for a signature under the tree that GROWTH (proof/growth.h) leads to. MS_STORAGE: the signer
 * has ended. */
ms_status signer_link_ask(const signer_link *l, span growth, ms_error *err);
/* The note of C, which was asked for; blocks until it is there whole. NOTE is replaced. MS_BUG: the
 * signer signed something else. */
ms_status signer_link_answer(
	const signer_link *l, const log_key *key, const checkpoint *c, buf *note, ms_error *err);
/* False: the signer has ended. */
bool signer_link_lives(const signer_link *l);
/* Is there an answer (or the signer's end) to be taken, after WAIT_MS at the latest? */
bool signer_link_answers(const signer_link *l, int wait_ms);
/* Let the signer end, by force when it does not. */
void signer_link_stop(signer_link *l);

#endif
