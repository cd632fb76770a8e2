/* SPDX-License-Identifier: Apache-2.0 */
/* rollup_compare.h - two rollups of one item and period, number by number. */
#ifndef CLI_ROLLUP_COMPARE_H
#define CLI_ROLLUP_COMPARE_H

#include "codec/frame.h"

enum { ROLLUP_WHAT_MAX = 200 };

typedef struct rollup_comparing {
	void *ctx;
	/* WHAT: "expected", "i06.share 2012-Q2 num", "i06.parks 2012 tiexi value", ... */
	void (*differs)(void *ctx, const char *what, int64_t told, int64_t counted);
	unsigned compared; /* numbers so far */
} rollup_comparing;

/*
 * Hold what was TOLD against what was COUNTED: counts, figures of all, what units have beside their
 * targets, who is missing or returned. Not the links of who is missing, nor whom to call.
 */
void rollup_compare(rollup_comparing *c, const feed_rollup *told, const feed_rollup *counted);

#endif
