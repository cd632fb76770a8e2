/* SPDX-License-Identifier: Apache-2.0 */
#include "store/restored.h"

#include "codec/acts.h"
#include "store/record.h"

bool
restored_read(store_txn *txn, const log_state *log, arena *memory, hub_restore *out)
{
	log_record record;
	span bytes;
	act a;

	if (log->generation < 2 || !log_read(txn, log->restore_leaf, &record))
		return false;
	bytes = arena_copy(memory, log_act(&record, 0));
	if (bytes.at == NULL || act_decode(bytes, memory, &a) != MS_OK)
		return store_no_memory(txn);
	if (a.malformed || a.kind != ACT_HUB_RESTORE)
		return store_fail(txn, MS_CORRUPT, MST_STORE_CORRUPT,
			"leaf %llu does not open generation %u of the log",
			(unsigned long long)log->restore_leaf, log->generation);
	*out = a.u.restore;
	return true;
}

void
restored_load(store_txn *txn, const log_state *log, restore_order *order)
{
	arena memory = { 0 };
	hub_restore row = { 0 };

	*order = (restore_order){ .generation = 1 };
	if (restored_read(txn, log, &memory, &row) &&
		(!restore_order_read(row.order, order) || order->generation != log->generation))
		store_fail(txn, MS_CORRUPT, MST_STORE_CORRUPT,
			"the order of leaf %llu is not that of generation %u of the log",
			(unsigned long long)log->restore_leaf, log->generation);
	arena_fini(&memory);
}

ms_status
restored_append(store_txn *txn, log_state *log, const hub_keys *keys, const restore_order *order,
	const sign_key *admin, int64_t now_us, ms_error *err)
{
	act a = { .kind = ACT_HUB_RESTORE };
	buf bytes = { 0 };
	signature sig;
	uint64_t leaf;
	ms_status s = restore_order_write(order, &bytes);

	if (s != MS_OK)
		ms_fail(err, s, MST_NO_MEMORY, "no memory for an order");
	if (s == MS_OK) {
		sign_bytes(admin, buf_span(&bytes), &sig);
		a.u.restore = (hub_restore){ .order = buf_span(&bytes),
			.signature = span_of(sig.at, SIGNATURE_SIZE) };
		s = hub_stream_state(txn, log, keys, &a, 1, now_us, &leaf, err);
	}
	if (s == MS_OK) {
		log->generation = order->generation;
		log->restore_leaf = leaf;
	}
	buf_fini(&bytes);
	return s;
}
