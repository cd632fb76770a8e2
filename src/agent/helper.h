/* SPDX-License-Identifier: Apache-2.0 */
/*
 * helper.h - workbooks are written by `muster` in a process of its own: the library for it brings
 * more memory with it than the agent needs for everything else.
 */
#ifndef AGENT_HELPER_H
#define AGENT_HELPER_H

#include "base/buf.h"
#include "base/status.h"

/* The path of a file NAME in SCRATCH that no other process has, nor one that ran before. */
ms_status helper_path(const char *scratch, const char *name, char *out, ms_error *err);
/* Remove what processes that were killed left in SCRATCH. */
void helper_tidy(const char *scratch);
/*
 * Run `muster ARGS... -o FILE` to its end, FILE being in SCRATCH, take what it wrote, and leave
 * nothing behind. ARGS end with NULL, at most 12. MS_NO_SPACE, MS_CANNOT_WRITE; MS_CONFIG when it
 * cannot be started.
 */
ms_status helper_write(const char *const *args, const char *scratch, buf *out, ms_error *err);

#endif
