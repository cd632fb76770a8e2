/* SPDX-License-Identifier: Apache-2.0 */
/* roster.c - devices in rows and in memory. */
#include "store/roster.h"

#include <stdlib.h>

#include "base/text.h"
#include "codec/records.h"
#include "store/blocks.h"
#include "store/pack.h"
#include "store/record.h"

static span
id_span(const device_id *id)
{
	return span_of(id->at, ID_SIZE);
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
		store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
	buf_fini(&bytes);
	arena_fini(&memory);
}

static bool
device_read(store_txn *txn, span key, span payload, arena *memory, device *out)
{
	device_row row;
	ms_status status = device_row_decode(payload, memory, &row);

	if (status == MS_NO_MEMORY)
		return store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
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

/* Where the device with ID is, or where it would be put. */
static size_t
place_of(const roster *r, const device_id *id, bool *there)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(r->list[middle].id.at, id->at, ID_SIZE);

		if (order == 0) {
			*there = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*there = false;
	return low;
}

/* How D's key, or its unit, stands to KEY. */
typedef int (*device_order)(const device *d, const void *key);

static int
order_of_key(const device *d, const void *key)
{
	return memcmp(d->curve_key, key, CURVE_PUBLIC_SIZE);
}

static int
order_of_unit(const device *d, const void *unit)
{
	return strcmp(d->unit, unit);
}

/* Where the devices with KEY begin in INDEX, which has N entries. */
static size_t
index_place(const roster *r, const uint32_t *index, size_t n, device_order order, const void *key)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (order(&r->list[index[middle]], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
index_insert(const roster *r, uint32_t *index, size_t n, device_order order, const void *key,
	uint32_t at)
{
	size_t place = index_place(r, index, n, order, key);

	memmove(index + place + 1, index + place, (n - place) * sizeof(*index));
	index[place] = at;
}

static void
index_remove(uint32_t *index, size_t n, uint32_t at)
{
	size_t i;

	for (i = 0; i < n && index[i] != at; i++)
		;
	if (i < n)
		memmove(index + i, index + i + 1, (n - i - 1) * sizeof(*index));
}

/* Device AT is in no index, where N others are. */
static void
index_device(roster *r, size_t n, uint32_t at)
{
	const device *d = &r->list[at];

	index_insert(r, r->by_key, n, order_of_key, d->curve_key, at);
	index_insert(r, r->by_unit, n, order_of_unit, d->unit, at);
}

static bool
grow_index(uint32_t **index, size_t room)
{
	uint32_t *grown = realloc(*index, room * sizeof(*grown));

	if (grown != NULL)
		*index = grown;
	return grown != NULL;
}

static ms_status
grow(roster *r)
{
	size_t room = r->room == 0 ? 64 : r->room * 2;
	device *list = realloc(r->list, room * sizeof(*list));

	if (list == NULL)
		return MS_NO_MEMORY;
	r->list = list;
	if (!grow_index(&r->by_key, room) || !grow_index(&r->by_unit, room))
		return MS_NO_MEMORY;
	r->room = room;
	return MS_OK;
}

ms_status
roster_set(roster *r, const device *d)
{
	bool there;
	size_t at = place_of(r, &d->id, &there), i;

	if (there) {
		index_remove(r->by_key, r->n, (uint32_t)at);
		index_remove(r->by_unit, r->n, (uint32_t)at);
		r->list[at] = *d;
		index_device(r, r->n - 1, (uint32_t)at);
		return MS_OK;
	}
	if (r->n == r->room && grow(r) != MS_OK)
		return MS_NO_MEMORY;
	memmove(r->list + at + 1, r->list + at, (r->n - at) * sizeof(*r->list));
	r->list[at] = *d;
	for (i = 0; i < r->n; i++) {
		r->by_key[i] += r->by_key[i] >= at;
		r->by_unit[i] += r->by_unit[i] >= at;
	}
	index_device(r, r->n, (uint32_t)at);
	r->n++;
	return MS_OK;
}

ms_status
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
		if (roster_set(out, &d) != MS_OK)
			store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
	}
	store_cursor_close(&c);
	arena_fini(&memory);
	if (!store_ok(txn))
		roster_fini(out);
	return store_status(txn, NULL);
}

ms_status
roster_copy(const roster *r, roster *out)
{
	*out = (roster){ .n = r->n, .room = r->n == 0 ? 1 : r->n };
	out->list = malloc(out->room * sizeof(*out->list));
	out->by_key = malloc(out->room * sizeof(*out->by_key));
	out->by_unit = malloc(out->room * sizeof(*out->by_unit));
	if (out->list == NULL || out->by_key == NULL || out->by_unit == NULL) {
		roster_fini(out);
		return MS_NO_MEMORY;
	}
	if (r->n > 0) {
		memcpy(out->list, r->list, r->n * sizeof(*r->list));
		memcpy(out->by_key, r->by_key, r->n * sizeof(*r->by_key));
		memcpy(out->by_unit, r->by_unit, r->n * sizeof(*r->by_unit));
	}
	return MS_OK;
}

device *
roster_find(const roster *r, const device_id *id)
{
	bool there;
	size_t at = place_of(r, id, &there);

	return there ? &r->list[at] : NULL;
}

device *
roster_find_key(const roster *r, const uint8_t curve_key[CURVE_PUBLIC_SIZE])
{
	size_t i = index_place(r, r->by_key, r->n, order_of_key, curve_key);
	device *found = NULL;

	for (; i < r->n; i++) {
		device *d = &r->list[r->by_key[i]];

		if (order_of_key(d, curve_key) != 0)
			break;
		if (found == NULL || found->state == DEVICE_REVOKED)
			found = d;
	}
	return found;
}

device *
roster_find_old_key(const roster *r, const uint8_t curve_key[CURVE_PUBLIC_SIZE], int64_t now_us)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->list[i].old_until_us >= now_us && r->list[i].old_until_us != 0 &&
			memcmp(r->list[i].old_curve_key, curve_key, CURVE_PUBLIC_SIZE) == 0)
			return &r->list[i];
	return NULL;
}

const uint32_t *
roster_of_unit(const roster *r, const char *unit, size_t *n)
{
	size_t first = index_place(r, r->by_unit, r->n, order_of_unit, unit), end = first;

	while (end < r->n && order_of_unit(&r->list[r->by_unit[end]], unit) == 0)
		end++;
	*n = end - first;
	return *n == 0 ? NULL : r->by_unit + first;
}

device *
roster_find_name(const roster *r, const char *text)
{
	device_id id;
	device *found = NULL;
	size_t i;

	if (text_unhex(span_str(text), id.at, ID_SIZE))
		return roster_find(r, &id);
	for (i = 0; i < r->n; i++)
		if (strcmp(r->list[i].name, text) == 0 &&
			(found == NULL || found->state == DEVICE_REVOKED))
			found = &r->list[i];
	return found;
}

void
roster_fini(roster *r)
{
	free(r->list);
	free(r->by_key);
	free(r->by_unit);
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
		store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
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
