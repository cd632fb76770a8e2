/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rulings.h - the acts that concern more than one slot: grants for many, assignments, adjustments
 * (proto/ACTS.md 2). A handful in a year: kept as lists in the order of the log.
 */
#ifndef PLAN_RULINGS_H
#define PLAN_RULINGS_H

#include "plan/judge.h"
#include "plan/slot.h"

typedef struct ruling {
	act_kind kind; /* EXTENSION_GRANT for many, ASSIGN, UNASSIGN, ADJUSTMENT */
	slot_at at;    /* AT_ALL and PERIOD_NONE where the act names none */
	uint32_t by;
	int64_t now_us;
	uint32_t days;
	int64_t points;
	record_place place;
} ruling;

/* What the act of C, at PLACE, rules. */
ruling ruling_of(const slot_case *c, record_place place);

typedef struct rulings {
	const plan *p;
	ruling *list;
	size_t n, room;
} rulings;

void rulings_init(rulings *r, const plan *p);
void rulings_fini(rulings *r);

/* The verdict on an act that judge_act let pass and that is none of one slot. */
verdict rulings_judge(const rulings *r, const act *a, slot_at at);
/* Take in a stored one. */
ms_status rulings_take(rulings *r, const ruling *x);

/* Must the unit report in the slot: by the plan, or assigned. */
bool rulings_owes(const rulings *r, slot_at at);
/* Does grant X extend the slot at AT, if that is not locked? */
bool ruling_covers(const plan *p, const ruling *x, slot_at at);
/* What all grants for many so far do to S, a slot on which nothing was stated yet. */
void rulings_begin(const rulings *r, slot_at at, slot *s);
/* Sum of the adjustments of UNIT for AT and the periods in it, hundredths. */
int64_t rulings_points(const rulings *r, uint32_t unit, period at);

#endif
