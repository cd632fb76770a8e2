/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.h - files taken from the watched folder: written in the transaction that queues their acts,
 * so that a crash between the commit and moving the file away neither doubles nor forgets it; gone
 * with the final answer, so that there are never more than files with acts that wait.
 *
 *   FILE: SHA-256(content) 32 | where it is moved to -> state, name, time, lines
 */
#ifndef STORE_FILES_H
#define STORE_FILES_H

#include "base/arena.h"
#include "base/hash.h"
#include "plan/act.h"
#include "store/store.h"

enum { FILE_NAME_MAX = 255, FILE_MOVED_MAX = 300 };

typedef enum file_state {
	FILE_TAKEN = 1,   /* acts are queued; the file is still in the folder, or its answer is not
			     written */
	FILE_WAITING = 2, /* moved, answer "queued" written; some acts wait for their receipt */
} file_state;

typedef enum line_state {
	LINE_BAD = 0,   /* nothing was queued: the row has mistakes */
	LINE_QUEUED,    /* SEQ is its act */
	LINE_UNCHANGED, /* what stood was the same; SEQ is the act of this device, if it was its */
	LINE_NOTHING,   /* a retraction where nothing stood */
	LINE_LEFT,      /* as this device reported it; what another one reported since stands */
	LINE_RETURNED,  /* as LINE_UNCHANGED, but what stands was returned */
	LINE_SPENT,     /* the slot's highest revision was used: none is left */
} line_state;

typedef struct file_line {
	uint32_t row; /* as people count it in the file */
	line_state state;
	uint64_t seq;      /* 0 = none */
	uint32_t revision; /* of the act that was queued, or that stood */
	bool other_first;  /* another device of the unit had reported on the slot before */
	bool is_receipted; /* by the hub, to a device before this one: what follows is its word */
	uint8_t verdict;
	record_place place;
	int64_t hub_time_us;
} file_line;

typedef struct file_entry {
	hash32 content;
	span name; /* as dropped, 1..FILE_NAME_MAX bytes */
	file_state state;
	int64_t taken_us;
	span moved_to; /* below the folder, 1..FILE_MOVED_MAX bytes: "done/q2.csv" */
	file_line *lines;
	size_t n_lines;
} file_entry;

/* Write or delete the entry with this content and place; a failure is noted in TXN. */
void files_put(store_txn *txn, const file_entry *f);
void files_del(store_txn *txn, const file_entry *f);
/* The entry of a file with this CONTENT and NAME in STATE. Everything in OUT lives in MEMORY. */
bool files_find(store_txn *txn, const hash32 *content, span name, file_state state, arena *memory,
	file_entry *out);
/* Walk the entries of STATE (0 = all): the first after entry AFTER (NULL = the first). */
bool files_next(
	store_txn *txn, file_state state, const file_entry *after, arena *memory, file_entry *out);

#endif
