/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_file.h - the versions in one plan file. Private to the loading.
 *
 * A line "#==== from 2012-Q3 ====" ends one version and begins the next.
 */
#ifndef PLAN_PLAN_FILE_H
#define PLAN_PLAN_FILE_H

#include "plan/plan.h"

enum { PLAN_VERSIONS_MAX = 64 };

typedef struct plan_text {
	span text;
	unsigned first_line; /* how many lines of the file lie before it */
	size_t end;          /* of the text, in the file */
	period from;
} plan_text;

/* MS_CONFIG: too many, or a line that begins like the one between versions and is none. */
ms_status versions_split(span file, plan_text out[PLAN_VERSIONS_MAX], size_t *n, ms_error *err);
/* Is NEWER fit to follow OLDER from FROM on? Mistakes are noted at LINE. MS_OK, MS_CONFIG,
 * MS_NO_MEMORY. */
ms_status versions_fit(
	const plan *older, const plan *newer, period from, unsigned line, plan_problems *problems);

#endif
