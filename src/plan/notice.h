/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notice.h - when the light of a slot passes to blue, yellow or red by time alone: warn_days before
 * the deadline, at it, red_days after it; for a returned report red_days after the later of
 * deadline and return. What a notice tells is the light itself, just before the instant and at it,
 * so the two can never differ.
 *
 * Most slots pass at the instants that the plan gives to all slots of an item and period. A slot
 * with an extension, or a returned report, has instants of its own.
 */
#ifndef PLAN_NOTICE_H
#define PLAN_NOTICE_H

#include "plan/tally.h"

enum { NOTICE_INSTANTS = 4 };

typedef struct notice {
	slot_at at;
	notice_level level;
	int64_t at_us;
} notice;

/* May an act of this kind, stored, give slots instants of their own? */
bool notice_moved_by(act_kind kind);
/* Does the light of the slot pass at T? */
bool notice_at(const plan *p, const slot *s, slot_at at, bool owed, int64_t t_us, notice *out);
/* The instants at which the light of S may pass and that of other slots of its item and period does
 * not, in order; their number. */
unsigned notice_own_instants(
	const plan *p, const slot *s, slot_at at, int64_t out[NOTICE_INSTANTS]);
/* Is T an instant that the plan gives to the slots of ITEM in AT? */
bool notice_is_of_plan(const plan *p, uint32_t item, period at, int64_t t_us);
/* The first instant of the plan after AFTER; INT64_MAX: none. */
int64_t notice_next_of_plan(const plan *p, int64_t after_us);
/* Every light that passes at T, an instant of the plan, but those of slots with instants of their
 * own: TELL returns false to end. */
void notice_walk(
	const slots *all, int64_t t_us, bool (*tell)(void *ctx, const notice *n), void *ctx);

#endif
