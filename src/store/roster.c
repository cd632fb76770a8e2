/* SPDX-License-Identifier: Apache-2.0 */
/* roster.c - devices in rows and in memory. */
#include "store/roster.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "codec/records.h"
#include "store/blocks.h"
#include "store/pack.h"
#include "store/record.h"

enum { OWN_NAME_MAX = 48 };

static span
id_span(const device_id *id)
{
	return span_of(id->at, ID_SIZE);
}

bool
device_may_be_called(span own)
{
	static const char never[] = "\"\\@ \t\n";
	size_t i;

	for (i = 0; i < own.len; i++)
		if (memchr(never, own.at[i], sizeof(never)) != NULL)
			return false;
	return own.len > 0 && own.len <= OWN_NAME_MAX && text_is_clean(own);
}

ms_status
device_name_check(span name, span unit, ms_error *err)
{
	if (name.len > unit.len && name.at[unit.len] == '@' &&
		span_equal(span_of(name.at, unit.len), unit) &&
		device_may_be_called(span_of(name.at + unit.len + 1, name.len - unit.len - 1)))
		return MS_OK;
	return ms_fail(err, MS_INVALID, MST_DEVICE_NAME,
		"a device is called UNIT@NAME, with a name of at most %d bytes without blanks, @ "
		"and quotes: \"%.*s\" is no such name for one of \"%.*s\"",
		OWN_NAME_MAX, (int)name.len, (const char *)name.at, (int)unit.len,
		(const char *)unit.at);
}

const char *
device_state_name(device_state state)
{
	static const char *const names[] = {
		[DEVICE_ACTIVE] = "active",
		[DEVICE_FROZEN] = "frozen",
		[DEVICE_REVOKED] = "revoked",
		[DEVICE_PENDING] = "pending",
	};

	return state >= DEVICE_ACTIVE && state <= DEVICE_PENDING ? names[state] : "unknown";
}

/* ---- rows ---- */

void
device_save(store_txn *txn, const device *d)
{
	device_row row = { .unit = span_str(d->unit),
		.name = span_str(d->name),
		.state = (uint32_t)d->state,
		.next_seq = d->next_seq,
		.last_header = d->last_header,
		.enrolled_leaf = d->enrolled_leaf,
		.revoked_leaf = d->revoked_leaf,
		.key_leaf = d->key_leaf,
		.old_until_us = d->old_until_us };
	arena memory = { 0 };
	buf bytes = { 0 };

	memcpy(row.id, d->id.at, ID_SIZE);
	memcpy(row.sign_key, d->sign_key.at, SIGN_PUBLIC_SIZE);
	memcpy(row.curve_key, d->curve_key, CURVE_PUBLIC_SIZE);
	memcpy(row.old_sign_key, d->old_sign_key.at, SIGN_PUBLIC_SIZE);
	memcpy(row.old_curve_key, d->old_curve_key, CURVE_PUBLIC_SIZE);
	if (device_row_encode(&row, &memory, &bytes) == MS_OK)
		record_put(txn, TABLE_DEVICE, id_span(&d->id), buf_span(&bytes));
	else
		store_no_memory(txn);
	buf_fini(&bytes);
	arena_fini(&memory);
}

static bool
device_read(store_txn *txn, span key, span payload, arena *memory, device *out)
{
	device_row row;
	ms_status status = device_row_decode(payload, memory, &row);

	if (status == MS_NO_MEMORY)
		return store_no_memory(txn);
	if (status != MS_OK || key.len != ID_SIZE || memcmp(key.at, row.id, ID_SIZE) != 0 ||
		row.unit.len > PLAN_ID_MAX || row.name.len > DEVICE_NAME_MAX ||
		row.state < DEVICE_ACTIVE || row.state > DEVICE_PENDING)
		return record_bad(txn, TABLE_DEVICE, key, "it has another form");
	*out = (device){ .state = (device_state)row.state,
		.next_seq = row.next_seq,
		.last_header = row.last_header,
		.enrolled_leaf = row.enrolled_leaf,
		.revoked_leaf = row.revoked_leaf,
		.key_leaf = row.key_leaf,
		.old_until_us = row.old_until_us };
	memcpy(out->id.at, row.id, ID_SIZE);
	memcpy(out->sign_key.at, row.sign_key, SIGN_PUBLIC_SIZE);
	memcpy(out->curve_key, row.curve_key, CURVE_PUBLIC_SIZE);
	if (row.old_until_us != 0) {
		memcpy(out->old_sign_key.at, row.old_sign_key, SIGN_PUBLIC_SIZE);
		memcpy(out->old_curve_key, row.old_curve_key, CURVE_PUBLIC_SIZE);
	}
	if (row.unit.len > 0)
		memcpy(out->unit, row.unit.at, row.unit.len);
	if (row.name.len > 0)
		memcpy(out->name, row.name.at, row.name.len);
	return true;
}

bool
device_load(store_txn *txn, const device_id *id, device *out)
{
	arena memory = { 0 };
	span payload;
	bool found = record_get(txn, TABLE_DEVICE, id_span(id), &payload) &&
		     device_read(txn, id_span(id), payload, &memory, out);

	arena_fini(&memory);
	return found;
}

/* ---- in memory ---- */

static const struct {
	size_t at, size; /* in a device */
	bool is_text;
} orders[ROSTER_ORDERS] = {
	[ROSTER_BY_ID] = { offsetof(device, id), ID_SIZE, false },
	[ROSTER_BY_KEY] = { offsetof(device, curve_key), CURVE_PUBLIC_SIZE, false },
	[ROSTER_BY_OLD_KEY] = { offsetof(device, old_curve_key), CURVE_PUBLIC_SIZE, false },
	[ROSTER_BY_UNIT] = { offsetof(device, unit), PLAN_ID_MAX + 1, true },
	[ROSTER_BY_NAME] = { offsetof(device, name), DEVICE_NAME_MAX + 1, true },
};

static const void *
key_of(const device *d, roster_order by)
{
	return (const uint8_t *)d + orders[by].at;
}

/* How D stands to KEY. */
static int
compare(const device *d, roster_order by, const void *key)
{
	return orders[by].is_text ? strncmp(key_of(d, by), key, orders[by].size)
				  : memcmp(key_of(d, by), key, orders[by].size);
}

/* Where the devices with KEY begin in an index, which has N entries. */
static size_t
place_of(const roster *r, size_t n, roster_order by, const void *key)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&r->list[r->by[by][middle]], by, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The device at place I of an index, if it has KEY; else NULL. */
static device *
look_at(const roster *r, roster_order by, size_t i, const void *key)
{
	device *d = i < r->n ? &r->list[r->by[by][i]] : NULL;

	return d != NULL && compare(d, by, key) == 0 ? d : NULL;
}

/* The device with KEY that is not revoked, else a revoked one with it, else NULL. */
static device *
find_counting(const roster *r, roster_order by, const void *key)
{
	size_t i = place_of(r, r->n, by, key);
	device *found = look_at(r, by, i, key), *d = found;

	for (; d != NULL && found->state == DEVICE_REVOKED; d = look_at(r, by, ++i, key))
		found = d;
	return found;
}

/* Device AT is not in the index, where N others are. */
static void
index_insert(roster *r, size_t n, roster_order by, uint32_t at)
{
	uint32_t *index = r->by[by];
	size_t place = place_of(r, n, by, key_of(&r->list[at], by));

	memmove(index + place + 1, index + place, (n - place) * sizeof(*index));
	index[place] = at;
}

static void
index_remove(roster *r, roster_order by, uint32_t at)
{
	uint32_t *index = r->by[by];
	size_t i = place_of(r, r->n, by, key_of(&r->list[at], by));

	while (index[i] != at)
		i++;
	memmove(index + i, index + i + 1, (r->n - i - 1) * sizeof(*index));
}

static ms_status
grow(roster *r)
{
	size_t room = r->room == 0 ? 64 : r->room * 2;
	device *list = realloc(r->list, room * sizeof(*list));
	roster_order by;

	if (list == NULL)
		return MS_NO_MEMORY;
	r->list = list;
	for (by = 0; by < ROSTER_ORDERS; by++) {
		uint32_t *index = realloc(r->by[by], room * sizeof(*index));

		if (index == NULL)
			return MS_NO_MEMORY;
		r->by[by] = index;
	}
	r->room = room;
	return MS_OK;
}

/* D is in no index yet. */
static ms_status
add(roster *r, const device *d)
{
	if (r->n == r->room && grow(r) != MS_OK)
		return MS_NO_MEMORY;
	r->list[r->n++] = *d;
	return MS_OK;
}

static void
replace(roster *r, uint32_t at, const device *d)
{
	device before = r->list[at];
	roster_order by;

	for (by = 0; by < ROSTER_ORDERS; by++)
		if (compare(&before, by, key_of(d, by)) != 0) {
			index_remove(r, by, at);
			memcpy((uint8_t *)&r->list[at] + orders[by].at, key_of(d, by),
				orders[by].size);
			index_insert(r, r->n - 1, by, at);
		}
	r->list[at] = *d;
}

ms_status
roster_set(roster *r, const device *d)
{
	device *there = roster_find(r, &d->id);
	roster_order by;

	if (there != NULL) {
		replace(r, (uint32_t)(there - r->list), d);
		return MS_OK;
	}
	if (add(r, d) != MS_OK)
		return MS_NO_MEMORY;
	for (by = 0; by < ROSTER_ORDERS; by++)
		index_insert(r, r->n - 1, by, (uint32_t)(r->n - 1));
	return MS_OK;
}

typedef struct ordering {
	const roster *r;
	roster_order by;
} ordering;

/* As index_insert has them: of those with one key the newest comes first. */
static int
in_order(const void *a, const void *b, void *ctx)
{
	const ordering *o = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = compare(&o->r->list[x], o->by, key_of(&o->r->list[y], o->by));

	return order != 0 ? order : x < y ? 1 : -(x > y);
}

static void
make_indexes(roster *r)
{
	ordering o = { .r = r };
	uint32_t i;

	for (; o.by < ROSTER_ORDERS; o.by++) {
		for (i = 0; i < r->n; i++)
			r->by[o.by][i] = i;
		if (r->n > 0)
			qsort_r(r->by[o.by], r->n, sizeof(i), in_order, &o);
	}
}

bool
roster_load(store_txn *txn, roster *out)
{
	arena memory = { 0 };
	store_cursor c;
	span key, row, payload;
	device d;
	bool more;

	*out = (roster){ 0 };
	store_cursor_open(txn, TABLE_DEVICE, &c);
	for (more = store_first(&c, &key, &row); more; more = store_next(&c, &key, &row)) {
		arena_reset(&memory);
		if (!record_open(txn, TABLE_DEVICE, key, row, &payload) ||
			!device_read(txn, key, payload, &memory, &d))
			break;
		if (add(out, &d) != MS_OK)
			store_no_memory(txn);
	}
	store_cursor_close(&c);
	arena_fini(&memory);
	if (store_ok(txn))
		make_indexes(out);
	else
		roster_fini(out);
	return store_ok(txn);
}

device *
roster_find(const roster *r, const device_id *id)
{
	return look_at(r, ROSTER_BY_ID, place_of(r, r->n, ROSTER_BY_ID, id->at), id->at);
}

device *
roster_find_key(const roster *r, const uint8_t curve_key[CURVE_PUBLIC_SIZE])
{
	return find_counting(r, ROSTER_BY_KEY, curve_key);
}

device *
roster_find_old_key(const roster *r, const uint8_t curve_key[CURVE_PUBLIC_SIZE], int64_t now_us)
{
	size_t i = place_of(r, r->n, ROSTER_BY_OLD_KEY, curve_key);
	device *d;

	while ((d = look_at(r, ROSTER_BY_OLD_KEY, i++, curve_key)) != NULL)
		if (d->old_until_us != 0 && d->old_until_us >= now_us)
			return d;
	return NULL;
}

bool
device_signs_at(const device *d, const sign_public *key, int64_t hub_us)
{
	return memcmp(key, &d->sign_key, sizeof(*key)) == 0 ||
	       (hub_us <= d->old_until_us && memcmp(key, &d->old_sign_key, sizeof(*key)) == 0);
}

const uint32_t *
roster_of_unit(const roster *r, const char *unit, size_t *n)
{
	size_t first = place_of(r, r->n, ROSTER_BY_UNIT, unit), end = first;

	while (look_at(r, ROSTER_BY_UNIT, end, unit) != NULL)
		end++;
	*n = end - first;
	return *n == 0 ? NULL : r->by[ROSTER_BY_UNIT] + first;
}

device *
roster_find_name(const roster *r, const char *text)
{
	device_id id;

	if (text_unhex(span_str(text), id.at, ID_SIZE))
		return roster_find(r, &id);
	return find_counting(r, ROSTER_BY_NAME, text);
}

void
roster_fini(roster *r)
{
	roster_order by;

	free(r->list);
	for (by = 0; by < ROSTER_ORDERS; by++)
		free(r->by[by]);
	*r = (roster){ 0 };
}

/* ---- batches and evidence ---- */

enum { STREAM_KEY = ID_SIZE + 8, EVIDENCE_KEY = STREAM_KEY + HASH_SIZE };

static void
stream_key(const device_id *id, uint64_t first_seq, uint8_t *out)
{
	memcpy(out, id->at, ID_SIZE);
	be64_put(out + ID_SIZE, first_seq);
}

static block_list
batches_of(const device_id *id)
{
	return (block_list){
		.blocks = TABLE_BATCH, .tails = TABLE_BATCH_TAIL, .owner = span_of(id->at, ID_SIZE)
	};
}

void
batch_index_put(store_txn *txn, const device_id *id, uint64_t first_seq, uint64_t leaf)
{
	block_list list = batches_of(id);
	uint8_t entry[BLOCK_ENTRY_MAX];
	packer p = { .at = entry, .end = entry + sizeof(entry) };

	pack_varint(&p, first_seq);
	pack_varint(&p, leaf);
	block_append(txn, &list, first_seq, span_of(entry, (size_t)(p.at - entry)));
}

/* The leaf of the batch that begins at FIRST_SEQ, or of the last one of B. */
static bool
find_batch(store_txn *txn, const entry_block *b, const uint64_t *first_seq, uint64_t *leaf)
{
	unpacker u = unpacker_of(span_of(b->bytes, b->len));
	unsigned i;

	for (i = 0; i < b->n; i++) {
		uint64_t seq = unpack_varint(&u), at = unpack_varint(&u);

		if (u.failed)
			return record_bad(txn, TABLE_BATCH, span_of(&b->first, sizeof(b->first)),
				"its entries have another form");
		*leaf = at;
		if (first_seq != NULL && seq == *first_seq)
			return true;
	}
	return first_seq == NULL && b->n > 0;
}

bool
batch_index_find(store_txn *txn, const device_id *id, uint64_t first_seq, uint64_t *leaf)
{
	block_list list = batches_of(id);
	entry_block b;

	return block_find(txn, &list, first_seq, &b) && find_batch(txn, &b, &first_seq, leaf);
}

bool
batch_index_last(store_txn *txn, const device_id *id, uint64_t *leaf)
{
	block_list list = batches_of(id);
	entry_block b;

	return block_find(txn, &list, UINT64_MAX, &b) && find_batch(txn, &b, NULL, leaf);
}

static span
evidence_key(const evidence *e, uint8_t out[EVIDENCE_KEY])
{
	stream_key(&e->device, e->first_seq, out);
	memcpy(out + STREAM_KEY, e->header_hash.at, HASH_SIZE);
	return span_of(out, EVIDENCE_KEY);
}

void
evidence_put(store_txn *txn, const batch_view *batch, int64_t hub_time_us)
{
	evidence e = { .device = batch->fields.device,
		.first_seq = batch->fields.first_seq,
		.header_hash = batch->header_hash };
	uint8_t room[EVIDENCE_KEY], time[8];
	span key = evidence_key(&e, room), row;
	buf bytes = { 0 };

	if (store_get(txn, TABLE_EVIDENCE, key, &row))
		return;
	be64_put(time, (uint64_t)hub_time_us);
	buf_add(&bytes, time, sizeof(time));
	buf_add_span(&bytes, batch->bytes);
	if (bytes.failed)
		store_no_memory(txn);
	else
		record_put(txn, TABLE_EVIDENCE, key, buf_span(&bytes));
	buf_fini(&bytes);
}

/* The row under KEY. */
static bool
evidence_read(store_txn *txn, span key, span row, evidence *e)
{
	span payload;

	if (!record_open(txn, TABLE_EVIDENCE, key, row, &payload))
		return false;
	if (key.len != EVIDENCE_KEY || payload.len < 8)
		return record_bad(txn, TABLE_EVIDENCE, key, "it has another form");
	memcpy(e->device.at, key.at, ID_SIZE);
	e->first_seq = be64_get(key.at + ID_SIZE);
	memcpy(e->header_hash.at, key.at + STREAM_KEY, HASH_SIZE);
	e->hub_time_us = (int64_t)be64_get(payload.at);
	e->batch = span_of(payload.at + 8, payload.len - 8);
	return true;
}

bool
evidence_get(store_txn *txn, evidence *e)
{
	uint8_t room[EVIDENCE_KEY];
	span key = evidence_key(e, room), row;

	return store_get(txn, TABLE_EVIDENCE, key, &row) && evidence_read(txn, key, row, e);
}

bool
evidence_next(store_txn *txn, evidence *e)
{
	uint8_t room[EVIDENCE_KEY];
	span from = evidence_key(e, room), key, row;
	store_cursor c;
	bool found;

	store_cursor_open(txn, TABLE_EVIDENCE, &c);
	found = store_seek(&c, from, &key, &row);
	if (found && span_equal(key, from))
		found = store_next(&c, &key, &row);
	found = found && evidence_read(txn, key, row, e);
	store_cursor_close(&c);
	return found;
}
