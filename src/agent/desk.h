/* SPDX-License-Identifier: Apache-2.0 */
/* desk.h - inside the agent: what the desk files share. desk.c says what may be asked. */
#ifndef AGENT_DESK_H
#define AGENT_DESK_H

#include "agent/agent.h"
#include "store/inbox.h"

/* desk_queue.c */
/* Commit the transaction that queued acts; AT_ONCE: somebody waits, so they are sealed in it. */
ms_status desk_commit(agent *a, store_txn *txn, bool at_once, ms_error *err);
/* A place for a call that waits; there are as many as calls. */
waiter *desk_free_waiter(agent *a);
/* The rows of W, set by the caller, are answered to CALL when they have their receipts, or after
 * WAIT_MS. */
void desk_wait(agent *a, waiter *w, control_call *call, int64_t wait_ms);

/* desk_answer.c: look at the calls that wait; answer all of them as far as it is known. */
void desk_look_now(agent *a);
void desk_end_waiters(agent *a);

/* desk_acts.c, desk_inbox.c: each answers and ends the call, or leaves that to the waiter. */
void desk_state(agent *a, control_call *call, json_t *request);
void desk_inbox(agent *a, control_call *call, json_t *request);
/* One act of the inbox. */
json_t *desk_inbox_json(const agent *a, const inbox_row *row);
/* desk_where.c */
void desk_where(agent *a, control_call *call, json_t *request);
/* The slot of this unit that REQUEST names by "item" and "period". */
ms_status desk_find_slot(const agent *a, const json_t *request, known_at *at, ms_error *err);
/* "123/7" */
ms_status desk_read_record(const char *text, record_place *out, ms_error *err);
/* desk_asking.c */
/* Answer OUT (taken) with the hub's word as member WHAT, once it comes by ASK of the act at PLACE.
 */
void desk_ask_hub(agent *a, control_call *call, json_t *out, const char *what, record_place place,
	bool (*ask)(uplink *u, uint64_t leaf, uint32_t position));
/* The call that waits for it, or NULL. */
asking *desk_asked(agent *a, const char *what, uint64_t leaf, uint32_t position);
/* TOLD is taken; NULL: it is not known, WHY_NOT, a sentence marked with TR, with its CODE. */
void desk_end_asking(asking *x, json_t *told, unsigned code, const char *why_not);
/* End all the calls that wait for it. */
void desk_end_askings(agent *a);
/* desk_nil.c */
void desk_nil(agent *a, control_call *call, json_t *request);
/* desk_stick.c */
void desk_export(agent *a, control_call *call, json_t *request);
void desk_import_receipts(agent *a, control_call *call, json_t *request);
/* desk_prove.c */
void desk_prove(agent *a, control_call *call, json_t *request);
/* The proof file, in hex, as member of OUT. */
ms_status desk_set_proof(json_t *out, const frame_proof *proof, arena *memory);
/* desk_receipt.c */
void desk_receipt(agent *a, control_call *call, json_t *request);

#endif
