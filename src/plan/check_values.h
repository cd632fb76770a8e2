/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_values.h - the plan's rules about values that warn and never refuse: a <= b, must not fall,
 * changes by more than n percent. The office is told before it sends, the lead finds the flag in
 * its ledger.
 */
#ifndef PLAN_CHECK_VALUES_H
#define PLAN_CHECK_VALUES_H

#include "plan/figure.h"
#include "plan/judge.h"

typedef struct check_finding {
	const plan_check_rule *rule;
	int64_t given, other; /* at the scale of rule->a: its value, and what it is held against */
} check_finding;

enum { CHECK_FINDINGS_MAX = 16 };

/*
 * Which rules of ITEM the values NOW break in AT. NOW and BEFORE have the item's n_indicators
 * values; BEFORE (may be NULL) is of the period before. Values that are missing or nil break
 * nothing; what is cumulative within the year is not compared across years. Returns how many are in
 * OUT.
 */
size_t check_values(const plan *p, uint32_t item, period at, const value *now, const value *before,
	check_finding out[CHECK_FINDINGS_MAX]);
/* "values[i06.invest]" and what would be right, into a warning of V. */
void check_note(const plan *p, const check_finding *f, violations *v);
/* The item's period before AT; false: AT is the first. */
bool check_period_before(const plan *p, uint32_t item, period at, period *out);

#endif
