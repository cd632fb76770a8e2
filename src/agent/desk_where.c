/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk_where.c - what became of a report or of any other act: queued, received, decided on, and
 * whom it has reached.
 */
#include <string.h>

#include "agent/desk.h"
#include "base/lang.h"
#include "base/text.h"
#include "codec/acts.h"
#include "intake/slot_text.h"
#include "net/control_json.h"
#include "store/inbox.h"

#define DELIVERY "delivery"

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
	json_set_record(out, "record", r->place.leaf, r->place.at);
	json_set_text(out, "verdict", verdict_name((verdict)r->verdict));
	if (verdict_is_refusal((verdict)r->verdict))
		json_set_text(out, "why", submit_why((verdict)r->verdict));
	agent_set_hub_time(a, out, r->hub_time_us);
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
			json_array_append_new(list, desk_inbox_json(a, &row));
		arena_reset(&memory);
	}
	arena_fini(&memory);
	return list;
}

ms_status
desk_find_slot(const agent *a, const json_t *request, known_at *at, ms_error *err)
{
	const char *item = json_text_of(request, "item"), *when = json_text_of(request, "period");
	int found = item == NULL ? -1 : slot_item(a->plan, span_str(item));

	if (found < 0)
		return ms_fail(err, MS_USAGE, MST_CLI_ITEM, "the plan has no item \"%s\"",
			item == NULL ? "" : item);
	if (when == NULL || !slot_period(a->plan, span_str(when), &at->period))
		return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
			"\"%s\" is no period, expected one like 2012-Q2 or 2012年二季度",
			when == NULL ? "" : when);
	at->item = span_str(a->plan->items[found].id);
	at->unit = span_str(a->settings.unit);
	return MS_OK;
}

/* ---- whom it has reached: the hub knows ---- */

static void
set_name(const agent *a, json_t *out, span unit)
{
	int found = plan_find_unit(a->plan, unit);

	if (found >= 0)
		json_set_text(out, "name", a->plan->units[found].name);
	else
		json_set_span(out, "name", unit);
}

static json_t *
delivery_json(const agent *a, const frame_delivery *told)
{
	static const char *const links[] = { [LINK_UNKNOWN] = NULL,
		[LINK_CONNECTED] = "connected",
		[LINK_SILENT] = "silent",
		[LINK_NEVER] = "never_seen" };
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < told->n_to; i++) {
		const delivered_to *to = &told->to[i];

		one = json_object();
		json_set_span(one, "unit", to->unit);
		set_name(a, one, to->unit);
		json_set_bool(one, "delivered", to->stored);
		json_set_text(one, "link", links[to->link]);
		if (to->last_seen_us != 0)
			json_set_time(one, "last_seen", a->plan->zone_min, to->last_seen_us);
		json_array_append_new(list, one);
	}
	return list;
}

void
desk_delivery(void *ctx, const frame_delivery *told)
{
	agent *a = ctx;
	asking *x = desk_asked(a, DELIVERY, told->leaf, told->position);

	if (x != NULL)
		desk_end_asking(x, told->known ? delivery_json(a, told) : NULL, MST_RECEIPT_NONE,
			told->known ? NULL : TR("no act of this unit is there"));
}

/* ---- the question ---- */

ms_status
desk_read_record(const char *text, record_place *out, ms_error *err)
{
	const char *slash = strchr(text, '/');
	uint64_t at;

	if (slash == NULL ||
		!text_uint(span_of(text, (size_t)(slash - text)), UINT64_MAX - 1, &out->leaf) ||
		!text_uint(span_str(slash + 1), BATCH_ACTS_MAX - 1, &at))
		return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
			"\"%s\" is no record, expected one like 123/7", text);
	out->at = (uint16_t)at;
	return MS_OK;
}

static void
where_record(agent *a, control_call *call, const char *record)
{
	record_place place;
	ms_error err = { 0 };
	json_t *out;

	if (desk_read_record(record, &place, &err) != MS_OK) {
		control_refuse(call, &err);
		return;
	}
	out = json_object();
	json_set_text(out, "record", record);
	desk_ask_hub(a, call, out, DELIVERY, place, uplink_ask_delivery);
}

void
desk_where(agent *a, control_call *call, json_t *request)
{
	const char *record = json_text_of(request, "record");
	char name[PERIOD_NAME_SIZE];
	ms_error err = { 0 };
	store_txn txn;
	known_at at = { 0 };
	json_t *out;
	ms_status s;
	known k;

	if (record != NULL) {
		where_record(a, call, record);
		return;
	}
	if (desk_find_slot(a, request, &at, &err) != MS_OK) {
		control_refuse(call, &err);
		return;
	}
	out = json_object();
	json_set_span(out, "item", at.item);
	json_set_text(out, "period", period_name(at.period, name));
	store_begin(a->store, &txn, STORE_READ);
	known_get(&txn, &at, &k);
	add_revision(a, out, &k.newest);
	if (k.newest.state == KNOWN_REFUSED && k.standing.revision != 0) {
		json_t *standing = json_object();

		add_revision(a, standing, &k.standing);
		json_set(out, "standing", standing);
	}
	json_set(out, "statements", statements_json(a, &txn, &at));
	s = store_status(&txn, &err);
	store_abort(&txn);
	if (s != MS_OK) {
		json_decref(out);
		control_refuse(call, &err);
	} else if (k.newest.state == KNOWN_RECEIVED) {
		desk_ask_hub(a, call, out, DELIVERY, k.newest.place, uplink_ask_delivery);
	} else {
		control_last_json(call, out);
	}
}
