/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/nil_report.h"

#include <stdio.h>

#include "cli/unit_dir.h"
#include "intake/messages.h"
#include "intake/slot_text.h"
#include "plan/check_values.h"

typedef struct slot_wanted {
	uint32_t item;
	period at;
} slot_wanted;

static ms_status
find_slot(const plan *p, const char *item, const char *at, slot_wanted *out, ms_error *err)
{
	int found = slot_item(p, span_str(item));

	if (found < 0)
		return ms_fail(err, MS_USAGE, MST_CLI_ITEM, "the plan has no item \"%s\"", item);
	out->item = (uint32_t)found;
	if (slot_period(p, span_str(at), &out->at))
		return MS_OK;
	return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
		"--period %s: expected a period like 2012-Q2 or 2012年二季度", at);
}

static bool
is_given(const plan *p, uint32_t indicator, const char *const *given, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (plan_match_indicator(p, p->indicators[indicator].item,
			    span_of(given[i], strcspn(given[i], "="))) == (int)indicator)
			return true;
	return false;
}

/* The newest progress of the year that was reported up to AT. */
static const char *
find_progress(unit_dir *d, slot_wanted slot, arena *memory)
{
	unsigned year = slot.at.year;
	char number[8];
	report r;

	do {
		if (!reported_of(&d->own, slot.item, slot.at, memory, &r) || !r.has_progress)
			continue;
		snprintf(number, sizeof(number), "%u", r.progress_pct);
		return arena_text(memory, span_str(number));
	} while (
		check_period_before(d->plan, slot.item, slot.at, &slot.at) && slot.at.year == year);
	return NULL;
}

static const char *
join(const char *before, const char *between, const char *after, arena *memory)
{
	buf text = { 0 };
	const char *kept = NULL;

	buf_addf(&text, "%s%s%s", before, between, after);
	if (!text.failed)
		kept = arena_text(memory, buf_span(&text));
	buf_fini(&text);
	return kept;
}

static void
add_values(const unit_dir *d, slot_wanted slot, const char *reason, const char *const *given,
	size_t n_given, arena *memory, nil_report *out)
{
	const plan_item *it = &d->plan->items[slot.item];
	uint32_t i;

	for (i = it->first_indicator; i < it->first_indicator + it->n_indicators; i++)
		if (out->n_values < NIL_VALUES_MAX &&
			plan_wants_value(d->plan, i, d->unit, slot.at) &&
			!is_given(d->plan, i, given, n_given))
			out->values[out->n_values++] =
				join(d->plan->indicators[i].id, "=nil:", reason, memory);
}

ms_status
nil_report_make(const char *dir, const char *item, const char *at, const char *reason,
	const char *const *given, size_t n_given, arena *memory, nil_report *out, ms_error *err)
{
	slot_wanted slot = { .item = 0 };
	unit_dir d;
	bool english, failed;
	size_t i;
	ms_status s = unit_dir_open(dir, &d, err);

	*out = (nil_report){ .done = NULL };
	if (s == MS_OK)
		s = find_slot(d.plan, item, at, &slot, err);
	if (s == MS_OK) {
		english = strcmp(d.settings.language, "en") == 0;
		out->done = join(
			word_text(WORD_NIL_DONE, english), english ? ": " : "：", reason, memory);
		out->none = word_text(WORD_NONE_TOLD, english);
		out->progress = find_progress(&d, slot, memory);
		add_values(&d, slot, reason, given, n_given, memory, out);
		failed = out->done == NULL;
		for (i = 0; i < out->n_values; i++)
			failed |= out->values[i] == NULL;
		if (failed)
			s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory");
	}
	unit_dir_close(&d);
	return s;
}
