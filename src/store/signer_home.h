/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signer_home.h - what the process that signs checkpoints keeps: its key, and what it signed last.
 *
 *   <hub's directory>/signer/  signer.key  signed  orders
 *
 * `signed` has two places of 4 KiB that are written in turn, so that a torn write leaves the other:
 * SHA-256 of what follows | length u16 | the signed note. `orders` are those by which the
 * administrator opened generations of the log (proof/generation.h), each length u16 | order |
 * signature 64; a signer follows none that the key named in signer.key did not sign.
 */
#ifndef STORE_SIGNER_HOME_H
#define STORE_SIGNER_HOME_H

#include "proof/generation.h"
#include "store/home.h"

#define HOME_SIGNER "signer"
#define SIGNER_KEY "signer.key"
#define SIGNER_SIGNED "signed"
#define SIGNER_LOCK "lock"
#define SIGNER_ORDERS "orders"

typedef struct signer_home {
	log_key key; /* the public half, of GENERATION */
	uint32_t generation;
	sign_key secret;
	sign_public admin; /* whose orders are followed */
	checkpoint last;   /* what the next one must follow; size 0 = nothing yet */
	buf note;          /* of `last`; empty when nothing of this generation was signed */
	int fd, lock_fd;
	unsigned next; /* place to write */
} signer_home;

/* Make the signer's directory in HUB_DIR, with a new key for ORIGIN, which follows ADMIN's orders.
 * MS_EXISTS. */
ms_status signer_home_found(const char *hub_dir, const char *origin, const sign_public *admin,
	log_key *out, ms_error *err);
/*
 * Open DIR, the signer's own. MS_BUSY: another signer works on it; MS_CORRUPT: neither place of
 * `signed` holds a note of this key, although something was written.
 */
ms_status signer_home_open(const char *dir, signer_home *out, ms_error *err);
void signer_home_close(signer_home *h);
/* Sign C, which follows H->last, and make that durable. After a failure nothing may be signed any
 * more. */
ms_status signer_home_sign(signer_home *h, const checkpoint *c, ms_error *err);
/* What was signed last, for those who only look: the note appended to OUT (nothing when nothing was
 * signed), of whatever generation of KEY's log. MS_NOT_FOUND: it is not known any more. */
ms_status signer_home_look(const char *dir, const log_key *key, checkpoint *last,
	uint32_t *generation, buf *out, ms_error *err);
/* The newest order, or one of generation 1 when there is none; who signed it is not looked at. */
ms_status signer_home_orders(const char *dir, restore_order *newest, ms_error *err);
/* Add an order while no signer runs. It is judged when the signer is opened next. */
ms_status signer_home_order(const char *dir, span order, const signature *sig, ms_error *err);

#endif
