/* SPDX-License-Identifier: Apache-2.0 */
/* slot_text.h - which item and which period a clerk means. */
#ifndef INTAKE_SLOT_TEXT_H
#define INTAKE_SLOT_TEXT_H

#include "plan/plan.h"

/* The index of the item that TEXT names: id, number (also 第6项), title, or number and title ("6.
 * ...", "(六)..."). -1: none. */
int slot_item(const plan *p, span text);

/*
 * 2012-Q2, 2012年第二季度, 12年二季度, 二〇一二年二季度, 2012年7月, 2012年上半年, 2012; without the
 * year only where the plan lies in one. False: none of these, or the year is missing. Whether the
 * item has the period is not asked.
 */
bool slot_period(const plan *p, span text, period *out);

/* The period that TEXT names, if some item of the plan has it. */
bool slot_period_of_any(const plan *p, span text, period *out);

/* The id of the item most like TEXT, or NULL. */
const char *slot_nearest_item(const plan *p, span text);

#endif
