/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_view.c - from a feed row to an entry: the batch's header and signature, the acts shown, the
 * fewest sibling hashes.
 *
 * Most entries are shown whole (observers, own batches): then nothing is decoded or hashed.
 */
#include "store/feed_view.h"

#include <string.h>

#include "codec/acts.h"
#include "codec/peek.h"
#include "plan/judge.h"
#include "proof/tree.h"
#include "store/feed.h"
#include "store/log.h"

typedef struct shown {
	uint8_t at[BATCH_ACTS_MAX]; /* 1 = shown */
	uint16_t n;
} shown;

/* Where the act points; AT_ALL where it names none. False: what it names is not in the plan. */
static bool
place_of(const plan *p, const act_peek *peek, slot_at *at)
{
	int item = plan_find_item(p, peek->item), unit = plan_find_unit(p, peek->unit);

	*at = (slot_at){ .item = item < 0 ? AT_ALL : (uint32_t)item,
		.unit = unit < 0 ? AT_ALL : (uint32_t)unit };
	return (item >= 0 || peek->item.len == 0) && (unit >= 0 || peek->unit.len == 0);
}

static bool
may_see(const feed_view *f, uint32_t unit, const act_peek *peek, span bytes, arena *memory)
{
	const report *r = NULL;
	slot_at at;
	act a;

	if (!place_of(f->plan, peek, &at))
		return false;
	if (at.item == AT_ALL || at.unit == AT_ALL)
		return route_visible_many(f->plan, unit, peek->kind, at, f->now_us);
	if (peek->kind == ACT_REPORT && plan_ever_splits(f->plan, at.item)) {
		if (act_decode(bytes, memory, &a) != MS_OK || a.malformed)
			return false;
		r = &a.u.report;
	}
	return route_visible(f->plan, unit, at, f->now_us, r == NULL ? NULL : r->parts,
		r == NULL ? 0 : r->n_parts);
}

/*
 * May UNIT see the act, and did it ask for such? OWN: what its devices said, and what others say of
 * its slots. LEAD: what others say, of their slots.
 */
static bool
is_wanted(const feed_view *f, uint32_t unit, uint32_t classes, bool own, span bytes, arena *memory)
{
	act_peek peek;
	bool mine;

	if (own && (classes & CLASS_OWN) != 0)
		return true;
	if (!peek_act(bytes, &peek))
		return false;
	mine = own || peek.unit.len == 0 ||
	       span_equal(peek.unit, span_str(f->plan->units[unit].id));
	return (classes & (mine ? CLASS_OWN : CLASS_LEAD)) != 0 &&
	       (own || route_observes(f->plan, unit, f->now_us) ||
		       may_see(f, unit, &peek, bytes, memory));
}

/* Which of the row's positions this reader is shown. */
static void
judge_row(const feed_view *f, uint32_t unit, const feed_row *row, uint32_t classes,
	const log_record *record, bool own, const span *acts, arena *memory, shown *out)
{
	const uint32_t both = CLASS_OWN | CLASS_LEAD;
	bool all = (classes & both) == both && (own || route_observes(f->plan, unit, f->now_us));
	uint16_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < record->count; i++)
		if (feed_has(row, i) &&
			(all || is_wanted(f, unit, classes, own, acts[i], memory))) {
			out->at[i] = 1;
			out->n++;
		}
}

static ms_status
fill_siblings(
	const log_record *record, const span *acts, const shown *s, arena *memory, feed_entry *out)
{
	hash32 *leaves, *siblings;
	size_t n = 0, i;

	if (s->n == record->count)
		return MS_OK;
	leaves = arena_alloc(memory, record->count * sizeof(*leaves));
	siblings = arena_alloc(memory, record->count * sizeof(*siblings));
	out->siblings = arena_alloc(memory, record->count * sizeof(*out->siblings));
	if (leaves == NULL || siblings == NULL || out->siblings == NULL)
		return MS_NO_MEMORY;
	tree_leaves(acts, record->count, leaves);
	tree_siblings(leaves, s->at, record->count, siblings, &n);
	for (i = 0; i < n; i++)
		out->siblings[i] = span_of(siblings[i].at, HASH_SIZE);
	out->n_siblings = n;
	return MS_OK;
}

static ms_status
fill_entry(
	const log_record *record, const span *acts, const shown *s, arena *memory, feed_entry *out)
{
	uint16_t i;

	out->leaf = record->leaf;
	out->hub_time_us = record->hub_time_us;
	out->header = record->header;
	out->signature = record->signature;
	out->verdicts = record->verdicts;
	out->acts = arena_alloc(memory, ((size_t)s->n + 1) * sizeof(*out->acts));
	if (out->acts == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < record->count; i++)
		if (s->at[i])
			out->acts[out->n_acts++] = (feed_act){ .at = i, .bytes = acts[i] };
	return fill_siblings(record, acts, s, memory, out);
}

/* The unit whose device sealed the batch; empty for the hub. */
static span
author_of(const feed_view *f, const log_record *record)
{
	batch_header header;
	const device *d;

	if (!batch_header_read(record->header, &header))
		return span_str("");
	d = roster_find(f->roster, &header.device);
	return span_str(d == NULL ? "" : d->unit);
}

bool
feed_view_shows(const feed_view *f, uint32_t unit, const log_record *record, uint16_t position,
	arena *memory)
{
	bool own = span_equal(author_of(f, record), span_str(f->plan->units[unit].id));

	return (own || verdict_is_stored((verdict)record->verdicts.at[position])) &&
	       is_wanted(f, unit, CLASS_OWN | CLASS_LEAD, own, log_act(record, position), memory);
}

static ms_status
entry_of_row(const feed_view *f, uint32_t unit, const feed_row *row, uint32_t classes,
	arena *memory, feed_entry *out)
{
	span acts[BATCH_ACTS_MAX];
	log_record record;
	shown s;
	bool own;

	if (!log_read(f->txn, row->leaf, &record))
		return store_ok(f->txn) ? MS_CORRUPT : f->txn->error.status;
	out->unit = author_of(f, &record);
	own = span_equal(out->unit, span_str(f->plan->units[unit].id));
	if (own && (classes & CLASS_OWN) == 0)
		return MS_OK;
	log_acts(&record, acts);
	judge_row(f, unit, row, classes, &record, own, acts, memory, &s);
	if (s.n == 0) {
		out->withheld = (classes & CLASS_OWN) != 0 && (classes & CLASS_LEAD) != 0;
		return MS_OK;
	}
	return fill_entry(&record, acts, &s, memory, out);
}

ms_status
feed_view_next(const feed_view *f, uint32_t unit, uint64_t after, uint32_t classes, arena *memory,
	feed_entry *out)
{
	feed_reader reader;
	span positions;
	feed_row row;

	feed_seek(f->txn, span_str(f->plan->units[unit].id), after, &reader);
	if (!feed_next(&reader, &row))
		return store_ok(f->txn) ? MS_NOT_FOUND : f->txn->error.status;
	positions = feed_positions(row.bitmap, BATCH_ACTS_MAX);
	*out = (feed_entry){
		.number = row.number, .leaf = row.leaf, .positions = arena_copy(memory, positions)
	};
	if (positions.len > 0 && out->positions.at == NULL)
		return MS_NO_MEMORY;
	return entry_of_row(f, unit, &row, classes, memory, out);
}
