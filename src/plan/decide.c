/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide.c - decisions on the newest revision (proto/ACTS.md 4).
 *
 * The votes of a revision are the decisions that count for its outcome. Under `any` and `primary`
 * all of them say the same and the first one's unit is the one whose decision stands; under `all`
 * each lead has its own, and that of an observer stands for every lead without one.
 */
#include "plan/slot.h"

static const int64_t day_us = 86400 * INT64_C(1000000);

bool
decide_leads(const plan *now, slot_at at, uint32_t unit)
{
	const plan_item *it = &now->items[at.item];
	size_t i;

	if (it->mode == ITEM_SPLIT || !plan_is_lead(now, at.item, unit))
		return false;
	if (it->mode == ITEM_SOLE || it->approval != APPROVAL_PRIMARY)
		return true;
	for (i = 0; i < it->n_leads; i++)
		if (it->leads[i] != at.unit)
			return it->leads[i] == unit;
	return false;
}

bool
decide_may(const plan *p, slot_at at, uint32_t unit, int64_t now_us)
{
	const plan *now = plan_leading(p, at.item, now_us);

	if (unit == at.unit)
		return false;
	return now->items[at.item].mode == ITEM_SPLIT ? plan_now(p, now_us)->observers[unit] != 0
						      : decide_leads(now, at, unit);
}

/* Who leads and decides when the act is stated; observers are those of plan_now. */
static const plan *
now_of(const slot_case *c)
{
	return plan_leading(c->p, c->at.item, c->now_us);
}

static bool
is_for_all(const slot_case *c)
{
	const plan_item *it = &now_of(c)->items[c->at.item];

	return it->mode == ITEM_JOINT && it->approval == APPROVAL_ALL;
}

static slot_outcome
outcome_of(const act *a)
{
	return a->u.steer.verdict == DECISION_ACCEPT ? OUTCOME_ACCEPTED : OUTCOME_RETURNED;
}

/* ---- verdict ---- */

/* An observer changes what leads have decided, and decides alone in split items. */
static bool
has_right(const slot *s, const slot_case *c)
{
	const plan *now = now_of(c);

	return now->items[c->at.item].mode == ITEM_SPLIT || decide_leads(now, c->at, c->by) ||
	       (slot_live(s) && s->recent[0].outcome != OUTCOME_UNDECIDED);
}

static bool
has_decided_so(const slot_revision *r, uint32_t unit, slot_outcome outcome)
{
	uint32_t i;

	for (i = 0; i < r->n_votes; i++)
		if (r->votes[i].unit == unit)
			return r->votes[i].outcome == outcome;
	return false;
}

static verdict
judge_turn(const slot *s, const slot_case *c)
{
	const slot_revision *r = &s->recent[0];
	slot_outcome wanted = outcome_of(c->a);

	if (!slot_live(s) || r->revision != c->a->revision)
		return VERDICT_REFUSED_STALE;
	if (is_for_all(c) || r->outcome == OUTCOME_UNDECIDED || r->outcome == wanted)
		return VERDICT_STORED;
	if (plan_now(c->p, c->now_us)->observers[c->by] ||
		(r->n_votes > 0 && !r->self && r->votes[0].unit == c->by))
		return VERDICT_STORED;
	return VERDICT_REFUSED_DECIDED;
}

verdict
decide_judge(const slot *s, const slot_case *c, slot_history *history)
{
	const steer *x = &c->a->u.steer;
	slot_revision r;

	if (!has_right(s, c))
		return VERDICT_REFUSED_NOT_LEAD;
	if (!plan_takes_part(c->p, c->at.item, c->at.unit, c->at.period))
		return VERDICT_REFUSED_NOT_ASSIGNED;
	if (c->by == c->at.unit)
		return VERDICT_REFUSED_OWN;
	if (x->verdict == DECISION_RETURN && x->reason.len == 0)
		return VERDICT_REFUSED_VALUE;
	if (slot_find(s, c->a->revision, history, &r) &&
		has_decided_so(&r, c->by, outcome_of(c->a)))
		return VERDICT_DUPLICATE;
	return judge_turn(s, c);
}

/* ---- votes ---- */

static ms_status
add_vote(slot_revision *r, uint32_t unit, slot_outcome outcome, arena *memory)
{
	/* Memory grows by doubling (at every power of two, also after votes were dropped); what is
	 * left behind is a few bytes of a decided slot. */
	bool is_full = (r->n_votes & (r->n_votes - 1)) == 0;
	slot_vote *votes = r->votes;

	if (is_full) {
		votes = arena_alloc(
			memory, (r->n_votes == 0 ? 1 : 2 * r->n_votes) * sizeof(*votes));
		if (votes == NULL)
			return MS_NO_MEMORY;
		if (r->n_votes > 0)
			memcpy(votes, r->votes, r->n_votes * sizeof(*votes));
	}
	votes[r->n_votes++] = (slot_vote){ .unit = unit, .outcome = (uint8_t)outcome };
	r->votes = votes;
	return MS_OK;
}

static slot_vote *
vote_of(const slot_revision *r, uint32_t unit)
{
	uint32_t i;

	for (i = 0; i < r->n_votes; i++)
		if (r->votes[i].unit == unit)
			return &r->votes[i];
	return NULL;
}

/* Under `all`: one return returns; accepted when every lead but the slot's unit accepts. A
 * self-acceptance, from before there were several leads, stands for those that have not decided. */
static slot_outcome
count_all(const slot_revision *r, const slot_case *c)
{
	const plan *now = now_of(c);
	const plan_item *it = &now->items[c->at.item];
	const slot_vote *everybody = NULL, *vote;
	bool is_open = false;
	size_t i;

	for (i = 0; i < r->n_votes; i++)
		if (!plan_is_lead(now, c->at.item, r->votes[i].unit))
			everybody = &r->votes[i];
	for (i = 0; i < it->n_leads; i++) {
		if (it->leads[i] == c->at.unit)
			continue;
		vote = vote_of(r, it->leads[i]);
		vote = vote == NULL ? everybody : vote;
		if (vote != NULL && vote->outcome == OUTCOME_RETURNED)
			return OUTCOME_RETURNED;
		is_open |= vote == NULL && !r->self;
	}
	return is_open ? OUTCOME_UNDECIDED : OUTCOME_ACCEPTED;
}

/* An observer's decision that stands for no lead any more counts no more, nor does a
 * self-acceptance from before there were several leads. */
static void
drop_observer(slot_revision *r, const slot_case *c)
{
	const plan *now = now_of(c);
	const plan_item *it = &now->items[c->at.item];
	uint32_t i, kept = 0;
	size_t k;

	for (k = 0; k < it->n_leads; k++)
		if (it->leads[k] != c->at.unit && vote_of(r, it->leads[k]) == NULL)
			return;
	for (i = 0; i < r->n_votes; i++)
		if (plan_is_lead(now, c->at.item, r->votes[i].unit))
			r->votes[kept++] = r->votes[i];
	r->n_votes = kept;
	r->self = false;
}

static ms_status
vote_for_all(slot_revision *r, const slot_case *c, arena *memory)
{
	slot_vote *mine = vote_of(r, c->by);
	ms_status s = MS_OK;

	if (!plan_is_lead(now_of(c), c->at.item, c->by)) {
		r->n_votes = 0;
		r->self = false;
		mine = NULL;
	}
	if (mine != NULL)
		mine->outcome = (uint8_t)outcome_of(c->a);
	else
		s = add_vote(r, c->by, outcome_of(c->a), memory);
	drop_observer(r, c);
	r->outcome = (uint8_t)count_all(r, c);
	return s;
}

ms_status
decide_vote(slot_revision *r, const slot_case *c, arena *memory)
{
	slot_outcome wanted = outcome_of(c->a);

	if (is_for_all(c))
		return vote_for_all(r, c, memory);
	if (r->outcome != wanted) {
		r->n_votes = 0;
		r->self = false;
	}
	r->outcome = (uint8_t)wanted;
	return add_vote(r, c->by, wanted, memory);
}

/* ---- the slot ---- */

/* What a first return of the newest revision means for the score (proto/ACTS.md 5). */
static void
count_return(slot *s, const slot_case *c)
{
	int64_t from = slot_deadline_us(c->p, s, c->at);

	if (s->recent[0].returned)
		return;
	s->recent[0].returned = true;
	s->returns++;
	if (s->newest_us > from)
		from = s->newest_us;
	if (c->now_us <= from + plan_at(c->p, c->at.period)->items[c->at.item].review_days * day_us)
		s->returns_in_time++;
}

ms_status
decide_take(slot *s, const slot_case *c, arena *memory)
{
	slot_revision *r = &s->recent[0];
	slot_outcome before = (slot_outcome)r->outcome;
	ms_status status = decide_vote(r, c, memory);
	int64_t open;

	if (c->a->u.steer.verdict == DECISION_RETURN) {
		open = c->now_us +
		       plan_at(c->p, c->at.period)->items[c->at.item].return_days * day_us;
		if (open > s->open_until_us)
			s->open_until_us = open;
	}
	if (r->outcome == OUTCOME_RETURNED && before != OUTCOME_RETURNED) {
		s->returned_us = c->now_us;
		count_return(s, c);
	}
	return status;
}
