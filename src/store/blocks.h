/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocks.h - small numbered entries that many owners append to: a unit's feed, a device's batches.
 *
 *   blocks: owner 0x00 number u64 of the first -> BLOCK_ENTRIES entries
 *   tails:  owner -> number u64 of the first in the last whole block | u8 n | number u64 of the
 *           first | the n entries since that block, 0 <= n < BLOCK_ENTRIES
 *
 * A row per entry would dirty a page for each owner; the tails of all owners lie side by side. An
 * entry is bytes to this file; the entries of a block are its number's and each other's neighbours.
 */
#ifndef STORE_BLOCKS_H
#define STORE_BLOCKS_H

#include "store/store.h"

enum { BLOCK_ENTRIES = 16, BLOCK_ENTRY_MAX = 48, BLOCK_OWNER_MAX = 63 };

/* One owner's list in two tables. Owners of one pair of tables have one length or hold no 0x00. */
typedef struct block_list {
	store_table blocks, tails;
	span owner; /* borrowed */
} block_list;

typedef struct entry_block {
	uint64_t first; /* number of its first entry */
	unsigned n;     /* entries; 0: there is no such block */
	bool newest;    /* no entry stands behind it */
	uint8_t bytes[BLOCK_ENTRIES * BLOCK_ENTRY_MAX];
	size_t len;
} entry_block;

/* Append ENTRY (at most BLOCK_ENTRY_MAX bytes) under NUMBER, higher than all before. */
void block_append(store_txn *txn, const block_list *list, uint64_t number, span entry);
/* The block in which NUMBER lies if it is there: the last one that begins at or before it; n = 0
 * when none does. False: failed. */
bool block_find(store_txn *txn, const block_list *list, uint64_t number, entry_block *out);

#endif
