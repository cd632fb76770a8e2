/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sample.h - invented reports for load and demo: made from the plan with a seed, the same seed
 * gives the same reports.
 */
#ifndef CLI_SAMPLE_H
#define CLI_SAMPLE_H

#include "base/arena.h"
#include "plan/judge.h"

/* A small generator of numbers (splitmix64). */
typedef struct sample_random {
	uint64_t state;
} sample_random;

/* All 64 bits. */
uint64_t sample_next(sample_random *r);
/* 0 .. below-1 */
uint32_t sample_below(sample_random *r, uint32_t below);

/* The mix of `muster load`: every value that the slot wants, short texts; about 220 bytes once
 * encoded with its envelope. */
ms_status sample_brief(const plan *p, slot_at at, sample_random *r, arena *memory, report *out);
/* A clerk's report with Chinese sentences, parts and plausible figures that grow through the year.
 */
ms_status sample_full(const plan *p, slot_at at, sample_random *r, arena *memory, report *out);

#endif
