/* SPDX-License-Identifier: Apache-2.0 */
/* ranking.h - the units of a rank group by their scores. */
#ifndef CLI_RANKING_H
#define CLI_RANKING_H

#include "cli/replica_ask.h"
#include "plan/score.h"

/* One unit in its group. */
typedef struct standing {
	uint32_t unit;
	unsigned rank; /* 0: none */
	score score;
} standing;

/* The units of G that exist in AT, best first; LIST has room for all units. How many. Equal totals
 * have equal ranks, and the next one counts them all: 1, 2, 2, 4. */
size_t ranking_of(const replica *r, const plan_rank_group *g, period at, standing *list);
/* "76.00", or "-". */
const char *ranking_number(bool has, int64_t hundredths, char out[40]);
json_t *ranking_json(const replica *r, const standing *st);
/* The group's name and its table, for a SCREEN (base/table.h). */
ms_status ranking_print(const replica *r, const plan_rank_group *g, const standing *list, size_t n,
	unsigned screen, buf *out);

#endif
