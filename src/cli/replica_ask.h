/* SPDX-License-Identifier: Apache-2.0 */
/* replica_ask.h - what `muster score`, `ledger` and `explain` have in common: their options, and
 * how they end. */
#ifndef CLI_REPLICA_ASK_H
#define CLI_REPLICA_ASK_H

#include "base/json.h"
#include "cli/replica.h"

/* The words of the command line; NULL where not given. */
typedef struct replica_ask {
	const char *dir, *period, *at;
	bool json;
} replica_ask;

/* Get the replica, and the period meant: the one given, else the newest that has ended. */
ms_status replica_ask_get(const replica_ask *ask, replica *r, period *at, ms_error *err);
/* The period that people mean by TEXT, some of which lies in the plan. */
ms_status replica_period(const plan *p, const char *text, period *out, ms_error *err);
/* May the reader see all slots of the city: an observer, or the hub itself? */
bool replica_sees_all(const replica *r);
/* Does it see the slot whole: its own, or one of an item that it leads? By the rights that it had
 * when it was read, for the hub shows a past by these. */
bool replica_sees(const replica *r, slot_at at);
/* "schema" and how far the log was read, as a new object. */
json_t *replica_json(const replica *r, const char *schema);
/* "截至 2012-07-21 00:00" */
void replica_print_as_of(const replica *r, buf *out);
/* Print OUT (taken), or TREE (taken) when it is not NULL. */
ms_status replica_print(buf *out, json_t *tree, ms_error *err);

#endif
