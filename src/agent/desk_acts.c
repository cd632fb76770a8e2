/* SPDX-License-Identifier: Apache-2.0 */
/* desk_acts.c - what commands ask about acts that are no reports: to state one, what came in, and
 * what became of a report. */
#include <stdlib.h>

#include "agent/desk.h"
#include "codec/acts.h"
#include "intake/act_json.h"
#include "intake/slot_text.h"
#include "net/control_json.h"
#include "store/inbox.h"

/* ---- acts that are no reports ---- */

static ms_status
queue_state(agent *a, act *what, bool at_once, waiter *w, ms_error *err)
{
	store_txn txn;
	ms_status s;

	w->lines = calloc(1, sizeof(*w->lines));
	if (w->lines == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for an act");
	w->n = 1;
	store_begin(a->store, &txn, STORE_WRITE);
	s = submit_state(a, &txn, what, w->lines, err);
	if (s != MS_OK && store_ok(&txn)) {
		store_abort(&txn);
		return s;
	}
	return desk_commit(a, &txn, at_once, err);
}

static json_t *
act_json(const char *name, const act *a)
{
	json_t *out = json_object();

	json_set_text(out, "act", name);
	if (a->item.len > 0)
		json_set_span(out, "item", a->item);
	if (a->unit.len > 0)
		json_set_span(out, "unit", a->unit);
	if (a->period.len > 0)
		json_set_span(out, "period", a->period);
	if (a->revision != 0)
		json_set_number(out, "revision", a->revision);
	return out;
}

void
desk_state(agent *a, control_call *call, json_t *request)
{
	json_t *wrapped = json_object_get(request, "act");
	int64_t wait_ms = json_number_of(request, "wait_ms", 0);
	waiter *w = desk_free_waiter(a);
	arena memory = { 0 };
	ms_error err = { 0 };
	act what = { 0 };
	ms_status s = act_of_json(wrapped, &memory, &what, &err);

	if (s == MS_OK)
		s = queue_state(a, &what, wait_ms > 0, w, &err);
	if (s == MS_OK) {
		w->rows = json_array();
		json_array_append_new(
			w->rows, act_json(json_object_iter_key(json_object_iter(wrapped)), &what));
		desk_wait(a, w, call, wait_ms);
	} else {
		free(w->lines);
		*w = (waiter){ 0 };
		control_refuse(call, &err);
	}
	arena_fini(&memory);
}

/* ---- inbox ---- */

static json_t *
inbox_json(const agent *a, const inbox_row *row)
{
	json_t *out = json_object(), *content = NULL;
	arena memory = { 0 };
	buf text = { 0 };
	act what;

	json_set(out, "record",
		json_sprintf(
			"%llu/%u", (unsigned long long)row->place.leaf, (unsigned)row->place.at));
	json_set_time(out, "hub_time", a->plan->zone_min, row->hub_time_us);
	json_set_span(out, "by", row->by);
	if (act_decode(row->act, &memory, &what) == MS_OK && !what.malformed &&
		act_to_json(&what, &memory, &text) == MS_OK &&
		json_parse(buf_span(&text), "act", &content, NULL) == MS_OK)
		json_set(out, "act", content);
	buf_fini(&text);
	arena_fini(&memory);
	return out;
}

void
desk_inbox(agent *a, control_call *call)
{
	inbox_row row = { 0 };
	store_txn txn;

	store_begin(a->store, &txn, STORE_READ);
	while (inbox_next(&txn, &row))
		control_answer_json(call, inbox_json(a, &row));
	store_abort(&txn);
	control_end(call);
}

/* ---- where a report is ---- */

static const char *
known_word(const known_revision *r)
{
	switch (r->state) {
	case KNOWN_QUEUED:
		return "queued";
	case KNOWN_RECEIVED:
		return "received";
	case KNOWN_REFUSED:
		return "refused";
	default:
		return "none";
	}
}

static void
add_revision(const agent *a, json_t *out, const known_revision *r)
{
	json_set_text(out, "state", known_word(r));
	if (r->revision == 0)
		return;
	json_set_number(out, "revision", r->revision);
	json_set_text(out, "kind", r->kind == ACT_REPORT ? "report" : "retraction");
	json_set_bool(out, "by_this_device", r->own);
	if (r->state == KNOWN_QUEUED)
		return;
	json_set(out, "record",
		json_sprintf("%llu/%u", (unsigned long long)r->place.leaf, (unsigned)r->place.at));
	json_set_text(out, "verdict", verdict_name((verdict)r->verdict));
	json_set_time(out, "hub_time", a->plan->zone_min, r->hub_time_us);
}

/* What was stated about the slot, in the order of the log. */
static json_t *
statements_json(const agent *a, store_txn *txn, const known_at *at)
{
	json_t *list = json_array();
	arena memory = { 0 };
	inbox_row row = { 0 };
	period named;
	act what;

	while (inbox_next(txn, &row)) {
		if (act_decode(row.act, &memory, &what) == MS_OK && !what.malformed &&
			span_equal(what.item, at->item) && period_parse(what.period, &named) &&
			period_equal(named, at->period))
			json_array_append_new(list, inbox_json(a, &row));
		arena_reset(&memory);
	}
	arena_fini(&memory);
	return list;
}

static ms_status
find_slot(const agent *a, const json_t *request, known_at *at, ms_error *err)
{
	const char *item = json_text_of(request, "item"), *when = json_text_of(request, "period");
	int found = item == NULL ? -1 : slot_item(a->plan, span_str(item));

	if (found < 0)
		return ms_fail(err, MS_INVALID, MST_CLI_ITEM, "the plan has no item \"%s\"",
			item == NULL ? "" : item);
	if (when == NULL || !slot_period(a->plan, span_str(when), &at->period))
		return ms_fail(err, MS_INVALID, MST_CLI_VALUE,
			"\"%s\" is no period, expected one like 2012-Q2 or 2012年二季度",
			when == NULL ? "" : when);
	at->item = span_str(a->plan->items[found].id);
	at->unit = span_str(a->settings.unit);
	return MS_OK;
}

void
desk_where(agent *a, control_call *call, const json_t *request)
{
	char name[PERIOD_NAME_SIZE];
	ms_error err = { 0 };
	store_txn txn;
	known_at at = { 0 };
	json_t *out;
	known k;

	if (find_slot(a, request, &at, &err) != MS_OK) {
		control_refuse(call, &err);
		return;
	}
	out = json_object();
	json_set_span(out, "item", at.item);
	json_set_text(out, "period", period_name(at.period, name));
	store_begin(a->store, &txn, STORE_READ);
	known_get(&txn, &at, &k);
	add_revision(a, out, &k.newest);
	json_set(out, "statements", statements_json(a, &txn, &at));
	store_abort(&txn);
	control_answer_json(call, out);
	control_end(call);
}
