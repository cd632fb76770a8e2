/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_fetch.h - fetching a plan file in pieces (PLAN_REQUEST, PLAN) and checking its hash. Goes on
 * where it stopped after a lost connection; a version that the hub does not have, or whose bytes do
 * not match, is given up until another one is wanted or the connection is new.
 */
#ifndef WIRE_PLAN_FETCH_H
#define WIRE_PLAN_FETCH_H

#include "base/buf.h"
#include "wire/out.h"

typedef struct plan_fetch {
	hash32 held, wanted, given_up;
	bool active;      /* WANTED is being fetched */
	uint64_t size;    /* of the file; 0 = not yet known */
	int64_t asked_us; /* time of the request without answer; 0 = none */
	buf file;
} plan_fetch;

/* A zeroed plan_fetch holds no plan. */
void plan_fetch_init(plan_fetch *p, const hash32 *held);
void plan_fetch_fini(plan_fetch *p);
/* VERSION (32 bytes, else ignored) is in force at the hub. */
void plan_fetch_want(plan_fetch *p, span version);
/* The connection is new: ask again, also for what was given up. */
void plan_fetch_restart(plan_fetch *p);
/* Ask for the next piece when none is asked for, or the answer is overdue. Returns the time of the
 * next call, INT64_MAX = none. */
int64_t plan_fetch_tick(plan_fetch *p, const wire_out *out, int64_t now_us);
/* A piece. MS_OK: the file is whole and good, in p->file (then call plan_fetch_done); MS_AGAIN:
 * more is needed; MS_INVALID: given up. */
ms_status plan_fetch_in(plan_fetch *p, const frame_plan *piece, ms_error *err);
/* The file was stored (KEPT) or could not be. */
void plan_fetch_done(plan_fetch *p, bool kept);
/* The hub does not have it. */
void plan_fetch_refused(plan_fetch *p);

#endif
