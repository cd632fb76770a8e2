/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - one LMDB environment: a directory of named tables, and the sticky transaction over it.
 *
 * Sticky: after the first failure every operation does nothing (reads find nothing) and
 *store_commit tells which failed first. So a run of operations is written without checks and judged
 *once, at its end.
 *
 *	store_begin(db, &txn, STORE_WRITE);
 *	log_append(&txn, ...);
 *	feed_append(&txn, ...);
 *	s = store_commit(&txn, err);	all or nothing
 *
 * Durability is LMDB's default and no option weakens it. The map is reserved once and never grows
 *while the store is open. A write transaction belongs to one thread; read transactions may move
 *between threads (MDB_NOTLS) but serve one at a time.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/span.h"
#include "base/status.h"

typedef struct store store;

typedef enum store_kind { STORE_HUB = 1, STORE_AGENT = 2 } store_kind;

/* Numbers enter the hash of every row (record.h): never reused or changed. */
typedef enum store_table {
	TABLE_NAMES = 0, /* LMDB's own, without the rows of tables in it: the names of the others;
			  * to be walked alone */
	TABLE_META = 1,
	/* hub */
	TABLE_LOG = 2,
	TABLE_SLOT = 4,
	TABLE_KEY = 5,
	TABLE_ROLLUP = 6,
	TABLE_FEED = 7,
	TABLE_DEVICE = 8,
	TABLE_PLAN = 9,
	TABLE_EVIDENCE = 10,
	TABLE_FEED_TAIL = 11,
	TABLE_BATCH_TAIL = 12,
	TABLE_RULING = 13,
	TABLE_DUE = 14,
	TABLE_INVITE = 15,
	TABLE_FEED_HEAD = 21,
	/* both */
	TABLE_BATCH = 3,
	/* agent */
	TABLE_ACT = 16,
	TABLE_RECEIPT = 17,
	TABLE_KNOWN = 18,
	TABLE_FILE = 19,
	TABLE_INBOX = 20,
	TABLE_COUNT = 22,
} store_table;

typedef struct store_options {
	store_kind kind;
	uint64_t map_bytes; /* address space reserved; 0 = hub 64 GiB, agent 1 GiB */
	bool create;        /* make the store when DIR is not there */
	bool read_only;     /* no write transaction; for commands beside a running daemon */
} store_options;

/*
 * Open the store in DIR. MS_NOT_FOUND when it is not there (and create is off); MS_BUSY when this
 * process has it open already; MS_CONFIG for a network file system, another kind, another version
 * or a foreign file; MS_CORRUPT for a truncated or damaged one.
 */
ms_status store_open(const char *dir, const store_options *options, store **out, ms_error *err);
void store_close(store *s); /* every transaction has ended; NULL is allowed */
/* Write transactions of this process that ended without a commit: what was cached from before such
 * an end is stale. */
uint64_t store_aborts(const store *s);

typedef enum store_mode { STORE_READ = 1, STORE_WRITE = 2 } store_mode;

typedef struct store_txn {
	store *store;
	void *handle;
	store_mode mode;
	bool parked;
	store_table lent; /* read in LENDER; see store_lend */
	struct store_txn *lender;
	ms_error error; /* the first failure; status MS_OK while there is none */
} store_txn;

/* A failure to begin is held in TXN. Every begun transaction ends with store_commit or store_abort,
 * also a failed one. */
void store_begin(store *s, store_txn *txn, store_mode mode);
/* Write: MS_OK means durable. MS_NO_SPACE: nothing happened, may be tried again when there is
 * space. MS_STORAGE: never try again. */
ms_status store_commit(store_txn *txn, ms_error *err);
void store_abort(store_txn *txn); /* does nothing on a zeroed or ended one */
/* STORE_READ only: let go of the snapshot and keep the reader's slot; store_renew looks at the
 * newest state. Both cost well under 1 us. */
void store_park(store_txn *txn);
void store_renew(store_txn *txn);
/* From here on store_get of TABLE in TXN reads FROM, which outlives it: a second store made from
 * the first one's rows need not copy them. */
void store_lend(store_txn *txn, store_table table, store_txn *from);

static inline bool
store_ok(const store_txn *txn)
{
	return txn->error.status == MS_OK;
}

/* Note a failure of a caller's own; keeps the first. Returns false always. */
bool store_fail(store_txn *txn, ms_status status, unsigned code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
bool store_no_memory(store_txn *txn); /* of that kind */
/* The failure held, copied to ERR. */
ms_status store_status(const store_txn *txn, ms_error *err);

/*
 * Raw rows; record.h wraps them. Spans read borrow from the map: in a read transaction until it
 * ends, in a write transaction until the next write. Keys are 1..510 bytes.
 */
bool store_get(
	store_txn *txn, store_table table, span key, span *value); /* false: not there, or failed */
void store_put(store_txn *txn, store_table table, span key, span value);
/* Room for SIZE bytes, to be filled before the next operation of the transaction. NULL after a
 * failure. */
uint8_t *store_reserve(store_txn *txn, store_table table, span key, size_t size);
/* The same for a KEY that is greater than every key of the table; MS_CORRUPT when it is not. */
uint8_t *store_reserve_append(store_txn *txn, store_table table, span key, size_t size);
bool store_del(store_txn *txn, store_table table, span key); /* false: was not there */
void store_clear(store_txn *txn, store_table table);         /* all rows go */
uint64_t store_count(store_txn *txn, store_table table);     /* rows */

/*
 * Walking in key order. After writing to the table, seek again before the next step. A failed open
 * leaves a cursor that finds nothing. Close before the transaction ends.
 */
typedef struct store_cursor {
	store_txn *txn;
	store_table table;
	void *handle;
} store_cursor;

void store_cursor_open(store_txn *txn, store_table table, store_cursor *c);
bool store_seek(
	store_cursor *c, span from, span *key, span *value); /* first row with key >= FROM */
bool store_before(
	store_cursor *c, span from, span *key, span *value); /* last row with key < FROM */
bool store_first(store_cursor *c, span *key, span *value);
bool store_last(store_cursor *c, span *key, span *value);
bool store_next(store_cursor *c, span *key, span *value);
bool store_prev(store_cursor *c, span *key, span *value);
void store_cursor_close(store_cursor *c);

/* What may still be written. */
typedef struct store_room {
	uint64_t free_bytes;
	uint64_t whole_bytes; /* of the file system or the map, whichever is smaller */
} store_room;

/* By the file system, the map and our own limit of a file's size: what is left of the least. Pages
 * that are free within the file's used part are not counted. Some us. */
store_room store_room_left(const store *s);
/* Free the readers' slots that killed processes left, so that they do not hold old pages: every
 * minute or so. Returns their number. */
unsigned store_tidy(store *s);
/* A compact copy of the newest committed state as a new store in directory DIR, synced. MS_EXISTS
 * when DIR is there. */
ms_status store_copy(store *s, const char *dir, ms_error *err);

/* "slot"; "unknown" for a number that is none. */
const char *store_table_name(store_table table);

#endif
