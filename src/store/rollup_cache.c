/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rollup_cache.h"

#include <stdlib.h>

#include "codec/records.h"
#include "store/ledger.h"
#include "store/record.h"

enum {
	VIEW_REPORTED = 1,
	KEY_ROW_MAX = (2 * PLAN_ID_MAX) + 1 + 4 + REPORT_KEY_MAX * 4,
	COUNT_SIZE = 4
};

static span
prefixed(const char *id, period at, uint8_t *out)
{
	size_t len = strlen(id);

	memcpy(out, id, len);
	out[len] = 0;
	be32_put(out + len + 1, period_code(at));
	return span_of(out, len + 5);
}

span
rollup_key(const plan *p, uint32_t item, period at, uint8_t out[ROLLUP_KEY_MAX])
{
	return prefixed(p->items[item].id, at, out);
}

void
rollup_cache_init(rollup_cache *c, const plan *p)
{
	*c = (rollup_cache){ .plan = p };
}

void
rollup_cache_clear(rollup_cache *c)
{
	size_t i;

	for (i = 0; i < c->index.room; i++)
		free(c->index.cells[i].value);
	keymap_fini(&c->index);
	arena_reset(&c->scratch);
	c->dirty = NULL;
}

static void
figures_by_plan(const plan *p, uint32_t item, const rollup_row *row, figure *out)
{
	const plan_item *it = &p->items[item];
	size_t i;
	uint32_t k;

	for (i = 0; i < row->n_figures; i++)
		for (k = 0; k < it->n_indicators; k++)
			if (row->figures[i].view == VIEW_REPORTED &&
				span_equal(row->figures[i].indicator,
					span_str(p->indicators[it->first_indicator + k].id)))
				out[k] = row->figures[i].figure;
}

ms_status
rollup_read(store_txn *txn, const plan *p, uint32_t item, period at, arena *memory, rollup *out,
	ms_error *err)
{
	uint8_t key[ROLLUP_KEY_MAX];
	rollup_row row = { 0 };
	span payload;
	ms_status s = MS_OK;

	if (record_get(txn, TABLE_ROLLUP, rollup_key(p, item, at, key), &payload))
		s = rollup_row_decode(payload, memory, &row);
	else if (!store_ok(txn))
		return store_status(txn, err);
	*out = (rollup){ .actual = row.actual, .on_time = row.on_time, .as_of = row.as_of };
	out->figures = arena_zalloc(memory, (p->items[item].n_indicators + 1) * sizeof(figure));
	if (s == MS_OK && out->figures == NULL)
		s = MS_NO_MEMORY;
	if (s != MS_OK)
		return ms_fail(err, s, MST_STORE_CORRUPT, "the rollup of item %s cannot be read",
			p->items[item].id);
	figures_by_plan(p, item, &row, out->figures);
	return MS_OK;
}

static rollup_entry *
load_entry(rollup_cache *c, store_txn *txn, uint32_t item, period at)
{
	uint32_t n = c->plan->items[item].n_indicators;
	rollup_entry *e = calloc(1, sizeof(*e) + n * sizeof(figure));
	ms_error why = { 0 };
	rollup r = { 0 };

	if (e == NULL || rollup_read(txn, c->plan, item, at, &c->scratch, &r, &why) != MS_OK) {
		if (store_ok(txn))
			store_fail(txn, e == NULL ? MS_NO_MEMORY : why.status, MST_STORE_CORRUPT,
				"%s", e == NULL ? "no memory for a rollup" : why.text);
		free(e);
		return NULL;
	}
	e->item = item;
	e->at = at;
	e->actual = r.actual;
	e->on_time = r.on_time;
	e->as_of = r.as_of;
	if (r.figures != NULL && n > 0)
		memcpy(e->figures, r.figures, n * sizeof(figure));
	arena_reset(&c->scratch);
	return e;
}

rollup_entry *
rollup_cache_get(rollup_cache *c, store_txn *txn, uint32_t item, period at)
{
	uint64_t number = (uint64_t)item << 32 | period_code(at);
	rollup_entry *e = keymap_get(&c->index, number);

	if (e != NULL)
		return e;
	e = load_entry(c, txn, item, at);
	if (e != NULL && keymap_add(&c->index, number, e) != MS_OK) {
		store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a rollup");
		free(e);
		return NULL;
	}
	return e;
}

void
rollup_cache_touch(rollup_cache *c, rollup_entry *e)
{
	if (e->dirty)
		return;
	e->dirty = true;
	e->next_dirty = c->dirty;
	c->dirty = e;
}

/* ---- unions ---- */

/* One more or one less unit names KEY. Returns by how much the union grew: -1, 0 or 1. */
static int
count_key(store_txn *txn, const char *indicator, period at, span key, int sign)
{
	uint8_t name[KEY_ROW_MAX], count[COUNT_SIZE];
	span row = prefixed(indicator, at, name), payload;
	uint32_t before = 0;

	memcpy(name + row.len, key.at, key.len);
	row.len += key.len;
	if (record_get(txn, TABLE_KEY, row, &payload) && payload.len == COUNT_SIZE)
		before = be32_get(payload.at);
	if (!store_ok(txn))
		return 0;
	if (sign < 0 && before <= 1) {
		store_del(txn, TABLE_KEY, row);
		return before == 1 ? -1 : 0;
	}
	be32_put(count, sign < 0 ? before - 1 : before + 1);
	record_put(txn, TABLE_KEY, row, span_of(count, sizeof(count)));
	return sign > 0 && before == 0 ? 1 : 0;
}

/* Both lists are sorted: only keys that are in one of them move a count. */
static void
move_keys(store_txn *txn, const char *indicator, period at, figure *f, key_list old, key_list now)
{
	size_t i = 0, k = 0;

	while (i < old.n || k < now.n) {
		int order = i == old.n   ? 1
			    : k == now.n ? -1
					 : span_compare(old.keys[i], now.keys[k]);

		if (order < 0)
			f->num += count_key(txn, indicator, at, old.keys[i++], -1);
		else if (order > 0)
			f->num += count_key(txn, indicator, at, now.keys[k++], 1);
		else {
			i++;
			k++;
		}
	}
}

void
rollup_move(rollup_cache *c, store_txn *txn, rollup_entry *e, uint32_t indicator, const share *old,
	const share *new_share)
{
	const plan_indicator *in =
		&c->plan->indicators[c->plan->items[e->item].first_indicator + indicator];
	const key_list none = { 0 };
	figure *f = &e->figures[indicator];

	figure_apply(in, f, old, -1);
	figure_apply(in, f, new_share, 1);
	if (in->space == SPACE_UNION)
		move_keys(txn, in->id, e->at, f, old->has ? old->keys : none,
			new_share->has ? new_share->keys : none);
}

static void
write_entry(rollup_cache *c, store_txn *txn, const rollup_entry *e)
{
	const plan_item *it = &c->plan->items[e->item];
	rollup_row row = { .actual = e->actual, .on_time = e->on_time, .as_of = e->as_of };
	uint8_t key[ROLLUP_KEY_MAX];
	uint32_t i;

	row.figures = arena_alloc(&c->scratch, (it->n_indicators + 1) * sizeof(*row.figures));
	for (i = 0; row.figures != NULL && i < it->n_indicators; i++)
		if (e->figures[i].units > 0)
			row.figures[row.n_figures++] = (rollup_row_figure){
				.indicator =
					span_str(c->plan->indicators[it->first_indicator + i].id),
				.view = VIEW_REPORTED,
				.figure = e->figures[i],
			};
	buf_reset(&c->row);
	if (row.figures == NULL || rollup_row_encode(&row, &c->scratch, &c->row) != MS_OK)
		store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a rollup's row");
	else
		record_put(txn, TABLE_ROLLUP, rollup_key(c->plan, e->item, e->at, key),
			buf_span(&c->row));
	arena_reset(&c->scratch);
}

void
rollup_cache_write(rollup_cache *c, store_txn *txn, uint64_t log_size)
{
	rollup_entry *e;

	for (e = c->dirty; e != NULL && store_ok(txn); e = e->next_dirty) {
		e->as_of = log_size;
		e->dirty = false;
		write_entry(c, txn, e);
	}
	c->dirty = NULL;
}
