/* SPDX-License-Identifier: Apache-2.0 */
#include "store/invite.h"

#include <stdlib.h>

#include "base/text.h"
#include "store/pack.h"
#include "store/record.h"

enum {
	MARK_APPROVE = 1,
	MARK_REPLACE = 2,
	MARK_USED = 4,
	ROW_MAX = 2 * 8 + 1 + ID_SIZE + 2 + PLAN_ID_MAX + 2 + DEVICE_NAME_MAX,
};

const char *
invite_name(const invite *in, char out[INVITE_NAME_SIZE])
{
	text_hex(in->key, (INVITE_NAME_SIZE - 1) / 2, out);
	return out;
}

void
invite_put(store_txn *txn, const invite *in)
{
	uint8_t row[ROW_MAX];
	packer p = { .at = row, .end = row + sizeof(row) };

	pack_u64(&p, (uint64_t)in->made_us);
	pack_u64(&p, (uint64_t)in->expires_us);
	pack_u8(&p, (uint8_t)((in->approve ? MARK_APPROVE : 0) | (in->replace ? MARK_REPLACE : 0) |
			      (in->used ? MARK_USED : 0)));
	pack_bytes(&p, in->device.at, ID_SIZE);
	pack_text(&p, span_str(in->unit));
	pack_text(&p, span_str(in->name));
	MS_ASSERT(!p.failed);
	record_put(txn, TABLE_INVITE, span_of(in->key, CURVE_PUBLIC_SIZE),
		span_of(row, (size_t)(p.at - row)));
}

static bool
take_text(span text, char *out, size_t max)
{
	if (text.len > max)
		return false;
	if (text.len > 0 && text.at != NULL)
		memcpy(out, text.at, text.len);
	return true;
}

static bool
read_row(store_txn *txn, span key, span payload, invite *out)
{
	unpacker u = unpacker_of(payload);
	span id, unit, name;
	uint8_t marks;

	*out = (invite){ 0 };
	out->made_us = (int64_t)unpack_u64(&u);
	out->expires_us = (int64_t)unpack_u64(&u);
	marks = unpack_u8(&u);
	id = unpack_bytes(&u, ID_SIZE);
	unit = unpack_text(&u);
	name = unpack_text(&u);
	if (!unpack_done(&u) || id.len != ID_SIZE || key.len != CURVE_PUBLIC_SIZE ||
		marks > (MARK_APPROVE | MARK_REPLACE | MARK_USED) ||
		!take_text(unit, out->unit, PLAN_ID_MAX) ||
		!take_text(name, out->name, DEVICE_NAME_MAX))
		return record_bad(txn, TABLE_INVITE, key, "it has another form");
	memcpy(out->key, key.at, CURVE_PUBLIC_SIZE);
	memcpy(out->device.at, id.at, ID_SIZE);
	out->approve = (marks & MARK_APPROVE) != 0;
	out->replace = (marks & MARK_REPLACE) != 0;
	out->used = (marks & MARK_USED) != 0;
	return true;
}

bool
invite_get(store_txn *txn, const uint8_t key[CURVE_PUBLIC_SIZE], invite *out)
{
	span at = span_of(key, CURVE_PUBLIC_SIZE), payload;

	return record_get(txn, TABLE_INVITE, at, &payload) && read_row(txn, at, payload, out);
}

static ms_status
add(invite_list *l, const invite *in)
{
	size_t room = l->room == 0 ? 16 : l->room * 2;
	invite *list;

	if (l->n == l->room) {
		list = realloc(l->list, room * sizeof(*list));
		if (list == NULL)
			return MS_NO_MEMORY;
		l->list = list;
		l->room = room;
	}
	l->list[l->n++] = *in;
	return MS_OK;
}

bool
invites_load(store_txn *txn, invite_list *out)
{
	span key, row, payload;
	store_cursor c;
	invite in;
	bool more;

	*out = (invite_list){ 0 };
	store_cursor_open(txn, TABLE_INVITE, &c);
	for (more = store_first(&c, &key, &row); more; more = store_next(&c, &key, &row)) {
		if (!record_open(txn, TABLE_INVITE, key, row, &payload) ||
			!read_row(txn, key, payload, &in))
			break;
		if (add(out, &in) != MS_OK)
			store_no_memory(txn);
	}
	store_cursor_close(&c);
	if (!store_ok(txn))
		invites_fini(out);
	return store_ok(txn);
}

void
invites_fini(invite_list *l)
{
	free(l->list);
	*l = (invite_list){ 0 };
}

void
invite_prune(store_txn *txn, int64_t before_us)
{
	invite_list all;
	size_t i;

	invites_load(txn, &all);
	for (i = 0; i < all.n; i++)
		if (all.list[i].expires_us < before_us)
			store_del(txn, TABLE_INVITE, span_of(all.list[i].key, CURVE_PUBLIC_SIZE));
	invites_fini(&all);
}
