/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_judge.c - acts one by one: the rules of plan/ asked about the slots and rulings in the
 * rows. */
#include "codec/acts.h"
#include "plan/notice.h"
#include "store/ledger_parts.h"
#include "store/plans.h"
#include "store/roster.h"
#include "store/ruling_rows.h"

/* One record of a slot's chain, from the batch at hand or from the log. */
static bool
read_link(ledger *l, record_place place, act *out, record_place *prev)
{
	log_record record;

	if (place.leaf == l->batch->leaf) {
		*out = l->batch->acts[place.at];
		*prev = l->batch->prevs[place.at];
		return true;
	}
	if (!log_read(l->txn, place.leaf, &record) || !log_prev(&record, place.at, prev))
		return false;
	if (act_decode(log_act(&record, place.at), &l->scratch, out) != MS_OK)
		return store_no_memory(l->txn);
	return true;
}

/* The unit whose device sealed the batch: index in the plan, or PLAN_NO_UNIT. */
static int
author_of(ledger *l, record_place place, int64_t *hub_time_us)
{
	batch_header header;
	log_record record;
	device d;

	*hub_time_us = l->batch->hub_time_us;
	if (place.leaf == l->batch->leaf)
		return l->batch->unit;
	if (!log_read(l->txn, place.leaf, &record) || !batch_header_read(record.header, &header) ||
		!device_load(l->txn, &header.device, &d))
		return PLAN_NO_UNIT;
	*hub_time_us = record.hub_time_us;
	return plan_find_unit(l->plan, span_str(d.unit));
}

/* The version of the plan that judged LEAF: the newest that was put in force before it. */
static const plan *
plan_then(ledger *l, uint64_t leaf)
{
	const plan *p = l->plan;
	plan_row row;

	while (p->earlier != NULL && plans_get(l->txn, &p->version, &l->scratch, &row) &&
		row.leaf > leaf)
		p = p->earlier;
	return p;
}

/* A decision on an old revision, found on the way back. */
typedef struct old_vote {
	act a;
	uint32_t by;
	int64_t now_us;
	const plan *p;
	struct old_vote *older_first;
} old_vote;

/* The votes that OUT had when it was still the newest: the decisions on it, oldest first. */
static bool
replay_votes(ledger *l, slot_at at, old_vote *votes, slot_revision *out)
{
	for (; votes != NULL; votes = votes->older_first) {
		slot_case c = { .p = votes->p,
			.at = at,
			.a = &votes->a,
			.by = votes->by,
			.now_us = votes->now_us };

		if (decide_vote(out, &c, &l->scratch) != MS_OK)
			return store_no_memory(l->txn);
	}
	return true;
}

/*
 * Revisions older than those the slot row holds are found by walking from record to record of the
 * slot, newest first. Records of the batch at hand are not in the log yet. Whose a decision was is
 * told by the device that sealed its batch.
 */
static bool
walk_back(void *ctx, const slot *s, uint32_t revision, slot_revision *out)
{
	ledger *l = ctx;
	record_place place = s->last_stored, prev;
	old_vote *votes = NULL;

	for (; place.leaf != UINT64_MAX; place = prev) {
		act found;

		if (!read_link(l, place, &found, &prev))
			return false;
		if (found.revision != revision)
			continue;
		if (found.kind == ACT_DECISION) {
			old_vote *v = arena_zalloc(&l->scratch, sizeof(*v));
			int64_t now_us;
			int by = author_of(l, place, &now_us);

			if (v == NULL)
				return store_no_memory(l->txn);
			*v = (old_vote){ .a = found,
				.by = (uint32_t)by,
				.now_us = now_us,
				.p = plan_then(l, place.leaf),
				.older_first = votes };
			votes = by < 0 ? votes : v;
		} else if (found.kind == ACT_REPORT || found.kind == ACT_RETRACTION) {
			*out = (slot_revision){ .revision = revision,
				.kind = (uint8_t)found.kind,
				.place = place,
				.body_hash = found.body_hash };
			return replay_votes(l, *l->walked, votes, out);
		}
	}
	return false;
}

static verdict
judge_in_slot(ledger *l, store_txn *txn, ledger_batch *b, uint16_t i, slot_case *c)
{
	slot_history history = { .ctx = l, .find = walk_back };
	record_place place = { .leaf = b->leaf, .at = i };
	slot_entry *e = slot_cache_get(&l->slots, txn, c->at);
	verdict v;

	if (e == NULL)
		return VERDICT_NONE;
	l->walked = &e->at;
	v = slot_judge(&e->slot, c, &history);
	if (!verdict_is_stored(v))
		return v;
	b->prevs[i] = e->slot.last_stored;
	if (slot_take(&e->slot, c, v, place, &l->slots.votes, NULL) != MS_OK)
		store_no_memory(txn);
	if (c->a->kind == ACT_REPORT && v == VERDICT_STORED) {
		e->fresh = &c->a->u.report;
		e->fresh_revision = c->a->revision;
	}
	slot_cache_touch(&l->slots, e);
	if (notice_moved_by(c->a->kind))
		ledger_note_due(l, txn, &e->slot, e->at, c->now_us);
	return v;
}

/* The slot as held, or as its row has it; NULL when there is neither, or after a failure. */
static slot_entry *
held_or_stored(ledger *l, store_txn *txn, slot_at at, bool *has_row)
{
	slot_entry *e = slot_cache_find(&l->slots, at);
	uint8_t key[SLOT_KEY_MAX];
	span row;

	*has_row = store_get(txn, TABLE_SLOT, slot_key(l->plan, at, key), &row);
	return e == NULL && *has_row ? slot_cache_get(&l->slots, txn, at) : e;
}

/*
 * A grant for many reaches every slot that is held here (which may have no row yet) or has a row;
 * the others learn of it when they are read. A slot without acts gets no row by it.
 */
static void
cover_slots(ledger *l, store_txn *txn, const ruling *x)
{
	slot_at at;
	unsigned n;

	for (at.unit = 0; at.unit < l->plan->n_units; at.unit++)
		for (at.item = 0; at.item < l->plan->n_items; at.item++)
			for (n = 0; plan_item_period(l->plan, at.item, n, &at.period); n++) {
				slot_entry *e;
				bool has_row;

				if (!ruling_covers(l->plan, x, at))
					continue;
				e = held_or_stored(l, txn, at, &has_row);
				if (e == NULL)
					continue;
				slot_cover(l->plan, &e->slot, at, x->days, x->now_us);
				if (has_row)
					slot_cache_touch(&l->slots, e);
			}
}

static verdict
judge_ruling(ledger *l, store_txn *txn, const ledger_batch *b, uint16_t i, const slot_case *c)
{
	ruling x = ruling_of(c, (record_place){ .leaf = b->leaf, .at = i });
	verdict v = rulings_judge(&l->rulings, c->a, c->at);

	if (v != VERDICT_STORED || x.kind == ACT_ISSUE)
		return v;
	if (x.kind == ACT_EXTENSION_GRANT)
		cover_slots(l, txn, &x);
	ruling_rows_append(txn, l->plan, &x);
	if (rulings_take(&l->rulings, &x) != MS_OK)
		store_no_memory(txn);
	if (x.kind == ACT_EXTENSION_GRANT)
		ledger_note_covered(l, txn, &x, c->now_us);
	return v;
}

verdict
ledger_judge(ledger *l, store_txn *txn, ledger_batch *b, uint16_t i)
{
	slot_case c = {
		.p = l->plan, .a = &b->acts[i], .by = (uint32_t)b->unit, .now_us = b->hub_time_us
	};
	verdict v = judge_act(l->plan, c.a, b->unit, b->hub_time_us, &c.at, NULL);

	l->at[i] = c.at;
	if (v != VERDICT_NONE)
		return v;
	return act_is_of_slot(c.a) ? judge_in_slot(l, txn, b, i, &c)
				   : judge_ruling(l, txn, b, i, &c);
}
