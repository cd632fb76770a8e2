/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rebuild_beside.c - rows of which the log gives a part. What it gives must be there; the rest is
 * somebody's word, and only its form can be judged.
 *
 *   row               from the log                        somebody's word
 *   META log          all but the clocks; no light was    until when nothing had to be told; a
 *                     left out or would be told twice     clock that is moved by hand
 *   META m/move       address, key, times, leaf; the key  where the hub listens
 *                     before it is one of the hub's
 *   META m/stored/    not beyond the unit's feed          how far agents have it, and since when
 *   INVITE            used or not, and by whom            of an open one unit, name, times, marks
 *   ROLLUP as_of      not before its last change          how many batches came together
 */
#include "store/rebuild_parts.h"

#include <string.h>

#include "base/lang.h"
#include "codec/records.h"
#include "plan/tally.h"
#include "store/feed.h"
#include "store/invite.h"
#include "store/lmdb_env.h"
#include "store/record.h"
#include "store/slot_cache.h"
#include "store/stored.h"

static void
meta_differs(rebuilding *r, const char *key, const char *what)
{
	rebuild_row_differs(r, TABLE_META, span_str(key), what);
}

/* ---- tables ---- */

static bool
is_table(span name)
{
	store_table t;

	for (t = 1; t < TABLE_COUNT; t++)
		if (store_has_table(STORE_HUB, t) &&
			span_equal(name, span_str(store_table_name(t))))
			return true;
	return false;
}

void
rebuild_judge_tables(rebuilding *r)
{
	store_cursor c;
	span name, row;
	bool more;

	store_cursor_open(&r->from, TABLE_NAMES, &c);
	for (more = store_first(&c, &name, &row); more; more = store_next(&c, &name, &row))
		if (!is_table(name))
			rebuild_row_differs(r, TABLE_NAMES, name, "no table of a hub is called so");
	store_cursor_close(&c);
}

/* ---- the state of the log ---- */

/* Were the lights told that passed until the state says so? Behind the last leaf nothing moved, so
 * they can be asked for now. */
static bool
are_told(rebuilding *r)
{
	log_state from = { .noticed_us = r->stored.last_us };

	if (r->stored.noticed_us < from.noticed_us)
		from.noticed_us = r->stored.noticed_us;
	return r->stored.noticed_us >= r->log.noticed_us && r->stored.noticed_us < INT64_MAX &&
	       (r->ledger == NULL ||
		       !ledger_owes_notice(r->ledger, &r->to, &from, r->stored.noticed_us));
}

void
rebuild_judge_state(rebuilding *r)
{
	const log_state *is = &r->stored, *made = &r->log;

	if (is->tree.size != made->tree.size || is->last_us != made->last_us ||
		is->tree.n != made->tree.n || is->generation != made->generation ||
		is->restore_leaf != made->restore_leaf ||
		memcmp(is->tree.roots, made->tree.roots, made->tree.n * sizeof(hash32)) != 0)
		meta_differs(r, LOG_STATE_KEY, "it is not the state of the log of its leaves");
	else if (is->manual_clock_us != 0 && !r->simulated)
		meta_differs(r, LOG_STATE_KEY, "it moves a clock that is not moved by hand");
	else if (!are_told(r))
		meta_differs(r, LOG_STATE_KEY, "lights were not told until when it says so");
}

/* ---- the hub's move ---- */

static bool
is_place(const rebuilding *r, const hub_place *place)
{
	return place->listen[0] != '\0' &&
	       (r->is_old || map_find(&r->curve_keys, span_of(place->curve_key, CURVE_SECRET_SIZE),
				     NULL));
}

void
rebuild_judge_move(rebuilding *r)
{
	const hub_move *told = &r->moved;
	hub_move is;
	bool has = hub_move_get(&r->from, &is);

	if (!store_ok(&r->from))
		return;
	if (!has && told->leaf != 0)
		meta_differs(r, META_KEY(HUB_MOVE_NAME), "it is missing");
	else if (has && told->leaf == 0)
		meta_differs(r, META_KEY(HUB_MOVE_NAME), "nothing in the log asks for it");
	else if (has && (is.leaf != told->leaf || strcmp(is.address, told->address) != 0 ||
				memcmp(is.now.curve_key, told->now.curve_key,
					sizeof(is.now.curve_key)) != 0 ||
				is.from_us != told->from_us || is.until_us != told->until_us))
		meta_differs(
			r, META_KEY(HUB_MOVE_NAME), "it is not the move that the log tells of");
	else if (has && (!is_place(r, &is.now) || !is_place(r, &is.before)))
		meta_differs(r, META_KEY(HUB_MOVE_NAME), "the hub was never where it says");
}

/* ---- cursors ---- */

static bool
has_all_numbers(rebuilding *r, span unit)
{
	char key[STORED_KEY_SIZE];
	bool all = true;
	unsigned i;
	span row;

	for (i = 0; i < STORED_NUMBERS; i++)
		all &= store_get(&r->from, TABLE_META,
			span_str(stored_key((stored_number)i, unit, key)), &row);
	return all;
}

static void
judge_stored(rebuilding *r, span key, stored_number number, span unit, span row)
{
	span payload;

	if (unit.len > PLAN_ID_MAX || plan_find_unit(r->plan, unit) < 0)
		rebuild_row_differs(r, TABLE_META, key, "no unit of the plan is called so");
	else if (!has_all_numbers(r, unit))
		rebuild_row_differs(
			r, TABLE_META, key, "another of the unit's three numbers is missing");
	else if (!record_open(&r->from, TABLE_META, key, row, &payload))
		return;
	else if (payload.len != 8)
		rebuild_row_differs(r, TABLE_META, key, "it is no number");
	else if (number != STORED_SEEN && be64_get(payload.at) > feed_last(&r->to, unit))
		rebuild_row_differs(r, TABLE_META, key, "it lies beyond the unit's feed");
}

bool
rebuild_judge_meta(rebuilding *r, span key, span row)
{
	stored_number number;
	span unit;

	if (stored_is(key, &number, &unit)) {
		judge_stored(r, key, number, unit, row);
		return true;
	}
	return span_equal(key, span_str(LOG_STATE_KEY)) ||
	       span_equal(key, span_str(META_KEY(HUB_MOVE_NAME)));
}

/* ---- invites ---- */

static const char *
judge_used(const rebuilding *r, const invite *in, const device *joined)
{
	uint64_t at;
	const device *d;

	if (!map_find(&r->devices, span_of(in->device.at, ID_SIZE), &at))
		return TR("the device that used it was never enrolled");
	d = (const device *)(uintptr_t)at;
	if (strcmp(d->unit, in->unit) != 0 || strcmp(d->name, in->name) != 0)
		return TR("the device that used it has another unit or name");
	if (joined != d && (joined != NULL || !r->is_old))
		return TR("the log does not say that this device used it");
	return NULL;
}

static const char *
judge_open(const rebuilding *r, const invite *in, const device *joined)
{
	static const device_id none;

	if (joined != NULL)
		return TR("it is open, but the log says that a device used it");
	if (plan_find_unit(r->plan, span_str(in->unit)) < 0)
		return TR("no unit of the plan is called so");
	if (in->name[0] == '\0' || in->expires_us <= in->made_us ||
		memcmp(&in->device, &none, sizeof(none)) != 0)
		return TR("it has another form");
	return NULL;
}

void
rebuild_judge_invites(rebuilding *r)
{
	invite_list all;
	size_t i;

	if (!invites_load(&r->from, &all))
		return;
	for (i = 0; i < all.n && r->out->good; i++) {
		const invite *in = &all.list[i];
		span key = span_of(in->key, sizeof(in->key));
		uint64_t at = 0;
		const device *joined =
			map_find(&r->invites, key, &at) ? (const device *)(uintptr_t)at : NULL;
		const char *what = in->used ? judge_used(r, in, joined) : judge_open(r, in, joined);

		if (what != NULL)
			rebuild_row_differs(r, TABLE_INVITE, key, what);
	}
	invites_fini(&all);
}

/* ---- rollups ---- */

/* Of the rollup KEY something was told when the log had SIZE leaves. */
static void
learn_change(rebuilding *r, span key, uint64_t size)
{
	uint64_t before = 0;

	map_find(&r->changes, key, &before);
	if (size > before && !map_put(&r->changes, key, size))
		store_no_memory(&r->to);
}

/* A slot's row moves the rollup of its period, whose key is the rest of its own behind the unit;
 * and now and then those of the longer periods around it. */
static void
learn_slot(rebuilding *r, span key, const slot *s)
{
	const uint8_t *unit_end = memchr(key.at, 0, key.len);
	uint8_t longer[SLOT_KEY_MAX];
	span own;
	period at;
	unsigned kind;

	if (unit_end == NULL)
		return;
	own = span_of(unit_end + 1, key.len - (size_t)(unit_end + 1 - key.at));
	learn_change(r, own, s->last_stored.leaf == UINT64_MAX ? 1 : s->last_stored.leaf + 1);
	memcpy(longer, own.at, own.len);
	at = period_from_code(be32_get(own.at + own.len - 4));
	for (kind = at.kind + 1u; kind <= PERIOD_YEAR; kind++) {
		be32_put(longer + own.len - 4, period_code(period_widen(at, (period_kind)kind)));
		learn_change(r, span_of(longer, own.len), 1);
	}
}

static void
learn_changes(rebuilding *r)
{
	arena memory = { 0 };
	store_cursor c;
	span key, row, payload;
	slot_row x;
	bool more;

	store_cursor_open(&r->to, TABLE_SLOT, &c);
	for (more = store_first(&c, &key, &row); more; more = store_next(&c, &key, &row)) {
		if (record_open(&r->to, TABLE_SLOT, key, row, &payload) &&
			slot_row_decode(payload, &memory, &x) == MS_OK)
			learn_slot(r, key, &x.slot);
		arena_reset(&memory);
	}
	store_cursor_close(&c);
	arena_fini(&memory);
}

uint64_t
rebuild_rollup_since(rebuilding *r, span key)
{
	uint64_t size = 0;

	if (r->changes.used == 0)
		learn_changes(r);
	map_find(&r->changes, key, &size);
	return size;
}
