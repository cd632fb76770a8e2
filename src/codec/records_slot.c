/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records_slot.c - slot rows, read and written at every commit: laid and walked by hand
 * (lay.h, walk.h), the same bytes as protobuf-c's. The row is copied into the arena once and
 * everything decoded borrows from that copy.
 */
#include "codec/records.h"

#include "codec/lay.h"
#include "codec/walk.h"

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
	SLOT_LIFE = 11,
	SLOT_ACCEPTED_VALUES = 12,
	LIFE_FLOOR = 1,
	LIFE_REPORTED_REVISION = 2, /* and leaf, position behind it */
	LIFE_ACCEPTED_REVISION = 5,
	LIFE_RETURNS = 8,
	LIFE_RETURNS_IN_TIME = 9,
	LIFE_RETURNED_US = 10,
	LIFE_OPEN_UNTIL_US = 11,
	LIFE_GRANTED_DAYS = 12,
	LIFE_FLAGS = 13,
	LIFE_BOLT = 14,
	LIFE_VOTES = 15,
	VOTE_REVISION = 1,
	VOTE_UNIT = 2,
	VOTE_OUTCOME = 3,
	FLAG_REQUESTED = 1,
	FLAG_OUTAGE = 2,
	FLAG_EXEMPT = 4,
	FLAG_NAMED = 8,
	FLAGS_ALL = 15,
	DECIDED_OUTCOME = 3,
	DECIDED_SELF = 4,
	DECIDED_RETURNED = 8,
	DECIDED_ALL = 15,
	REVISION_REVISION = 1,
	REVISION_KIND = 2,
	REVISION_LEAF = 3,
	REVISION_POSITION = 4,
	REVISION_HASH = 5,
	REVISION_DECIDED = 6,
	VALUE_STATE = 1,
	VALUE_NUM = 2,
	VALUE_DEN = 3,
	VALUE_KEYS = 4,
	VALUE_PROVISIONAL = 5,
	VALUE_INDICATOR = 6,
};

/* ---- slots, encoding ---- */

static uint32_t
decided_of(const slot_revision *r)
{
	return (uint32_t)r->outcome | (r->self ? DECIDED_SELF : 0) |
	       (r->returned ? DECIDED_RETURNED : 0);
}

static size_t
revision_size(const slot_revision *r)
{
	return lay_number_size(r->revision) + lay_number_size(r->kind) +
	       lay_number_size(r->place.leaf) + lay_number_size(r->place.at) +
	       lay_bytes_size(HASH_SIZE) +
	       (decided_of(r) == 0 ? 0 : lay_number_size(decided_of(r)));
}

static uint8_t *
lay_revision(uint8_t *at, const slot_revision *r)
{
	at = lay_prefix(at, SLOT_RECENTS, revision_size(r));
	at = lay_number(at, REVISION_REVISION, r->revision);
	at = lay_number(at, REVISION_KIND, r->kind);
	at = lay_number(at, REVISION_LEAF, r->place.leaf);
	at = lay_number(at, REVISION_POSITION, r->place.at);
	at = lay_bytes(at, REVISION_HASH, span_of(r->body_hash.at, HASH_SIZE));
	return decided_of(r) == 0 ? at : lay_number(at, REVISION_DECIDED, decided_of(r));
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
lay_value(uint8_t *at, unsigned field, const slot_row_value *v)
{
	size_t i;

	at = lay_prefix(at, field, value_size(v));
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

static size_t
vote_size(const slot_row_vote *v)
{
	return lay_number_size(v->revision) + lay_bytes_size(v->unit.len) +
	       lay_number_size(v->outcome);
}

static uint8_t *
lay_vote(uint8_t *at, const slot_row_vote *v)
{
	at = lay_prefix(at, LIFE_VOTES, vote_size(v));
	at = lay_number(at, VOTE_REVISION, v->revision);
	at = lay_bytes(at, VOTE_UNIT, v->unit);
	return lay_number(at, VOTE_OUTCOME, v->outcome);
}

static uint8_t *
lay_ref(uint8_t *at, unsigned field, const slot_ref *r)
{
	if (r->revision == 0)
		return at;
	at = lay_number(at, field, r->revision);
	at = lay_number(at, field + 1, r->place.leaf);
	return lay_number(at, field + 2, r->place.at);
}

static uint8_t *
lay_life_body(uint8_t *at, const slot_row *row)
{
	const slot *s = &row->slot;
	size_t i;

	at = lay_some(at, LIFE_FLOOR, s->floor);
	at = lay_ref(at, LIFE_REPORTED_REVISION, &s->below_reported);
	at = lay_ref(at, LIFE_ACCEPTED_REVISION, &s->below_accepted);
	at = lay_some(at, LIFE_RETURNS, s->returns);
	at = lay_some(at, LIFE_RETURNS_IN_TIME, s->returns_in_time);
	at = lay_some(at, LIFE_RETURNED_US, lay_zigzag(s->returned_us));
	if (s->open_until_us != INT64_MIN)
		at = lay_number(at, LIFE_OPEN_UNTIL_US, lay_zigzag(s->open_until_us));
	at = lay_some(at, LIFE_GRANTED_DAYS, (uint32_t)s->granted_days);
	at = lay_some(at, LIFE_FLAGS,
		(s->requested ? FLAG_REQUESTED : 0u) | (s->outage ? FLAG_OUTAGE : 0u) |
			(s->exempt ? FLAG_EXEMPT : 0u) | (s->named ? FLAG_NAMED : 0u));
	at = lay_some(at, LIFE_BOLT, s->bolt);
	for (i = 0; i < row->n_votes; i++)
		at = lay_vote(at, &row->votes[i]);
	return at;
}

/* Laid behind the longest prefix that it can need and moved up to the one it needs; left out when
 * there is nothing in it. */
static uint8_t *
lay_life(uint8_t *at, const slot_row *row)
{
	uint8_t *body = at + LAY_NUMBER_MAX, *end = lay_life_body(body, row);
	size_t len = (size_t)(end - body);

	if (len == 0)
		return at;
	at = lay_prefix(at, SLOT_LIFE, len);
	memmove(at, body, len);
	return at + len;
}

/* At most this much. */
static size_t
slot_room(const slot_row *row)
{
	size_t size = (9 + 15) * LAY_NUMBER_MAX, i;

	for (i = 0; i < row->n_votes; i++)
		size += lay_bytes_size(vote_size(&row->votes[i]));
	for (i = 0; i < row->n_accepted; i++)
		size += lay_bytes_size(value_size(&row->accepted[i]));
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
	at = lay_number(at, SLOT_FILLED, s->shown.filled);
	if (s->shown.has_progress)
		at = lay_number(at, SLOT_PROGRESS, s->shown.progress_pct);
	if (s->shown.help_needed)
		at = lay_number(at, SLOT_HELP, 1);
	for (i = 0; i < row->n_values; i++)
		at = lay_value(at, SLOT_VALUES, &row->values[i]);
	at = lay_life(at, row);
	for (i = 0; i < row->n_accepted; i++)
		at = lay_value(at, SLOT_ACCEPTED_VALUES, &row->accepted[i]);
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

static void
read_decided(walk *w, slot_revision *out)
{
	uint32_t decided = number_below(w, DECIDED_ALL);

	out->outcome = (uint8_t)(decided & DECIDED_OUTCOME);
	out->self = (decided & DECIDED_SELF) != 0;
	out->returned = (decided & DECIDED_RETURNED) != 0;
	w->bad |= out->outcome > OUTCOME_RETURNED;
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
		case NUMBER_FIELD(REVISION_DECIDED):
			read_decided(&w, out);
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
read_values(walk *w, arena *memory, slot_row_value **values, size_t *n_values)
{
	size_t n = walk_count(w), i;
	ms_status s = MS_OK;

	*values = arena_alloc(memory, n * sizeof(**values));
	if (*values == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < n && s == MS_OK; i++) {
		if (i > 0)
			walk_again(w);
		s = read_value(w->bytes, memory, &(*values)[i]);
	}
	*n_values = n;
	return s;
}

static bool
read_vote(span bytes, slot_row_vote *out)
{
	walk w = walk_over(bytes);

	*out = (slot_row_vote){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case NUMBER_FIELD(VOTE_REVISION):
			out->revision = walk_u32(&w);
			break;
		case BYTES_FIELD(VOTE_UNIT):
			out->unit = walk_text(&w);
			break;
		case NUMBER_FIELD(VOTE_OUTCOME):
			out->outcome = number_below(&w, OUTCOME_RETURNED);
			break;
		default:
			return false;
		}
	return !w.bad;
}

static ms_status
read_votes(walk *w, arena *memory, slot_row *out)
{
	size_t n = walk_count(w), i;

	out->votes = arena_alloc(memory, n * sizeof(*out->votes));
	if (out->votes == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < n; i++) {
		if (i > 0)
			walk_again(w);
		if (!read_vote(w->bytes, &out->votes[i]))
			return MS_CORRUPT;
	}
	out->n_votes = n;
	return MS_OK;
}

static void
read_flags(walk *w, slot *s)
{
	uint32_t flags = number_below(w, FLAGS_ALL);

	s->requested = (flags & FLAG_REQUESTED) != 0;
	s->outage = (flags & FLAG_OUTAGE) != 0;
	s->exempt = (flags & FLAG_EXEMPT) != 0;
	s->named = (flags & FLAG_NAMED) != 0;
}

/* One of the three numbers of a reference that begins at field FIRST. */
static void
read_ref(walk *w, unsigned first, slot_ref *out)
{
	unsigned at = (unsigned)(w->key >> 3) - first;

	if (at == 0)
		out->revision = walk_u32(w);
	else if (at == 1)
		out->place.leaf = w->number;
	else
		out->place.at = (uint16_t)number_below(w, UINT16_MAX);
}

static ms_status
read_life(span bytes, arena *memory, slot_row *out)
{
	walk w = walk_over(bytes);
	slot *s = &out->slot;
	ms_status status = MS_OK;

	while (status == MS_OK && walk_next(&w))
		switch (w.key) {
		case NUMBER_FIELD(LIFE_FLOOR):
			s->floor = walk_u32(&w);
			break;
		case NUMBER_FIELD(LIFE_REPORTED_REVISION):
		case NUMBER_FIELD(LIFE_REPORTED_REVISION + 1):
		case NUMBER_FIELD(LIFE_REPORTED_REVISION + 2):
			read_ref(&w, LIFE_REPORTED_REVISION, &s->below_reported);
			break;
		case NUMBER_FIELD(LIFE_ACCEPTED_REVISION):
		case NUMBER_FIELD(LIFE_ACCEPTED_REVISION + 1):
		case NUMBER_FIELD(LIFE_ACCEPTED_REVISION + 2):
			read_ref(&w, LIFE_ACCEPTED_REVISION, &s->below_accepted);
			break;
		case NUMBER_FIELD(LIFE_RETURNS):
			s->returns = walk_u32(&w);
			break;
		case NUMBER_FIELD(LIFE_RETURNS_IN_TIME):
			s->returns_in_time = walk_u32(&w);
			break;
		case NUMBER_FIELD(LIFE_RETURNED_US):
			s->returned_us = walk_s64(&w);
			break;
		case NUMBER_FIELD(LIFE_OPEN_UNTIL_US):
			s->open_until_us = walk_s64(&w);
			break;
		case NUMBER_FIELD(LIFE_GRANTED_DAYS):
			s->granted_days = (int32_t)number_below(&w, STEER_DAYS_MAX);
			break;
		case NUMBER_FIELD(LIFE_FLAGS):
			read_flags(&w, s);
			break;
		case NUMBER_FIELD(LIFE_BOLT):
			s->bolt = (uint8_t)number_below(&w, BOLT_REOPENED);
			break;
		case BYTES_FIELD(LIFE_VOTES):
			status = read_votes(&w, memory, out);
			break;
		default:
			return MS_CORRUPT;
		}
	return w.bad ? MS_CORRUPT : status;
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
	*out = (slot_row){ .slot = { .open_until_us = INT64_MIN } };
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
			s->shown.filled = (uint8_t)number_below(&w, UINT8_MAX);
			break;
		case NUMBER_FIELD(SLOT_PROGRESS):
			s->shown.has_progress = true;
			s->shown.progress_pct = (uint8_t)number_below(&w, UINT8_MAX);
			break;
		case NUMBER_FIELD(SLOT_HELP):
			s->shown.help_needed = walk_bool(&w);
			break;
		case BYTES_FIELD(SLOT_VALUES):
			status = read_values(&w, memory, &out->values, &out->n_values);
			break;
		case BYTES_FIELD(SLOT_LIFE):
			status = read_life(w.bytes, memory, out);
			break;
		case BYTES_FIELD(SLOT_ACCEPTED_VALUES):
			status = read_values(&w, memory, &out->accepted, &out->n_accepted);
			break;
		default:
			return MS_CORRUPT;
		}
	return w.bad ? MS_CORRUPT : status;
}
