/* SPDX-License-Identifier: Apache-2.0 */
#include "store/blocks.h"

#include "store/pack.h"
#include "store/record.h"

enum { KEY_MAX = BLOCK_OWNER_MAX + 1 + 8, TAIL_HEAD = 8 + 1 + 8 };

typedef struct tail {
	uint64_t whole; /* first number of the last whole block; 0 = there is none */
	uint64_t first;
	unsigned n;
	span entries; /* borrowed from the transaction */
} tail;

static span
key_of(const block_list *list, uint64_t number, uint8_t out[KEY_MAX])
{
	span owner = list->owner;

	MS_ASSERT(owner.len >= 1 && owner.len <= BLOCK_OWNER_MAX);
	memcpy(out, owner.at, owner.len);
	out[owner.len] = 0;
	be64_put(out + owner.len + 1, number);
	return span_of(out, owner.len + 9);
}

static bool
is_of(const block_list *list, span key)
{
	return key.len == list->owner.len + 9 &&
	       memcmp(key.at, list->owner.at, list->owner.len) == 0 && key.at[list->owner.len] == 0;
}

static bool
read_tail(store_txn *txn, const block_list *list, tail *out)
{
	span payload;

	*out = (tail){ 0 };
	if (!record_get(txn, list->tails, list->owner, &payload))
		return store_ok(txn);
	if (payload.len < TAIL_HEAD || payload.at[8] >= BLOCK_ENTRIES ||
		payload.len - TAIL_HEAD > payload.at[8] * (size_t)BLOCK_ENTRY_MAX)
		return record_bad(txn, list->tails, list->owner, "it has another form");
	out->whole = be64_get(payload.at);
	out->n = payload.at[8];
	out->first = be64_get(payload.at + 9);
	out->entries = span_of(payload.at + TAIL_HEAD, payload.len - TAIL_HEAD);
	return true;
}

/* A full tail becomes a block, and an empty one takes its place. */
void
block_append(store_txn *txn, const block_list *list, uint64_t number, span entry)
{
	uint8_t room[KEY_MAX], row[TAIL_HEAD + BLOCK_ENTRIES * BLOCK_ENTRY_MAX];
	packer p = { .at = row, .end = row + sizeof(row) };
	tail t;

	MS_ASSERT(entry.len >= 1 && entry.len <= BLOCK_ENTRY_MAX);
	if (!read_tail(txn, list, &t))
		return;
	if (t.n == 0)
		t.first = number;
	pack_u64(&p, t.whole);
	pack_u8(&p, (uint8_t)(t.n + 1));
	pack_u64(&p, t.first);
	pack_bytes(&p, t.entries.at, t.entries.len);
	pack_bytes(&p, entry.at, entry.len);
	MS_ASSERT(!p.failed);
	if (t.n + 1 == BLOCK_ENTRIES) {
		record_put(txn, list->blocks, key_of(list, t.first, room),
			span_of(row + TAIL_HEAD, (size_t)(p.at - row) - TAIL_HEAD));
		be64_put(row, t.first);
		row[8] = 0;
		p.at = row + TAIL_HEAD;
	}
	record_put(txn, list->tails, list->owner, span_of(row, (size_t)(p.at - row)));
}

static void
copy_entries(entry_block *out, span entries)
{
	out->len = entries.len;
	if (entries.len > 0)
		memcpy(out->bytes, entries.at, entries.len);
}

bool
block_find(store_txn *txn, const block_list *list, uint64_t number, entry_block *out)
{
	uint8_t room[KEY_MAX];
	span key, value, entries;
	store_cursor c;
	tail t;
	bool good = true;

	out->n = 0;
	out->len = 0;
	if (!read_tail(txn, list, &t))
		return false;
	if (t.n > 0 && number >= t.first) {
		out->first = t.first;
		out->n = t.n;
		out->newest = true;
		copy_entries(out, t.entries);
		return true;
	}
	if (number == UINT64_MAX)
		number--;
	store_cursor_open(txn, list->blocks, &c);
	if (store_before(&c, key_of(list, number + 1, room), &key, &value) && is_of(list, key)) {
		good = record_open(txn, list->blocks, key, value, &entries) &&
		       (entries.len <= sizeof(out->bytes) ||
			       record_bad(txn, list->blocks, key, "it has another form"));
		out->first = be64_get(key.at + key.len - 8);
		out->n = good ? BLOCK_ENTRIES : 0;
		out->newest = t.n == 0 && t.whole == out->first;
		if (good)
			copy_entries(out, entries);
	}
	store_cursor_close(&c);
	return good && store_ok(txn);
}
