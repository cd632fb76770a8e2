/* SPDX-License-Identifier: Apache-2.0 */
/* rebuild_differs.c - the first thing that a rebuilding finds wrong is kept. */
#include <stdio.h>

#include "base/lang.h"
#include "store/rebuild_parts.h"
#include "store/record.h"

void
rebuild_differs(rebuilding *r, uint64_t leaf, const char *what)
{
	if (!r->out->good)
		return;
	r->out->good = false;
	r->out->first_bad = leaf;
	snprintf(r->out->what, sizeof(r->out->what), "%s", tr(what));
}

void
rebuild_row_differs(rebuilding *r, store_table table, span key, const char *what)
{
	store_txn said = { .error = { 0 } };

	record_bad(&said, table, key, what);
	rebuild_differs(r, r->stored.tree.size, said.error.text);
}
