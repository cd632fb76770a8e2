/* SPDX-License-Identifier: Apache-2.0 */
#include "store/ruling_rows.h"

#include "store/pack.h"
#include "store/record.h"

enum { KEY_SIZE = 8, ROW_MAX = 3 * (PLAN_ID_MAX + 2) + 16 * 10 };

static span
id_of(const char *const id)
{
	return id == NULL ? span_str("") : span_str(id);
}

void
ruling_rows_append(store_txn *txn, const plan *p, const ruling *x)
{
	uint8_t key[KEY_SIZE], row[ROW_MAX];
	packer k = { .at = row, .end = row + sizeof(row) };

	be64_put(key, store_count(txn, TABLE_RULING));
	pack_u8(&k, (uint8_t)x->kind);
	pack_text(&k, id_of(x->at.item == AT_ALL ? NULL : p->items[x->at.item].id));
	pack_text(&k, id_of(x->at.unit == AT_ALL ? NULL : p->units[x->at.unit].id));
	pack_varint(&k, x->at.period.kind == PERIOD_NONE ? 0 : period_code(x->at.period));
	pack_text(&k, id_of(p->units[x->by].id));
	pack_u64(&k, (uint64_t)x->now_us);
	pack_varint(&k, x->days);
	pack_u64(&k, (uint64_t)x->points);
	pack_varint(&k, x->place.leaf);
	pack_varint(&k, x->place.at);
	MS_ASSERT(!k.failed);
	record_append(
		txn, TABLE_RULING, span_of(key, sizeof(key)), span_of(row, (size_t)(k.at - row)));
}

/* An id's index; AT_ALL for an empty one. False: the plan does not have it. */
static bool
index_of(const plan *p, span id, int (*find)(const plan *p, span id), uint32_t *out)
{
	int found = id.len == 0 ? -1 : find(p, id);

	*out = found < 0 ? AT_ALL : (uint32_t)found;
	return id.len == 0 || found >= 0;
}

static bool
unpack(const plan *p, span payload, ruling *x, bool *known)
{
	unpacker u = unpacker_of(payload);
	uint32_t code;
	span by;

	*x = (ruling){ .kind = (act_kind)unpack_u8(&u) };
	*known = index_of(p, unpack_text(&u), plan_find_item, &x->at.item);
	*known &= index_of(p, unpack_text(&u), plan_find_unit, &x->at.unit);
	code = (uint32_t)unpack_varint(&u);
	if (code != 0)
		x->at.period = period_from_code(code);
	by = unpack_text(&u);
	*known &= index_of(p, by, plan_find_unit, &x->by);
	x->now_us = (int64_t)unpack_u64(&u);
	x->days = (uint32_t)unpack_varint(&u);
	x->points = (int64_t)unpack_u64(&u);
	x->place.leaf = unpack_varint(&u);
	x->place.at = (uint16_t)unpack_varint(&u);
	return unpack_done(&u);
}

void
ruling_rows_follow(store_txn *txn, rulings *r, uint64_t *next)
{
	uint8_t from[8];
	span key, row, payload;
	store_cursor c;
	ruling x;
	bool more, known;

	be64_put(from, *next);
	store_cursor_open(txn, TABLE_RULING, &c);
	for (more = store_seek(&c, span_of(from, sizeof(from)), &key, &row); more;
		more = store_next(&c, &key, &row)) {
		if (!record_open(txn, TABLE_RULING, key, row, &payload))
			break;
		if (key.len != sizeof(from) || !unpack(r->p, payload, &x, &known)) {
			record_bad(txn, TABLE_RULING, key, "it has another form");
			break;
		}
		if (known && rulings_take(r, &x) != MS_OK)
			store_no_memory(txn);
		*next = be64_get(key.at) + 1;
	}
	store_cursor_close(&c);
}

void
ruling_rows_load(store_txn *txn, rulings *r)
{
	uint64_t next = 0;

	ruling_rows_follow(txn, r, &next);
}
