/* SPDX-License-Identifier: Apache-2.0 */
/* desk_acts.c - a command states an act that is no report. */
#include <stdlib.h>

#include "agent/desk.h"
#include "codec/acts.h"
#include "intake/act_json.h"
#include "intake/act_title.h"
#include "net/control_json.h"

static ms_status
queue_state(agent *a, act *what, arena *names, bool at_once, waiter *w, ms_error *err)
{
	store_txn txn;
	ms_status s;

	w->lines = calloc(1, sizeof(*w->lines));
	if (w->lines == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for an act");
	w->n = 1;
	store_begin(a->store, &txn, STORE_WRITE);
	s = submit_state(a, &txn, what, names, w->lines, err);
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
	json_set_text(out, "title", act_title(a));
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
		s = queue_state(a, &what, &memory, wait_ms > 0, w, &err);
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
