/* SPDX-License-Identifier: Apache-2.0 */
/*
 * helper.h - workbooks are written by `muster` in a process of its own: the library for it brings
 * more memory with it than the agent needs for everything else.
 */
#ifndef AGENT_HELPER_H
#define AGENT_HELPER_H

#include "base/buf.h"
#include "base/status.h"

/*
 * Run `muster ARGS... -o SCRATCH/NAME` to its end, take what it wrote, and leave nothing behind.
 * ARGS end with NULL, at most 12. MS_NO_SPACE, MS_CANNOT_WRITE; MS_CONFIG when it cannot be
 * started.
 */
ms_status helper_write(
	const char *const *args, const char *scratch, const char *name, buf *out, ms_error *err);

#endif
