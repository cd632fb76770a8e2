/* SPDX-License-Identifier: Apache-2.0 */
/*
 * split_check.h - `muster check --split`: did the log's key sign two histories? Two checkpoints of
 * one size with different roots prove it, and so do two proofs that have different batches at one
 * leaf.
 */
#ifndef CLI_SPLIT_CHECK_H
#define CLI_SPLIT_CHECK_H

#include "proof/note.h"

enum { SPLIT_FILES_MAX = 8 };

/*
 * Look through the files: proof files, notes, and texts with notes in them, such as an alarm file.
 * Prints the result; *SPLIT: it is proven. MS_INVALID when they hold fewer than two checkpoints
 * that KEY signed.
 */
ms_status split_check(const char *const *paths, size_t n, const log_key *key, bool json,
	bool *split, ms_error *err);

#endif
