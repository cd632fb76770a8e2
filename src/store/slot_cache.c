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
slot_cache_init(slot_cache *c, const plan *p)
{
	*c = (slot_cache){ .plan = p };
}

static void
free_entry(slot_entry *e)
{
	free(e->block);
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
	c->dirty = NULL;
}

static uint64_t
number_of(const slot_cache *c, slot_at at)
{
	return ((uint64_t)at.item * c->plan->n_units + at.unit) << 32 | period_code(at.period);
}

/* Rows name their values by indicator id; the plan of today orders them. */
static value *
values_by_plan(const plan *p, uint32_t item, const slot_row *row, arena *memory)
{
	const plan_item *it = &p->items[item];
	value *values = arena_zalloc(memory, (it->n_indicators + 1) * sizeof(*values));
	size_t i;
	uint32_t k;

	for (i = 0; values != NULL && i < row->n_values; i++)
		for (k = 0; k < it->n_indicators; k++)
			if (span_equal(row->values[i].indicator,
				    span_str(p->indicators[it->first_indicator + k].id)))
				values[k] = row->values[i].value;
	return values;
}

ms_status
slot_read(store_txn *txn, const plan *p, slot_at at, arena *memory, slot *out, value **values,
	ms_error *err)
{
	uint8_t key[SLOT_KEY_MAX];
	slot_row row = { 0 };
	span payload;
	ms_status s = MS_OK;

	slot_init(&row.slot);
	if (record_get(txn, TABLE_SLOT, slot_key(p, at, key), &payload))
		s = slot_row_decode(payload, memory, &row);
	else if (!store_ok(txn))
		return store_status(txn, err);
	if (s == MS_OK && values != NULL) {
		*values = values_by_plan(p, at.item, &row, memory);
		if (*values == NULL)
			s = MS_NO_MEMORY;
	}
	*out = row.slot;
	return s == MS_OK ? s
			  : ms_fail(err, s, MST_STORE_CORRUPT, "the row of a slot cannot be read");
}

ms_status
slot_entry_hold(slot_entry *e, const value *v, uint32_t n)
{
	size_t size = n * sizeof(value), i, k;
	uint8_t *block, *bytes;
	value *values;
	span *keys;

	MS_ASSERT(v != NULL);
	for (i = 0; i < n; i++)
		for (k = 0; k < v[i].keys.n; k++)
			size += sizeof(span) + v[i].keys.keys[k].len;
	block = malloc(size + 1);
	if (block == NULL)
		return MS_NO_MEMORY;
	values = (value *)(void *)block;
	memcpy(values, v, n * sizeof(value));
	keys = (span *)(void *)(block + n * sizeof(value));
	for (i = 0; i < n; i++) {
		values[i].keys.keys = keys;
		keys += v[i].keys.n;
	}
	bytes = (uint8_t *)keys;
	for (i = 0; i < n; i++)
		for (k = 0; k < v[i].keys.n; k++) {
			span key = v[i].keys.keys[k];

			memcpy(bytes, key.at, key.len);
			values[i].keys.keys[k] = span_of(bytes, key.len);
			bytes += key.len;
		}
	free(e->block);
	e->block = block;
	e->values = values;
	return MS_OK;
}

static ms_status
load_entry(slot_cache *c, store_txn *txn, slot_entry *e)
{
	value *values = NULL;
	ms_error ignored = { 0 };
	ms_status s = slot_read(txn, c->plan, e->at, &c->scratch, &e->slot, &values, &ignored);

	if (s != MS_OK) {
		store_fail(txn, s, MST_STORE_CORRUPT, "%s", ignored.text);
		return s;
	}
	e->counted =
		slot_live(&e->slot) && plan_expects(c->plan, e->at.item, e->at.unit, e->at.period);
	e->counted_on_time =
		e->counted &&
		slot_on_time(&e->slot, plan_deadline_us(c->plan, e->at.item, e->at.period));
	e->lock_us = plan_lock_us(c->plan, e->at.item, e->at.period);
	if (slot_live(&e->slot))
		s = slot_entry_hold(e, values, c->plan->items[e->at.item].n_indicators);
	arena_reset(&c->scratch);
	return s;
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
			store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a slot");
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

static void
fill_row(const slot_cache *c, const slot_entry *e, slot_row_value *values, slot_row *row)
{
	const plan_item *it = &c->plan->items[e->at.item];
	uint32_t i;

	*row = (slot_row){ .slot = e->slot, .values = values };
	for (i = 0; e->values != NULL && i < it->n_indicators; i++)
		if (e->values[i].state != VALUE_MISSING)
			values[row->n_values++] = (slot_row_value){
				.indicator =
					span_str(c->plan->indicators[it->first_indicator + i].id),
				.value = e->values[i],
			};
}

void
slot_cache_write(slot_cache *c, store_txn *txn, slot_entry *e)
{
	size_t n = c->plan->items[e->at.item].n_indicators;
	slot_row_value *values = arena_alloc(&c->scratch, (n + 1) * sizeof(*values));
	uint8_t key[SLOT_KEY_MAX];
	buf bytes = c->row;
	slot_row row;

	buf_reset(&bytes);
	if (values != NULL)
		fill_row(c, e, values, &row);
	if (values == NULL || slot_row_encode(&row, &c->scratch, &bytes) != MS_OK)
		store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a slot's row");
	else
		record_put(txn, TABLE_SLOT, slot_key(c->plan, e->at, key), buf_span(&bytes));
	c->row = bytes;
	arena_reset(&c->scratch);
}
