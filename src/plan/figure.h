/* SPDX-License-Identifier: Apache-2.0 */
/*
 * figure.h - values and how they add up: time first, per unit; then space. Exact integers, no
 * floating point.
 *
 * A unit's value in a slot is a `value`. For a figure of a period, a unit's sub-period values are
 * folded by the time rule into its `share`; a figure is the sum of shares by the space rule, so
 * that it can be kept up to date by taking the old share out and putting the new one in. Missing is
 * not zero.
 */
#ifndef PLAN_FIGURE_H
#define PLAN_FIGURE_H

#include "base/arena.h"
#include "plan/act.h"
#include "plan/plan.h"

__extension__ typedef __int128 int128;

typedef enum value_state { VALUE_MISSING = 0, VALUE_GIVEN, VALUE_NIL } value_state;

/* Keys of a key set: normalised (NFKC, trimmed, upper case), sorted by bytes, each once. */
typedef struct key_list {
	span *keys;
	size_t n;
} key_list;

typedef struct value {
	value_state state;
	bool provisional;
	int64_t num; /* mantissa, or the ratio's num; milestone 0 or 1 */
	int64_t den; /* ratios only */
	key_list keys;
} value;

/* The value of a report for INDICATOR, MISSING when not given; keys normalised into MEMORY. R may
 * be NULL (nothing live). */
ms_status value_of_report(
	const plan_indicator *indicator, const report *r, arena *memory, value *out);

/* A copy of V's N values and their keys in one malloc; NULL: no memory. */
value *values_clone(const value *v, uint32_t n);

/* What a unit adds to a figure. */
typedef struct share {
	bool has;
	bool stale;     /* last/ytd: from an earlier sub-period than the last */
	bool inner;     /* the unit lies inside another: left out of sums (plan_is_inner) */
	uint8_t newest; /* the last sub-period with a value, from 0 */
	int128 num, den;
	key_list keys; /* of the value used, for SPACE_UNION */
} share;

/* Fold the unit's values of the N sub-periods of a figure's period, in order (entries may be NULL =
 * missing), by the time rule. */
share share_of(const plan_indicator *indicator, const value *const *series, unsigned n);

typedef struct figure {
	int128 num, den; /* a union's num is its number of different keys, kept by the caller with
			    reference counts */
	uint32_t units;  /* with data */
	uint32_t inner;  /* of them: left out of the sum (share.inner) */
	uint32_t stale;
} figure;

/* Put a share in (sign +1) or take it out (-1): the space rules sum, ratio, owner, count_true;
 * union counts units and stale only. */
void figure_apply(const plan_indicator *indicator, figure *f, const share *s, int sign);

/*
 * Does F depend on more than the sum of its shares: has a city's figure several owners, one after
 * the other (versions of a plan may name others), of whom the last, the most or the least speaks?
 * figure_recount gives such a figure, figure_apply does not.
 */
bool figure_has_turns(const plan_indicator *indicator, const figure *f);

/*
 * The figure's value at the indicator's scale: for a ratio the percentage at that scale, exact
 * division, half up at the end (5 goes away from zero, as in spreadsheets). False: no data (units
 * == 0), the rule gives none, or *overflow.
 */
bool figure_value(const plan_indicator *indicator, const figure *f, int64_t *out, bool *overflow);

/* The same of one unit's share alone, whatever the rule of space. */
bool share_value(const plan_indicator *indicator, const share *s, int64_t *out, bool *overflow);

/* Whole recount from scratch: the figure from every unit's share; the union is counted exactly.
 * SHARES has N entries. */
ms_status figure_recount(
	const plan_indicator *indicator, const share *shares, size_t n, arena *memory, figure *out);

/* "269.25", "42.13 %", "3400.00"; "-" when there is no value. Returns OUT. */
const char *figure_text(const plan_indicator *indicator, const figure *f, char out[64]);
/* A scaled integer as text: 26925 at scale 2 is "269.25". */
const char *scaled_text(int64_t scaled, unsigned scale, char out[40]);

#endif
