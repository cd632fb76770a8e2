/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.h - files taken from the watched folder: written in the transaction that queues their acts,
 * so that a crash between the commit and moving the file away neither doubles nor forgets it.
 *
 *   FILE: SHA-256(content) 32 | name -> state, time, rows
 */
#ifndef STORE_FILES_H
#define STORE_FILES_H

#include "base/arena.h"
#include "base/hash.h"
#include "store/store.h"

enum { FILE_NAME_MAX = 255 };

typedef enum file_state {
	FILE_TAKEN = 1,    /* acts are queued; the file is still in the folder, or its answer is not
			      written */
	FILE_WAITING = 2,  /* moved, answer "queued" written; some acts wait for their receipt */
	FILE_ANSWERED = 3, /* final answer written */
} file_state;

typedef struct file_line {
	uint32_t row;  /* as people count it in the file; 0 = the whole file */
	uint64_t seq;  /* of the act queued; 0 = none */
	uint32_t code; /* MST number of a violation or warning; 0 = none */
	span place, text, remedy;
} file_line;

typedef struct file_entry {
	hash32 content;
	span name; /* as dropped, 1..255 bytes */
	file_state state;
	bool rejected; /* goes to rejected/ */
	int64_t taken_us;
	span moved_to; /* name in done/ or rejected/; empty while not moved */
	file_line *lines;
	size_t n_lines;
} file_entry;

void files_put(store_txn *txn, const file_entry *f);
/* Everything in OUT lives in MEMORY. */
bool files_get(store_txn *txn, const hash32 *content, span name, arena *memory, file_entry *out);
/* Was this content taken under any name? The first such entry. */
bool files_find_content(store_txn *txn, const hash32 *content, arena *memory, file_entry *out);
/* Walk the entries of STATE (0 = all): the first after entry AFTER (NULL = the first). */
bool files_next(
	store_txn *txn, file_state state, const file_entry *after, arena *memory, file_entry *out);

#endif
