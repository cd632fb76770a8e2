/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - rows that carry their hash. */
#include "store/record.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/lang.h"

enum { KEY_MAX = 511, KEY_SHOWN = 48 };

void
record_check(store_table table, span key, uint8_t version, span a, span b,
	uint8_t out[RECORD_CHECK_SIZE])
{
	uint8_t head[1 + 2 + KEY_MAX + 1];
	hash32 h;

	MS_ASSERT(key.len >= 1 && key.len <= KEY_MAX);
	head[0] = (uint8_t)table;
	be16_put(head + 1, (uint16_t)key.len);
	memcpy(head + 3, key.at, key.len);
	head[3 + key.len] = version;
	h = hash_of3(span_of(head, 4 + key.len), a, b);
	memcpy(out, h.at, RECORD_CHECK_SIZE);
}

/* Keys are ids and numbers: printable bytes as they are, others in hex. */
static void
describe_key(span key, char out[4 * KEY_SHOWN + 4])
{
	size_t i, n = 0;

	for (i = 0; i < key.len && i < KEY_SHOWN; i++) {
		bool plain = key.at[i] > 0x20 && key.at[i] < 0x7f && key.at[i] != '\\';

		n += (size_t)snprintf(out + n, 5, plain ? "%c" : "\\x%02x", key.at[i]);
	}
	snprintf(out + n, 4, "%s", i < key.len ? "..." : "");
}

bool
record_bad(store_txn *txn, store_table table, span key, const char *what)
{
	char shown[4 * KEY_SHOWN + 4];
	bool was_good = store_ok(txn);

	describe_key(key, shown);
	store_fail(txn, MS_CORRUPT, MST_STORE_CORRUPT, "row %s of table %s is damaged: %s", shown,
		store_table_name(table), tr(what));
	if (was_good)
		ms_error_remedy(&txn->error,
			"run `muster verify` on the directory and restore it from a backup");
	return false;
}

static void
fill(uint8_t *row, store_table table, span key, span payload)
{
	if (row == NULL)
		return;
	row[0] = RECORD_VERSION;
	if (payload.len > 0)
		memcpy(row + 1, payload.at, payload.len);
	record_check(table, key, RECORD_VERSION, payload, (span){ 0 }, row + 1 + payload.len);
}

void
record_put(store_txn *txn, store_table table, span key, span payload)
{
	fill(store_reserve(txn, table, key, payload.len + RECORD_OVERHEAD), table, key, payload);
}

void
record_append(store_txn *txn, store_table table, span key, span payload)
{
	fill(store_reserve_append(txn, table, key, payload.len + RECORD_OVERHEAD), table, key,
		payload);
}

bool
record_open(store_txn *txn, store_table table, span key, span value, span *payload)
{
	uint8_t check[RECORD_CHECK_SIZE];
	span inner;

	if (value.len < RECORD_OVERHEAD)
		return record_bad(txn, table, key, "it is too short");
	inner = span_of(value.at + 1, value.len - RECORD_OVERHEAD);
	record_check(table, key, value.at[0], inner, (span){ 0 }, check);
	if (memcmp(check, inner.at + inner.len, RECORD_CHECK_SIZE) != 0)
		return record_bad(txn, table, key, "its hash differs");
	if (value.at[0] != RECORD_VERSION)
		return record_bad(
			txn, table, key, "it has a version that this program does not know");
	*payload = inner;
	return true;
}

bool
record_get(store_txn *txn, store_table table, span key, span *payload)
{
	span value;

	return store_get(txn, table, key, &value) && record_open(txn, table, key, value, payload);
}
