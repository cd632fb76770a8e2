/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.c - what became of each file from the watched folder.
 *
 *   FILE: SHA-256(content) 32 | name -> state u8 | rejected u8 | taken at i64 | moved to | n |
 * lines: row, seq, code, place, text, remedy
 *
 * The content's hash comes first, so that a file dropped again under another name is found.
 */
#include "store/files.h"

#include "base/buf.h"
#include "store/pack.h"
#include "store/record.h"

enum { KEY_MAX = HASH_SIZE + FILE_NAME_MAX, LINE_MIN = 6 };

static span
key_of(const hash32 *content, span name, uint8_t out[KEY_MAX])
{
	MS_ASSERT(name.len >= 1 && name.len <= FILE_NAME_MAX);
	memcpy(out, content->at, HASH_SIZE);
	memcpy(out + HASH_SIZE, name.at, name.len);
	return span_of(out, HASH_SIZE + name.len);
}

/* ---- writing ---- */

static size_t
size_at_most(const file_entry *f)
{
	size_t size = 2 + 8 + 10 + f->moved_to.len + 10, i;

	for (i = 0; i < f->n_lines; i++)
		size += 6 * 10 + f->lines[i].place.len + f->lines[i].text.len +
			f->lines[i].remedy.len;
	return size;
}

void
files_put(store_txn *txn, const file_entry *f)
{
	uint8_t room[KEY_MAX];
	buf row = { 0 };
	packer p;
	size_t i;

	if (buf_reserve(&row, size_at_most(f)) != MS_OK) {
		store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
		return;
	}
	p = (packer){ .at = row.at, .end = row.at + row.room };
	pack_u8(&p, (uint8_t)f->state);
	pack_u8(&p, f->rejected);
	pack_u64(&p, (uint64_t)f->taken_us);
	pack_text(&p, f->moved_to);
	pack_varint(&p, f->n_lines);
	for (i = 0; i < f->n_lines; i++) {
		pack_varint(&p, f->lines[i].row);
		pack_varint(&p, f->lines[i].seq);
		pack_varint(&p, f->lines[i].code);
		pack_text(&p, f->lines[i].place);
		pack_text(&p, f->lines[i].text);
		pack_text(&p, f->lines[i].remedy);
	}
	MS_ASSERT(!p.failed);
	record_put(txn, TABLE_FILE, key_of(&f->content, f->name, room),
		span_of(row.at, (size_t)(p.at - row.at)));
	buf_fini(&row);
}

/* ---- reading ---- */

static bool
read_lines(store_txn *txn, unpacker *u, arena *memory, file_entry *out)
{
	uint64_t n = unpack_varint(u);
	size_t i;

	if (u->failed || n > (size_t)(u->end - u->at) / LINE_MIN)
		return !(u->failed = true);
	out->lines = arena_alloc(memory, (size_t)n * sizeof(*out->lines) + 1);
	if (out->lines == NULL)
		return store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
	out->n_lines = (size_t)n;
	for (i = 0; i < out->n_lines; i++) {
		file_line *line = &out->lines[i];

		line->row = (uint32_t)unpack_varint(u);
		line->seq = unpack_varint(u);
		line->code = (uint32_t)unpack_varint(u);
		line->place = unpack_text(u);
		line->text = unpack_text(u);
		line->remedy = unpack_text(u);
	}
	return true;
}

static bool
row_open(store_txn *txn, span key, span row, arena *memory, file_entry *out)
{
	span payload;
	unpacker u;

	*out = (file_entry){ 0 };
	if (!record_open(txn, TABLE_FILE, key, row, &payload))
		return false;
	payload = arena_copy(memory, payload);
	out->name = arena_copy(memory, span_of(key.at + HASH_SIZE, key.len - HASH_SIZE));
	if (payload.at == NULL || out->name.at == NULL)
		return store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
	memcpy(out->content.at, key.at, HASH_SIZE);
	u = unpacker_of(payload);
	out->state = (file_state)unpack_u8(&u);
	out->rejected = unpack_u8(&u) != 0;
	out->taken_us = (int64_t)unpack_u64(&u);
	out->moved_to = unpack_text(&u);
	if (read_lines(txn, &u, memory, out) && unpack_done(&u))
		return true;
	return store_ok(txn) ? record_bad(txn, TABLE_FILE, key, "it has another form") : false;
}

bool
files_get(store_txn *txn, const hash32 *content, span name, arena *memory, file_entry *out)
{
	uint8_t room[KEY_MAX];
	span key = key_of(content, name, room), row;

	return store_get(txn, TABLE_FILE, key, &row) && row_open(txn, key, row, memory, out);
}

bool
files_find_content(store_txn *txn, const hash32 *content, arena *memory, file_entry *out)
{
	store_cursor c;
	span key, row;
	bool found;

	store_cursor_open(txn, TABLE_FILE, &c);
	found = store_seek(&c, span_of(content->at, HASH_SIZE), &key, &row) &&
		key.len > HASH_SIZE && memcmp(key.at, content->at, HASH_SIZE) == 0 &&
		row_open(txn, key, row, memory, out);
	store_cursor_close(&c);
	return found;
}

bool
files_next(
	store_txn *txn, file_state state, const file_entry *after, arena *memory, file_entry *out)
{
	uint8_t room[KEY_MAX];
	span from = after == NULL ? span_of("", 1) : key_of(&after->content, after->name, room),
	     key, row;
	store_cursor c;
	bool found;

	store_cursor_open(txn, TABLE_FILE, &c);
	found = store_seek(&c, from, &key, &row);
	if (found && span_equal(key, from))
		found = store_next(&c, &key, &row);
	/* The state is the payload's first byte; the hash is judged by row_open. */
	while (found && state != 0 && row.len > RECORD_OVERHEAD && row.at[1] != (uint8_t)state)
		found = store_next(&c, &key, &row);
	if (found && key.len <= HASH_SIZE)
		found = record_bad(txn, TABLE_FILE, key, "its key names no file");
	found = found && row_open(txn, key, row, memory, out);
	store_cursor_close(&c);
	return found;
}
