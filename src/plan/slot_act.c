/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slot_act.c - acts on one slot: revisions, and the simple ones among the others.
 *
 * The recent revisions are the highest numbers, not the last arrivals: a late low number never
 * pushes a higher one out, so the newest revision and its neighbours can always be judged without
 * the log. Of all that lies below the newest, the views need no more than two references: only the
 * newest can still be decided on, so what is below changes by arrivals and retractions alone.
 */
#include "plan/slot.h"

#include "plan/judge.h"

/* ---- verdicts ---- */

static verdict
judge_revision(const slot *s, const slot_case *c, slot_history *history)
{
	const act *a = c->a;
	slot_revision stored;
	bool known = slot_find(s, a->revision, history, &stored);

	if (known && stored.kind == a->kind && hash_equal(&stored.body_hash, &a->body_hash))
		return VERDICT_DUPLICATE;
	if (slot_locked(c->p, s, c->at, c->now_us))
		return VERDICT_REFUSED_LOCKED;
	if (known)
		return VERDICT_REFUSED_CONFLICT;
	return a->revision > slot_newest(s) ? VERDICT_STORED : VERDICT_STORED_SUPERSEDED;
}

static bool
is_past_deadline(const slot *s, const slot_case *c)
{
	return c->now_us >= slot_deadline_us(c->p, s, c->at);
}

static verdict
judge_request(const slot *s, const slot_case *c)
{
	if (slot_locked(c->p, s, c->at, c->now_us))
		return VERDICT_REFUSED_LOCKED;
	return is_past_deadline(s, c) ? VERDICT_REFUSED_LATE : VERDICT_STORED;
}

static bool
is_outage(const slot_case *c)
{
	return plan_now(c->p, c->now_us)->observers[c->by] &&
	       span_equal(c->a->u.steer.reason, span_str("outage"));
}

static verdict
judge_grant(const slot *s, const slot_case *c)
{
	if (slot_locked(c->p, s, c->at, c->now_us))
		return VERDICT_REFUSED_LOCKED;
	if (is_past_deadline(s, c) && !s->requested && !is_outage(c))
		return VERDICT_REFUSED_LATE;
	return VERDICT_STORED;
}

static verdict
judge_exemption(const slot *s, const slot_case *c)
{
	if (is_past_deadline(s, c) && !plan_now(c->p, c->now_us)->observers[c->by])
		return VERDICT_REFUSED_LATE;
	return VERDICT_STORED;
}

verdict
slot_judge(const slot *s, const slot_case *c, slot_history *history)
{
	switch (c->a->kind) {
	case ACT_REPORT:
	case ACT_RETRACTION:
		return judge_revision(s, c, history);
	case ACT_DECISION:
		return decide_judge(s, c, history);
	case ACT_EXTENSION_REQUEST:
		return judge_request(s, c);
	case ACT_EXTENSION_GRANT:
		return judge_grant(s, c);
	case ACT_EXEMPTION:
		return judge_exemption(s, c);
	default:
		return VERDICT_STORED;
	}
}

/* ---- revisions ---- */

/* Keep R among the highest SLOT_RECENT revisions, highest first. Returns what falls out. */
static slot_revision
keep_recent(slot *s, const slot_revision *r)
{
	slot_revision out = { 0 };
	uint32_t at = s->n_recent, i;

	while (at > 0 && s->recent[at - 1].revision < r->revision)
		at--;
	if (at == SLOT_RECENT)
		return *r;
	if (s->n_recent < SLOT_RECENT)
		s->n_recent++;
	else
		out = s->recent[SLOT_RECENT - 1];
	for (i = s->n_recent - 1; i > at; i--)
		s->recent[i] = s->recent[i - 1];
	s->recent[at] = *r;
	return out;
}

static void
raise(slot_ref *ref, const slot_revision *r)
{
	if (r->revision > ref->revision)
		*ref = (slot_ref){ .revision = r->revision, .place = r->place };
}

/* R is below the newest from now on. */
static void
put_below(slot *s, const slot_revision *r)
{
	if (r->kind != ACT_REPORT || r->revision < s->floor)
		return;
	if (r->outcome != OUTCOME_RETURNED)
		raise(&s->below_reported, r);
	if (r->outcome == OUTCOME_ACCEPTED)
		raise(&s->below_accepted, r);
}

static void
raise_floor(slot *s, uint32_t revision)
{
	if (revision > s->floor)
		s->floor = revision;
	if (s->below_reported.revision < s->floor)
		s->below_reported = (slot_ref){ 0 };
	if (s->below_accepted.revision < s->floor)
		s->below_accepted = (slot_ref){ 0 };
}

static slot_revision
take_revision(slot *s, const slot_case *c, verdict v, record_place place)
{
	const act *a = c->a;
	const plan *now = plan_leading(c->p, c->at.item, c->now_us);
	slot_revision r = { .revision = a->revision,
		.kind = (uint8_t)a->kind,
		.place = place,
		.body_hash = a->body_hash };

	if (a->kind == ACT_REPORT && now->items[c->at.item].mode == ITEM_SOLE &&
		plan_is_lead(now, c->at.item, c->at.unit)) {
		r.outcome = OUTCOME_ACCEPTED;
		r.self = true;
	}
	if (v == VERDICT_STORED) {
		if (s->n_recent > 0)
			put_below(s, &s->recent[0]);
		s->newest_us = c->now_us;
	} else {
		put_below(s, &r);
	}
	if (a->kind == ACT_RETRACTION)
		raise_floor(s, a->revision);
	else if (c->now_us < s->first_us)
		s->first_us = c->now_us;
	s->stored++;
	return keep_recent(s, &r);
}

/* ---- the others ---- */

static void
grant(slot *s, uint32_t days, bool outage)
{
	if ((int32_t)days <= s->granted_days)
		return;
	s->granted_days = (int32_t)days;
	s->outage = outage;
}

void
slot_cover(const plan *p, slot *s, slot_at at, uint32_t days, int64_t now_us)
{
	if (!slot_locked(p, s, at, now_us))
		grant(s, days, true);
}

static void
take_steer(slot *s, const slot_case *c)
{
	const steer *x = &c->a->u.steer;

	switch (c->a->kind) {
	case ACT_EXTENSION_REQUEST:
		s->requested = true;
		break;
	case ACT_EXTENSION_GRANT:
		grant(s, x->days, is_outage(c));
		break;
	case ACT_EXTENSION_REFUSAL:
		break;
	case ACT_EXEMPTION:
		s->exempt = true;
		break;
	case ACT_EXEMPTION_WITHDRAWAL:
		s->exempt = false;
		return;
	case ACT_LOCK:
		s->bolt = BOLT_LOCKED;
		break;
	case ACT_REOPEN:
		s->bolt = BOLT_REOPENED;
		break;
	default:
		return;
	}
	s->named = true;
}

ms_status
slot_take(slot *s, const slot_case *c, verdict v, record_place place, arena *memory,
	slot_revision *evicted)
{
	slot_revision out = { 0 };
	ms_status status = MS_OK;

	if (c->a->kind == ACT_REPORT || c->a->kind == ACT_RETRACTION)
		out = take_revision(s, c, v, place);
	else if (c->a->kind == ACT_DECISION)
		status = decide_take(s, c, memory);
	else
		take_steer(s, c);
	s->last_stored = place;
	if (evicted != NULL)
		*evicted = out;
	return status;
}

slot_facts
slot_facts_of(const plan *p, slot_at at, const report *r)
{
	return (slot_facts){ .filled = (uint8_t)report_filled(p, at.item, at.unit, at.period, r),
		.has_progress = r->has_progress,
		.progress_pct = r->has_progress ? (uint8_t)r->progress_pct : 0,
		.help_needed = r->help_needed.len > 0 };
}
