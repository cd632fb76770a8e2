/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known.c - one row per slot.
 *
 *   KNOWN: unit id 0x00 item id 0x00 period code u32 -> newest | standing | stored | mine, each of
 * REVISION_SIZE bytes | revision, outcome and kind of a decision; a row without the last of these
 * is read, too
 */
#include "store/known.h"

#include "store/pack.h"
#include "store/record.h"

enum {
	ID_MAX = 63,
	KEY_MAX = 2 * (ID_MAX + 1) + 4,
	REVISION_SIZE = 5 * 8 + 4 + HASH_SIZE,
	DECISION_SIZE = 8 + 2
};

static bool
is_id(span text)
{
	return text.len >= 1 && text.len <= ID_MAX;
}

bool
known_slot(span unit, span item, span period_text, known_at *out)
{
	*out = (known_at){ .unit = unit, .item = item };
	return is_id(unit) && is_id(item) && period_parse(period_text, &out->period);
}

static uint8_t *
put_id(uint8_t *out, span id)
{
	MS_ASSERT(is_id(id));
	memcpy(out, id.at, id.len);
	out[id.len] = 0;
	return out + id.len + 1;
}

static span
key_of(const known_at *at, uint8_t out[KEY_MAX])
{
	uint8_t *end = put_id(put_id(out, at->unit), at->item);

	be32_put(end, period_code(at->period));
	return span_of(out, (size_t)(end - out) + 4);
}

static void
pack_revision(packer *p, const known_revision *r)
{
	pack_u64(p, r->revision);
	pack_u8(p, r->kind);
	pack_u8(p, (uint8_t)r->state);
	pack_u8(p, r->own);
	pack_u8(p, r->verdict);
	pack_bytes(p, r->body_hash.at, HASH_SIZE);
	pack_u64(p, r->seq);
	pack_u64(p, r->place.leaf);
	pack_u64(p, r->place.at);
	pack_u64(p, (uint64_t)r->hub_time_us);
}

static void
unpack_revision(unpacker *u, known_revision *r)
{
	span hash;

	*r = (known_revision){ .revision = (uint32_t)unpack_u64(u) };
	r->kind = unpack_u8(u);
	r->state = (known_state)unpack_u8(u);
	r->own = unpack_u8(u) != 0;
	r->verdict = unpack_u8(u);
	hash = unpack_bytes(u, HASH_SIZE);
	if (hash.len == HASH_SIZE)
		memcpy(r->body_hash.at, hash.at, HASH_SIZE);
	r->seq = unpack_u64(u);
	r->place.leaf = unpack_u64(u);
	r->place.at = (uint16_t)unpack_u64(u);
	r->hub_time_us = (int64_t)unpack_u64(u);
}

static bool
row_read(store_txn *txn, span key, span payload, known *out)
{
	unpacker u = unpacker_of(payload);

	unpack_revision(&u, &out->newest);
	unpack_revision(&u, &out->standing);
	if (payload.len > 2 * REVISION_SIZE)
		unpack_revision(&u, &out->stored);
	else if (out->standing.state == KNOWN_RECEIVED)
		out->stored = out->standing;
	if (payload.len > 3 * REVISION_SIZE)
		unpack_revision(&u, &out->mine);
	else if (out->standing.own)
		out->mine = out->standing;
	if (payload.len > 4 * REVISION_SIZE) {
		out->decision.revision = (uint32_t)unpack_u64(&u);
		out->decision.outcome = unpack_u8(&u);
		out->decision.by = (known_decider)unpack_u8(&u);
	}
	return unpack_done(&u) || record_bad(txn, TABLE_KNOWN, key, "it has another form");
}

bool
known_get(store_txn *txn, const known_at *at, known *out)
{
	uint8_t room[KEY_MAX];
	span key = key_of(at, room), payload;

	*out = (known){ 0 };
	return record_get(txn, TABLE_KNOWN, key, &payload) && row_read(txn, key, payload, out);
}

void
known_put(store_txn *txn, const known_at *at, const known *k)
{
	uint8_t room[KEY_MAX], row[4 * REVISION_SIZE + DECISION_SIZE];
	packer p = { .at = row, .end = row + sizeof(row) };

	pack_revision(&p, &k->newest);
	pack_revision(&p, &k->standing);
	pack_revision(&p, &k->stored);
	pack_revision(&p, &k->mine);
	pack_u64(&p, k->decision.revision);
	pack_u8(&p, k->decision.outcome);
	pack_u8(&p, (uint8_t)k->decision.by);
	MS_ASSERT(!p.failed && p.at == p.end);
	record_put(txn, TABLE_KNOWN, key_of(at, room), span_of(row, sizeof(row)));
}

void
known_open(store_txn *txn, known_cursor *c)
{
	c->begun = false;
	store_cursor_open(txn, TABLE_KNOWN, &c->rows);
}

static bool
key_read(span key, known_at *at)
{
	const uint8_t *end = key.len > 4 ? key.at + key.len - 4 : key.at, *unit, *item;

	unit = memchr(key.at, 0, (size_t)(end - key.at));
	item = unit == NULL ? NULL : memchr(unit + 1, 0, (size_t)(end - unit - 1));
	if (item == NULL || item + 1 != end)
		return false;
	at->unit = span_of(key.at, (size_t)(unit - key.at));
	at->item = span_of(unit + 1, (size_t)(item - unit - 1));
	at->period = period_from_code(be32_get(end));
	return true;
}

bool
known_next(known_cursor *c, known_at *at, known *k)
{
	span key, row, payload;
	store_txn *txn = c->rows.txn;
	bool found =
		c->begun ? store_next(&c->rows, &key, &row) : store_first(&c->rows, &key, &row);

	c->begun = true;
	if (!found || !record_open(txn, TABLE_KNOWN, key, row, &payload) ||
		!row_read(txn, key, payload, k))
		return false;
	return key_read(key, at) || record_bad(txn, TABLE_KNOWN, key, "its key has another form");
}

void
known_close(known_cursor *c)
{
	store_cursor_close(&c->rows);
}

void
known_take(known *k, const known_revision *revision)
{
	if (revision->revision >= k->newest.revision)
		k->newest = *revision;
	if (revision->state != KNOWN_REFUSED && revision->revision >= k->standing.revision)
		k->standing = *revision;
	if (revision->state == KNOWN_RECEIVED && revision->revision >= k->stored.revision)
		k->stored = *revision;
	if (revision->own && revision->state != KNOWN_REFUSED &&
		revision->revision >= k->mine.revision)
		k->mine = *revision;
}

void
known_decide(known *k, const known_decision *decision)
{
	if (decision->revision != k->decision.revision || decision->outcome != k->decision.outcome)
		k->decision = *decision;
}

static bool
answer(known_revision *r, uint64_t seq, const known_revision *answered)
{
	if (r->revision == 0 || !r->own || r->seq != seq)
		return false;
	r->state = answered->state;
	r->verdict = answered->verdict;
	r->place = answered->place;
	r->hub_time_us = answered->hub_time_us;
	return true;
}

bool
known_answer(known *k, uint64_t seq, const known_revision *answered)
{
	bool is_newest = answer(&k->newest, seq, answered),
	     is_standing = answer(&k->standing, seq, answered),
	     is_stored = answer(&k->stored, seq, answered);

	answer(&k->mine, seq, answered);
	if (k->mine.state == KNOWN_REFUSED)
		k->mine = (known_revision){ 0 };
	if (k->stored.state == KNOWN_REFUSED)
		k->stored = (known_revision){ 0 };
	if (k->standing.state == KNOWN_REFUSED)
		k->standing = k->stored;
	else if (k->standing.state == KNOWN_RECEIVED)
		k->stored = k->standing;
	return is_newest || is_standing || is_stored;
}
