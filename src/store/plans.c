/* SPDX-License-Identifier: Apache-2.0 */
/* plans.c - plan versions, whole files in rows. */
#include "store/plans.h"

#include <stdlib.h>

#include "codec/records.h"
#include "store/record.h"

void
plans_put(store_txn *txn, plan_row *row)
{
	char name[PERIOD_NAME_SIZE] = "";
	plan_version_row r = { .file = row->file, .leaf = row->leaf };
	arena memory = { 0 };
	buf bytes = { 0 };

	row->version = r.version = hash_of(row->file);
	if (row->from_period.kind != PERIOD_NONE)
		r.from_period = span_str(period_name(row->from_period, name));
	if (plan_version_row_encode(&r, &memory, &bytes) == MS_OK)
		record_put(txn, TABLE_PLAN, span_of(row->version.at, HASH_SIZE), buf_span(&bytes));
	else
		store_no_memory(txn);
	buf_fini(&bytes);
	arena_fini(&memory);
}

static bool
row_read(store_txn *txn, span key, span row, arena *memory, plan_row *out)
{
	plan_version_row r;
	span payload;
	ms_status status;

	if (!record_open(txn, TABLE_PLAN, key, row, &payload))
		return false;
	payload = arena_copy(memory, payload);
	status = payload.at == NULL ? MS_NO_MEMORY : plan_version_row_decode(payload, memory, &r);
	if (status == MS_NO_MEMORY)
		return store_no_memory(txn);
	*out = (plan_row){ 0 };
	if (status != MS_OK || key.len != HASH_SIZE ||
		memcmp(key.at, r.version.at, HASH_SIZE) != 0 ||
		(r.from_period.len > 0 && !period_parse(r.from_period, &out->from_period)))
		return record_bad(txn, TABLE_PLAN, key, "it has another form");
	out->version = r.version;
	out->file = r.file;
	out->leaf = r.leaf;
	return true;
}

bool
plans_get(store_txn *txn, const hash32 *version, arena *memory, plan_row *out)
{
	span key = span_of(version->at, HASH_SIZE), row;

	return store_get(txn, TABLE_PLAN, key, &row) && row_read(txn, key, row, memory, out);
}

static int
by_leaf(const void *a, const void *b)
{
	const plan_row *x = a, *y = b;

	return (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

plan_row *
plans_list(store_txn *txn, arena *memory, size_t *n)
{
	uint64_t room = store_count(txn, TABLE_PLAN);
	plan_row *list;
	store_cursor c;
	span key, row;
	bool more;

	*n = 0;
	if (room == 0)
		return NULL;
	list = arena_alloc(memory, (size_t)room * sizeof(*list));
	if (list == NULL) {
		store_no_memory(txn);
		return NULL;
	}
	store_cursor_open(txn, TABLE_PLAN, &c);
	for (more = store_first(&c, &key, &row); more && *n < room;
		more = store_next(&c, &key, &row)) {
		if (!row_read(txn, key, row, memory, &list[*n]))
			break;
		++*n;
	}
	store_cursor_close(&c);
	if (!store_ok(txn))
		return NULL;
	qsort(list, *n, sizeof(*list), by_leaf);
	return list;
}

ms_status
plans_newest(store_txn *txn, arena *memory, plan_row *out, ms_error *err)
{
	size_t n;
	plan_row *list = plans_list(txn, memory, &n);

	if (list == NULL)
		return store_ok(txn)
			       ? ms_fail(err, MS_CORRUPT, MST_STORE_CORRUPT, "the hub has no plan")
			       : store_status(txn, err);
	*out = list[n - 1];
	return MS_OK;
}
