/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.h - what an act may say: one pure set of rules, used by agent and hub alike.
 *
 * judge_form needs no plan (bounds, texts); judge_report needs one. A violation names field, value,
 * expectation and code, so that a clerk can mend it.
 */
#ifndef PLAN_JUDGE_H
#define PLAN_JUDGE_H

#include "plan/act.h"
#include "plan/plan.h"

typedef struct violation {
	bool warning;   /* a missing mandatory field: the report is taken, its completeness is lower
			 */
	unsigned code;  /* MST-3nnn */
	char field[80]; /* "progress_pct", "values[i06.parks]", ... */
	char value[80]; /* what was given, shortened */
	char expected[160]; /* what would be right */
} violation;

enum { VIOLATIONS_MAX = 32 };

typedef struct violations {
	violation list[VIOLATIONS_MAX];
	size_t n;     /* kept */
	size_t wrong; /* found that are not warnings, kept or not */
} violations;

/* Bounds, counts, texts and forms that need no plan. False: malformed. V may be NULL (the hub only
 * asks yes or no). */
bool judge_form(const act *a, violations *v);

/* Indicators, parts, keys, types by the plan for the slot. False: REFUSED_VALUE. Missing mandatory
 * fields are warnings. V may be NULL. */
bool judge_report(
	const plan *p, uint32_t item, uint32_t unit, period at, const report *r, violations *v);

/* Mandatory fields filled, of 6. */
enum { REPORT_MANDATORY = 6 };
unsigned report_filled(const plan *p, uint32_t item, uint32_t unit, period at, const report *r);

/* In a slot_at: the act names no item, or no unit (then its period may be PERIOD_NONE too). */
enum { AT_ALL = UINT32_MAX };

/* Where the act points; AT_ALL and PERIOD_NONE for what it may leave out. False: UNKNOWN. */
bool act_find(const plan *p, const act *a, slot_at *at);
/* Does it concern exactly one slot? The others go to the rulings (plan/rulings.h). */
bool act_is_of_slot(const act *a);

/*
 * Everything of proto/ACTS.md 1 that needs no slot: MALFORMED, SCHEMA, UNKNOWN, NOT_BEGUN,
 * NOT_ASSIGNED, NOT_LEAD, OWN, VALUE in that order. FROM is the unit of the device (index, or
 * PLAN_NO_UNIT), NOW the hub time. VERDICT_NONE: go on with slot_judge for *AT, or with
 * rulings_judge.
 */
verdict judge_act(
	const plan *p, const act *a, int from, int64_t now_us, slot_at *at, violations *v);

/*
 * May READER see at NOW an act on the slot at AT (promise 7 of src/README.md)? Of its own slots,
 * and those of units that it succeeds, all; observers all; leads of the item, in split items only
 * on slots of units that do not lead it, reports only when they name the lead's part or no part. By
 * the version of the plan in force now, whatever the slot's period; who gets the right with a
 * coming version has it from the day on which that is applied. PARTS may be NULL when n_parts is 0.
 */
bool route_visible(const plan *p, uint32_t reader, slot_at at, int64_t now_us,
	const report_part *parts, size_t n_parts);
/*
 * The same of an act that names no item or no unit (AT_ALL): for the observers and whoever it
 * concerns. A grant for all items of a unit concerns the leads of its items too: their figures of
 * who is on time depend on it.
 */
bool route_visible_many(const plan *p, uint32_t reader, act_kind kind, slot_at at, int64_t now_us);
/* May READER see A, a unit's act or a notice of the hub, at NOW? By one of the two above. */
bool route_shows(const plan *p, uint32_t reader, const act *a, int64_t now_us);
/* Is every act on the slot at AT visible to READER at NOW; unit AT_ALL: on all slots of the item,
 * and with them what its figures are made of? */
bool route_sees_whole(const plan *p, uint32_t reader, slot_at at, int64_t now_us);
/* May READER see the figures of ITEM: an observer, or a lead of it, in split items too? */
bool route_leads(const plan *p, uint32_t reader, uint32_t item, int64_t now_us);
/* Is READER an observer, who sees everything? */
bool route_observes(const plan *p, uint32_t reader, int64_t now_us);
/*
 * Who may see with P, the newest version, what it could not see with the one before? OUT has a
 * place for each unit. False: no. True: perhaps, route_visible and route_visible_many of both tell
 * for each act.
 */
void route_gainers(const plan *p, int64_t now_us, bool *out);

#endif
