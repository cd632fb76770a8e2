/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book.h - the whole ledger in memory: acts in the order of the log go in, verdicts, slots and what
 * they add up to come out. For `muster replay`, recounts and tests; the hub's own (store/ledger.h)
 * keeps the same in rows, and the two must never differ.
 *
 * Memory grows with the slots touched, not with the acts, but for revisions beyond the recent ones,
 * of which a few bytes each are kept.
 */
#ifndef PLAN_BOOK_H
#define PLAN_BOOK_H

#include "plan/tally.h"

typedef struct book book;

/* The plan is borrowed. NULL: no memory. */
book *book_new(const plan *p);
void book_free(book *b);

/*
 * Judge the act of the unit FROM (or PLAN_NO_UNIT) at hub time NOW and take it in. Nothing of the
 * act is kept but copies. MS_NO_MEMORY only.
 */
ms_status book_take(
	book *b, const act *a, int from, int64_t now_us, record_place place, verdict *out);

/*
 * Take in an act whose verdict V the hub gave, without judging it again: for readers, who may not
 * be shown all that led to it.
 */
ms_status book_fold(book *b, const act *a, int from, int64_t now_us, record_place place, verdict v);

/*
 * From here on the plan is P, another version of the one that the book was made with, whose indexes
 * it has. A book that is to go through several begins with the newest.
 */
void book_use(book *b, const plan *p);

/* What the book holds; good until the next book_take or book_use. */
slots book_slots(const book *b);

#endif
