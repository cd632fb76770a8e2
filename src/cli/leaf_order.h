/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leaf_order.h - acts of a feed in the order of the log. What a version of the plan shows of the
 * past comes at the feed's end; the rules want the order in which the hub judged.
 */
#ifndef CLI_LEAF_ORDER_H
#define CLI_LEAF_ORDER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"
#include "plan/act.h"

typedef struct leaf_act {
	record_place place;
	span bytes;
	int from; /* the unit, or PLAN_NO_UNIT */
	int64_t hub_time_us;
	verdict verdict;
} leaf_act;

/* Zeroed is empty. */
typedef struct leaf_order {
	buf acts; /* leaf_act */
	arena memory;
} leaf_order;

/* Keep A with a copy of its bytes. */
ms_status leaf_order_add(leaf_order *o, const leaf_act *a);
void leaf_order_sort(leaf_order *o);
/* All N of them, until the next is added. */
const leaf_act *leaf_order_list(const leaf_order *o, size_t *n);
void leaf_order_fini(leaf_order *o);

#endif
