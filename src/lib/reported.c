/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/reported.h"

#include "codec/acts.h"
#include "store/known.h"
#include "store/outbox.h"

bool
reported_of(void *ctx, uint32_t item, period at, arena *memory, report *out)
{
	const reported *r = ctx;
	known_at where = {
		.unit = span_str(r->unit), .item = span_str(r->plan->items[item].id), .period = at
	};
	bool found = false;
	store_txn txn;
	span bytes;
	known k;
	act a;

	if (r->store == NULL)
		return false;
	store_begin(r->store, &txn, STORE_READ);
	if (known_get(&txn, &where, &k) && k.standing.own && k.standing.kind == ACT_REPORT &&
		outbox_act(&txn, k.standing.seq, &bytes)) {
		bytes = arena_copy(memory, bytes);
		found = bytes.at != NULL && act_decode(bytes, memory, &a) == MS_OK && !a.malformed;
	}
	store_abort(&txn);
	if (found)
		*out = a.u.report;
	return found;
}
