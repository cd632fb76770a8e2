/* SPDX-License-Identifier: Apache-2.0 */
/* desk_queue.c - acts of a call are queued, and the call waits for their receipts. */
#include "agent/desk.h"

enum { WAIT_MS_MAX = 3600000 };

waiter *
desk_free_waiter(agent *a)
{
	size_t i = 0;

	while (a->waiters[i].call != NULL) {
		i++;
		MS_ASSERT(i < CONTROL_CLIENTS_MAX);
	}
	return &a->waiters[i];
}

ms_status
desk_commit(agent *a, store_txn *txn, bool at_once, ms_error *err)
{
	ms_status s;

	if (at_once)
		push_seal_in(a, txn);
	s = store_commit(txn, err);
	if (s != MS_OK) {
		agent_storage_failed(a, err);
		return s;
	}
	a->storage_full = false;
	if (at_once)
		push_sealed(a);
	return s;
}

void
desk_wait(agent *a, waiter *w, control_call *call, int64_t wait_ms)
{
	wait_ms = wait_ms > WAIT_MS_MAX ? WAIT_MS_MAX : wait_ms < 0 ? 0 : wait_ms;
	w->call = call;
	snprintf(w->language, sizeof(w->language), "%s", a->asker == NULL ? "" : a->asker);
	w->until_us = reactor_now(a->reactor) + wait_ms * 1000;
	push_wake(a);
	desk_look_now(a);
}
