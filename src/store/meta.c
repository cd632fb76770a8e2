/* SPDX-License-Identifier: Apache-2.0 */
/* meta.c - small named values, whose keys keep them apart from the rows that other parts of the
 * room have in META. */
#include "store/meta.h"

#include <stdio.h>

#include "store/record.h"

enum { NAME_MAX_BYTES = 200 };

typedef struct meta_key {
	char text[META_NAME_AT + NAME_MAX_BYTES + 1];
} meta_key;

static span
key_of(const char *name, meta_key *room)
{
	size_t len = strlen(name);

	MS_ASSERT(len >= 1 && len <= NAME_MAX_BYTES);
	snprintf(room->text, sizeof(room->text), META_KEY("%s"), name);
	return span_of(room->text, META_NAME_AT + len);
}

void
meta_put(store_txn *txn, const char *name, span value)
{
	meta_key room;

	record_put(txn, TABLE_META, key_of(name, &room), value);
}

bool
meta_get(store_txn *txn, const char *name, span *value)
{
	meta_key room;

	return record_get(txn, TABLE_META, key_of(name, &room), value);
}

void
meta_put_number(store_txn *txn, const char *name, uint64_t number)
{
	uint8_t bytes[8];

	be64_put(bytes, number);
	meta_put(txn, name, span_of(bytes, sizeof(bytes)));
}

uint64_t
meta_get_number(store_txn *txn, const char *name, uint64_t fallback)
{
	meta_key room;
	span value;

	if (!meta_get(txn, name, &value))
		return fallback;
	if (value.len == 8)
		return be64_get(value.at);
	record_bad(txn, TABLE_META, key_of(name, &room), "it is no number");
	return fallback;
}

bool
meta_del(store_txn *txn, const char *name)
{
	meta_key room;

	return store_del(txn, TABLE_META, key_of(name, &room));
}
