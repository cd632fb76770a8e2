/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_check.h - `muster feed --check`: the hub's rollups beside what the unit's own feed adds up
 * to, figure by figure.
 */
#ifndef CLI_FEED_CHECK_H
#define CLI_FEED_CHECK_H

#include "base/status.h"

/* Prints the result; *MISMATCHES is how many counts and figures differ. */
ms_status feed_check(const char *dir, bool json, unsigned *mismatches, ms_error *err);

#endif
