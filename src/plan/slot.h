/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slot.h - one slot (plan, item, unit, period): its revisions, what was decided on them, its
 * deadline and lock (proto/ACTS.md 3 and 4).
 *
 * The slot keeps its newest revision and the last few; an older one is asked for through
 * slot_history. Which revision a figure takes (a view) is part of the slot; the revision's content
 * is kept by whoever keeps the slot.
 */
#ifndef PLAN_SLOT_H
#define PLAN_SLOT_H

#include "base/arena.h"
#include "plan/act.h"
#include "plan/plan.h"

enum { SLOT_RECENT = 4 };

typedef enum slot_outcome {
	OUTCOME_UNDECIDED = 0,
	OUTCOME_ACCEPTED,
	OUTCOME_RETURNED
} slot_outcome;

/* A unit's decision that counts for the outcome. */
typedef struct slot_vote {
	uint32_t unit;
	uint8_t outcome; /* slot_outcome */
} slot_vote;

typedef struct slot_revision {
	uint32_t revision;
	uint8_t kind;    /* ACT_REPORT or ACT_RETRACTION */
	uint8_t outcome; /* slot_outcome */
	bool self;       /* accepted on arrival: a sole lead's own */
	bool returned;   /* at least once */
	record_place place;
	hash32 body_hash;
	slot_vote *votes; /* in the order of their arrival; the first one's unit is the one whose
			     decision stands */
	uint32_t n_votes;
} slot_revision;

/* A stored revision by number and place. Revision 0: none. */
typedef struct slot_ref {
	uint32_t revision;
	record_place place;
} slot_ref;

/* What the lights and scores want of a report; all zero when there is none. */
typedef struct slot_facts {
	uint8_t filled; /* mandatory fields, of REPORT_MANDATORY */
	uint8_t progress_pct;
	bool has_progress;
	bool help_needed;
} slot_facts;

typedef enum slot_bolt { BOLT_NONE = 0, BOLT_LOCKED, BOLT_REOPENED } slot_bolt;

typedef struct slot {
	uint32_t stored;                   /* how many revisions are stored */
	uint32_t n_recent;                 /* <= SLOT_RECENT */
	slot_revision recent[SLOT_RECENT]; /* highest revision first; recent[0] is the newest */
	record_place last_stored; /* the record stored last in time: where walking back begins */
	int64_t first_us;         /* earliest hub time of a stored report; INT64_MAX = none yet */
	int64_t newest_us;        /* hub time of recent[0] */
	uint32_t floor;           /* highest stored retraction: revisions below it are dead */
	/* Below the newest: the highest live report that is not returned, that is accepted. */
	slot_ref below_reported, below_accepted;
	uint32_t returns;         /* revisions returned at least once ... */
	uint32_t returns_in_time; /* ... within review_days: what the score counts */
	int64_t returned_us;      /* since when the newest is returned */
	int64_t open_until_us;    /* a return opened it until then; INT64_MIN = none */
	int32_t granted_days;     /* of an extension */
	bool requested;           /* an extension, in time */
	bool outage;              /* extended because of an outage */
	bool exempt;
	uint8_t bolt; /* slot_bolt: the last lock or reopening */
	bool named;   /* by an exemption, extension, lock or reopening */
	slot_facts
		shown; /* of the report in the view `reported`; kept up by whoever has contents */
} slot;

typedef enum slot_state {
	SLOT_OPEN,
	SLOT_DUE,
	SLOT_OVERDUE,
	SLOT_SUBMITTED,
	SLOT_RETURNED,
	SLOT_ACCEPTED,
	SLOT_EXEMPT
} slot_state;

typedef enum light { LIGHT_GREY, LIGHT_GREEN, LIGHT_BLUE, LIGHT_YELLOW, LIGHT_RED } light;

void slot_init(slot *s);
/* Newest stored revision, 0 if none. */
uint32_t slot_newest(const slot *s);
/* Is the newest revision a report? */
bool slot_live(const slot *s);
/* Was anything stored that names it (proto/ACTS.md 3)? */
bool slot_touched(const slot *s);
/* The revisions that the two views take. */
slot_ref slot_reported(const slot *s);
slot_ref slot_accepted(const slot *s);

/* ---- time ---- */

/* First instant after the time to report, with extensions. */
int64_t slot_deadline_us(const plan *p, const slot *s, slot_at at);
bool slot_on_time(const plan *p, const slot *s, slot_at at);
bool slot_locked(const plan *p, const slot *s, slot_at at, int64_t now_us);
/* OWED: the plan (or an assignment) wants a report here. */
slot_state slot_state_at(const plan *p, const slot *s, slot_at at, bool owed, int64_t now_us);
light slot_light(const plan *p, const slot *s, slot_at at, bool owed, int64_t now_us);
/* Has the newest report waited for a decision longer than review_days after the later of its
 * arrival and the deadline? A mark on whoever could have decided. */
bool slot_waits_too_long(const plan *p, const slot *s, slot_at at, int64_t now_us);
/* "OPEN", "DUE", ...; "grey", "green", ... */
const char *slot_state_name(slot_state state);
const char *light_name(light l);

/* ---- acts ---- */

/* Finds a stored revision that is no longer among the recent ones, with the votes it had. False:
 * never stored. */
typedef struct slot_history {
	void *ctx;
	bool (*find)(void *ctx, const slot *s, uint32_t revision, slot_revision *out);
} slot_history;

/* Was REVISION stored, and as what? HISTORY may be NULL when the slot has few revisions. */
bool slot_find(const slot *s, uint32_t revision, slot_history *history, slot_revision *out);

/* An act on the slot at AT, stated by unit BY, at hub time NOW. */
typedef struct slot_case {
	const plan *p;
	slot_at at;
	const act *a;
	uint32_t by;
	int64_t now_us;
} slot_case;

/*
 * The verdict on an act that judge_act let pass: from DUPLICATE on for most, for decisions also
 * whose they are. Changes nothing. HISTORY as of slot_find.
 */
verdict slot_judge(const slot *s, const slot_case *c, slot_history *history);
/*
 * Take in an act whose verdict was STORED or STORED_SUPERSEDED. Votes are kept in MEMORY. EVICTED
 * (may be NULL) gets the revision that left the recent ones, if its revision is not 0.
 */
ms_status slot_take(slot *s, const slot_case *c, verdict v, record_place place, arena *memory,
	slot_revision *evicted);
slot_facts slot_facts_of(const plan *p, slot_at at, const report *r);
/* An extension by DAYS for an outage that covers the slot if it is not locked at NOW. */
void slot_cover(const plan *p, slot *s, slot_at at, uint32_t days, int64_t now_us);

/* ---- decisions: decide.c ---- */

/* May UNIT decide at NOW on a first report in the slot: a lead that counts, in split items an
 * observer; never the slot's own unit. */
bool decide_may(const plan *p, slot_at at, uint32_t unit, int64_t now_us);
/* Does UNIT decide as a lead on slots of AT's unit, by NOW, the version that says who leads? */
bool decide_leads(const plan *now, slot_at at, uint32_t unit);
/* judge_act has found that C->by leads so, or else observes. */
verdict decide_judge(const slot *s, const slot_case *c, slot_history *history);
/* A stored decision counts. Also used on an older revision R, to see who decided on it. */
ms_status decide_vote(slot_revision *r, const slot_case *c, arena *memory);
ms_status decide_take(slot *s, const slot_case *c, arena *memory);

#endif
