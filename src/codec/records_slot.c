/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records_slot.c - slot and rollup rows, read and written at every commit: laid and walked by hand
 * (lay.h, walk.h), the same bytes as protobuf-c's. The row is copied into the arena once and
 * everything decoded borrows from that copy.
 */
#include "codec/records.h"

#include "codec/lay.h"
#include "codec/walk.h"

enum { VIEW_REPORTED = 1 };

/* Field numbers of store.proto */
enum {
	SLOT_STORED = 1,
	SLOT_RECENTS = 2,
	SLOT_LAST_LEAF = 3,
	SLOT_LAST_POSITION = 4,
	SLOT_FIRST_US = 5,
	SLOT_NEWEST_US = 6,
	SLOT_FILLED = 7,
	SLOT_PROGRESS = 8,
	SLOT_HELP = 9,
	SLOT_VALUES = 10,
	REVISION_REVISION = 1,
	REVISION_KIND = 2,
	REVISION_LEAF = 3,
	REVISION_POSITION = 4,
	REVISION_HASH = 5,
	VALUE_STATE = 1,
	VALUE_NUM = 2,
	VALUE_DEN = 3,
	VALUE_KEYS = 4,
	VALUE_PROVISIONAL = 5,
	VALUE_INDICATOR = 6,
	ROLLUP_FIGURES = 1,
	ROLLUP_ACTUAL = 2,
	ROLLUP_ON_TIME = 3,
	ROLLUP_AS_OF = 4,
	FIGURE_INDICATOR = 1,
	FIGURE_NUM_HIGH = 2,
	FIGURE_NUM_LOW = 3,
	FIGURE_DEN_HIGH = 4,
	FIGURE_DEN_LOW = 5,
	FIGURE_UNITS = 6,
	FIGURE_STALE = 7,
	FIGURE_VIEW = 8,
};

/* ---- slots, encoding ---- */

static size_t
revision_size(const slot_revision *r)
{
	return lay_number_size(r->revision) + lay_number_size(r->kind) +
	       lay_number_size(r->place.leaf) + lay_number_size(r->place.at) +
	       lay_bytes_size(HASH_SIZE);
}

static uint8_t *
lay_revision(uint8_t *at, const slot_revision *r)
{
	at = lay_prefix(at, SLOT_RECENTS, revision_size(r));
	at = lay_number(at, REVISION_REVISION, r->revision);
	at = lay_number(at, REVISION_KIND, r->kind);
	at = lay_number(at, REVISION_LEAF, r->place.leaf);
	at = lay_number(at, REVISION_POSITION, r->place.at);
	return lay_bytes(at, REVISION_HASH, span_of(r->body_hash.at, HASH_SIZE));
}

static size_t
value_size(const slot_row_value *v)
{
	size_t size = lay_number_size(v->value.state) + lay_bytes_size(v->indicator.len), i;

	if (v->value.num != 0)
		size += lay_number_size(lay_zigzag(v->value.num));
	if (v->value.den != 0)
		size += lay_number_size(lay_zigzag(v->value.den));
	for (i = 0; i < v->value.keys.n; i++)
		size += lay_bytes_size(v->value.keys.keys[i].len);
	return v->value.provisional ? size + lay_number_size(1) : size;
}

static uint8_t *
lay_value(uint8_t *at, const slot_row_value *v)
{
	size_t i;

	at = lay_prefix(at, SLOT_VALUES, value_size(v));
	at = lay_number(at, VALUE_STATE, v->value.state);
	if (v->value.num != 0)
		at = lay_number(at, VALUE_NUM, lay_zigzag(v->value.num));
	if (v->value.den != 0)
		at = lay_number(at, VALUE_DEN, lay_zigzag(v->value.den));
	for (i = 0; i < v->value.keys.n; i++)
		at = lay_bytes(at, VALUE_KEYS, v->value.keys.keys[i]);
	if (v->value.provisional)
		at = lay_number(at, VALUE_PROVISIONAL, 1);
	return lay_bytes(at, VALUE_INDICATOR, v->indicator);
}

/* At most this much. */
static size_t
slot_room(const slot_row *row)
{
	size_t size = 9 * LAY_NUMBER_MAX, i;

	for (i = 0; i < row->slot.n_recent; i++)
		size += lay_bytes_size(revision_size(&row->slot.recent[i]));
	for (i = 0; i < row->n_values; i++)
		size += lay_bytes_size(value_size(&row->values[i]));
	return size;
}

ms_status
slot_row_encode(const slot_row *row, arena *memory, buf *out)
{
	const slot *s = &row->slot;
	uint8_t *at;
	size_t i;

	(void)memory;
	if (buf_reserve(out, slot_room(row)) != MS_OK)
		return MS_NO_MEMORY;
	at = lay_number(out->at + out->len, SLOT_STORED, s->stored);
	for (i = 0; i < s->n_recent; i++)
		at = lay_revision(at, &s->recent[i]);
	at = lay_number(at, SLOT_LAST_LEAF, s->last_stored.leaf);
	at = lay_number(at, SLOT_LAST_POSITION, s->last_stored.at);
	at = lay_number(at, SLOT_FIRST_US, lay_zigzag(s->first_us));
	at = lay_number(at, SLOT_NEWEST_US, lay_zigzag(s->newest_us));
	at = lay_number(at, SLOT_FILLED, s->filled);
	if (s->has_progress)
		at = lay_number(at, SLOT_PROGRESS, s->progress_pct);
	if (s->help_needed)
		at = lay_number(at, SLOT_HELP, 1);
	for (i = 0; i < row->n_values; i++)
		at = lay_value(at, &row->values[i]);
	out->len = (size_t)(at - out->at);
	return MS_OK;
}

/* ---- slots, decoding ---- */

/* A number of a C type narrower than the row's. */
static uint32_t
number_below(walk *w, uint32_t max)
{
	w->bad |= w->number > max;
	return (uint32_t)w->number;
}

static bool
read_revision(span bytes, slot_revision *out)
{
	walk w = walk_over(bytes);

	while (walk_next(&w))
		switch (w.key) {
		case NUMBER_FIELD(REVISION_REVISION):
			out->revision = walk_u32(&w);
			break;
		case NUMBER_FIELD(REVISION_KIND):
			out->kind = (uint8_t)number_below(&w, UINT8_MAX);
			break;
		case NUMBER_FIELD(REVISION_LEAF):
			out->place.leaf = w.number;
			break;
		case NUMBER_FIELD(REVISION_POSITION):
			out->place.at = (uint16_t)number_below(&w, UINT16_MAX);
			break;
		case BYTES_FIELD(REVISION_HASH):
			out->body_hash = walk_hash(&w);
			break;
		default:
			return false;
		}
	return !w.bad;
}

static bool
read_revisions(walk *w, slot *out)
{
	size_t n = walk_count(w), i;

	if (n > SLOT_RECENT)
		return false;
	for (i = 0; i < n; i++) {
		if (i > 0)
			walk_again(w);
		if (!read_revision(w->bytes, &out->recent[i]))
			return false;
	}
	out->n_recent = (uint32_t)n;
	return true;
}

static ms_status
read_keys(walk *w, arena *memory, key_list *out)
{
	size_t i;

	out->n = walk_count(w);
	out->keys = arena_alloc(memory, out->n * sizeof(*out->keys));
	if (out->keys == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < out->n; i++) {
		if (i > 0)
			walk_again(w);
		out->keys[i] = w->bytes;
	}
	return MS_OK;
}

static ms_status
read_value(span bytes, arena *memory, slot_row_value *out)
{
	walk w = walk_over(bytes);
	ms_status s = MS_OK;

	*out = (slot_row_value){ 0 };
	while (s == MS_OK && walk_next(&w))
		switch (w.key) {
		case NUMBER_FIELD(VALUE_STATE):
			out->value.state = (value_state)number_below(&w, VALUE_NIL);
			break;
		case NUMBER_FIELD(VALUE_NUM):
			out->value.num = walk_s64(&w);
			break;
		case NUMBER_FIELD(VALUE_DEN):
			out->value.den = walk_s64(&w);
			break;
		case BYTES_FIELD(VALUE_KEYS):
			s = read_keys(&w, memory, &out->value.keys);
			break;
		case NUMBER_FIELD(VALUE_PROVISIONAL):
			out->value.provisional = walk_bool(&w);
			break;
		case BYTES_FIELD(VALUE_INDICATOR):
			out->indicator = walk_text(&w);
			break;
		default:
			return MS_CORRUPT;
		}
	return w.bad ? MS_CORRUPT : s;
}

static ms_status
read_values(walk *w, arena *memory, slot_row *out)
{
	size_t n = walk_count(w), i;
	ms_status s = MS_OK;

	out->values = arena_alloc(memory, n * sizeof(*out->values));
	if (out->values == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < n && s == MS_OK; i++) {
		if (i > 0)
			walk_again(w);
		s = read_value(w->bytes, memory, &out->values[i]);
	}
	out->n_values = n;
	return s;
}

ms_status
slot_row_decode(span bytes, arena *memory, slot_row *out)
{
	span own = arena_copy(memory, bytes);
	walk w = walk_over(own);
	slot *s = &out->slot;
	ms_status status = MS_OK;

	if (own.at == NULL)
		return MS_NO_MEMORY;
	*out = (slot_row){ 0 };
	while (status == MS_OK && walk_next(&w))
		switch (w.key) {
		case NUMBER_FIELD(SLOT_STORED):
			s->stored = walk_u32(&w);
			break;
		case BYTES_FIELD(SLOT_RECENTS):
			w.bad |= !read_revisions(&w, s);
			break;
		case NUMBER_FIELD(SLOT_LAST_LEAF):
			s->last_stored.leaf = w.number;
			break;
		case NUMBER_FIELD(SLOT_LAST_POSITION):
			s->last_stored.at = (uint16_t)number_below(&w, UINT16_MAX);
			break;
		case NUMBER_FIELD(SLOT_FIRST_US):
			s->first_us = walk_s64(&w);
			break;
		case NUMBER_FIELD(SLOT_NEWEST_US):
			s->newest_us = walk_s64(&w);
			break;
		case NUMBER_FIELD(SLOT_FILLED):
			s->filled = (uint8_t)number_below(&w, UINT8_MAX);
			break;
		case NUMBER_FIELD(SLOT_PROGRESS):
			s->has_progress = true;
			s->progress_pct = (uint8_t)number_below(&w, UINT8_MAX);
			break;
		case NUMBER_FIELD(SLOT_HELP):
			s->help_needed = walk_bool(&w);
			break;
		case BYTES_FIELD(SLOT_VALUES):
			status = read_values(&w, memory, out);
			break;
		default:
			return MS_CORRUPT;
		}
	return w.bad ? MS_CORRUPT : status;
}

/* ---- rollups ---- */

static size_t
figure_size(const rollup_row_figure *f)
{
	size_t size = lay_bytes_size(f->indicator.len) + 4 * LAY_NUMBER_MAX; /* see lay_figure */

	size += lay_number_size(f->figure.units) + lay_number_size(f->figure.stale) +
		lay_number_size(f->view);
	return size;
}

static uint8_t *
lay_figure_body(uint8_t *at, const rollup_row_figure *in)
{
	const figure *f = &in->figure;

	at = lay_bytes(at, FIGURE_INDICATOR, in->indicator);
	at = lay_number(at, FIGURE_NUM_HIGH, lay_zigzag((int64_t)(f->num >> 64)));
	at = lay_number(at, FIGURE_NUM_LOW, (uint64_t)f->num);
	if (f->den != 0) {
		at = lay_number(at, FIGURE_DEN_HIGH, lay_zigzag((int64_t)(f->den >> 64)));
		at = lay_number(at, FIGURE_DEN_LOW, (uint64_t)f->den);
	}
	at = lay_number(at, FIGURE_UNITS, f->units);
	if (f->stale != 0)
		at = lay_number(at, FIGURE_STALE, f->stale);
	return lay_number(at, FIGURE_VIEW, in->view == 0 ? VIEW_REPORTED : in->view);
}

/* The body is laid behind the longest prefix that it can need and moved up to the one it needs. */
static uint8_t *
lay_figure(uint8_t *at, const rollup_row_figure *f)
{
	uint8_t *body = at + LAY_NUMBER_MAX, *end = lay_figure_body(body, f);
	size_t len = (size_t)(end - body);

	at = lay_prefix(at, ROLLUP_FIGURES, len);
	memmove(at, body, len);
	return at + len;
}

ms_status
rollup_row_encode(const rollup_row *row, arena *memory, buf *out)
{
	size_t room = 3 * LAY_NUMBER_MAX, i;
	uint8_t *at;

	(void)memory;
	for (i = 0; i < row->n_figures; i++)
		room += LAY_NUMBER_MAX + figure_size(&row->figures[i]);
	if (buf_reserve(out, room) != MS_OK)
		return MS_NO_MEMORY;
	at = out->at + out->len;
	for (i = 0; i < row->n_figures; i++)
		at = lay_figure(at, &row->figures[i]);
	at = lay_number(at, ROLLUP_ACTUAL, row->actual);
	at = lay_number(at, ROLLUP_ON_TIME, row->on_time);
	at = lay_number(at, ROLLUP_AS_OF, row->as_of);
	out->len = (size_t)(at - out->at);
	return MS_OK;
}

/* Two's complement halves; built without shifting a negative number. */
static int128
join(int64_t high, uint64_t low)
{
	return (int128)high * ((int128)1 << 64) + (int128)low;
}

static bool
read_figure(span bytes, rollup_row_figure *out)
{
	int64_t num_high = 0, den_high = 0;
	uint64_t num_low = 0, den_low = 0;
	walk w = walk_over(bytes);

	*out = (rollup_row_figure){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(FIGURE_INDICATOR):
			out->indicator = walk_text(&w);
			break;
		case NUMBER_FIELD(FIGURE_NUM_HIGH):
			num_high = walk_s64(&w);
			break;
		case NUMBER_FIELD(FIGURE_NUM_LOW):
			num_low = w.number;
			break;
		case NUMBER_FIELD(FIGURE_DEN_HIGH):
			den_high = walk_s64(&w);
			break;
		case NUMBER_FIELD(FIGURE_DEN_LOW):
			den_low = w.number;
			break;
		case NUMBER_FIELD(FIGURE_UNITS):
			out->figure.units = walk_u32(&w);
			break;
		case NUMBER_FIELD(FIGURE_STALE):
			out->figure.stale = walk_u32(&w);
			break;
		case NUMBER_FIELD(FIGURE_VIEW):
			out->view = walk_u32(&w);
			break;
		default:
			return false;
		}
	out->figure.num = join(num_high, num_low);
	out->figure.den = join(den_high, den_low);
	return !w.bad;
}

static ms_status
read_figures(walk *w, arena *memory, rollup_row *out)
{
	size_t n = walk_count(w), i;

	out->figures = arena_alloc(memory, n * sizeof(*out->figures));
	if (out->figures == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < n; i++) {
		if (i > 0)
			walk_again(w);
		if (!read_figure(w->bytes, &out->figures[i]))
			return MS_CORRUPT;
	}
	out->n_figures = n;
	return MS_OK;
}

ms_status
rollup_row_decode(span bytes, arena *memory, rollup_row *out)
{
	span own = arena_copy(memory, bytes);
	walk w = walk_over(own);
	ms_status status = MS_OK;

	if (own.at == NULL)
		return MS_NO_MEMORY;
	*out = (rollup_row){ 0 };
	while (status == MS_OK && walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(ROLLUP_FIGURES):
			status = read_figures(&w, memory, out);
			break;
		case NUMBER_FIELD(ROLLUP_ACTUAL):
			out->actual = walk_u32(&w);
			break;
		case NUMBER_FIELD(ROLLUP_ON_TIME):
			out->on_time = walk_u32(&w);
			break;
		case NUMBER_FIELD(ROLLUP_AS_OF):
			out->as_of = w.number;
			break;
		default:
			return MS_CORRUPT;
		}
	return w.bad ? MS_CORRUPT : status;
}
