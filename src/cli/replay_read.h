/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay_read.h - the lines of `muster replay`: {"at": TIME, "by": UNIT, "act": {NAME: {...}}} to
 * acts, by way of the bytes that a device would have sent. What does not fit the form of an act
 * makes it malformed, as on the wire; what is no such line is an error.
 */
#ifndef CLI_REPLAY_READ_H
#define CLI_REPLAY_READ_H

#include "plan/act.h"
#include "plan/plan.h"

typedef struct replay_line {
	int64_t at_us;
	int by; /* unit of the plan, or PLAN_NO_UNIT */
	act act;
} replay_line;

/* PLACE: "FILE:line" for errors. Everything borrows from MEMORY. */
ms_status replay_read(const plan *p, span line, const char *place, arena *memory, replay_line *out,
	ms_error *err);

#endif
