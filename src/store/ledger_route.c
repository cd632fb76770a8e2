/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger_route.c - the feed entries of a batch: who may see which of its acts.
 *
 * Chains follow in memory as entries are appended, a hash each; a row now and then keeps the way
 * short that has to be gone again after a start.
 */
#include <string.h>

#include "proof/feed_chain.h"
#include "store/ledger_parts.h"

enum { SAVE_EVERY = 4096 /* entries: read and hashed again in about a millisecond */ };

static void
mark(ledger *l, uint32_t unit, uint16_t position)
{
	reader *r = &l->readers[unit];

	if (!r->touched) {
		r->touched = true;
		memset(r->bitmap, 0, sizeof(r->bitmap));
		l->touched[l->n_touched++] = unit;
	}
	r->bitmap[position / 8] |= (uint8_t)(0x80 >> (position % 8));
}

/* An act without item or unit: every unit is asked. */
static void
mark_all(ledger *l, const ledger_batch *b, uint16_t i)
{
	uint32_t unit;

	for (unit = 0; unit < l->plan->n_units; unit++)
		if (unit != (uint32_t)b->unit && route_visible_many(l->plan, unit, b->acts[i].kind,
							 l->at[i], b->hub_time_us))
			mark(l, unit, i);
}

/* An act on one slot: may UNIT see it? */
static void
ask(ledger *l, const ledger_batch *b, uint16_t i, uint32_t unit)
{
	const act *a = &b->acts[i];
	const report *r = a->kind == ACT_REPORT ? &a->u.report : NULL;

	if (unit != (uint32_t)b->unit &&
		route_visible(l->plan, unit, l->at[i], b->hub_time_us, r == NULL ? NULL : r->parts,
			r == NULL ? 0 : r->n_parts))
		mark(l, unit, i);
}

/* Those to whom the work of the slot's unit went, in any version of the plan. */
static void
ask_successors(ledger *l, const ledger_batch *b, uint16_t i)
{
	const plan *v;
	int next;

	for (v = l->plan; v != NULL; v = v->earlier)
		for (next = v->units[l->at[i].unit].succeeded_by; next != PLAN_NO_UNIT;
			next = v->units[next].succeeded_by)
			ask(l, b, i, (uint32_t)next);
}

static void
mark_readers(ledger *l, const ledger_batch *b, uint16_t i)
{
	uint32_t item = l->at[i].item, unit = l->at[i].unit, n;
	const uint32_t *list;

	if (item == AT_ALL || unit == AT_ALL) {
		mark_all(l, b, i);
		return;
	}
	list = l->candidates + (size_t)item * l->candidates_max;
	for (n = 0; n < l->n_candidates[item]; n++)
		ask(l, b, i, list[n]);
	ask_successors(l, b, i);
	if (unit != (uint32_t)b->unit)
		mark(l, unit, i);
}

void
ledger_know_feed(ledger *l, store_txn *txn, uint32_t unit)
{
	reader *r = &l->readers[unit];
	span id = span_str(l->plan->units[unit].id);

	if (r->known)
		return;
	r->last_number = feed_last(txn, id);
	feed_head_load(txn, id, &r->head);
	feed_head_follow(txn, id, r->last_number, &r->head);
	r->known = true;
}

/* The entry that was just appended, of LEAF with COUNT acts, goes into the chain. */
static void
chain_entry(ledger *l, store_txn *txn, uint32_t unit, uint64_t leaf, uint16_t count)
{
	reader *r = &l->readers[unit];

	r->head.chain = feed_chain_next(
		&r->head.chain, r->last_number, leaf, feed_positions(r->bitmap, count));
	r->head.count = r->last_number;
	l->unstated = true;
	if (r->head.count % SAVE_EVERY == 0)
		feed_head_save(txn, span_str(l->plan->units[unit].id), &r->head);
}

static void
append_entry(ledger *l, store_txn *txn, const ledger_batch *b, uint32_t unit)
{
	reader *r = &l->readers[unit];
	span id = span_str(l->plan->units[unit].id);

	ledger_know_feed(l, txn, unit);
	feed_append(txn, id, &r->last_number, b->leaf, r->bitmap, b->count);
	chain_entry(l, txn, unit, b->leaf, b->count);
	r->touched = false;
	if (!l->is_grown[unit]) {
		l->is_grown[unit] = 1;
		l->grown[l->n_grown++] = unit;
	}
}

void
ledger_route(ledger *l, store_txn *txn, const ledger_batch *b)
{
	uint32_t n;
	uint16_t i;

	l->n_touched = 0;
	for (i = 0; i < b->count; i++) {
		if (b->unit != PLAN_NO_UNIT)
			mark(l, (uint32_t)b->unit, i);
		if (verdict_is_stored((verdict)b->verdicts[i]))
			mark_readers(l, b, i);
	}
	for (n = 0; n < l->n_touched; n++)
		append_entry(l, txn, b, l->touched[n]);
}

void
ledger_tell(ledger *l, store_txn *txn, const ledger_batch *b)
{
	int unit =
		b->acts[0].unit.len == 0 ? PLAN_NO_UNIT : plan_find_unit(l->plan, b->acts[0].unit);

	l->at[0] =
		(slot_at){ .item = AT_ALL, .unit = unit == PLAN_NO_UNIT ? AT_ALL : (uint32_t)unit };
	ledger_route(l, txn, b);
}

void
ledger_route_each(ledger *l, store_txn *txn, const ledger_batch *b, const uint32_t *units)
{
	uint16_t i;

	l->n_touched = 0;
	for (i = 0; i < b->count; i++) {
		mark(l, units[i], i);
		append_entry(l, txn, b, units[i]);
	}
}
