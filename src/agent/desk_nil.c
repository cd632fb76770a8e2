/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk_nil.c - what a report says when there is nothing to report: every figure that the unit owes
 * in the slot is nil with the reason, 进展情况 says so, 存在问题 and 下一步措施 are 无, and the
 * progress of the year is the last one that this device reported in it; without one it is not
 * given, because nobody knows it here.
 */
#include <stdio.h>
#include <string.h>

#include "agent/desk.h"
#include "intake/messages.h"
#include "intake/slot_text.h"
#include "lib/reported.h"
#include "net/control_json.h"
#include "plan/check_values.h"

typedef struct slot_wanted {
	uint32_t item;
	period at;
} slot_wanted;

/* Does the list GIVEN of "NAME=VALUE" name it? */
static bool
is_given(const plan *p, uint32_t indicator, const json_t *given)
{
	size_t i;

	for (i = 0; i < json_array_size(given); i++) {
		const char *word = json_string_value(json_array_get(given, i));

		if (word != NULL && plan_match_indicator(p, p->indicators[indicator].item,
					    span_of(word, strcspn(word, "="))) == (int)indicator)
			return true;
	}
	return false;
}

/* The newest progress of the year that was reported up to the slot; null for none. */
static json_t *
progress_json(const agent *a, slot_wanted slot)
{
	reported own = { .store = a->store, .plan = a->plan, .unit = a->settings.unit };
	unsigned year = slot.at.year;
	arena memory = { 0 };
	json_t *out = NULL;
	report r;

	do {
		if (reported_of(&own, slot.item, slot.at, &memory, &r) && r.has_progress)
			out = json_sprintf("%u", r.progress_pct);
	} while (out == NULL && check_period_before(a->plan, slot.item, slot.at, &slot.at) &&
		 slot.at.year == year);
	arena_fini(&memory);
	return out == NULL ? json_null() : out;
}

static json_t *
values_json(const agent *a, slot_wanted slot, const char *reason, const json_t *given)
{
	const plan_item *it = &a->plan->items[slot.item];
	json_t *out = json_array();
	uint32_t i;

	for (i = it->first_indicator; i < it->first_indicator + it->n_indicators; i++)
		if (plan_wants_value(a->plan, i, a->unit, slot.at) && !is_given(a->plan, i, given))
			json_array_append_new(
				out, json_sprintf("%s=nil:%s", a->plan->indicators[i].id, reason));
	return out;
}

/* In the language of the office, whoever asks: it goes into the report. */
static json_t *
nil_json(const agent *a, slot_wanted slot, const char *reason, const json_t *given)
{
	bool english = strcmp(a->settings.language, "en") == 0;
	json_t *out = json_object();

	json_set(out, "done",
		json_sprintf("%s%s%s", word_text(WORD_NIL_DONE, english), english ? ": " : "：",
			reason));
	json_set_text(out, "none", word_text(WORD_NONE_TOLD, english));
	json_set(out, "progress", progress_json(a, slot));
	json_set(out, "values", values_json(a, slot, reason, given));
	return out;
}

void
desk_nil(agent *a, control_call *call, json_t *request)
{
	const char *reason = json_text_of(request, "reason");
	ms_error err = { 0 };
	slot_wanted slot;
	known_at at;
	ms_status s = desk_find_slot(a, request, &at, &err);

	if (s == MS_OK && reason == NULL)
		s = ms_fail(&err, MS_INVALID, MST_CONTROL_REQUEST,
			"a report of nothing has item, period and reason");
	if (s != MS_OK) {
		control_refuse(call, &err);
		return;
	}
	slot = (slot_wanted){ .item = (uint32_t)plan_find_item(a->plan, at.item), .at = at.period };
	control_last_json(call, nil_json(a, slot, reason, json_object_get(request, "given")));
}
