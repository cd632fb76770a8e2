/* SPDX-License-Identifier: Apache-2.0 */
/* unit_dir.h - an office's directory, read beside its agent: settings, plan, what was reported. */
#ifndef CLI_UNIT_DIR_H
#define CLI_UNIT_DIR_H

#include "lib/reported.h"
#include "store/home.h"

typedef struct unit_dir {
	agent_settings settings;
	plan *plan;
	uint32_t unit; /* index */
	reported own;
} unit_dir;

/* unit_dir_close is owed in any case. */
ms_status unit_dir_open(const char *dir, unit_dir *out, ms_error *err);
void unit_dir_close(unit_dir *d);

#endif
