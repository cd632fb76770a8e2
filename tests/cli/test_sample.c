/* SPDX-License-Identifier: Apache-2.0 */
/* test_sample.c - invented reports are right, and a form filled with them is read back as the same
 * reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cli/sample.h"
#include "codec/acts.h"
#include "intake/form.h"
#include "intake/intake.h"
#include "tests/intake/intake_testing.h"

static int
by_indicator(const void *a, const void *b)
{
	return span_compare(
		((const report_value *)a)->indicator, ((const report_value *)b)->indicator);
}

static int
by_id(const void *a, const void *b)
{
	return span_compare(((const report_part *)a)->id, ((const report_part *)b)->id);
}

/* The order in which a reader lays them, so that equal content has equal bytes. */
static void
put_in_order(report *r)
{
	qsort(r->values, r->n_values, sizeof(*r->values), by_indicator);
	qsort(r->parts, r->n_parts, sizeof(*r->parts), by_id);
}

/* The filled form of a unit as a reader finds it, row by row. */
static void
is_read_back(const plan *p, uint32_t unit, period at, bool english, bool workbook)
{
	form_ask wanted = { .plan = p, .unit = unit, .at = at, .english = english };
	intake_ask ask = { .plan = p, .unit = unit, .now_us = INT64_MAX / 2, .english = english };
	arena memory = { 0 };
	sample_random random = { unit * 31 + at.index };
	report *reports = arena_zalloc(&memory, p->n_items * sizeof(*reports));
	form_row *rows = arena_zalloc(&memory, p->n_items * sizeof(*rows));
	intake_result got;
	buf form = { 0 };
	uint32_t i, n = 0;

	for (i = 0; i < p->n_items; i++) {
		if (!plan_expects(p, i, unit, at) || !plan_has_period(p, i, at))
			continue;
		assert_int_equal(
			sample_full(p, (slot_at){ i, unit, at }, &random, &memory, &reports[n]),
			MS_OK);
		rows[n].item = i;
		rows[n].filled = &reports[n];
		n++;
	}
	if (workbook)
		assert_int_equal(form_xlsx(&wanted, rows, n, "/tmp", &form, NULL), MS_OK);
	else
		assert_int_equal(form_csv(&wanted, rows, n, &form), MS_OK);
	assert_int_equal(intake_read(&ask, workbook ? "form.xlsx" : "form.csv", buf_span(&form),
				 &memory, &got, NULL),
		MS_OK);
	assert_int_equal(got.n_rows, n);
	for (i = 0; i < n && i < got.n_rows; i++) {
		act sent = { .kind = ACT_REPORT };
		buf body = { 0 };

		put_in_order(&reports[i]);
		sent.u.report = reports[i];
		assert_int_equal(act_encode_body(&sent, &memory, &body), MS_OK);
		if (!got.rows[i].good)
			fail_msg("unit %s item %s: %s %s", p->units[unit].id,
				p->items[rows[i].item].id, got.rows[i].problems[0].column,
				got.rows[i].problems[0].text);
		assert_int_equal(got.rows[i].item_index, rows[i].item);
		assert_int_equal(got.rows[i].act.body.len, body.len);
		assert_memory_equal(got.rows[i].act.body.at, body.at, body.len);
		buf_fini(&body);
	}
	buf_fini(&form);
	arena_fini(&memory);
}

static void
a_filled_form_is_read_back_as_the_same_reports(void **state)
{
	const plan *p = *state;
	uint32_t unit;
	unsigned n;
	period at;

	for (unit = 0; unit < p->n_units; unit++)
		for (n = 0; plan_item_period(p, 0, n, &at); n++) {
			is_read_back(p, unit, at, n % 2 == 0, false);
			is_read_back(p, unit, at, n % 2 == 1, false);
			is_read_back(p, unit, at, (unit + n) % 2 == 0, true);
		}
}

/* What one unit says for the city, of which there are no more. */
static void
nobody_has_more_than_there_is(void **state)
{
	static const char *const ids[] = { "i06.industries", "i07.platforms" };
	const plan *p = *state;
	size_t i, k;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		uint32_t in = (uint32_t)plan_find_indicator(p, span_str(ids[i]));
		slot_at at = { .item = p->indicators[in].item,
			.period = { .year = 2012, .kind = PERIOD_QUARTER, .index = 4 } };
		int64_t most = plan_city_target(p, in, at.period)->value;

		while (!p->indicators[in].reporters[at.unit])
			at.unit++;
		for (uint64_t seed = 0; seed < 50; seed++) {
			sample_random random = { seed };
			arena memory = { 0 };
			report r;

			assert_int_equal(sample_full(p, at, &random, &memory, &r), MS_OK);
			for (k = 0; k < r.n_values; k++)
				if (span_equal(r.values[k].indicator, span_str(ids[i])))
					assert_in_range(r.values[k].mantissa, most - 1, most);
			arena_fini(&memory);
		}
	}
}

/* The size that every figure of `muster load` means. */
static void
a_report_of_the_load_has_about_220_bytes(void **state)
{
	static const uint8_t salt[16];
	const plan *p = *state;
	slot_at at = { .period = { .year = 2012, .kind = PERIOD_QUARTER, .index = 4 } };
	sample_random random = { 1 };
	size_t n = 0, sum = 0;
	arena memory = { 0 };
	buf body = { 0 }, bytes = { 0 };

	for (at.item = 0; at.item < p->n_items; at.item++)
		for (at.unit = 0; at.unit < p->n_units; at.unit++) {
			act a = { .schema = 1,
				.kind = ACT_REPORT,
				.salt = span_of(salt, sizeof(salt)),
				.created_us = INT64_C(1356926400000000),
				.plan = span_str(p->id),
				.plan_version = span_of(p->version.at, HASH_SIZE),
				.item = span_str(p->items[at.item].id),
				.unit = span_str(p->units[at.unit].id),
				.period = span_str("2012-Q4"),
				.revision = 1000 };

			if (!plan_expects(p, at.item, at.unit, at.period))
				continue;
			assert_int_equal(sample_brief(p, at, &random, &memory, &a.u.report), MS_OK);
			buf_reset(&body);
			assert_int_equal(act_encode_body(&a, &memory, &body), MS_OK);
			a.body = buf_span(&body);
			buf_reset(&bytes);
			assert_int_equal(act_encode(&a, &memory, &bytes), MS_OK);
			sum += bytes.len;
			n++;
		}
	assert_in_range(sum / n, 210, 230);
	buf_fini(&body);
	buf_fini(&bytes);
	arena_fini(&memory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_of_the_load_has_about_220_bytes),
		cmocka_unit_test(nobody_has_more_than_there_is),
		cmocka_unit_test(a_filled_form_is_read_back_as_the_same_reports),
	};

	return cmocka_run_group_tests(tests, plan_setup, plan_teardown);
}
