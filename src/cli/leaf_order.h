/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leaf_order.h - acts of a feed in the order of the log. What a version of the plan shows of the
 * past comes at the feed's end; the rules want the order in which the hub judged.
 *
 * What does not fit into memory waits, in order, in a file, and is read from there.
 */
#ifndef CLI_LEAF_ORDER_H
#define CLI_LEAF_ORDER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/scratch.h"
#include "plan/act.h"

enum { LEAF_ORDER_ROOM = 32 << 20 };

typedef struct leaf_act {
	record_place place;
	span bytes;
	int from; /* the unit, or PLAN_NO_UNIT */
	int64_t hub_time_us;
	verdict verdict;
} leaf_act;

typedef struct leaf_order {
	const char *dir; /* of the file */
	size_t room;     /* bytes of acts in memory */
	buf acts;        /* leaf_act: those in memory */
	arena memory;    /* their bytes */
	scratch file;
	buf runs; /* uint64_t: where each begins in the file */
} leaf_order;

/* DIR is borrowed. leaf_order_fini ends it. */
void leaf_order_init(leaf_order *o, const char *dir, size_t room);
/* Keep A with a copy of its bytes. */
ms_status leaf_order_add(leaf_order *o, const leaf_act *a, ms_error *err);

typedef ms_status leaf_order_take(void *ctx, const leaf_act *a, ms_error *err);

/* All of them in their order; what TAKE fails with ends it. Once, after the last leaf_order_add. */
ms_status leaf_order_read(leaf_order *o, leaf_order_take *take, void *ctx, ms_error *err);
void leaf_order_fini(leaf_order *o);

#endif
