/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scratch.h - a file without a name for what does not fit into memory: written once, then read.
 * Nobody else can open it, and it goes with the process.
 */
#ifndef BASE_SCRATCH_H
#define BASE_SCRATCH_H

#include <stdio.h>

#include "base/span.h"
#include "base/status.h"

/* Zeroed is none. */
typedef struct scratch {
	const char *dir; /* borrowed */
	FILE *file;
	size_t len;
	void *map;
} scratch;

/* In the directory DIR, which somebody has to be allowed to write. */
ms_status scratch_open(scratch *s, const char *dir, ms_error *err);
/* Behind what was added before. MS_NO_SPACE, MS_IO. */
ms_status scratch_add(scratch *s, span bytes, ms_error *err);
/* All of it, until scratch_fini: pages of the file, which the system drops and reads again as it
 * likes. Once, after the last scratch_add. */
ms_status scratch_read(scratch *s, span *out, ms_error *err);
void scratch_fini(scratch *s);

#endif
