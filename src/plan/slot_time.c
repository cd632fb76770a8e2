/* SPDX-License-Identifier: Apache-2.0 */
/* slot_time.c - what a slot is at an instant: deadline, lock, state, light. */
#include "plan/slot.h"

static const int64_t day_us = 86400 * INT64_C(1000000);

int64_t
slot_deadline_us(const plan *p, const slot *s, slot_at at)
{
	return plan_deadline_us(p, at.item, at.period) + s->granted_days * day_us;
}

bool
slot_on_time(const plan *p, const slot *s, slot_at at)
{
	return s->first_us != INT64_MAX && s->first_us < slot_deadline_us(p, s, at);
}

bool
slot_locked(const plan *p, const slot *s, slot_at at, int64_t now_us)
{
	if (now_us < s->open_until_us)
		return false;
	if (s->bolt != BOLT_NONE)
		return s->bolt == BOLT_LOCKED;
	return now_us >= plan_lock_us(p, at.item, at.period) + s->granted_days * day_us;
}

static slot_state
state_of_newest(const slot *s)
{
	switch ((slot_outcome)s->recent[0].outcome) {
	case OUTCOME_ACCEPTED:
		return SLOT_ACCEPTED;
	case OUTCOME_RETURNED:
		return SLOT_RETURNED;
	case OUTCOME_UNDECIDED:
		break;
	}
	return SLOT_SUBMITTED;
}

slot_state
slot_state_at(const plan *p, const slot *s, slot_at at, bool owed, int64_t now_us)
{
	if (s->exempt)
		return SLOT_EXEMPT;
	if (slot_live(s))
		return state_of_newest(s);
	if (now_us < day_start_us(period_end_day(at.period), p->zone_min))
		return SLOT_OPEN;
	return !owed || now_us < slot_deadline_us(p, s, at) ? SLOT_DUE : SLOT_OVERDUE;
}

light
slot_light(const plan *p, const slot *s, slot_at at, bool owed, int64_t now_us)
{
	const plan_item *it = &plan_at(p, at.period)->items[at.item];
	int64_t deadline = slot_deadline_us(p, s, at), from = deadline;

	switch (slot_state_at(p, s, at, owed, now_us)) {
	case SLOT_SUBMITTED:
	case SLOT_ACCEPTED:
		return LIGHT_GREEN;
	case SLOT_EXEMPT:
		return LIGHT_GREY;
	case SLOT_OPEN:
	case SLOT_DUE:
		return owed && now_us >= deadline - it->warn_days * day_us ? LIGHT_BLUE
									   : LIGHT_GREY;
	case SLOT_RETURNED:
		from = s->returned_us > deadline ? s->returned_us : deadline;
		break;
	case SLOT_OVERDUE:
		break;
	}
	return now_us >= from + it->red_days * day_us ? LIGHT_RED : LIGHT_YELLOW;
}

bool
slot_waits_too_long(const plan *p, const slot *s, slot_at at, int64_t now_us)
{
	int64_t from = slot_deadline_us(p, s, at);

	if (s->exempt || !slot_live(s) || s->recent[0].outcome != OUTCOME_UNDECIDED)
		return false;
	if (s->newest_us > from)
		from = s->newest_us;
	return now_us >= from + plan_at(p, at.period)->items[at.item].review_days * day_us;
}

const char *
slot_state_name(slot_state state)
{
	static const char *const names[] = { "OPEN", "DUE", "OVERDUE", "SUBMITTED", "RETURNED",
		"ACCEPTED", "EXEMPT" };

	return names[state];
}

const char *
light_name(light l)
{
	static const char *const names[] = { "grey", "green", "blue", "yellow", "red" };

	return names[l];
}
