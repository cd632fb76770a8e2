/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_table.c - the tables of a store: their names, which kind of store has them, and where their
 * rows lie.
 *
 * What is mostly appended to has an LMDB table of its own. The small tables whose rows are written
 * again with every act share LMDB's own, which every commit writes anyway: what a lone commit costs
 * is its pages, 10 us each.
 */
#include "store/lmdb_env.h"

enum {
	FOR_HUB = 1 << STORE_HUB,
	FOR_AGENT = 1 << STORE_AGENT,
	FOR_BOTH = FOR_HUB | FOR_AGENT,
	SHARED = 1 << 7
};

static const struct {
	const char *name;
	unsigned kinds; /* FOR_HUB, FOR_AGENT; and SHARED */
} tables[TABLE_COUNT] = {
	[TABLE_NAMES] = { "names", 0 },
	[TABLE_META] = { "meta", FOR_BOTH | SHARED },
	[TABLE_LOG] = { "log", FOR_HUB },
	[TABLE_BATCH] = { "batch", FOR_BOTH },
	[TABLE_SLOT] = { "slot", FOR_HUB },
	[TABLE_KEY] = { "key", FOR_HUB },
	[TABLE_ROLLUP] = { "rollup", FOR_HUB | SHARED },
	[TABLE_FEED] = { "feed", FOR_HUB },
	[TABLE_DEVICE] = { "device", FOR_HUB | SHARED },
	[TABLE_PLAN] = { "plan", FOR_BOTH },
	[TABLE_EVIDENCE] = { "evidence", FOR_HUB },
	[TABLE_FEED_TAIL] = { "feed_tail", FOR_HUB | SHARED },
	[TABLE_BATCH_TAIL] = { "batch_tail", FOR_HUB | SHARED },
	[TABLE_RULING] = { "ruling", FOR_HUB },
	[TABLE_DUE] = { "due", FOR_HUB | SHARED },
	[TABLE_INVITE] = { "invite", FOR_HUB | SHARED },
	[TABLE_FEED_HEAD] = { "feed_head", FOR_HUB | SHARED },
	[TABLE_ACT] = { "act", FOR_AGENT },
	[TABLE_RECEIPT] = { "receipt", FOR_AGENT },
	[TABLE_KNOWN] = { "known", FOR_AGENT | SHARED },
	[TABLE_FILE] = { "file", FOR_AGENT | SHARED },
	[TABLE_INBOX] = { "inbox", FOR_AGENT },
};

const char *
store_table_name(store_table table)
{
	return (unsigned)table < TABLE_COUNT && tables[table].name != NULL ? tables[table].name
									   : "unknown";
}

bool
store_has_table(store_kind kind, store_table table)
{
	return (tables[table].kinds & (1u << kind)) != 0;
}

bool
store_is_shared(store_table table)
{
	return (tables[table].kinds & SHARED) != 0;
}
