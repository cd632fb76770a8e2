/* SPDX-License-Identifier: Apache-2.0 */
/* plan_index.h - what stands behind plan.index: ids and names to indexes. Private to the plan's
 * files. */
#ifndef PLAN_PLAN_INDEX_H
#define PLAN_PLAN_INDEX_H

#include "base/map.h"
#include "plan/plan.h"

typedef struct plan_index {
	map units, items, indicators; /* by id */
	map names;                    /* name_key of every name and alias -> unit */
	span city;                    /* 沈阳市: as most units' names begin; empty: none does */
} plan_index;

/*
 * TEXT as names are compared: NFKC, trimmed, without CITY or 市 in front and 人民政府, 政府 or
 * 管委会 behind, unless nothing would be left. Empty when TEXT is no valid UTF-8, too long, or
 * memory is short. Borrows from MEMORY, which is overwritten.
 */
span name_key(span city, span text, buf *memory);
/* 沈阳市 of 沈阳市科技局: the city with which the folded NAME begins; empty: none. */
span name_city(span name);
/* The same without the rule of prefixes: NFKC and trimmed. */
span name_fold(span text, buf *memory);

#endif
