/* SPDX-License-Identifier: Apache-2.0 */
/*
 * score.h - how a unit stands in a period (proto/ACTS.md 5). Exact fractions, rounded once, half
 * up, to hundredths.
 */
#ifndef PLAN_SCORE_H
#define PLAN_SCORE_H

#include "plan/tally.h"

typedef enum score_part {
	SCORE_TIMELY = 0,
	SCORE_COMPLETE,
	SCORE_ATTAIN,
	SCORE_QUALITY,
	SCORE_PARTS
} score_part;

typedef struct score {
	uint32_t expected; /* slots */
	bool has[SCORE_PARTS];
	int64_t part[SCORE_PARTS]; /* hundredths */
	bool has_total;
	int64_t total;  /* hundredths, with the adjustments */
	int64_t points; /* the adjustments, hundredths */
} score;

/*
 * Of UNIT in AT, a period of any kind within the plan: over the expected slots of the periods in it
 * that have begun at NOW. Out of memory ends the program, as GMP does.
 */
void score_of(const slots *all, uint32_t unit, period at, int64_t now_us, score *out);
/* "timely", "complete", "attain", "quality" */
const char *score_part_name(score_part part);

/* One term of a part: what an expected slot, or an indicator with a target, adds to it. */
typedef struct score_term {
	score_part part;
	slot_at at;         /* of an indicator: the period of the target */
	uint32_t indicator; /* SCORE_ATTAIN only */
	int64_t points;     /* 0..10000 hundredths, rounded */
} score_term;

/* Hears every term (score_explain). */
typedef struct score_watch {
	void *ctx;
	void (*term)(void *ctx, const score_term *t);
} score_watch;

/* The score of UNIT in AT as of NOW_US into OUT, each term on the way to WATCH. */
void score_explain(const slots *all, uint32_t unit, period at, int64_t now_us,
	const score_watch *watch, score *out);

#endif
