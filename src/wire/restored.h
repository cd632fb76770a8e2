/* SPDX-License-Identifier: Apache-2.0 */
/* restored.h - a witness and a log that goes on from a backup: it follows only an order that the
 * hub's administrator signed and that says what was lost (proof/generation.h). */
#ifndef WIRE_RESTORED_H
#define WIRE_RESTORED_H

#include "wire/witness.h"

/*
 * Take C, when it is of a newer generation than W's, as the newest checkpoint. PROOF: the leaf that
 * opened that generation, in the log of C. MS_OK with W as it was: C is of W's own generation, or W
 * has seen none; witness_take judges it. MS_DENIED: a rollback.
 */
ms_status witness_take_restored(
	witness *w, const frame_checkpoint *c, const leaf_proof *proof, ms_error *err);

#endif
