/* SPDX-License-Identifier: Apache-2.0 */
#include "store/stored.h"

#include <stdio.h>

#include "plan/plan.h"
#include "store/meta.h"

enum { NAME_SIZE = sizeof("stored/lead/") + PLAN_ID_MAX };

static void
name_of(const char *kind, span unit, char out[NAME_SIZE])
{
	snprintf(out, NAME_SIZE, "stored/%s/%.*s", kind, (int)unit.len, (const char *)unit.at);
}

stored_at
stored_get(store_txn *txn, span unit)
{
	char own[NAME_SIZE], lead[NAME_SIZE], seen[NAME_SIZE];

	name_of("own", unit, own);
	name_of("lead", unit, lead);
	name_of("seen", unit, seen);
	return (stored_at){ .own = meta_get_number(txn, own, 0),
		.lead = meta_get_number(txn, lead, 0),
		.seen_us = (int64_t)meta_get_number(txn, seen, 0) };
}

void
stored_put(store_txn *txn, span unit, stored_at at)
{
	char name[NAME_SIZE];

	name_of("own", unit, name);
	meta_put_number(txn, name, at.own);
	name_of("lead", unit, name);
	meta_put_number(txn, name, at.lead);
	name_of("seen", unit, name);
	meta_put_number(txn, name, (uint64_t)at.seen_us);
}
