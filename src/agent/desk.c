/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk.c - what commands ask of a running agent. One JSON object in, one or more out; a failure is
 * {"error": {"status", "code", "place", "text", "remedy"}}. Any request may name the "language" of
 * the answer.
 *
 *   {"do": "status"}                                   one object
 *   {"do": "submit", "name", "hex", "wait_ms", "dry_run", "alone"}   one object a row: the file
 * NAME with the bytes HEX is judged and queued like one that was dropped; answered when receipts
 * came or wait_ms are over; with dry_run nothing is queued; alone: submit_how
 *   {"do": "state", "act": {NAME: {...}}, "wait_ms"}   one object: an act that is no report
 * (intake/act_json.h) is judged, queued and answered in the same way
 *   {"do": "nil", "item", "period", "reason", "given"}   one object: the texts and values of a
 * report that there is nothing to report; values named in GIVEN are left out
 *   {"do": "inbox"}                                    one object for each act in the inbox
 *   {"do": "where", "item", "period"}                  one object: what became of the unit's report
 *   {"do": "where", "record"}                          the same of any act of this unit
 *   {"do": "receipt", "item", "period"} or {..., "record", "generation"}   one object: this
 * device's receipt, and as a proof file in hex
 *   {"do": "places"}                                   one object: hub-places.conf was written
 *   {"do": "keys"}                                     one object: device.key was written
 *   {"do": "export", "from", "all"}                    one object: the next sealed batch, in hex
 *   {"do": "receipts", "hex"}                          one object: what a RECEIPT frame that came
 * by hand brought
 *   {"do": "prove", "item", "period"} or {..., "record"}   one object: the hub's proof, as a file
 */
#include "agent/desk.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/lang.h"
#include "base/text.h"
#include "net/control_json.h"
#include "store/history.h"

/* ---- status ---- */

static json_t *
trouble_json(unsigned code, const char *text, const char *remedy)
{
	json_t *out;

	if (code == 0)
		return json_null();
	out = json_object();
	json_set_number(out, "code", code);
	json_set_text(out, "text", tr(text)); /* met before this language was asked for */
	json_set_text(out, "remedy", remedy[0] == '\0' ? NULL : remedy);
	return out;
}

static json_t *
places_json(const agent *a)
{
	json_t *out = json_array();
	uint32_t i;

	for (i = 0; i < a->link.places.n; i++)
		json_array_append_new(out, json_string(a->link.places.list[i].address));
	return out;
}

static json_t *
link_json(const agent *a)
{
	uplink_status s = uplink_look(a->link.uplink);
	json_t *out = json_object();

	json_set_text(out, "address", a->link.endpoint);
	json_set(out, "addresses", places_json(a));
	json_set_text(out, "state", uplink_state_name(s.state));
	json_set_bool(out, "connected", s.connected);
	json_set(out, "trouble",
		trouble_json(s.state == UPLINK_READY && !s.stuck ? 0 : s.code, s.text, ""));
	json_set_number(out, "receipts_since_start", (int64_t)s.receipts);
	return out;
}

static json_t *
queue_json(const agent *a)
{
	outbox_counts counts = outbox_queue(&a->out.box);
	json_t *out = json_object();

	json_set_number(out, "without_receipt", (int64_t)(counts.unsealed_acts + counts.sent_acts));
	json_set_number(out, "bytes", (int64_t)counts.bytes);
	json_set_number(out, "all", (int64_t)counts.next_seq - 1);
	json_set_bool(out, "full", counts.full);
	return out;
}

static json_t *
folder_json(const agent *a)
{
	json_t *out = json_object();

	json_set_text(out, "path", a->folder);
	json_set_number(out, "waiting_files", (int64_t)a->waiting_files);
	json_set_number(out, "open_files", a->open_files);
	json_set_number(out, "left_files", a->left_files);
	json_set_number(out, "left_folders", a->left_folders);
	json_set(out, "trouble", trouble_json(a->trouble.code, a->trouble.text, a->trouble.remedy));
	return out;
}

static uint64_t
count_inbox(const agent *a)
{
	store_txn txn;
	uint64_t n;

	store_begin(a->store, &txn, STORE_READ);
	n = store_count(&txn, TABLE_INBOX);
	store_abort(&txn);
	return n;
}

static json_t *
due_json(agent *a)
{
	json_t *list = json_array();
	due_slot due[DUE_MAX];
	store_txn txn;
	size_t n, i;

	store_begin(a->store, &txn, STORE_READ);
	n = due_list(a, &txn, due, DUE_MAX);
	store_abort(&txn);
	for (i = 0; i < n; i++) {
		json_t *one = json_object();
		char name[PERIOD_NAME_SIZE], until[40];

		json_set_text(one, "item", a->plan->items[due[i].item].id);
		json_set_text(one, "period", period_name(due[i].period, name));
		json_set_time(one, "deadline", a->plan->zone_min, due[i].deadline_us);
		json_set_text(one, "until",
			time_format_until(due[i].deadline_us, a->plan->zone_min, until));
		json_set_bool(one, "over", due[i].is_over);
		json_array_append_new(list, one);
	}
	return list;
}

static void
do_status(agent *a, control_call *call, json_t *request)
{
	json_t *out = json_object();
	char hex[2 * HASH_SIZE + 1];
	bool recorded;
	int64_t off_us = agent_clock_off_us(a, &recorded);

	(void)request;
	hash_hex(&a->plan->version, hex);
	json_set_text(out, "software", AGENT_SOFTWARE);
	json_set_text(out, "unit", a->settings.unit);
	json_set_text(out, "unit_name", a->plan->units[a->unit].name);
	json_set_text(out, "device", a->settings.name);
	json_set_text(out, "plan", a->plan->id);
	json_set_text(out, "plan_version", hex);
	json_set_time(out, "time", a->plan->zone_min, agent_now_us(a));
	json_set_bool(out, "simulated_clock", a->settings.clock.simulated);
	json_set_number(out, "clock_off_s", off_us / 1000000);
	json_set_bool(out, "hub_times_ahead", recorded && off_us != 0);
	json_set(out, "hub", link_json(a));
	json_set(out, "queue", queue_json(a));
	json_set_time(out, "last_receipt", a->plan->zone_min, a->last_receipt_us);
	json_set(out, "folder", folder_json(a));
	json_set_bool(out, "storage_full", a->storage_full);
	json_set_number(out, "inbox", (int64_t)count_inbox(a));
	json_set(out, "due", due_json(a));
	json_set_number(out, "kept_back", a->told_kept_back ? (int64_t)a->kept_back : 0);
	if (history_has_alarm(a->dir))
		json_set(out, "alarm", json_sprintf("%s/%s", a->dir, HISTORY_ALARM_FILE));
	control_last_json(call, out);
}

/* ---- submit ---- */

static json_t *
problem_json(const intake_problem *p)
{
	json_t *out = json_object();

	json_set_bool(out, "warning", p->warning);
	json_set_number(out, "code", p->code);
	json_set_text(out, "cell", p->cell == NULL ? "" : p->cell);
	json_set_text(out, "column", p->column);
	json_set_text(out, "field", p->field);
	json_set_text(out, "value", p->value);
	json_set_text(out, "text", p->text);
	json_set_text(out, "expected", p->expected);
	json_set_text(out, "remedy", p->remedy);
	return out;
}

static json_t *
row_json(const agent *a, const intake_row *row, const file_line *line)
{
	json_t *out = json_object(), *problems = json_array();
	char at[PERIOD_NAME_SIZE];
	uint32_t i;

	for (i = 0; i < row->n_problems; i++)
		json_array_append_new(problems, problem_json(&row->problems[i]));
	json_set_number(out, "row", row->row);
	json_set_text(
		out, "item", row->item_index >= 0 ? a->plan->items[row->item_index].id : row->item);
	json_set_text(out, "period", row->at.kind != 0 ? period_name(row->at, at) : row->period);
	if (line->revision != 0)
		json_set_number(out, "revision", line->revision);
	json_set_bool(out, "other_first", line->other_first);
	json_set(out, "problems", problems);
	return out;
}

static ms_status
read_bytes(const json_t *request, buf *out, ms_error *err)
{
	const char *hex = json_text_of(request, "hex");
	size_t n = hex == NULL ? 0 : strlen(hex) / 2;

	if (hex == NULL || buf_reserve(out, n + 1) != MS_OK ||
		!text_unhex(span_str(hex), out->at, n))
		return ms_fail(err, MS_INVALID, MST_CONTROL_REQUEST,
			"a submission has name, hex and wait_ms");
	out->len = n;
	return MS_OK;
}

static ms_status
queue_rows(agent *a, const intake_result *result, bool at_once, submit_how how, waiter *w,
	ms_error *err)
{
	store_txn txn;
	ms_status s;

	w->lines = calloc(result->n_rows + 1, sizeof(*w->lines));
	if (w->lines == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the rows");
	w->n = result->n_rows;
	w->dry = how.dry;
	store_begin(a->store, &txn, how.dry ? STORE_READ : STORE_WRITE);
	submit_rows(a, &txn, result, w->lines, how);
	if (!how.dry)
		return desk_commit(a, &txn, at_once, err);
	s = store_status(&txn, err);
	store_abort(&txn);
	return s;
}

static void
do_submit(agent *a, control_call *call, json_t *request)
{
	const char *name = json_text_of(request, "name");
	int64_t wait_ms = json_number_of(request, "wait_ms", 0);
	waiter *w = desk_free_waiter(a);
	submit_how how = { .dry = json_bool_of(request, "dry_run"),
		.alone = json_bool_of(request, "alone") };
	intake_result result;
	arena memory = { 0 };
	buf bytes = { 0 };
	ms_error err = { 0 };
	ms_status s = read_bytes(request, &bytes, &err);
	size_t i;

	if (s == MS_OK)
		s = submit_judge(a, name == NULL ? "report.json" : name, buf_span(&bytes), 0,
			&memory, &result, &err);
	if (s == MS_OK)
		s = queue_rows(a, &result, wait_ms > 0, how, w, &err);
	if (s == MS_OK) {
		w->rows = json_array();
		for (i = 0; i < w->n; i++)
			json_array_append_new(w->rows, row_json(a, &result.rows[i], &w->lines[i]));
		desk_wait(a, w, call, wait_ms);
	} else {
		free(w->lines);
		*w = (waiter){ 0 };
		control_refuse(call, &err);
	}
	buf_fini(&bytes);
	arena_fini(&memory);
}

/* ---- another address ---- */

/* Somebody has set one: it is tried at once. */
static void
do_places(agent *a, control_call *call, json_t *request)
{
	ms_error err = { 0 };

	(void)request;
	if (agent_load_places(a, &err) != MS_OK) {
		control_refuse(call, &err);
		return;
	}
	device_link_start_over(&a->link);
	control_last_json(call, link_json(a));
}

/* ---- other keys ---- */

static void
do_keys(agent *a, control_call *call, json_t *request)
{
	ms_error err = { 0 };

	(void)request;
	if (agent_look_at_keys(a, &err) != MS_OK)
		control_refuse(call, &err);
	else
		control_last_json(call, link_json(a));
}

/* ---- the socket ---- */

static void
hold(agent *a, control_call *call, json_t *request)
{
	a->held[a->n_held++] = (held_request){ .call = call, .request = json_incref(request) };
	reactor_set_timer(
		a->reactor, a->go_on, a, uplink_look(a->link.uplink).since_us + LEARNING_US);
}

static const struct {
	const char *name;
	void (*fn)(agent *a, control_call *call, json_t *request);
	bool revises; /* takes revisions: by what the hub has, if that can be known */
} verbs[] = {
	{ "status", do_status, false },
	{ "submit", do_submit, true },
	{ "state", desk_state, true },
	{ "nil", desk_nil, false },
	{ "inbox", desk_inbox, false },
	{ "where", desk_where, false },
	{ "prove", desk_prove, false },
	{ "receipt", desk_receipt, false },
	{ "export", desk_export, false },
	{ "receipts", desk_import_receipts, false },
	{ "places", do_places, false },
	{ "keys", do_keys, false },
};

enum { N_VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static void
answer(agent *a, control_call *call, json_t *request, bool may_hold)
{
	const char *verb = json_text_of(request, "do");
	ms_error err = { 0 };
	size_t i = 0;

	agent_speak(a, json_text_of(request, "language"));
	if (verb == NULL)
		verb = "";
	while (i < N_VERBS && strcmp(verbs[i].name, verb) != 0)
		i++;
	if (i == N_VERBS) {
		ms_fail(&err, MS_INVALID, MST_CONTROL_REQUEST,
			"\"%s\" is nothing that an agent does; is the command of another version?",
			verb);
		control_refuse(call, &err);
	} else if (may_hold && verbs[i].revises && agent_is_learning(a)) {
		hold(a, call, request);
	} else {
		verbs[i].fn(a, call, request);
	}
	agent_speak(a, NULL);
}

/* All of the feed has come, or will not come soon. */
static void
go_on(void *ctx, int64_t now_us)
{
	agent *a = ctx;
	unsigned i, n = a->n_held;

	(void)now_us;
	a->n_held = 0;
	for (i = 0; i < n; i++) {
		if (control_is_gone(a->held[i].call))
			control_end(a->held[i].call);
		else
			answer(a, a->held[i].call, a->held[i].request, false);
		json_decref(a->held[i].request);
	}
}

static void
handle(void *ctx, control_call *call, span line)
{
	agent *a = ctx;
	json_t *request = NULL;
	ms_error err = { 0 };

	if (json_parse(line, "request", &request, &err) != MS_OK) {
		control_refuse(call, &err);
		return;
	}
	answer(a, call, request, true);
	json_decref(request);
}

ms_status
desk_open(agent *a, ms_error *err)
{
	a->go_on = go_on;
	return control_open(a->reactor, a->dir, handle, a, &a->control, err);
}

void
desk_close(agent *a)
{
	go_on(a, reactor_now(a->reactor));
	desk_end_waiters(a);
	desk_end_askings(a);
	control_close(a->control);
}
