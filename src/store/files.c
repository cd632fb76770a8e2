/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.c - what became of each file from the watched folder.
 *
 *   FILE: SHA-256(content) 32 | moved to -> state u8 | name | taken at i64 | n |
 *         lines: row, state, seq, revision, another was first,
 *         and with RECEIPTED in the state: verdict u8 | leaf | at | hub time i64
 *
 * The content's hash comes first, so that a file that lies in the folder again is found.
 */
#include "store/files.h"

#include "base/buf.h"
#include "store/pack.h"
#include "store/record.h"

enum { KEY_MAX = HASH_SIZE + FILE_MOVED_MAX, LINE_MIN = 5, LINE_MAX = 64, RECEIPTED = 0x80 };

static span
key_of(const hash32 *content, span moved_to, uint8_t out[KEY_MAX])
{
	MS_ASSERT(moved_to.len >= 1 && moved_to.len <= FILE_MOVED_MAX);
	memcpy(out, content->at, HASH_SIZE);
	memcpy(out + HASH_SIZE, moved_to.at, moved_to.len);
	return span_of(out, HASH_SIZE + moved_to.len);
}

/* ---- writing ---- */

static void
pack_line(packer *p, const file_line *line)
{
	pack_varint(p, line->row);
	pack_u8(p, (uint8_t)(line->state | (line->is_receipted ? RECEIPTED : 0)));
	pack_varint(p, line->seq);
	pack_varint(p, line->revision);
	pack_u8(p, line->other_first);
	if (!line->is_receipted)
		return;
	pack_u8(p, line->verdict);
	pack_varint(p, line->place.leaf);
	pack_varint(p, line->place.at);
	pack_u64(p, (uint64_t)line->hub_time_us);
}

void
files_put(store_txn *txn, const file_entry *f)
{
	uint8_t room[KEY_MAX];
	buf row = { 0 };
	packer p;
	size_t i;

	if (buf_reserve(&row, 1 + 10 + f->name.len + 8 + 10 + f->n_lines * LINE_MAX) != MS_OK) {
		store_no_memory(txn);
		return;
	}
	p = (packer){ .at = row.at, .end = row.at + row.room };
	pack_u8(&p, (uint8_t)f->state);
	pack_text(&p, f->name);
	pack_u64(&p, (uint64_t)f->taken_us);
	pack_varint(&p, f->n_lines);
	for (i = 0; i < f->n_lines; i++)
		pack_line(&p, &f->lines[i]);
	MS_ASSERT(!p.failed);
	record_put(txn, TABLE_FILE, key_of(&f->content, f->moved_to, room),
		span_of(row.at, (size_t)(p.at - row.at)));
	buf_fini(&row);
}

void
files_del(store_txn *txn, const file_entry *f)
{
	uint8_t room[KEY_MAX];

	store_del(txn, TABLE_FILE, key_of(&f->content, f->moved_to, room));
}

/* ---- reading ---- */

static void
unpack_line(unpacker *u, file_line *line)
{
	uint8_t state;

	*line = (file_line){ .row = (uint32_t)unpack_varint(u) };
	state = unpack_u8(u);
	line->state = (line_state)(state & ~RECEIPTED);
	line->seq = unpack_varint(u);
	line->revision = (uint32_t)unpack_varint(u);
	line->other_first = unpack_u8(u) != 0;
	line->is_receipted = (state & RECEIPTED) != 0;
	if (!line->is_receipted)
		return;
	line->verdict = unpack_u8(u);
	line->place.leaf = unpack_varint(u);
	line->place.at = (uint16_t)unpack_varint(u);
	line->hub_time_us = (int64_t)unpack_u64(u);
}

static bool
read_lines(store_txn *txn, unpacker *u, arena *memory, file_entry *out)
{
	uint64_t n = unpack_varint(u);
	size_t i;

	if (u->failed || n > (size_t)(u->end - u->at) / LINE_MIN)
		return !(u->failed = true);
	out->lines = arena_alloc(memory, (size_t)n * sizeof(*out->lines) + 1);
	if (out->lines == NULL)
		return store_no_memory(txn);
	out->n_lines = (size_t)n;
	for (i = 0; i < out->n_lines; i++)
		unpack_line(u, &out->lines[i]);
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
	out->moved_to = arena_copy(memory, span_of(key.at + HASH_SIZE, key.len - HASH_SIZE));
	if (payload.at == NULL || out->moved_to.at == NULL)
		return store_no_memory(txn);
	memcpy(out->content.at, key.at, HASH_SIZE);
	u = unpacker_of(payload);
	out->state = (file_state)unpack_u8(&u);
	out->name = unpack_text(&u);
	out->taken_us = (int64_t)unpack_u64(&u);
	if (read_lines(txn, &u, memory, out) && unpack_done(&u))
		return true;
	return store_ok(txn) ? record_bad(txn, TABLE_FILE, key, "it has another form") : false;
}

bool
files_find(store_txn *txn, const hash32 *content, span name, file_state state, arena *memory,
	file_entry *out)
{
	store_cursor c;
	span key, row;
	bool more, found = false;

	store_cursor_open(txn, TABLE_FILE, &c);
	more = store_seek(&c, span_of(content->at, HASH_SIZE), &key, &row);
	while (more && !found && key.len > HASH_SIZE &&
		memcmp(key.at, content->at, HASH_SIZE) == 0 &&
		row_open(txn, key, row, memory, out)) {
		found = out->state == state && span_equal(out->name, name);
		more = store_next(&c, &key, &row);
	}
	store_cursor_close(&c);
	return found;
}

bool
files_next(
	store_txn *txn, file_state state, const file_entry *after, arena *memory, file_entry *out)
{
	uint8_t room[KEY_MAX];
	span from = after == NULL ? span_of("", 1) : key_of(&after->content, after->moved_to, room),
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
