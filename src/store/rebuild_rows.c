/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rebuild_rows.c - two stores, row by row.
 *
 * What follows from the log must be the same, byte for byte; of a rollup the size of the log at
 * which it was written may differ, since that is how many batches came together. What does not
 * follow from the log (how far agents have their feeds, forks that were kept) must carry its hash
 * and fit to what does.
 */
#include "store/rebuild_parts.h"

#include <stdio.h>
#include <string.h>

#include "codec/records.h"
#include "plan/act.h"
#include "store/feed.h"
#include "store/record.h"

void
rebuild_differs(rebuilding *r, uint64_t leaf, const char *what)
{
	if (!r->out->good)
		return;
	r->out->good = false;
	r->out->first_bad = leaf;
	snprintf(r->out->what, sizeof(r->out->what), "%s", what);
}

static void
row_differs(rebuilding *r, store_table table, span key, const char *what)
{
	store_txn said = { .error = { 0 } };

	record_bad(&said, table, key, what);
	rebuild_differs(r, r->stored.tree.size, said.error.text);
}

/* ---- rows that follow from the log ---- */

static bool
same_rollup(span a, span b, arena *memory)
{
	rollup_row x, y;
	buf left = { 0 }, right = { 0 };
	bool same = false;

	if (rollup_row_decode(a, memory, &x) == MS_OK &&
		rollup_row_decode(b, memory, &y) == MS_OK) {
		x.as_of = y.as_of = 0;
		same = rollup_row_encode(&x, memory, &left) == MS_OK &&
		       rollup_row_encode(&y, memory, &right) == MS_OK &&
		       span_equal(buf_span(&left), buf_span(&right));
	}
	buf_fini(&left);
	buf_fini(&right);
	arena_reset(memory);
	return same;
}

static bool
same_row(rebuilding *r, store_table table, span key, span is, span made)
{
	span a, b;

	if (table != TABLE_ROLLUP || span_equal(is, made))
		return span_equal(is, made);
	return record_open(&r->from, table, key, is, &a) &&
	       record_open(&r->to, table, key, made, &b) && same_rollup(a, b, &r->acts);
}

/* Instants up to the last one told are gone. */
static bool
is_past(const rebuilding *r, store_table table, span key)
{
	return table == TABLE_DUE && key.len >= 8 &&
	       (int64_t)be64_get(key.at) <= r->stored.noticed_us;
}

static bool
next_made(const rebuilding *r, store_table table, store_cursor *c, bool first, span *key, span *row)
{
	bool more = first ? store_first(c, key, row) : store_next(c, key, row);

	while (more && is_past(r, table, *key))
		more = store_next(c, key, row);
	return more;
}

/* A rollup that came back to nothing: it has a row only if it was written in between. */
static bool
is_blank(rebuilding *r, store_table table, span key, span row)
{
	rollup_row x;
	bool blank;
	span bytes;
	size_t i;

	if (table != TABLE_ROLLUP || !record_open(&r->from, table, key, row, &bytes) ||
		rollup_row_decode(bytes, &r->acts, &x) != MS_OK)
		return false;
	blank = x.actual == 0 && x.on_time == 0 && x.accepted_actual == 0 &&
		x.accepted_on_time == 0 && x.exempt == 0;
	for (i = 0; i < x.n_figures; i++) {
		const figure *f = &x.figures[i].figure;

		blank &= f->units == 0 && f->inner == 0 && f->stale == 0 && f->num == 0 &&
			 f->den == 0;
	}
	arena_reset(&r->acts);
	return blank;
}

static int
key_order(span a, span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = memcmp(a.at, b.at, n);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static void
compare_table(rebuilding *r, store_table table)
{
	store_cursor is, made;
	span key, row, made_key, made_row;
	bool more, more_made;

	store_cursor_open(&r->from, table, &is);
	store_cursor_open(&r->to, table, &made);
	more = store_first(&is, &key, &row);
	more_made = next_made(r, table, &made, true, &made_key, &made_row);
	while (more && more_made && r->out->good) {
		int order = key_order(key, made_key);

		if (order < 0 && is_blank(r, table, key, row)) {
			more = store_next(&is, &key, &row);
			continue;
		}
		if (order < 0)
			row_differs(r, table, key, "nothing in the log asks for it");
		else if (order > 0)
			row_differs(r, table, made_key, "it is missing");
		else if (!same_row(r, table, key, row, made_row))
			row_differs(r, table, key, "it is not what the log adds up to");
		more = store_next(&is, &key, &row);
		more_made = next_made(r, table, &made, false, &made_key, &made_row);
	}
	while (more && r->out->good && is_blank(r, table, key, row))
		more = store_next(&is, &key, &row);
	if (more && r->out->good && store_ok(&r->from))
		row_differs(r, table, key, "nothing in the log asks for it");
	if (more_made && r->out->good && store_ok(&r->from))
		row_differs(r, table, made_key, "it is missing");
	store_cursor_close(&is);
	store_cursor_close(&made);
}

/* ---- devices and forks ---- */

static bool
has_evidence(store_txn *txn, const device_id *id)
{
	evidence e = { .device = *id };

	return evidence_next(txn, &e) && memcmp(&e.device, id, sizeof(*id)) == 0;
}

/* The hub's own CURVE key stands in hub.key alone. */
static bool
same_keys(const rebuilding *r, const device *is, const device *made)
{
	return memcmp(&is->sign_key, &made->sign_key, sizeof(is->sign_key)) == 0 &&
	       memcmp(&is->old_sign_key, &made->old_sign_key, sizeof(is->old_sign_key)) == 0 &&
	       memcmp(is->old_curve_key, made->old_curve_key, sizeof(is->old_curve_key)) == 0 &&
	       is->old_until_us == made->old_until_us && is->key_leaf == made->key_leaf &&
	       (memcmp(&is->id, &r->hub, sizeof(is->id)) == 0 ||
		       memcmp(is->curve_key, made->curve_key, sizeof(is->curve_key)) == 0);
}

static void
compare_device(rebuilding *r, const device *is)
{
	uint64_t at;
	const device *made;
	span key = span_of(is->id.at, ID_SIZE);

	if (!map_find(&r->devices, key, &at)) {
		row_differs(r, TABLE_DEVICE, key, "nothing in the log enrols it");
		return;
	}
	made = (const device *)(uintptr_t)at;
	if (!same_keys(r, is, made) || strcmp(is->unit, made->unit) != 0 ||
		strcmp(is->name, made->name) != 0 || is->next_seq != made->next_seq ||
		!hash_equal(&is->last_header, &made->last_header) ||
		is->enrolled_leaf != made->enrolled_leaf ||
		is->revoked_leaf != made->revoked_leaf || is->state != made->state)
		row_differs(r, TABLE_DEVICE, key, "it is not what the log says of the device");
	else if (is->state == DEVICE_FROZEN && !has_evidence(&r->from, &is->id))
		row_differs(r, TABLE_DEVICE, key, "it is frozen, but no fork of it was kept");
	else if (is->state == DEVICE_ACTIVE && has_evidence(&r->from, &is->id))
		row_differs(r, TABLE_DEVICE, key, "a fork of it was kept, but it is not frozen");
}

static ms_status
compare_devices(rebuilding *r, ms_error *err)
{
	roster all;
	size_t i;
	ms_status s = roster_load(&r->from, &all);

	if (s != MS_OK)
		return store_status(&r->from, err);
	for (i = 0; i < all.n && r->out->good; i++)
		compare_device(r, &all.list[i]);
	if (r->out->good && all.n != r->n_devices)
		rebuild_differs(r, r->stored.tree.size, "the row of an enrolled device is missing");
	roster_fini(&all);
	return store_status(&r->from, err);
}

/* ---- rows that do not follow from the log ---- */

/* The numbers of one unit stand together or not at all (stored.h). */
static void
count_stored(span key, uint64_t of[3])
{
	static const char *const names[3] = { "m/stored/own/", "m/stored/lead/", "m/stored/seen/" };
	unsigned i;

	for (i = 0; i < 3; i++)
		if (key.len > strlen(names[i]) && memcmp(key.at, names[i], strlen(names[i])) == 0)
			of[i]++;
}

static void
check_hashes(rebuilding *r, store_table table, uint64_t stored[3])
{
	store_cursor c;
	span key, row, payload;
	bool more;

	store_cursor_open(&r->from, table, &c);
	for (more = store_first(&c, &key, &row); more; more = store_next(&c, &key, &row)) {
		if (table == TABLE_META && span_equal(key, span_str("format")))
			continue;
		if (!record_open(&r->from, table, key, row, &payload))
			break;
		count_stored(key, stored);
	}
	store_cursor_close(&c);
}

/* The state of the log but what clocks set. */
static void
compare_state(rebuilding *r)
{
	const log_state *is = &r->stored, *made = &r->log;

	if (is->tree.size != made->tree.size || is->last_us != made->last_us ||
		is->tree.n != made->tree.n || is->generation != made->generation ||
		is->restore_leaf != made->restore_leaf ||
		memcmp(is->tree.roots, made->tree.roots, made->tree.n * sizeof(hash32)) != 0)
		rebuild_differs(
			r, is->tree.size, "the stored state of the log is not that of its leaves");
}

ms_status
rebuild_compare_rows(rebuilding *r, ms_error *err)
{
	static const store_table follow[] = { TABLE_SLOT, TABLE_KEY, TABLE_ROLLUP, TABLE_FEED,
		TABLE_FEED_TAIL, TABLE_FEED_HEAD, TABLE_PLAN, TABLE_BATCH, TABLE_BATCH_TAIL,
		TABLE_RULING, TABLE_DUE };
	static const store_table other[] = { TABLE_META, TABLE_DEVICE, TABLE_EVIDENCE,
		TABLE_INVITE };
	uint64_t stored[3] = { 0 };
	ms_status s;
	size_t i;

	compare_state(r);
	if (store_count(&r->from, TABLE_LOG) != r->stored.tree.size)
		rebuild_differs(r, r->stored.tree.size,
			"there are rows of leaves that the log does not have");
	for (i = 0; i < sizeof(follow) / sizeof(follow[0]) && r->out->good; i++)
		compare_table(r, follow[i]);
	for (i = 0; i < sizeof(other) / sizeof(other[0]) && r->out->good; i++)
		check_hashes(r, other[i], stored);
	if (r->out->good && feeds_due(&r->from) != feeds_due(&r->to))
		rebuild_differs(r, r->stored.tree.size,
			"the row that tells when feeds were stated is not that of the log");
	s = store_status(&r->from, err);
	if (s == MS_OK && r->out->good && (stored[0] != stored[1] || stored[0] != stored[2]))
		rebuild_differs(r, r->stored.tree.size,
			"a row that tells how far a unit has its feed is missing");
	return s == MS_OK && r->out->good ? compare_devices(r, err) : s;
}
