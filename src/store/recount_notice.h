/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recount_notice.h - are the notices in the log those that the lights give, each once and none
 * missing? Part of a recount.
 */
#ifndef STORE_RECOUNT_NOTICE_H
#define STORE_RECOUNT_NOTICE_H

#include "plan/notice.h"

/* An instant of a single slot. */
typedef struct single_instant {
	int64_t us;
	slot_at at;
} single_instant;

typedef struct notice_count {
	int64_t counted_us; /* all instants up to it were compared */
	int64_t seen_us;    /* of the newest notice in the log ... */
	uint64_t seen;      /* ... and how many of that instant */
	uint64_t mismatch;
	single_instant *list; /* in no order */
	size_t n, room;
	bool no_memory;
} notice_count;

/* Notices begin with the log. */
void notice_count_begin(notice_count *c, int64_t founded_us);
void notice_count_fini(notice_count *c);
/* Something was stored that may give the slot instants of its own. */
void notice_count_slot(notice_count *c, const slots *all, slot_at at);
/* The same of every slot: a grant for many, or another version of the plan. */
void notice_count_all(notice_count *c, const slots *all);
/* Something is taken at US: all that passed up to then must have been seen. */
void notice_count_until(notice_count *c, const slots *all, int64_t us);
/* A notice in the log. */
void notice_count_seen(notice_count *c, const slots *all, const notice *n);

#endif
