/* SPDX-License-Identifier: Apache-2.0 */
#include "store/slot_cache.h"

#include <stdlib.h>

#include "codec/records.h"
#include "store/ledger.h"
#include "store/record.h"

span
slot_key(const plan *p, slot_at at, uint8_t out[SLOT_KEY_MAX])
{
	span unit = span_str(p->units[at.unit].id), item = span_str(p->items[at.item].id);
	uint8_t *to = out;

	memcpy(to, unit.at, unit.len);
	to += unit.len;
	*to++ = 0;
	memcpy(to, item.at, item.len);
	to += item.len;
	*to++ = 0;
	be32_put(to, period_code(at.period));
	return span_of(out, (size_t)(to - out) + 4);
}

void
slot_cache_init(slot_cache *c, const rulings *r)
{
	*c = (slot_cache){ .rulings = r, .plan = r->p };
}

static void
free_entry(slot_entry *e)
{
	unsigned v;

	for (v = 0; v < VIEWS; v++)
		free(e->held[v].values);
	free(e);
}

void
slot_cache_clear(slot_cache *c)
{
	size_t i;

	for (i = 0; i < c->index.room; i++)
		if (c->index.cells[i].value != NULL)
			free_entry(c->index.cells[i].value);
	keymap_fini(&c->index);
	arena_reset(&c->scratch);
	arena_reset(&c->votes);
	c->dirty = NULL;
}

static uint64_t
number_of(const slot_cache *c, slot_at at)
{
	return ((uint64_t)at.item * c->plan->n_units + at.unit) << 32 | period_code(at.period);
}

/* ---- rows to slots ---- */

/* Rows name their values by indicator id; the plan of today orders them. */
static value *
values_by_plan(const plan *p, uint32_t item, const slot_row_value *list, size_t n, arena *memory)
{
	const plan_item *it = &p->items[item];
	value *values = arena_zalloc(memory, (it->n_indicators + 1) * sizeof(*values));
	size_t i;
	uint32_t k;

	for (i = 0; values != NULL && i < n; i++)
		for (k = 0; k < it->n_indicators; k++)
			if (span_equal(list[i].indicator,
				    span_str(p->indicators[it->first_indicator + k].id)))
				values[k] = list[i].value;
	return values;
}

/* Votes of units that the plan no longer has are left out. */
static ms_status
votes_by_plan(const plan *p, const slot_row *row, slot *s, arena *memory)
{
	size_t i;
	uint32_t k;

	for (k = 0; k < s->n_recent && row->n_votes > 0; k++) {
		slot_revision *r = &s->recent[k];

		r->votes = arena_alloc(memory, 2 * row->n_votes * sizeof(*r->votes));
		if (r->votes == NULL)
			return MS_NO_MEMORY;
		for (i = 0; i < row->n_votes; i++) {
			int unit = plan_find_unit(p, row->votes[i].unit);

			if (row->votes[i].revision == r->revision && unit >= 0)
				r->votes[r->n_votes++] = (slot_vote){ .unit = (uint32_t)unit,
					.outcome = (uint8_t)row->votes[i].outcome };
		}
	}
	return MS_OK;
}

static ms_status
row_to_slot(const plan *p, uint32_t item, const slot_row *row, arena *memory, slot *out,
	slot_values *values)
{
	bool same = slot_accepted(&row->slot).revision == slot_reported(&row->slot).revision;

	*out = row->slot;
	if (votes_by_plan(p, row, out, memory) != MS_OK)
		return MS_NO_MEMORY;
	if (values == NULL)
		return MS_OK;
	*values = (slot_values){ 0 };
	if (slot_reported(out).revision != 0) {
		values->of[VIEW_REPORTED] =
			values_by_plan(p, item, row->values, row->n_values, memory);
		if (values->of[VIEW_REPORTED] == NULL)
			return MS_NO_MEMORY;
	}
	if (slot_accepted(out).revision == 0)
		return MS_OK;
	values->of[VIEW_ACCEPTED] =
		same ? values->of[VIEW_REPORTED]
		     : values_by_plan(p, item, row->accepted, row->n_accepted, memory);
	return values->of[VIEW_ACCEPTED] == NULL ? MS_NO_MEMORY : MS_OK;
}

ms_status
slot_read(store_txn *txn, const rulings *r, slot_at at, arena *memory, slot *out,
	slot_values *values, ms_error *err)
{
	uint8_t key[SLOT_KEY_MAX];
	slot_row row = { 0 };
	span payload;
	ms_status s;

	if (record_get(txn, TABLE_SLOT, slot_key(r->p, at, key), &payload)) {
		s = slot_row_decode(payload, memory, &row);
	} else {
		if (!store_ok(txn))
			return store_status(txn, err);
		slot_init(&row.slot);
		rulings_begin(r, at, &row.slot);
		s = MS_OK;
	}
	if (s == MS_OK)
		s = row_to_slot(r->p, at.item, &row, memory, out, values);
	return s == MS_OK ? s
			  : ms_fail(err, s, MST_STORE_CORRUPT, "the row of a slot cannot be read");
}

/* ---- the cache ---- */

slot_held
slot_entry_counts(const slot_cache *c, const slot_entry *e, figure_view v)
{
	slot_ref ref = v == VIEW_REPORTED ? slot_reported(&e->slot) : slot_accepted(&e->slot);
	bool counted = ref.revision != 0 && !e->slot.exempt && rulings_owes(c->rulings, e->at);

	return (slot_held){ .revision = ref.revision,
		.values = e->held[v].values,
		.counted = counted,
		.on_time = counted && slot_on_time(c->plan, &e->slot, e->at) };
}

/* Out of the scratch memory. */
static ms_status
keep_votes(slot_cache *c, slot *s)
{
	uint32_t i;

	for (i = 0; i < s->n_recent; i++) {
		slot_revision *r = &s->recent[i];
		slot_vote *votes;

		if (r->n_votes == 0)
			continue;
		/* Room to grow to the next power of two (plan/decide.c add_vote). */
		votes = arena_alloc(&c->votes, 2 * r->n_votes * sizeof(*votes));
		if (votes == NULL)
			return MS_NO_MEMORY;
		memcpy(votes, r->votes, r->n_votes * sizeof(*votes));
		r->votes = votes;
	}
	return MS_OK;
}

static ms_status
load_entry(slot_cache *c, store_txn *txn, slot_entry *e)
{
	uint32_t n = c->plan->items[e->at.item].n_indicators;
	slot_values values = { 0 };
	ms_status s =
		slot_read(txn, c->rulings, e->at, &c->scratch, &e->slot, &values, &txn->error);
	unsigned v;

	if (s != MS_OK)
		return s;
	for (v = 0; v < VIEWS && !c->anew; v++) {
		e->held[v] = slot_entry_counts(c, e, (figure_view)v);
		if (values.of[v] != NULL) {
			e->held[v].values = values_clone(values.of[v], n);
			if (e->held[v].values == NULL)
				s = MS_NO_MEMORY;
		}
	}
	e->counted_exempt = e->slot.exempt && !c->anew;
	if (s == MS_OK)
		s = keep_votes(c, &e->slot);
	arena_reset(&c->scratch);
	return s;
}

slot_entry *
slot_cache_find(const slot_cache *c, slot_at at)
{
	return keymap_get(&c->index, number_of(c, at));
}

slot_entry *
slot_cache_get(slot_cache *c, store_txn *txn, slot_at at)
{
	uint64_t number = number_of(c, at);
	slot_entry *e = keymap_get(&c->index, number);

	if (e != NULL)
		return e;
	e = calloc(1, sizeof(*e));
	if (e != NULL)
		e->at = at;
	if (e == NULL || load_entry(c, txn, e) != MS_OK ||
		keymap_add(&c->index, number, e) != MS_OK) {
		if (store_ok(txn))
			store_no_memory(txn);
		if (e != NULL)
			free_entry(e);
		return NULL;
	}
	return e;
}

void
slot_cache_touch(slot_cache *c, slot_entry *e)
{
	if (e->dirty)
		return;
	e->dirty = true;
	e->next_dirty = c->dirty;
	c->dirty = e;
}

/* ---- slots to rows ---- */

static slot_row_value *
put_values(const slot_cache *c, uint32_t item, const value *values, slot_row_value *out)
{
	const plan_item *it = &c->plan->items[item];
	uint32_t i;

	for (i = 0; values != NULL && i < it->n_indicators; i++)
		if (values[i].state != VALUE_MISSING)
			*out++ = (slot_row_value){
				.indicator =
					span_str(c->plan->indicators[it->first_indicator + i].id),
				.value = values[i],
			};
	return out;
}

static size_t
count_votes(const slot *s)
{
	size_t n = 0;
	uint32_t i;

	for (i = 0; i < s->n_recent; i++)
		n += s->recent[i].n_votes;
	return n;
}

static ms_status
fill_row(slot_cache *c, const slot_entry *e, slot_row *row)
{
	size_t n = c->plan->items[e->at.item].n_indicators, votes = count_votes(&e->slot);
	slot_row_value *values = arena_alloc(&c->scratch, (2 * n + 1) * sizeof(*values)), *end;
	uint32_t i, k;

	*row = (slot_row){ .slot = e->slot, .values = values };
	row->votes = arena_alloc(&c->scratch, (votes + 1) * sizeof(*row->votes));
	if (values == NULL || row->votes == NULL)
		return MS_NO_MEMORY;
	end = put_values(c, e->at.item, e->held[VIEW_REPORTED].values, values);
	row->n_values = (size_t)(end - values);
	if (e->held[VIEW_ACCEPTED].revision != e->held[VIEW_REPORTED].revision) {
		row->accepted = end;
		end = put_values(c, e->at.item, e->held[VIEW_ACCEPTED].values, end);
		row->n_accepted = (size_t)(end - row->accepted);
	}
	for (i = 0; i < e->slot.n_recent; i++)
		for (k = 0; k < e->slot.recent[i].n_votes; k++) {
			const slot_vote *v = &e->slot.recent[i].votes[k];

			row->votes[row->n_votes++] =
				(slot_row_vote){ .revision = e->slot.recent[i].revision,
					.unit = span_str(c->plan->units[v->unit].id),
					.outcome = v->outcome };
		}
	return MS_OK;
}

void
slot_cache_write(slot_cache *c, store_txn *txn, slot_entry *e)
{
	uint8_t key[SLOT_KEY_MAX];
	buf bytes = c->row;
	slot_row row;

	buf_reset(&bytes);
	if (fill_row(c, e, &row) != MS_OK || slot_row_encode(&row, &c->scratch, &bytes) != MS_OK)
		store_no_memory(txn);
	else
		record_put(txn, TABLE_SLOT, slot_key(c->plan, e->at, key), buf_span(&bytes));
	c->row = bytes;
	arena_reset(&c->scratch);
}
