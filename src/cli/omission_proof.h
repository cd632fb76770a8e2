/* SPDX-License-Identifier: Apache-2.0 */
/*
 * omission_proof.h - `muster prove --omission` and the check of its file: an office's receipt and
 * the feed of a lead become one file that anybody can check.
 */
#ifndef CLI_OMISSION_PROOF_H
#define CLI_OMISSION_PROOF_H

#include "wire/omission.h"

/*
 * Read the feed of the device in DIR up to what proves that it lacks the act of the proof file
 * RECEIPT, and write the proof to OUT, which must not be there. *REFUSED: the feed was read, and it
 * proves nothing; then ERR says why.
 */
ms_status omission_prove(
	const char *dir, const char *receipt, const char *out, bool *refused, ms_error *err);
/* Check and print the proof in FILE. MS_DENIED: it does not hold. */
ms_status omission_show(span file, const log_key *key, bool json, ms_error *err);

#endif
