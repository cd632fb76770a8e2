/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rebuild_rows.c - two stores, row by row.
 *
 * What follows from the log must be the same, byte for byte; of a rollup the size of the log at
 * which it was written may differ, since that is how many batches came together. Of what the log
 * gives a part, rebuild_beside.c judges the rest.
 */
#include "store/rebuild_parts.h"

#include <string.h>

#include "codec/records.h"
#include "plan/act.h"
#include "store/record.h"

/* ---- rollups ---- */

/* Both in r->acts, until its reset. */
static bool
read_rollup(rebuilding *r, store_txn *txn, span key, span row, rollup_row *out)
{
	span payload;

	return record_open(txn, TABLE_ROLLUP, key, row, &payload) &&
	       rollup_row_decode(payload, &r->acts, out) == MS_OK;
}

static bool
is_rollup_of(rebuilding *r, const rollup_row *x, span made)
{
	buf bytes = { 0 };
	bool same = rollup_row_encode(x, &r->acts, &bytes) == MS_OK &&
		    span_equal(buf_span(&bytes), made);

	buf_fini(&bytes);
	return same;
}

static bool
is_same_rollup(rebuilding *r, span key, span is, span made)
{
	rollup_row x, y;
	span payload;
	bool same = read_rollup(r, &r->from, key, is, &x) &&
		    read_rollup(r, &r->to, key, made, &y) &&
		    record_open(&r->to, TABLE_ROLLUP, key, made, &payload) &&
		    x.as_of >= rebuild_rollup_since(r, key) && x.as_of <= r->stored.tree.size;

	if (same) {
		x.as_of = y.as_of;
		same = is_rollup_of(r, &x, payload);
	}
	arena_reset(&r->acts);
	return same;
}

static bool
has_no_figures(const rollup_row *x)
{
	size_t i;

	for (i = 0; i < x->n_figures; i++) {
		const figure *f = &x->figures[i].figure;

		if (f->units != 0 || f->inner != 0 || f->stale != 0 || f->num != 0 || f->den != 0)
			return false;
	}
	return x->actual == 0 && x->on_time == 0 && x->accepted_actual == 0 &&
	       x->accepted_on_time == 0 && x->exempt == 0;
}

/* Periods longer than the item's had rows also when there was nothing in them. */
static bool
is_old_blank(rebuilding *r, span key, span row)
{
	rollup_row x;
	bool blank = r->is_old && read_rollup(r, &r->from, key, row, &x) && has_no_figures(&x) &&
		     rebuild_rollup_since(r, key) == 1;

	arena_reset(&r->acts);
	return blank;
}

/* ---- tables ---- */

typedef struct table_rule {
	store_table table;
	bool (*is_same)(rebuilding *r, span key, span is, span made); /* NULL: byte for byte */
	bool (*may_be)(rebuilding *r, span key, span row); /* though nothing in the log asks for
							      it; NULL: never */
} table_rule;

/* A row at which one of two stores stands. */
typedef struct side {
	store_cursor c;
	span key, row;
	bool more;
} side;

static void
side_open(side *s, store_txn *txn, store_table table)
{
	store_cursor_open(txn, table, &s->c);
	s->more = store_first(&s->c, &s->key, &s->row);
}

static void
side_next(side *s)
{
	s->more = store_next(&s->c, &s->key, &s->row);
}

static void
compare_both(rebuilding *r, const table_rule *rule, side *is, side *made)
{
	if (!span_equal(is->row, made->row) &&
		(rule->is_same == NULL || !rule->is_same(r, is->key, is->row, made->row)))
		rebuild_row_differs(r, rule->table, is->key, "it is not what the log adds up to");
	side_next(is);
	side_next(made);
}

static void
compare_table(rebuilding *r, const table_rule *rule)
{
	side is, made;

	side_open(&is, &r->from, rule->table);
	side_open(&made, &r->to, rule->table);
	while ((is.more || made.more) && r->out->good && store_ok(&r->from)) {
		int order = !is.more ? 1 : !made.more ? -1 : span_compare(is.key, made.key);

		if (order == 0) {
			compare_both(r, rule, &is, &made);
		} else if (order < 0) {
			if (rule->may_be == NULL || !rule->may_be(r, is.key, is.row))
				rebuild_row_differs(
					r, rule->table, is.key, "nothing in the log asks for it");
			side_next(&is);
		} else {
			rebuild_row_differs(r, rule->table, made.key, "it is missing");
			side_next(&made);
		}
	}
	store_cursor_close(&is.c);
	store_cursor_close(&made.c);
}

/* ---- leaves ---- */

/* Each was read by its key; there may be more, and a page may say that it has rows which it has
 * not. */
static void
compare_leaves(rebuilding *r)
{
	uint64_t n = 0;
	side is;

	for (side_open(&is, &r->from, TABLE_LOG); is.more && r->out->good; side_next(&is))
		if (is.key.len != 8 || be64_get(is.key.at) != n++ || n > r->stored.tree.size)
			rebuild_row_differs(r, TABLE_LOG, is.key, "the log has no such leaf");
	store_cursor_close(&is.c);
}

/* ---- devices ---- */

static bool
same_keys(const rebuilding *r, const device *is, const device *made)
{
	bool is_hub = memcmp(&is->id, &r->hub, sizeof(is->id)) == 0;

	return memcmp(&is->sign_key, &made->sign_key, sizeof(is->sign_key)) == 0 &&
	       memcmp(&is->old_sign_key, &made->old_sign_key, sizeof(is->old_sign_key)) == 0 &&
	       memcmp(is->old_curve_key, made->old_curve_key, sizeof(is->old_curve_key)) == 0 &&
	       is->old_until_us == made->old_until_us && is->key_leaf == made->key_leaf &&
	       ((is_hub && r->is_old) ||
		       memcmp(is->curve_key, made->curve_key, sizeof(is->curve_key)) == 0);
}

static void
compare_device(rebuilding *r, const device *is)
{
	uint64_t at;
	const device *made;
	span key = span_of(is->id.at, ID_SIZE);

	if (!map_find(&r->devices, key, &at)) {
		rebuild_row_differs(r, TABLE_DEVICE, key, "nothing in the log enrols it");
		return;
	}
	made = (const device *)(uintptr_t)at;
	if (!same_keys(r, is, made) || strcmp(is->unit, made->unit) != 0 ||
		strcmp(is->name, made->name) != 0 || is->next_seq != made->next_seq ||
		!hash_equal(&is->last_header, &made->last_header) ||
		is->enrolled_leaf != made->enrolled_leaf ||
		is->revoked_leaf != made->revoked_leaf || is->state != made->state)
		rebuild_row_differs(
			r, TABLE_DEVICE, key, "it is not what the log says of the device");
}

static void
compare_devices(rebuilding *r)
{
	roster all;
	size_t i;

	if (!roster_load(&r->from, &all))
		return;
	for (i = 0; i < all.n && r->out->good; i++)
		compare_device(r, &all.list[i]);
	if (r->out->good && all.n != r->n_devices)
		rebuild_differs(r, r->stored.tree.size, "the row of an enrolled device is missing");
	roster_fini(&all);
}

/* ---- all of them ---- */

static const table_rule rules[] = {
	{ .table = TABLE_SLOT },
	{ .table = TABLE_KEY },
	{ TABLE_ROLLUP, is_same_rollup, is_old_blank },
	{ .table = TABLE_FEED },
	{ .table = TABLE_FEED_TAIL },
	{ .table = TABLE_FEED_HEAD },
	{ .table = TABLE_PLAN },
	{ .table = TABLE_BATCH },
	{ .table = TABLE_BATCH_TAIL },
	{ .table = TABLE_RULING },
	{ .table = TABLE_DUE },
	{ .table = TABLE_EVIDENCE },
	{ .table = TABLE_META, .may_be = rebuild_judge_meta },
};

ms_status
rebuild_compare_rows(rebuilding *r, ms_error *err)
{
	size_t i;

	rebuild_judge_tables(r);
	rebuild_judge_state(r);
	if (r->out->good)
		compare_leaves(r);
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]) && r->out->good; i++)
		compare_table(r, &rules[i]);
	if (r->out->good)
		compare_devices(r);
	if (r->out->good)
		rebuild_judge_invites(r);
	if (r->out->good)
		rebuild_judge_move(r);
	return store_status(store_ok(&r->from) ? &r->to : &r->from, err);
}
