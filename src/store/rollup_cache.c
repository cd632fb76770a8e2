/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rollup_cache.h"

#include <stdlib.h>

#include "codec/records.h"
#include "store/ledger.h"
#include "store/record.h"

enum {
	ROLLUP_KEY_MAX = PLAN_ID_MAX + 1 + 4,
	KEY_ROW_MAX = (2 * PLAN_ID_MAX) + 1 + 4 + REPORT_KEY_MAX * 4,
	COUNT_SIZE = 4,
	SHARE_SIZE = 16 /* an int128 as a key */
};

static span
prefixed(const char *id, figure_view v, period at, uint8_t *out)
{
	size_t len = strlen(id);

	memcpy(out, id, len);
	out[len] = (uint8_t)v;
	be32_put(out + len + 1, period_code(at));
	return span_of(out, len + 5);
}

static span
rollup_key(const plan *p, uint32_t item, period at, uint8_t out[ROLLUP_KEY_MAX])
{
	return prefixed(p->items[item].id, VIEW_REPORTED, at, out);
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

/* In rows the views are numbered from 1. */
static void
figures_by_plan(const plan *p, uint32_t item, const rollup_row *row, rollup *out)
{
	const plan_item *it = &p->items[item];
	size_t i;
	uint32_t k;

	for (i = 0; i < row->n_figures; i++)
		for (k = 0; k < it->n_indicators; k++)
			if (row->figures[i].view >= 1 && row->figures[i].view <= VIEWS &&
				span_equal(row->figures[i].indicator,
					span_str(p->indicators[it->first_indicator + k].id)))
				out->figures[row->figures[i].view - 1][k] = row->figures[i].figure;
}

ms_status
rollup_read(store_txn *txn, const plan *p, uint32_t item, period at, arena *memory, rollup *out,
	ms_error *err)
{
	uint8_t key[ROLLUP_KEY_MAX];
	rollup_row row = { 0 };
	uint32_t n = p->items[item].n_indicators;
	figure *figures;
	span payload;
	ms_status s = MS_OK;

	if (record_get(txn, TABLE_ROLLUP, rollup_key(p, item, at, key), &payload))
		s = rollup_row_decode(payload, memory, &row);
	else if (!store_ok(txn))
		return store_status(txn, err);
	*out = (rollup){ .actual = { row.actual, row.accepted_actual },
		.on_time = { row.on_time, row.accepted_on_time },
		.exempt = row.exempt,
		.as_of = row.as_of };
	figures = arena_zalloc(memory, (VIEWS * n + 1) * sizeof(*figures));
	if (s == MS_OK && figures == NULL)
		s = MS_NO_MEMORY;
	if (s != MS_OK)
		return ms_fail(err, s, MST_STORE_CORRUPT, "the rollup of item %s cannot be read",
			p->items[item].id);
	out->figures[VIEW_REPORTED] = figures;
	out->figures[VIEW_ACCEPTED] = figures + n;
	figures_by_plan(p, item, &row, out);
	return MS_OK;
}

static rollup_entry *
load_entry(rollup_cache *c, store_txn *txn, uint32_t item, period at)
{
	uint32_t n = c->plan->items[item].n_indicators;
	size_t head = (sizeof(rollup_entry) + 15) & ~(size_t)15;
	rollup_entry *e = calloc(1, head + VIEWS * n * sizeof(figure));
	rollup r = { 0 };
	unsigned v;

	if (e == NULL) {
		store_no_memory(txn);
		return NULL;
	}
	if (rollup_read(txn, c->plan, item, at, &c->scratch, &r, &txn->error) != MS_OK) {
		free(e);
		return NULL;
	}
	e->item = item;
	e->at = at;
	e->exempt = r.exempt;
	e->as_of = r.as_of;
	for (v = 0; v < VIEWS; v++) {
		e->actual[v] = r.actual[v];
		e->on_time[v] = r.on_time[v];
		e->figures[v] = (figure *)(void *)((uint8_t *)e + head) + v * n;
		if (r.figures[v] != NULL && n > 0)
			memcpy(e->figures[v], r.figures[v], n * sizeof(figure));
	}
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
		store_no_memory(txn);
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

/* ---- unions and extremes ---- */

/* The rows of one (indicator, view, period) in table KEY. */
typedef struct key_rows {
	store_txn *txn;
	const plan_indicator *in;
	figure_view v;
	period at;
} key_rows;

/* One more or one less unit names KEY. Returns by how much the union grew: -1, 0 or 1. */
static int
count_key(const key_rows *rows, span key, int sign)
{
	uint8_t name[KEY_ROW_MAX], count[COUNT_SIZE];
	span row = prefixed(rows->in->id, rows->v, rows->at, name), payload;
	uint32_t before = 0;

	memcpy(name + row.len, key.at, key.len);
	row.len += key.len;
	if (record_get(rows->txn, TABLE_KEY, row, &payload) && payload.len == COUNT_SIZE)
		before = be32_get(payload.at);
	if (!store_ok(rows->txn))
		return 0;
	if (sign < 0 && before <= 1) {
		store_del(rows->txn, TABLE_KEY, row);
		return before == 1 ? -1 : 0;
	}
	be32_put(count, sign < 0 ? before - 1 : before + 1);
	record_put(rows->txn, TABLE_KEY, row, span_of(count, sizeof(count)));
	return sign > 0 && before == 0 ? 1 : 0;
}

/* Both lists are sorted: only keys that are in one of them move a count. */
static void
move_keys(const key_rows *rows, figure *f, key_list old, key_list now)
{
	size_t i = 0, k = 0;

	while (i < old.n || k < now.n) {
		int order = i == old.n   ? 1
			    : k == now.n ? -1
					 : span_compare(old.keys[i], now.keys[k]);

		if (order < 0)
			f->num += count_key(rows, old.keys[i++], -1);
		else if (order > 0)
			f->num += count_key(rows, now.keys[k++], 1);
		else {
			i++;
			k++;
		}
	}
}

static const uint64_t sign_bit = UINT64_C(1) << 63;

/* NUM as bytes whose order is that of the numbers. */
static span
share_key(int128 num, uint8_t out[SHARE_SIZE])
{
	be64_put(out, (uint64_t)((unsigned __int128)num >> 64) ^ sign_bit);
	be64_put(out + 8, (uint64_t)num);
	return span_of(out, SHARE_SIZE);
}

static int128
key_share(const uint8_t *key)
{
	unsigned __int128 high = be64_get(key) ^ sign_bit;

	return (int128)(high << 64 | be64_get(key + 8));
}

/* The first of the rows, or the last; 0 when there is none. */
static int128
extreme(const key_rows *rows, bool last)
{
	uint8_t name[KEY_ROW_MAX];
	span prefix = prefixed(rows->in->id, rows->v, rows->at, name), key, count;
	store_cursor c;
	int128 out = 0;
	bool found;

	store_cursor_open(rows->txn, TABLE_KEY, &c);
	if (last) {
		memset(name + prefix.len, 0xff, SHARE_SIZE + 1);
		found = store_before(&c, span_of(name, prefix.len + SHARE_SIZE + 1), &key, &count);
	} else {
		found = store_seek(&c, prefix, &key, &count);
	}
	if (found && key.len == prefix.len + SHARE_SIZE &&
		memcmp(key.at, prefix.at, prefix.len) == 0)
		out = key_share(key.at + prefix.len);
	store_cursor_close(&c);
	return out;
}

static void
move_extreme(const key_rows *rows, figure *f, const share *old, const share *new_share)
{
	uint8_t key[SHARE_SIZE];

	if (old->has == new_share->has && old->num == new_share->num)
		return;
	if (old->has)
		count_key(rows, share_key(old->num, key), -1);
	if (new_share->has)
		count_key(rows, share_key(new_share->num, key), 1);
	f->num = extreme(rows, rows->in->space == SPACE_MAX);
}

void
rollup_move(rollup_cache *c, store_txn *txn, rollup_entry *e, figure_view v, uint32_t indicator,
	const share *old, const share *new_share)
{
	const plan_indicator *in =
		&c->plan->indicators[c->plan->items[e->item].first_indicator + indicator];
	const key_rows rows = { .txn = txn, .in = in, .v = v, .at = e->at };
	const key_list none = { 0 };
	figure *f = &e->figures[v][indicator];

	figure_apply(in, f, old, -1);
	figure_apply(in, f, new_share, 1);
	if (in->space == SPACE_UNION)
		move_keys(&rows, f, old->has ? old->keys : none,
			new_share->has ? new_share->keys : none);
	else if (in->space == SPACE_MAX || in->space == SPACE_MIN)
		move_extreme(&rows, f, old, new_share);
}

static void
put_figures(const rollup_cache *c, const rollup_entry *e, figure_view v, rollup_row *row)
{
	const plan_item *it = &c->plan->items[e->item];
	uint32_t i;

	for (i = 0; i < it->n_indicators; i++)
		if (e->figures[v][i].units > 0)
			row->figures[row->n_figures++] = (rollup_row_figure){
				.indicator =
					span_str(c->plan->indicators[it->first_indicator + i].id),
				.view = 1 + (uint32_t)v,
				.figure = e->figures[v][i],
			};
}

/* Periods around the item's own have rows for their figures alone. */
static bool
needs_row(const rollup_cache *c, const rollup_entry *e, const rollup_row *row)
{
	return e->at.kind == c->plan->items[e->item].kind || row->n_figures > 0 ||
	       row->exempt > 0 || row->actual > 0 || row->accepted_actual > 0;
}

static void
write_entry(rollup_cache *c, store_txn *txn, const rollup_entry *e)
{
	size_t n = c->plan->items[e->item].n_indicators;
	rollup_row row = { .actual = e->actual[VIEW_REPORTED],
		.on_time = e->on_time[VIEW_REPORTED],
		.accepted_actual = e->actual[VIEW_ACCEPTED],
		.accepted_on_time = e->on_time[VIEW_ACCEPTED],
		.exempt = e->exempt,
		.as_of = e->as_of };
	uint8_t room[ROLLUP_KEY_MAX];
	span key = rollup_key(c->plan, e->item, e->at, room);

	row.figures = arena_alloc(&c->scratch, (VIEWS * n + 1) * sizeof(*row.figures));
	if (row.figures != NULL) {
		put_figures(c, e, VIEW_REPORTED, &row);
		put_figures(c, e, VIEW_ACCEPTED, &row);
	}
	buf_reset(&c->row);
	if (row.figures == NULL || rollup_row_encode(&row, &c->scratch, &c->row) != MS_OK)
		store_no_memory(txn);
	else if (needs_row(c, e, &row))
		record_put(txn, TABLE_ROLLUP, key, buf_span(&c->row));
	else
		store_del(txn, TABLE_ROLLUP, key);
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
