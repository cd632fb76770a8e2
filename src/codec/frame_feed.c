/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame_feed.c - FEED frames. A reader that catches up takes hundreds of thousands of acts a
 * second, so entries are laid by hand: the size of an entry first (a length stands before it), then
 * its bytes, copied once.
 */
#include "codec/frame_parts.h"
#include "codec/lay.h"

/* Field numbers of wire.proto */
enum {
	FEED_ENTRIES = 1,
	FEED_ROLLUPS = 2,
	FEED_CAUGHT_UP = 3,
	FEED_CURSOR = 4,
	FEED_HUB_TIME = 5,
	FEED_SIZE = 6,
	FEED_AFTER = 7,
	FEED_CHECKPOINT = 8,
	FEED_COVER = 9,
	FEED_KEYS = 10,
	FEED_PART = 11,
	ENTRY_NUMBER = 1,
	ENTRY_LEAF = 2,
	ENTRY_HUB_TIME = 3,
	ENTRY_HEADER = 4,
	ENTRY_SIGNATURE = 5,
	ENTRY_VERDICTS = 6,
	ENTRY_ACTS = 7,
	ENTRY_SIBLINGS = 8,
	ENTRY_WITHHELD = 9,
	ENTRY_UNIT = 10,
	ENTRY_POSITIONS = 11,
	ACT_POSITION = 1,
	ACT_ACT = 2,
};

/* ---- encoding ---- */

static size_t
act_size(const feed_act *a)
{
	return lay_number_size(a->at) + lay_bytes_size(a->bytes.len);
}

static size_t
entry_size(const feed_entry *e)
{
	size_t size = lay_number_size(e->number) + lay_number_size(e->leaf), i;

	if (e->positions.len > 0)
		size += lay_bytes_size(e->positions.len);
	if (e->withheld)
		return size + lay_number_size(1);
	size += lay_number_size(lay_zigzag(e->hub_time_us));
	size += lay_bytes_size(e->header.len) + lay_bytes_size(e->signature.len) +
		lay_bytes_size(e->verdicts.len);
	for (i = 0; i < e->n_acts; i++)
		size += lay_bytes_size(act_size(&e->acts[i]));
	for (i = 0; i < e->n_siblings; i++)
		size += lay_bytes_size(e->siblings[i].len);
	if (e->unit.len > 0)
		size += lay_bytes_size(e->unit.len);
	return size;
}

static uint8_t *
lay_positions(uint8_t *at, const feed_entry *e)
{
	return e->positions.len == 0 ? at : lay_bytes(at, ENTRY_POSITIONS, e->positions);
}

static uint8_t *
lay_entry(uint8_t *at, const feed_entry *e, size_t size)
{
	size_t i;

	at = lay_prefix(at, FEED_ENTRIES, size);
	at = lay_number(at, ENTRY_NUMBER, e->number);
	at = lay_number(at, ENTRY_LEAF, e->leaf);
	if (e->withheld)
		return lay_positions(lay_number(at, ENTRY_WITHHELD, 1), e);
	at = lay_number(at, ENTRY_HUB_TIME, lay_zigzag(e->hub_time_us));
	at = lay_bytes(at, ENTRY_HEADER, e->header);
	at = lay_bytes(at, ENTRY_SIGNATURE, e->signature);
	at = lay_bytes(at, ENTRY_VERDICTS, e->verdicts);
	for (i = 0; i < e->n_acts; i++) {
		at = lay_prefix(at, ENTRY_ACTS, act_size(&e->acts[i]));
		at = lay_number(at, ACT_POSITION, e->acts[i].at);
		at = lay_bytes(at, ACT_ACT, e->acts[i].bytes);
	}
	for (i = 0; i < e->n_siblings; i++)
		at = lay_bytes(at, ENTRY_SIBLINGS, e->siblings[i]);
	if (e->unit.len > 0)
		at = lay_bytes(at, ENTRY_UNIT, e->unit);
	return lay_positions(at, e);
}

static ms_status
put_entry(buf *out, const feed_entry *e)
{
	size_t size = entry_size(e);

	if (buf_reserve(out, lay_bytes_size(size)) != MS_OK)
		return MS_NO_MEMORY;
	out->len = (size_t)(lay_entry(out->at + out->len, e, size) - out->at);
	return MS_OK;
}

static void
put_figure(const feed_figure *in, arena *memory, Muster__Wire__FeedFigure *out, bool *failed)
{
	muster__wire__feed_figure__init(out);
	out->indicator = memory_text(in->indicator, memory, failed);
	out->period = memory_text(in->period, memory, failed);
	out->unit = in->unit.len == 0 ? NULL : memory_text(in->unit, memory, failed);
	out->has_has = out->has = in->has;
	out->has_value = in->has;
	out->value = in->value;
	out->has_num = out->has_den = in->den != 0;
	out->num = in->num;
	out->den = in->den;
	out->has_units = out->has_of = true;
	out->units = in->units;
	out->of = in->of;
	out->has_stale = in->stale != 0;
	out->stale = in->stale;
	out->has_overflow = out->overflow = in->overflow;
	out->has_target = in->has_target;
	out->target = in->target;
	out->has_is_accepted = out->is_accepted = out->has_accepted = in->has_accepted;
	out->accepted = in->accepted;
	out->has_accepted_overflow = out->accepted_overflow = in->accepted_overflow;
}

static Muster__Wire__FeedFigure **
put_figures(const feed_figure *in, size_t n, arena *memory, bool *failed)
{
	Muster__Wire__FeedFigure *list = arena_alloc(memory, n * sizeof(*list));
	Muster__Wire__FeedFigure **out = arena_alloc(memory, n * sizeof(*out));
	size_t i;

	*failed |= list == NULL || out == NULL;
	for (i = 0; i < n && !*failed; i++) {
		put_figure(&in[i], memory, &list[i], failed);
		out[i] = &list[i];
	}
	return out;
}

static void
put_missing(const feed_missing *in, arena *memory, Muster__Wire__FeedMissing *out, bool *failed)
{
	muster__wire__feed_missing__init(out);
	out->unit = memory_text(in->unit, memory, failed);
	out->contact = memory_text(in->contact, memory, failed);
	out->has_link = true;
	out->link = in->link;
	out->has_last_seen = in->last_seen_us != 0;
	out->last_seen = in->last_seen_us;
	out->has_deadline = in->deadline_us != 0;
	out->deadline = in->deadline_us;
	out->has_returned = in->returned_us != 0;
	out->returned = in->returned_us;
}

static Muster__Wire__FeedMissing **
put_slots(const feed_missing *in, size_t n, arena *memory, bool *failed)
{
	Muster__Wire__FeedMissing *list = arena_alloc(memory, n * sizeof(*list));
	Muster__Wire__FeedMissing **out = arena_alloc(memory, n * sizeof(*out));
	size_t i;

	*failed |= list == NULL || out == NULL;
	for (i = 0; i < n && !*failed; i++) {
		put_missing(&in[i], memory, &list[i], failed);
		out[i] = &list[i];
	}
	return out;
}

static bool
put_rollup(const feed_rollup *in, arena *memory, Muster__Wire__FeedRollup *m)
{
	bool failed = false;

	muster__wire__feed_rollup__init(m);
	m->item = memory_text(in->item, memory, &failed);
	m->period = memory_text(in->period, memory, &failed);
	m->has_as_of = m->has_expected = m->has_actual = m->has_on_time = m->has_deadline = true;
	m->as_of = in->as_of;
	m->expected = in->expected;
	m->actual = in->actual;
	m->on_time = in->on_time;
	m->deadline = in->deadline_us;
	m->has_accepted = true;
	m->accepted = in->accepted;
	m->has_is_given = m->is_given = m->has_progress_pct = in->has_progress;
	m->progress_pct = in->progress_pct;
	m->figures = put_figures(in->figures, in->n_figures, memory, &failed);
	m->n_figures = in->n_figures;
	m->unit_targets = put_figures(in->unit_targets, in->n_unit_targets, memory, &failed);
	m->n_unit_targets = in->n_unit_targets;
	m->missing = put_slots(in->missing, in->n_missing, memory, &failed);
	m->n_missing = in->n_missing;
	m->returned = put_slots(in->returned, in->n_returned, memory, &failed);
	m->n_returned = in->n_returned;
	return !failed;
}

static ms_status
lay_message(buf *out, unsigned field, const ProtobufCMessage *m)
{
	size_t size = protobuf_c_message_get_packed_size(m);

	if (buf_reserve(out, lay_bytes_size(size)) != MS_OK)
		return MS_NO_MEMORY;
	out->len = (size_t)(lay_prefix(out->at + out->len, field, size) - out->at);
	return memory_pack(m, out);
}

static ms_status
lay_rollup(buf *out, const feed_rollup *r, arena *memory)
{
	Muster__Wire__FeedRollup m;

	return put_rollup(r, memory, &m) ? lay_message(out, FEED_ROLLUPS, &m.base) : MS_NO_MEMORY;
}

static ms_status
lay_part(buf *out, const feed_part *part, arena *memory)
{
	Muster__Wire__RollupPart m = MUSTER__WIRE__ROLLUP_PART__INIT;
	Muster__Wire__FeedRollup rollup;

	m.has_number = true;
	m.number = part->number;
	m.has_goes_on = m.goes_on = part->goes_on;
	m.rollup = &rollup;
	return put_rollup(&part->rollup, memory, &rollup) ? lay_message(out, FEED_PART, &m.base)
							  : MS_NO_MEMORY;
}

/* What the entries are checked with. */
static ms_status
lay_proof(buf *out, const frame_feed *f, arena *memory)
{
	bool failed = false;
	Muster__Wire__Checkpoint *c = parts_put_checkpoint(&f->checkpoint, memory, &failed);
	ms_status s = failed ? MS_NO_MEMORY : MS_OK;
	size_t i;

	if (s == MS_OK && c != NULL)
		s = lay_message(out, FEED_CHECKPOINT, &c->base);
	if (s == MS_OK)
		s = buf_reserve(out, f->n_cover * lay_bytes_size(HASH_SIZE));
	for (i = 0; i < f->n_cover && s == MS_OK; i++)
		out->len =
			(size_t)(lay_bytes(out->at + out->len, FEED_COVER, f->cover[i]) - out->at);
	for (i = 0; i < f->n_keys && s == MS_OK; i++) {
		Muster__Wire__LeafProof *m = parts_put_leaf(&f->keys[i], memory, &failed);

		if (failed)
			s = MS_NO_MEMORY;
		else if (m != NULL)
			s = lay_message(out, FEED_KEYS, &m->base);
	}
	return s;
}

ms_status
frame_put_feed(const frame *of, arena *memory, buf *out)
{
	const frame_feed *f = &of->u.feed;
	ms_status s = MS_OK;
	uint8_t *at;
	size_t i;

	for (i = 0; i < f->n_entries && s == MS_OK; i++)
		s = put_entry(out, &f->entries[i]);
	for (i = 0; i < f->n_rollups && s == MS_OK; i++)
		s = lay_rollup(out, &f->rollups[i], memory);
	if (s != MS_OK || buf_reserve(out, 5 * LAY_NUMBER_MAX) != MS_OK)
		return MS_NO_MEMORY;
	at = out->at + out->len;
	if (f->caught_up)
		at = lay_number(at, FEED_CAUGHT_UP, 1);
	at = lay_number(at, FEED_CURSOR, f->cursor);
	at = lay_number(at, FEED_HUB_TIME, lay_zigzag(f->hub_time_us));
	at = lay_number(at, FEED_SIZE, f->size);
	at = lay_number(at, FEED_AFTER, f->after);
	out->len = (size_t)(at - out->at);
	s = lay_proof(out, f, memory);
	return s == MS_OK && f->part != NULL ? lay_part(out, f->part, memory) : s;
}

/* ---- decoding ---- */

static ms_status
take_entry(const Muster__Wire__FeedEntry *in, arena *memory, feed_entry *out)
{
	size_t i;

	*out = (feed_entry){
		.number = in->number,
		.leaf = in->leaf,
		.hub_time_us = parts_time(in->hub_time),
		.header = parts_bytes(in->has_header, &in->header),
		.signature = parts_bytes(in->has_signature, &in->signature),
		.verdicts = parts_bytes(in->has_verdicts, &in->verdicts),
		.n_acts = in->n_acts,
		.n_siblings = in->n_siblings,
		.withheld = in->withheld,
		.unit = parts_text(in->unit),
		.positions = parts_bytes(in->has_positions, &in->positions),
	};
	out->acts = arena_alloc(memory, in->n_acts * sizeof(*out->acts));
	out->siblings = arena_alloc(memory, in->n_siblings * sizeof(*out->siblings));
	if (out->acts == NULL || out->siblings == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < in->n_acts; i++) {
		if (in->acts[i]->position > UINT16_MAX)
			return MS_INVALID;
		out->acts[i] = (feed_act){ .at = (uint16_t)in->acts[i]->position,
			.bytes = parts_bytes(in->acts[i]->has_act, &in->acts[i]->act) };
	}
	for (i = 0; i < in->n_siblings; i++)
		out->siblings[i] = binary_span(&in->siblings[i]);
	return MS_OK;
}

static feed_missing *
take_slots(Muster__Wire__FeedMissing *const *in, size_t n, arena *memory)
{
	feed_missing *out = arena_alloc(memory, n * sizeof(*out));
	size_t i;

	for (i = 0; out != NULL && i < n; i++)
		out[i] = (feed_missing){ .unit = parts_text(in[i]->unit),
			.contact = parts_text(in[i]->contact),
			.link = parts_link(in[i]->link),
			.last_seen_us = parts_time(in[i]->last_seen),
			.deadline_us = parts_time(in[i]->deadline),
			.returned_us = parts_time(in[i]->returned) };
	return out;
}

static feed_figure *
take_figures(Muster__Wire__FeedFigure *const *in, size_t n, arena *memory)
{
	feed_figure *out = arena_alloc(memory, n * sizeof(*out));
	size_t i;

	for (i = 0; out != NULL && i < n; i++) {
		const Muster__Wire__FeedFigure *f = in[i];

		out[i] = (feed_figure){ .indicator = parts_text(f->indicator),
			.period = parts_text(f->period),
			.unit = parts_text(f->unit),
			.has = f->has,
			.overflow = f->overflow,
			.has_target = f->has_target,
			.value = f->value,
			.num = f->num,
			.den = f->den,
			.target = f->target,
			.units = f->units,
			.of = f->of,
			.stale = f->stale,
			.has_accepted = f->is_accepted,
			.accepted = f->accepted,
			.accepted_overflow = f->accepted_overflow };
	}
	return out;
}

static ms_status
take_rollup(const Muster__Wire__FeedRollup *in, arena *memory, feed_rollup *out)
{
	*out = (feed_rollup){
		.item = parts_text(in->item),
		.period = parts_text(in->period),
		.as_of = in->as_of,
		.expected = in->expected,
		.actual = in->actual,
		.on_time = in->on_time,
		.deadline_us = parts_time(in->deadline),
		.accepted = in->accepted,
		.has_progress = in->is_given,
		.progress_pct = in->progress_pct,
		.n_figures = in->n_figures,
		.n_unit_targets = in->n_unit_targets,
		.n_missing = in->n_missing,
		.n_returned = in->n_returned,
	};
	out->figures = take_figures(in->figures, in->n_figures, memory);
	out->unit_targets = take_figures(in->unit_targets, in->n_unit_targets, memory);
	out->missing = take_slots(in->missing, in->n_missing, memory);
	out->returned = take_slots(in->returned, in->n_returned, memory);
	if (out->figures == NULL || out->unit_targets == NULL || out->missing == NULL ||
		out->returned == NULL)
		return MS_NO_MEMORY;
	return MS_OK;
}

/* One without a rollup is no part. */
static ms_status
take_part(const Muster__Wire__RollupPart *in, arena *memory, const feed_part **out)
{
	feed_part *part = arena_zalloc(memory, sizeof(*part));

	*out = part;
	if (part == NULL)
		return MS_NO_MEMORY;
	part->number = in->number;
	part->goes_on = in->goes_on;
	return in->rollup == NULL ? MS_INVALID : take_rollup(in->rollup, memory, &part->rollup);
}

ms_status
frame_take_feed(span bytes, arena *memory, frame *into)
{
	frame_feed *out = &into->u.feed;
	bool failed = false;
	ms_status s = MS_OK;
	size_t i;

	UNPACK(Feed, feed);
	*out = (frame_feed){
		.n_entries = m->n_entries,
		.n_rollups = m->n_rollups,
		.caught_up = m->caught_up,
		.cursor = m->cursor,
		.hub_time_us = parts_time(m->hub_time),
		.size = m->size,
		.after = m->after,
		.checkpoint = parts_take_checkpoint(m->checkpoint, memory, &failed),
		.cover = parts_take_list(m->cover, m->n_cover, memory, &failed),
		.n_cover = m->n_cover,
		.n_keys = m->n_keys,
	};
	out->keys = arena_alloc(memory, m->n_keys * sizeof(*out->keys));
	out->entries = arena_alloc(memory, m->n_entries * sizeof(*out->entries));
	out->rollups = arena_alloc(memory, m->n_rollups * sizeof(*out->rollups));
	if (out->entries == NULL || out->rollups == NULL || out->keys == NULL || failed)
		return MS_NO_MEMORY;
	for (i = 0; i < m->n_keys; i++)
		out->keys[i] = parts_take_leaf(m->keys[i], memory, &failed);
	for (i = 0; i < m->n_entries && s == MS_OK; i++)
		s = take_entry(m->entries[i], memory, &out->entries[i]);
	for (i = 0; i < m->n_rollups && s == MS_OK; i++)
		s = take_rollup(m->rollups[i], memory, &out->rollups[i]);
	if (s == MS_OK && m->part != NULL)
		s = take_part(m->part, memory, &out->part);
	return failed ? MS_NO_MEMORY : s;
}
