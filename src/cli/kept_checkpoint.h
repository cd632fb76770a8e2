/* SPDX-License-Identifier: Apache-2.0 */
/* kept_checkpoint.h - a checkpoint that somebody kept, of any generation of the log: the note, as
 * `muster hub checkpoint` prints it, or an office's receipt or proof that leads to one. */
#ifndef CLI_KEPT_CHECKPOINT_H
#define CLI_KEPT_CHECKPOINT_H

#include "proof/note.h"

/* MS_NOT_FOUND, MS_INVALID: it is none; MS_DENIED: it does not hold, or is not KEY's. */
ms_status kept_checkpoint_read(
	const char *path, const log_key *key, checkpoint *out, uint32_t *generation, ms_error *err);

#endif
