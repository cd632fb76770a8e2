/* SPDX-License-Identifier: Apache-2.0 */
#include "store/stored.h"

#include <stdio.h>

#include "store/meta.h"

static const char *const prefixes[STORED_NUMBERS] = { [STORED_OWN] = META_KEY("stored/own/"),
	[STORED_LEAD] = META_KEY("stored/lead/"),
	[STORED_SEEN] = META_KEY("stored/seen/") };

const char *
stored_key(stored_number number, span unit, char out[STORED_KEY_SIZE])
{
	snprintf(out, STORED_KEY_SIZE, "%s%.*s", prefixes[number], (int)unit.len,
		(const char *)unit.at);
	return out;
}

bool
stored_is(span key, stored_number *number, span *unit)
{
	unsigned i;

	for (i = 0; i < STORED_NUMBERS; i++) {
		span prefix = span_str(prefixes[i]);

		if (key.len < prefix.len || memcmp(key.at, prefix.at, prefix.len) != 0)
			continue;
		*number = (stored_number)i;
		*unit = span_of(key.at + prefix.len, key.len - prefix.len);
		return true;
	}
	return false;
}

static uint64_t
number_of(store_txn *txn, stored_number number, span unit)
{
	char key[STORED_KEY_SIZE];

	return meta_get_number(txn, stored_key(number, unit, key) + META_NAME_AT, 0);
}

stored_at
stored_get(store_txn *txn, span unit)
{
	return (stored_at){ .own = number_of(txn, STORED_OWN, unit),
		.lead = number_of(txn, STORED_LEAD, unit),
		.seen_us = (int64_t)number_of(txn, STORED_SEEN, unit) };
}

void
stored_put(store_txn *txn, span unit, stored_at at)
{
	const uint64_t numbers[STORED_NUMBERS] = {
		[STORED_OWN] = at.own, [STORED_LEAD] = at.lead, [STORED_SEEN] = (uint64_t)at.seen_us
	};
	char key[STORED_KEY_SIZE];
	unsigned i;

	for (i = 0; i < STORED_NUMBERS; i++)
		meta_put_number(
			txn, stored_key((stored_number)i, unit, key) + META_NAME_AT, numbers[i]);
}
