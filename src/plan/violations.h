/* SPDX-License-Identifier: Apache-2.0 */
/* violations.h - inside plan: noting what is wrong with a report. Every function does nothing when
 * V is NULL, which is how the hub asks. */
#ifndef PLAN_VIOLATIONS_H
#define PLAN_VIOLATIONS_H

#include "plan/judge.h"

/* Note that FIELD holds GIVEN where EXPECTED would be right. Returns false always. */
bool note_wrong(violations *v, unsigned code, const char *field, span given, const char *expected);
/* The same for an element of a list: "values[i06.parks]". */
bool note_element(
	violations *v, unsigned code, const char *list, span id, span given, const char *expected);
/* The same for a value: "values[i06.invest]" and what was given, numbers at SCALE. */
bool note_value(
	violations *v, unsigned code, const report_value *x, unsigned scale, const char *expected);
/* A mandatory field that is missing: a warning. */
void note_missing(violations *v, const char *field, const char *expected);
void note_missing_element(violations *v, const char *list, const char *id, const char *expected);

#endif
