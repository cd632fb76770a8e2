/* SPDX-License-Identifier: Apache-2.0 */
/*
 * witness.h - whoever reads a log's checkpoints is a witness of it: each must be signed by the
 * log's key and grow out of the one before.
 */
#ifndef WIRE_WITNESS_H
#define WIRE_WITNESS_H

#include "codec/frame.h"
#include "proof/batch.h"
#include "proof/generation.h"

typedef struct witness {
	const log_key *key;       /* of the log's first generation; NULL: nothing is checked */
	const sign_public *admin; /* who may let the log go on from a backup; NULL: nobody */
	checkpoint verified;      /* newest; size 0 = none yet */
	uint32_t generation;      /* of that; 0 or 1: the first */
} witness;

/*
 * Take C as the newest checkpoint. MS_DENIED: the hub shows none, or one that its key did not sign,
 * that is older, or that does not grow out of the verified one.
 */
ms_status witness_take(witness *w, const frame_checkpoint *c, ms_error *err);
/* Does C prove that it grows out of the verified one? */
bool witness_grows(const witness *w, const frame_checkpoint *c);
/* Does the path of R lead from the batch (header and signature, BATCH_SIGNED_SIZE bytes) to the
 * checkpoint that was taken last? MS_DENIED. */
ms_status witness_check_receipt(
	const witness *w, const frame_receipt *r, span signed_part, ms_error *err);

#endif
