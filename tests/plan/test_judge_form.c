/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_judge_form.c - every bound that needs no plan is held, at the bound. The hub, which asks
 * without a list of violations, must give the same answer as the agent, which explains.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "judge_draft.h"

SPOIL(malformed, d->a.malformed = true)
SPOIL(short_salt, d->a.salt.len = 15)
SPOIL(long_salt, d->a.salt = text_of(17))
SPOIL(no_version, d->a.plan_version.len = 0)
SPOIL(revision_0, d->a.revision = 0)
SPOIL(too_large, d->a.bytes = text_of(ACT_BYTES_MAX + 1))
SPOIL(progress_100, d->r->progress_pct = 100)
SPOIL(progress_101, d->r->progress_pct = 101)
SPOIL(done_full, d->r->done = text_of(REPORT_DONE_MAX))
SPOIL(done_long, d->r->done = text_of(REPORT_DONE_MAX + 1))
SPOIL(problems_long, d->r->problems = text_of(REPORT_DONE_MAX + 1))
SPOIL(next_long, d->r->next_steps = text_of(REPORT_DONE_MAX + 1))
SPOIL(help_long, d->r->help_needed = text_of(REPORT_DONE_MAX + 1))
SPOIL(prepared_long, d->r->prepared_by = text_of(REPORT_NAME_MAX + 1))
SPOIL(approved_long, d->r->approved_by = text_of(REPORT_NAME_MAX + 1))
SPOIL(phone_long, d->r->phone = text_of(REPORT_NAME_MAX + 1))

SPOIL(no_indicator, d->values[0].indicator.len = 0)
SPOIL(no_form, d->values[0].has_mantissa = false)
SPOIL(half_a_ratio, d->values[0].half_ratio = true)
SPOIL(value_twice, d->values[1].indicator = d->values[0].indicator)
SPOIL(at_bound, d->values[0].mantissa = -1000000000000000)
SPOIL(mantissa_large, d->values[0].mantissa = 1000000000000001)
SPOIL(mantissa_small, d->values[0].mantissa = INT64_MIN)
SPOIL(num_large, d->values[3].num = INT64_MAX)
SPOIL(den_large, d->values[3].den = -1000000000000001)
SPOIL(date_large, d->values[4].date = INT32_MAX)
SPOIL(date_small, d->values[4].date = INT32_MIN)
SPOIL(empty_key, d->keys[1].len = 0)
SPOIL(long_key, d->keys[1] = text_of(REPORT_KEY_MAX + 1))
SPOIL(key_twice, d->keys[1] = d->keys[0])
SPOIL(part_twice, d->parts[1].id = d->parts[0].id)
SPOIL(part_without_id, d->parts[0].id.len = 0)
SPOIL(long_note, d->parts[0].note = text_of(REPORT_NOTE_MAX + 1))
SPOIL(nameless_file, d->attachments[0].name.len = 0)
SPOIL(long_file_name, d->attachments[0].name = text_of(257))
SPOIL(short_digest, d->attachments[0].sha256.len = 20)
SPOIL(too_many_parts, d->r->n_parts = REPORT_PARTS_MAX + 1)
SPOIL(too_many_values, d->r->n_values = REPORT_VALUES_MAX + 1)
SPOIL(too_many_files, d->r->n_attachments = REPORT_ATTACHMENTS_MAX + 1)
SPOIL(too_many_keys, d->values[2].n_keys = REPORT_KEYS_MAX + 1)

static void
two_forms(draft *d)
{
	d->values[0].has_text = true;
	d->values[0].text = span_str("x");
}

SPOIL(ratio_and_number, d->values[3].has_mantissa = true)
SPOIL(date_without_number, d->values[3].has_date = true)

SPOIL(nil_long_reason, nil(d, text_of(REPORT_REASON_MAX + 1)))

SPOIL(nil_beside_1_of_0, nil_beside_ratio(d, 1, 0))
SPOIL(nil_beside_0_of_5, nil_beside_ratio(d, 0, 5))

SPOIL(words_full, words(d, REPORT_TEXT_VALUE_MAX))
SPOIL(words_long, words(d, REPORT_TEXT_VALUE_MAX + 1))
SPOIL(words_empty, words(d, 0))

/* N keys XM-0, XM-1, ...; TWIN of them is written once more at the end when it is not 0. */
static void
many_keys(draft *d, size_t n, size_t twin)
{
	for (size_t i = 0; i < n; i++) {
		snprintf(d->names[i], sizeof(d->names[i]), "XM-%zu", i);
		d->keys[i] = span_str(d->names[i]);
	}
	if (twin != 0)
		d->keys[n - 1] = d->keys[twin];
	d->values[2].n_keys = n;
}

SPOIL(all_keys, many_keys(d, REPORT_KEYS_MAX, 0))
SPOIL(far_twins, many_keys(d, REPORT_KEYS_MAX, 1))
SPOIL(near_twins, many_keys(d, 100, 98))

static void
retraction_of(draft *d, span reason)
{
	d->a.kind = ACT_RETRACTION;
	d->a.u.retraction = (retraction){ .reason = reason };
}

SPOIL(retracted, retraction_of(d, text_of(REPORT_REASON_MAX)))
SPOIL(retracted_long, retraction_of(d, text_of(REPORT_REASON_MAX + 1)))

static const row form_rows[] = {
	ROW(no_change, 0, NULL),
	ROW(malformed, MST_REPORT_FORM, "act"),
	ROW(short_salt, MST_REPORT_FORM, "salt"),
	ROW(long_salt, MST_REPORT_FORM, "salt"),
	ROW(no_version, MST_REPORT_FORM, "plan_version"),
	ROW(revision_0, MST_REPORT_REVISION, "revision"),
	ROW(too_large, MST_REPORT_TOO_LONG, "act"),
	ROW(progress_100, 0, NULL),
	ROW(progress_101, MST_REPORT_PROGRESS, "progress_pct"),
	ROW(done_full, 0, NULL),
	ROW(done_long, MST_REPORT_TOO_LONG, "done"),
	ROW(problems_long, MST_REPORT_TOO_LONG, "problems"),
	ROW(next_long, MST_REPORT_TOO_LONG, "next_steps"),
	ROW(help_long, MST_REPORT_TOO_LONG, "help_needed"),
	ROW(prepared_long, MST_REPORT_TOO_LONG, "prepared_by"),
	ROW(approved_long, MST_REPORT_TOO_LONG, "approved_by"),
	ROW(phone_long, MST_REPORT_TOO_LONG, "phone"),
	ROW(no_indicator, MST_REPORT_VALUE_FORM, "values"),
	ROW(no_form, MST_REPORT_VALUE_FORM, "values[i01.money]"),
	ROW(two_forms, MST_REPORT_VALUE_FORM, "values[i01.money]"),
	ROW(half_a_ratio, MST_REPORT_VALUE_FORM, "values[i01.money]"),
	ROW(ratio_and_number, MST_REPORT_VALUE_FORM, "values[i01.share]"),
	ROW(date_without_number, MST_REPORT_VALUE_FORM, "values[i01.share]"),
	ROW(value_twice, MST_REPORT_TWICE, "values[i01.money]"),
	ROW(at_bound, 0, NULL),
	ROW(mantissa_large, MST_REPORT_NUMBER, "values[i01.money]"),
	ROW(mantissa_small, MST_REPORT_NUMBER, "values[i01.money]"),
	ROW(num_large, MST_REPORT_NUMBER, "values[i01.share]"),
	ROW(den_large, MST_REPORT_NUMBER, "values[i01.share]"),
	ROW(date_large, MST_REPORT_NUMBER, "values[i01.opened]"),
	ROW(date_small, MST_REPORT_NUMBER, "values[i01.opened]"),
	ROW(nil_with_reason, 0, NULL),
	ROW(nil_long_reason, MST_REPORT_TOO_LONG, "values[i01.share]"),
	ROW(nil_beside_0_of_0, 0, NULL),
	ROW(nil_beside_1_of_0, MST_REPORT_VALUE_FORM, "values[i01.share]"),
	ROW(nil_beside_0_of_5, MST_REPORT_VALUE_FORM, "values[i01.share]"),
	ROW(words_full, 0, NULL),
	ROW(words_long, MST_REPORT_TOO_LONG, "values[i01.money]"),
	ROW(words_empty, MST_REPORT_TOO_LONG, "values[i01.money]"),
	ROW(no_keys, 0, NULL),
	ROW(empty_key, MST_REPORT_KEY, "values[i01.projects]"),
	ROW(long_key, MST_REPORT_KEY, "values[i01.projects]"),
	ROW(key_twice, MST_REPORT_TWICE, "values[i01.projects]"),
	ROW(all_keys, 0, NULL),
	ROW(far_twins, MST_REPORT_TWICE, "values[i01.projects]"),
	ROW(near_twins, MST_REPORT_TWICE, "values[i01.projects]"),
	ROW(part_twice, MST_REPORT_TWICE, "parts[c1]"),
	ROW(part_without_id, MST_REPORT_TOO_LONG, "parts[]"),
	ROW(long_note, MST_REPORT_TOO_LONG, "parts[c1]"),
	ROW(nameless_file, MST_REPORT_ATTACHMENT, "attachments[]"),
	ROW(long_file_name, MST_REPORT_ATTACHMENT, NULL),
	ROW(short_digest, MST_REPORT_ATTACHMENT, "attachments[a.pdf]"),
	ROW(too_many_parts, MST_REPORT_TOO_MANY, "parts"),
	ROW(too_many_values, MST_REPORT_TOO_MANY, "values"),
	ROW(too_many_files, MST_REPORT_TOO_MANY, "attachments"),
	ROW(too_many_keys, MST_REPORT_TOO_MANY, "values[i01.projects]"),
	ROW(retracted, 0, NULL),
	ROW(retracted_long, MST_REPORT_TOO_LONG, "reason"),
};

static void
every_bound_of_the_form_is_held(void **state)
{
	for (size_t i = 0; i < sizeof(form_rows) / sizeof(form_rows[0]); i++) {
		const row *r = &form_rows[i];
		violations v = { 0 };
		static draft d;

		draft_init(&d, *state);
		r->spoil(&d);
		if (judge_form(&d.a, NULL) != (r->code == 0))
			fail_msg("%s: %s", r->title, r->code == 0 ? "refused" : "let pass");
		assert_int_equal(judge_form(&d.a, &v), r->code == 0);
		if (r->code != 0)
			expect_violation(r, &v);
		else
			assert_int_equal(v.n, 0);
	}
}

static void
more_violations_than_fit_are_counted(void **state)
{
	violations v = { 0 };
	static draft d;

	draft_init(&d, *state);
	for (size_t i = 0; i < REPORT_VALUES_MAX; i++)
		d.values[i] = (report_value){ .indicator = span_str("x"), .has_text = true };
	d.r->n_values = REPORT_VALUES_MAX;
	assert_false(judge_form(&d.a, &v));
	assert_int_equal(v.n, VIOLATIONS_MAX);
	assert_true(v.wrong > VIOLATIONS_MAX);
}

static void
a_long_text_is_cut_at_a_whole_character(void **state)
{
	char text[REPORT_NAME_MAX * 3 + 1] = { 0 };
	violations v = { 0 };
	static draft d;

	draft_init(&d, *state);
	for (size_t i = 0; i < REPORT_NAME_MAX; i++)
		memcpy(text + 3 * i, "张", 3);
	d.r->approved_by = span_str(text);
	assert_false(judge_form(&d.a, &v));
	assert_int_equal(strlen(v.list[0].value) % 3, 0);
	assert_true(strlen(v.list[0].value) >= 75);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bound_of_the_form_is_held),
		cmocka_unit_test(more_violations_than_fit_are_counted),
		cmocka_unit_test(a_long_text_is_cut_at_a_whole_character),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
