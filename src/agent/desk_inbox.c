/* SPDX-License-Identifier: Apache-2.0 */
/* desk_inbox.c - what others stated about the unit's slots, for commands. */
#include "agent/desk.h"
#include "codec/acts.h"
#include "intake/act_json.h"
#include "intake/act_title.h"
#include "net/control_json.h"

json_t *
desk_inbox_json(const agent *a, const inbox_row *row)
{
	json_t *out = json_object(), *content = NULL;
	int by = plan_find_unit(a->plan, row->by);
	arena memory = { 0 };
	buf text = { 0 };
	act what;

	json_set_record(out, "record", row->place.leaf, row->place.at);
	agent_set_hub_time(a, out, row->hub_time_us);
	json_set_span(out, "by", row->by);
	json_set_text(out, "by_name", by < 0 ? "" : a->plan->units[by].name);
	if (act_decode(row->act, &memory, &what) == MS_OK && !what.malformed &&
		act_to_json(&what, &memory, &text) == MS_OK &&
		json_parse(buf_span(&text), "act", &content, NULL) == MS_OK) {
		json_set_text(out, "title", act_title(&what));
		json_set(out, "act", content);
	}
	buf_fini(&text);
	arena_fini(&memory);
	return out;
}

void
desk_inbox(agent *a, control_call *call, json_t *request)
{
	inbox_row row = { 0 };
	ms_error err = { 0 };
	store_txn txn;

	(void)request;
	store_begin(a->store, &txn, STORE_READ);
	while (inbox_next(&txn, &row))
		control_answer_json(call, desk_inbox_json(a, &row));
	if (store_status(&txn, &err) == MS_OK)
		control_end(call);
	else
		control_refuse(call, &err);
	store_abort(&txn);
}
