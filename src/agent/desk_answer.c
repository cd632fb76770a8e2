/* SPDX-License-Identifier: Apache-2.0 */
/* desk_answer.c - calls that wait for the receipts of their acts are answered: what became of each
 * row.
 */
#include <stdlib.h>

#include "agent/desk.h"
#include "net/control_json.h"

static const char *
state_word(const file_line *line, const answer_row *row)
{
	if (line->state == LINE_BAD || line->state == LINE_SPENT ||
		verdict_is_refusal(row->verdict))
		return "wrong";
	if (line->state == LINE_NOTHING)
		return "nothing";
	switch (row->state) {
	case ANSWER_RECEIVED:
		return "received";
	case ANSWER_UNCHANGED:
		return "unchanged";
	case ANSWER_OTHER_FIRST:
		return "other_first";
	default:
		return "queued";
	}
}

static void
add_fate(const agent *a, store_txn *txn, json_t *out, const file_line *line, const answer_row *row)
{
	json_set_text(out, "state", state_word(line, row));
	if (line->seq != 0)
		json_set_number(out, "seq", (int64_t)line->seq);
	if (line->state == LINE_LEFT || line->state == LINE_RETURNED || line->state == LINE_SPENT)
		json_set_text(out, "note", row->note);
	if (!row->has_record)
		return;
	json_set_record(out, "record", row->place.leaf, row->place.at);
	if (row->verdict != VERDICT_NONE)
		json_set_text(out, "verdict", verdict_name(row->verdict));
	if (verdict_is_refusal(row->verdict))
		json_set_text(out, "why", submit_why_not(txn, line, row->verdict));
	agent_set_hub_time(a, out, row->hub_time_us);
}

static bool
has_every_fate(agent *a, store_txn *txn, const waiter *w)
{
	answer_row row;
	bool all = true;
	size_t i;

	for (i = 0; i < w->n && all; i++)
		all = submit_look(a, txn, &w->lines[i], &row);
	return all;
}

static void
drop(waiter *w)
{
	control_end(w->call);
	json_decref(w->rows);
	free(w->lines);
	*w = (waiter){ 0 };
}

static void
answer_rows(agent *a, store_txn *txn, waiter *w)
{
	const char *asker = a->asker;
	size_t i;

	agent_speak(a, w->language[0] == '\0' ? NULL : w->language);
	for (i = 0; i < w->n; i++) {
		json_t *out = json_array_get(w->rows, i);
		answer_row row;

		submit_look(a, txn, &w->lines[i], &row);
		add_fate(a, txn, out, &w->lines[i], &row);
		if (w->dry && w->lines[i].state == LINE_QUEUED)
			json_set_text(out, "state", "would be sent");
		control_answer_json(w->call, json_incref(out));
	}
	agent_speak(a, asker);
	drop(w);
}

static void look_in_time(void *ctx, int64_t now_us);

void
desk_look_at_waiters(agent *a, store_txn *txn)
{
	int64_t now_us = reactor_now(a->reactor), next_us = INT64_MAX;
	size_t i;

	for (i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		waiter *w = &a->waiters[i];

		if (w->call == NULL)
			continue;
		if (control_is_gone(w->call))
			drop(w);
		else if (now_us >= w->until_us || has_every_fate(a, txn, w))
			answer_rows(a, txn, w);
		else if (w->until_us < next_us)
			next_us = w->until_us;
	}
	reactor_set_timer(a->reactor, look_in_time, a, next_us);
}

static void
look_in_time(void *ctx, int64_t now_us)
{
	agent *a = ctx;
	store_txn txn;

	(void)now_us;
	store_begin(a->store, &txn, STORE_READ);
	desk_look_at_waiters(a, &txn);
	store_abort(&txn);
}

void
desk_look_now(agent *a)
{
	look_in_time(a, reactor_now(a->reactor));
}

void
desk_end_waiters(agent *a)
{
	store_txn txn;
	size_t i;

	store_begin(a->store, &txn, STORE_READ);
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (a->waiters[i].call != NULL)
			answer_rows(a, &txn, &a->waiters[i]);
	store_abort(&txn);
}
