/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nil_report.h - a report that there is nothing to report: every figure that the unit owes in the
 * slot is nil with the reason, 进展情况 says so, 存在问题 and 下一步措施 are 无, and the progress
 * of the year is the last one that this device reported in it; without one it is not given, because
 * nobody knows it here.
 */
#ifndef CLI_NIL_REPORT_H
#define CLI_NIL_REPORT_H

#include "base/arena.h"
#include "base/status.h"

enum { NIL_VALUES_MAX = 64 };

typedef struct nil_report {
	const char *done, *none;
	const char *progress;               /* NULL: not known */
	const char *values[NIL_VALUES_MAX]; /* "i06.invest=nil:REASON" */
	size_t n_values;
} nil_report;

/* Of the unit of DIR for ITEM and AT, as people write them; indicators that GIVEN (NAME=VALUE)
 * names are left out. Everything in OUT lies in MEMORY. MS_USAGE: no such item or period. */
ms_status nil_report_make(const char *dir, const char *item, const char *at, const char *reason,
	const char *const *given, size_t n_given, arena *memory, nil_report *out, ms_error *err);

#endif
