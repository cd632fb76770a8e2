/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known.h - what an agent knows of the slots that its unit reports or sees, so that people never
 * type a revision.
 *
 *   KNOWN: unit id 0x00 item id 0x00 period code u32 -> newest | standing | stored | mine revision
 *          | decision
 *
 * newest is the highest revision that anyone of the unit has used, refused ones too: the next one
 * is newest + 1. standing is the newest that is queued here or stored at the hub: what unchanged
 * content is compared with. stored is the newest that the hub is known to have: what stands again
 * when a later one is refused. mine is the newest that this device stated, unless it was refused:
 * what a sheet holds that nobody has changed here. decision is what other units' decisions, as far
 * as they were seen, have made of a revision.
 */
#ifndef STORE_KNOWN_H
#define STORE_KNOWN_H

#include "base/hash.h"
#include "plan/act.h"
#include "plan/period.h"
#include "store/store.h"

typedef enum known_state {
	KNOWN_NONE = 0,
	KNOWN_QUEUED = 1,
	KNOWN_RECEIVED = 2,
	KNOWN_REFUSED = 3
} known_state;

typedef struct known_revision {
	uint32_t revision; /* 0 = none */
	uint8_t kind;      /* ACT_REPORT or ACT_RETRACTION */
	known_state state;
	bool own;        /* by this device */
	uint8_t verdict; /* once received or refused */
	hash32 body_hash;
	uint64_t seq;       /* own acts */
	record_place place; /* once received or refused */
	int64_t hub_time_us;
} known_revision;

typedef enum known_decider { KNOWN_BY_NOBODY = 0, KNOWN_BY_LEAD, KNOWN_BY_OBSERVER } known_decider;

typedef struct known_decision {
	uint32_t revision; /* 0 = none */
	uint8_t outcome;   /* decision_verdict */
	known_decider by;  /* whose stands */
} known_decision;

typedef struct known {
	known_revision newest, standing, stored, mine;
	known_decision decision;
} known;

/* A slot by the ids of its item and unit. */
typedef struct known_at {
	span unit, item;
	period period;
} known_at;

/* The slot that an act names. False: it names none, by a period that is no period or by an id that
 * is empty or longer than any plan's. */
bool known_slot(span unit, span item, span period_text, known_at *out);
/* A slot never seen gives a zeroed KNOWN and false. */
bool known_get(store_txn *txn, const known_at *at, known *out);
/* Write the row; a failure is noted in TXN. */
void known_put(store_txn *txn, const known_at *at, const known *k);
/* All of them, in the order of their keys. AT borrows from the transaction. Close before it ends.
 */
typedef struct known_cursor {
	store_cursor rows;
	bool begun;
} known_cursor;

void known_open(store_txn *txn, known_cursor *c);
bool known_next(known_cursor *c, known_at *at, known *k);
void known_close(known_cursor *c);
/* Take REVISION in: it becomes newest when its number is not lower, standing when it is not refused
 * and not lower than the standing one, and stored alike when it was received, mine alike when it is
 * own. */
void known_take(known *k, const known_revision *revision);
/* Take DECISION in: the same one by another unit stands beside the first. */
void known_decide(known *k, const known_decision *decision);
/* The own act SEQ got its answer: update whichever it is. When what stands was
 * refused, what is stored stands again. False: it is none of the first three, later ones took its
 * place here.
 */
bool known_answer(known *k, uint64_t seq, const known_revision *answered);

#endif
