/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slot.h - one slot (plan, item, unit, period): revisions, retraction, first arrival (domain.md 3.3
 * rules 1 to 3).
 *
 * The slot keeps its newest revision and the last few; whether an older revision was stored, and
 * with what content, is asked through slot_history. Live: the newest stored revision, when it is a
 * report.
 */
#ifndef PLAN_SLOT_H
#define PLAN_SLOT_H

#include "plan/act.h"

enum { SLOT_RECENT = 4 };

typedef struct slot_revision {
	uint32_t revision;
	uint8_t kind; /* ACT_REPORT or ACT_RETRACTION */
	record_place place;
	hash32 body_hash;
} slot_revision;

typedef struct slot {
	uint32_t stored;                   /* how many revisions are stored; 0 = untouched */
	uint32_t n_recent;                 /* <= SLOT_RECENT */
	slot_revision recent[SLOT_RECENT]; /* highest revision first; recent[0] is the newest */
	record_place last_stored; /* the record stored last in time: where walking back begins */
	int64_t first_us;         /* earliest hub time of a stored report; INT64_MAX = none yet */
	int64_t newest_us;        /* hub time of recent[0] */
	uint8_t filled;           /* mandatory fields of the live report, 0 when none */
	uint8_t progress_pct;     /* of the live report */
	bool has_progress;
	bool help_needed;
} slot;

/* Finds a stored revision that is no longer among the recent ones. False: never stored. */
typedef struct slot_history {
	void *ctx;
	bool (*find)(void *ctx, const slot *s, uint32_t revision, slot_revision *out);
} slot_history;

void slot_init(slot *s);
/* Newest stored revision, 0 if none. */
uint32_t slot_newest(const slot *s);
/* Is there a live report? Its revision is slot_newest. */
bool slot_live(const slot *s);
bool slot_on_time(const slot *s, int64_t deadline_us);

/*
 * The verdict on a report or retraction that judge_act let pass, in the order DUPLICATE, LOCKED,
 * CONFLICT, STORED_SUPERSEDED, STORED. Changes nothing. LOCK_US: plan_lock_us.
 */
verdict slot_judge(
	const slot *s, const act *a, int64_t now_us, int64_t lock_us, slot_history *history);

/* Take in an act whose verdict was STORED or STORED_SUPERSEDED. FILLED as of report_filled (0 for a
 * retraction). */
void slot_store(
	slot *s, const act *a, verdict v, record_place place, int64_t now_us, unsigned filled);

#endif
