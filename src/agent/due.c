/* SPDX-License-Identifier: Apache-2.0 */
/*
 * due.c - what this unit still owes, from the agent's own copy of the plan: it needs no line. The
 * clerk finds 到期提醒 in 通知/ when the time to report runs out, and 逾期提醒 when it is over: one
 * file of each a period, written anew when another item joins it.
 */
#include <stdio.h>

#include "agent/agent.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/lang.h"
#include "codec/acts.h"
#include "codec/peek.h"
#include "plan/rulings.h"
#include "store/inbox.h"
#include "store/meta.h"

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

/* ---- what is owed ---- */

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
		if (act_decode(row.act, &memory, &what) != MS_OK || what.malformed ||
			!act_find(a->plan, &what, &x.at))
			continue;
		x.kind = what.kind;
		x.days = what.kind == ACT_EXTENSION_GRANT ? what.u.steer.days : 0;
		/* Only a grant for many leaves out periods that had not begun. */
		x.now_us = act_is_of_slot(&what) ? INT64_MAX : row.hub_time_us;
		buf_add(&r->list, &x, sizeof(x));
	}
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

int64_t
due_deadline_us(agent *a, slot_at at)
{
	store_txn txn;
	reliefs stated = { .txn = &txn };
	relief r;

	store_begin(a->store, &txn, STORE_READ);
	r = relief_of(&stated, a, at);
	store_abort(&txn);
	buf_fini(&stated.list);
	return slot_deadline_us(a->plan, &r.slot, at);
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
	return n;
}

/* ---- the files ---- */

enum { KEY_SIZE = 80 };

static void
key_of(const agent *a, const due_slot *d, char out[KEY_SIZE])
{
	char name[PERIOD_NAME_SIZE];

	snprintf(out, KEY_SIZE, "%s/%s/%s", d->is_over ? "over" : "due",
		period_name(d->period, name), a->plan->items[d->item].id);
}

static void
write_list(const agent *a, const due_slot *list, size_t n, period at, bool is_over, buf *out)
{
	char when[40];
	size_t i;

	buf_addf(out, "\xef\xbb\xbf%s\r\n\r\n%s\r\n", is_over ? tr("逾期提醒") : tr("到期提醒"),
		is_over ? tr("以下事项已过截止时间，仍未报送：")
			: tr("以下事项即将截止，尚未报送："));
	for (i = 0; i < n; i++)
		if (period_equal(list[i].period, at) && list[i].is_over == is_over)
			buf_addf(out, tr("%u %s　截止 %s\r\n"), a->plan->items[list[i].item].number,
				a->plan->items[list[i].item].title,
				time_format_until(list[i].deadline_us, a->plan->zone_min, when));
}

static ms_status
write_reminder(agent *a, const due_slot *list, size_t n, period at, bool is_over, ms_error *err)
{
	char name[80], period_text[PERIOD_NAME_SIZE];
	buf text = { 0 };
	ms_status s;

	write_list(a, list, n, at, is_over, &text);
	snprintf(name, sizeof(name), "%s_%s.txt", is_over ? tr("逾期提醒") : tr("到期提醒"),
		period_name(at, period_text));
	s = notice_write(a, name, buf_span(&text), err);
	buf_fini(&text);
	return s;
}

/* Everything that the file of PERIOD lists was told of. */
static ms_status
note_reminded(agent *a, const due_slot *list, size_t n, period at, bool is_over, ms_error *err)
{
	char key[KEY_SIZE];
	store_txn txn;
	ms_status s;
	size_t i;

	store_begin(a->store, &txn, STORE_WRITE);
	for (i = 0; i < n; i++)
		if (period_equal(list[i].period, at) && list[i].is_over == is_over) {
			key_of(a, &list[i], key);
			meta_put_number(&txn, key, (uint64_t)list[i].deadline_us);
		}
	s = store_commit(&txn, err);
	if (s != MS_OK)
		agent_storage_failed(a, err);
	return s;
}

/* A deadline that was moved is another one. */
static bool
is_reminded(agent *a, const due_slot *d)
{
	char key[KEY_SIZE];
	store_txn txn;
	bool done;

	key_of(a, d, key);
	store_begin(a->store, &txn, STORE_READ);
	done = meta_get_number(&txn, key, 0) == (uint64_t)d->deadline_us;
	store_abort(&txn);
	return done;
}

void
due_remind(agent *a)
{
	due_slot list[DUE_MAX];
	store_txn txn;
	ms_error err = { 0 };
	size_t n, i;

	store_begin(a->store, &txn, STORE_READ);
	n = due_list(a, &txn, list, DUE_MAX);
	store_abort(&txn);
	for (i = 0; i < n; i++) {
		period at = list[i].period;
		bool is_over = list[i].is_over;

		if (is_reminded(a, &list[i]))
			continue;
		if (write_reminder(a, list, n, at, is_over, &err) != MS_OK ||
			note_reminded(a, list, n, at, is_over, &err) != MS_OK)
			return;
	}
}
