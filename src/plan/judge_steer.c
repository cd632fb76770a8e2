/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge_steer.c - whose act may it be: what the plan alone says of decisions, extensions,
 * exemptions and the like (proto/ACTS.md 2), in the order of its section 1.
 */
#include "plan/judge.h"

#include "plan/judge_parts.h"
#include "plan/slot.h"

typedef struct ruler {
	const plan *p, *now; /* duties are the slot's version's, rights those in force now */
	const act *a;
	const slot_at *at;
	uint32_t by;
	bool is_lead, is_observer, is_own;
} ruler;

static bool
has_reason(const ruler *r)
{
	return r->a->u.steer.reason.len > 0;
}

static bool
is_outage(const ruler *r)
{
	return r->is_observer && span_equal(r->a->u.steer.reason, span_str("outage"));
}

static verdict
judge_target(const ruler *r)
{
	return plan_takes_part(r->p, r->at->item, r->at->unit, r->at->period)
		       ? VERDICT_NONE
		       : VERDICT_REFUSED_NOT_ASSIGNED;
}

/* MAY: it is this unit's act. HAS_OWN: nobody states it of its own slot. NEEDS: a reason. */
static verdict
judge_rights(const ruler *r, bool may, bool has_own, bool needs)
{
	if (!may)
		return VERDICT_REFUSED_NOT_LEAD;
	if (judge_target(r) != VERDICT_NONE)
		return VERDICT_REFUSED_NOT_ASSIGNED;
	if (has_own && r->is_own)
		return VERDICT_REFUSED_OWN;
	return needs && !has_reason(r) ? VERDICT_REFUSED_VALUE : VERDICT_NONE;
}

static bool
may_grant(const ruler *r)
{
	return r->is_lead ||
	       (r->is_observer && (r->now->items[r->at->item].mode == ITEM_SPLIT ||
					  plan_is_lead(r->now, r->at->item, r->at->unit)));
}

static verdict
judge_request(const ruler *r)
{
	return r->is_own ? judge_target(r) : VERDICT_REFUSED_NOT_ASSIGNED;
}

static verdict
judge_grant_for_many(const ruler *r)
{
	if (!r->is_observer)
		return VERDICT_REFUSED_NOT_LEAD;
	if (r->is_own)
		return VERDICT_REFUSED_OWN;
	return is_outage(r) ? VERDICT_NONE : VERDICT_REFUSED_VALUE;
}

static verdict
judge_adjustment(const ruler *r)
{
	if (!r->is_observer)
		return VERDICT_REFUSED_NOT_LEAD;
	if (r->is_own)
		return VERDICT_REFUSED_OWN;
	return has_reason(r) ? VERDICT_NONE : VERDICT_REFUSED_VALUE;
}

static verdict
judge_assignment(const ruler *r, int64_t now_us)
{
	if (!r->is_lead && !r->is_observer)
		return VERDICT_REFUSED_NOT_LEAD;
	if (plan_role_of(plan_at(r->p, r->at->period), r->at->item, r->at->unit) != ROLE_OPTIONAL ||
		!plan_unit_alive(r->p, r->at->unit, r->at->period))
		return VERDICT_REFUSED_NOT_ASSIGNED;
	return now_us >= plan_begin_us(r->p, r->at->period) ? VERDICT_REFUSED_LATE : VERDICT_NONE;
}

/* Of observers that do not lead, the slot says more: decide_judge. */
static verdict
judge_decision(const ruler *r)
{
	bool is_split = r->now->items[r->at->item].mode == ITEM_SPLIT;
	bool may = is_split ? r->is_observer : r->is_lead && decide_leads(r->now, *r->at, r->by);

	if (may)
		return judge_rights(r, true, true, r->a->u.steer.verdict == DECISION_RETURN);
	if (is_split)
		return VERDICT_REFUSED_SPLIT;
	return r->is_observer ? VERDICT_NONE : VERDICT_REFUSED_NOT_LEAD;
}

bool
act_is_of_slot(const act *a)
{
	switch (a->kind) {
	case ACT_EXTENSION_GRANT:
		return a->item.len > 0 && a->unit.len > 0 && a->period.len > 0;
	case ACT_ADJUSTMENT:
	case ACT_ASSIGN:
	case ACT_UNASSIGN:
	case ACT_ISSUE:
		return false;
	default:
		return act_is_of_unit(a->kind);
	}
}

verdict
judge_steer(const plan *p, const act *a, int from, int64_t now_us, const slot_at *at)
{
	bool known = from != PLAN_NO_UNIT;
	const plan *now =
		at->item == AT_ALL ? plan_now(p, now_us) : plan_leading(p, at->item, now_us);
	ruler r = { .p = p,
		.now = now,
		.a = a,
		.at = at,
		.by = known ? (uint32_t)from : AT_ALL,
		.is_lead =
			known && at->item != AT_ALL && plan_is_lead(now, at->item, (uint32_t)from),
		.is_observer = known && plan_now(p, now_us)->observers[from],
		.is_own = known && at->unit == (uint32_t)from };
	bool is_either = r.is_lead || r.is_observer;

	switch (a->kind) {
	case ACT_EXTENSION_REQUEST:
		return judge_request(&r);
	case ACT_EXTENSION_GRANT:
		return act_is_of_slot(a)
			       ? judge_rights(&r, may_grant(&r) || is_outage(&r), true, true)
			       : judge_grant_for_many(&r);
	case ACT_EXTENSION_REFUSAL:
		return judge_rights(&r, may_grant(&r), true, false);
	case ACT_EXEMPTION:
	case ACT_LOCK:
	case ACT_REOPEN:
		return judge_rights(&r, is_either, true, true);
	case ACT_EXEMPTION_WITHDRAWAL:
	case ACT_REMINDER:
		return judge_rights(&r, is_either, false, false);
	case ACT_COMMENT:
		return judge_rights(&r, is_either || r.is_own, false, false);
	case ACT_ADJUSTMENT:
		return judge_adjustment(&r);
	case ACT_ASSIGN:
	case ACT_UNASSIGN:
		return judge_assignment(&r, now_us);
	case ACT_ISSUE:
		if (!r.is_observer)
			return VERDICT_REFUSED_NOT_LEAD;
		return a->u.issue.as_of_us > now_us ? VERDICT_REFUSED_VALUE : VERDICT_NONE;
	default:
		return judge_decision(&r);
	}
}
