/* SPDX-License-Identifier: Apache-2.0 */
/* due.c - what this unit still owes, and until when, from the agent's own copy of the plan: it
 * needs no line. */
#include "agent/agent.h"
#include "base/clock.h"
#include "codec/acts.h"
#include "codec/peek.h"
#include "plan/rulings.h"
#include "store/inbox.h"

static const int64_t day_us = INT64_C(86400) * 1000000;

/* What others stated about the unit's slots, as far as it moves a deadline or a lock: read from the
 * inbox when the first slot asks. */
typedef struct reliefs {
	store_txn *txn;
	buf list; /* ruling[], in the order of the feed */
	bool is_read;
} reliefs;

/* What they make of one slot. */
typedef struct relief {
	slot slot;         /* its grants, exemption, lock */
	act_kind assigned; /* ACT_ASSIGN or ACT_UNASSIGN, whichever came last; 0: none */
} relief;

static bool
is_reported(store_txn *txn, const agent *a, slot_at at)
{
	known_at where = { .unit = span_str(a->settings.unit),
		.item = span_str(a->plan->items[at.item].id),
		.period = at.period };
	known k;

	return known_get(txn, &where, &k) && k.standing.revision != 0 &&
	       k.standing.kind == ACT_REPORT;
}

/* Told from its first bytes: most of what is stated changes no deadline. */
static bool
is_relief(span bytes)
{
	act_peek peek;

	if (!peek_act(bytes, &peek))
		return false;
	switch (peek.kind) {
	case ACT_EXTENSION_GRANT:
	case ACT_EXEMPTION:
	case ACT_EXEMPTION_WITHDRAWAL:
	case ACT_ASSIGN:
	case ACT_UNASSIGN:
	case ACT_LOCK:
	case ACT_REOPEN:
		return true;
	default:
		return false;
	}
}

/* A failure is the transaction's. */
static void
read_reliefs(reliefs *r, const agent *a)
{
	arena memory = { 0 };
	inbox_row row = { 0 };
	act what;

	while (!r->is_read && inbox_next(r->txn, &row)) {
		ruling x = { .by = AT_ALL };

		if (!is_relief(row.act))
			continue;
		arena_reset(&memory);
		if (act_decode(row.act, &memory, &what) != MS_OK) {
			r->list.failed = true;
			break;
		}
		if (what.malformed || !act_find(a->plan, &what, &x.at))
			continue;
		x.kind = what.kind;
		x.days = what.kind == ACT_EXTENSION_GRANT ? what.u.steer.days : 0;
		/* Only a grant for many leaves out periods that had not begun. */
		x.now_us = act_is_of_slot(&what) ? INT64_MAX : row.hub_time_us;
		buf_add(&r->list, &x, sizeof(x));
	}
	if (r->list.failed)
		store_no_memory(r->txn);
	r->is_read = true;
	arena_fini(&memory);
}

static void
take_ruling(relief *r, const plan *p, const ruling *x, slot_at at)
{
	ruling grant = *x;

	if ((x->kind == ACT_ASSIGN || x->kind == ACT_UNASSIGN) && x->at.item == at.item &&
		x->at.unit == at.unit &&
		period_first_day(x->at.period) <= period_first_day(at.period))
		r->assigned = x->kind;
	grant.kind = ACT_EXTENSION_GRANT; /* all cover slots by the same rule */
	if (!ruling_covers(p, &grant, at))
		return;
	if (x->kind == ACT_EXTENSION_GRANT && (int32_t)x->days > r->slot.granted_days)
		r->slot.granted_days = (int32_t)x->days;
	if (x->kind == ACT_EXEMPTION || x->kind == ACT_EXEMPTION_WITHDRAWAL)
		r->slot.exempt = x->kind == ACT_EXEMPTION;
	if (x->kind == ACT_LOCK || x->kind == ACT_REOPEN)
		r->slot.bolt = x->kind == ACT_LOCK ? BOLT_LOCKED : BOLT_REOPENED;
}

static relief
relief_of(reliefs *from, const agent *a, slot_at at)
{
	relief out = { .assigned = 0 };
	const ruling *list;
	size_t i;

	read_reliefs(from, a);
	list = (const ruling *)(const void *)from->list.at;
	slot_init(&out.slot);
	for (i = 0; i < from->list.len / sizeof(*list); i++)
		take_ruling(&out, a->plan, &list[i], at);
	return out;
}

/* By the plan, or if it were assigned. */
static bool
may_owe(const plan *p, slot_at at)
{
	return plan_has_period(p, at.item, at.period) &&
	       plan_takes_part(p, at.item, at.unit, at.period);
}

static bool
owes(const plan *p, slot_at at, const relief *r)
{
	if (r->slot.exempt)
		return false;
	return plan_expects(p, at.item, at.unit, at.period) || r->assigned == ACT_ASSIGN;
}

bool
due_deadline_us(agent *a, slot_at at, int64_t *out)
{
	store_txn txn;
	reliefs stated = { .txn = &txn };
	relief r;
	bool good;

	store_begin(a->store, &txn, STORE_READ);
	r = relief_of(&stated, a, at);
	good = store_ok(&txn);
	store_abort(&txn);
	buf_fini(&stated.list);
	*out = slot_deadline_us(a->plan, &r.slot, at);
	return good;
}

/* Is a report owed for AT, and can it be made? *OUT is what to tell of it. */
static bool
is_due(const agent *a, reliefs *stated, slot_at at, int64_t now_us, due_slot *out)
{
	int64_t warn_us = plan_at(a->plan, at.period)->items[at.item].warn_days * day_us;
	relief r;

	if (!may_owe(a->plan, at) ||
		now_us < plan_deadline_us(a->plan, at.item, at.period) - warn_us ||
		is_reported(stated->txn, a, at))
		return false;
	r = relief_of(stated, a, at);
	*out = (due_slot){ .item = at.item,
		.period = at.period,
		.deadline_us = slot_deadline_us(a->plan, &r.slot, at) };
	out->is_over = now_us >= out->deadline_us;
	/* What is locked can no longer be reported: nobody is told to. */
	return owes(a->plan, at, &r) && now_us >= out->deadline_us - warn_us &&
	       !slot_locked(a->plan, &r.slot, at, now_us);
}

size_t
due_list(agent *a, store_txn *txn, due_slot *out, size_t max)
{
	int64_t now_us = agent_hub_time_us(a);
	slot_at at = { .unit = a->unit };
	reliefs stated = { .txn = txn };
	size_t n = 0;
	unsigned k;

	for (at.item = 0; at.item < a->plan->n_items; at.item++)
		for (k = 0; n < max && plan_item_period(a->plan, at.item, k, &at.period); k++)
			n += is_due(a, &stated, at, now_us, &out[n]);
	buf_fini(&stated.list);
	return store_ok(txn) ? n : 0;
}
