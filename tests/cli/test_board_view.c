/* SPDX-License-Identifier: Apache-2.0 */
/* test_board_view.c - rollups as a table and as JSON: what is shown for which period, missing
 * figures are not zero, and Chinese columns line up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/text.h"
#include "cli/board_view.h"
#include "tests/intake/intake_testing.h"

typedef struct sample {
	plan *p;
	feed_figure figures[3];
	feed_missing missing[2];
	feed_rollup rollups[2];
	int64_t now_us;
} sample;

static int
setup(void **state)
{
	sample *s = calloc(1, sizeof(*s));

	s->p = load_plan();
	time_parse(span_str("2012-07-12T09:00:00+08:00"), &s->now_us, NULL);
	s->figures[0] = (feed_figure){ .indicator = span_str("i06.invest"),
		.period = span_str("2012-Q2"),
		.has = true,
		.value = 26925,
		.units = 4,
		.of = 16 };
	s->figures[1] = (feed_figure){ .indicator = span_str("i06.parks"),
		.period = span_str("2012-Q2"),
		.of = 16,
		.has_target = true,
		.target = 30 };
	s->figures[2] = (feed_figure){ .indicator = span_str("i06.invest"),
		.period = span_str("2012-H1"),
		.has = true,
		.value = 30000,
		.units = 5,
		.of = 16,
		.stale = 1 };
	s->missing[0] = (feed_missing){ .unit = span_str("heping"),
		.contact = span_str("024-1"),
		.link = LINK_SILENT,
		.last_seen_us = s->now_us - INT64_C(3600000000) };
	s->missing[1] = (feed_missing){ .unit = span_str("jkgw"), .link = LINK_NEVER };
	s->rollups[0] = (feed_rollup){ .item = span_str("i06"),
		.period = span_str("2012-Q2"),
		.as_of = 99,
		.expected = 20,
		.actual = 18,
		.on_time = 3,
		.deadline_us = s->now_us,
		.figures = s->figures,
		.n_figures = 3,
		.missing = s->missing,
		.n_missing = 2 };
	s->rollups[1] = s->rollups[0];
	s->rollups[1].period = span_str("2012-Q3");
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	sample *s = *state;

	plan_free(s->p);
	free(s);
	return 0;
}

static const char *
render(const sample *s, bool brief, buf *out)
{
	board_ask ask = { .item = -1, .brief = brief };

	assert_true(period_parse(span_str("2012-Q2"), &ask.at));
	assert_int_equal(board_render(s->p, s->rollups, 2, &ask, s->now_us, out), MS_OK);
	return buf_cstr(out);
}

static void
a_board_shows_its_period_its_figures_and_who_is_missing(void **state)
{
	buf out = { 0 };
	const char *text = render(*state, false, &out);

	assert_non_null(strstr(text, "18/20"));
	assert_non_null(strstr(text, "90%"));
	assert_non_null(strstr(text, "269.25"));
	assert_non_null(strstr(text, "300.00"));
	assert_non_null(strstr(text, "和平区"));
	assert_non_null(strstr(text, "沈阳市发展和改革委员会等3家"));
	assert_non_null(strstr(text, "2012-07-12 08:00起无联系"));
	assert_non_null(strstr(text, "从未连接"));
	assert_non_null(strstr(text, "024-1"));
	assert_null(strstr(text, "2012-Q3"));
	buf_fini(&out);
}

static void
a_brief_board_leaves_out_who_is_missing_and_other_periods(void **state)
{
	buf out = { 0 };
	const char *text = render(*state, true, &out);

	assert_non_null(strstr(text, "269.25"));
	assert_null(strstr(text, "300.00"));
	assert_null(strstr(text, "和平区"));
	buf_fini(&out);
}

/* With NUMBER for i06.parks, whose target is 30, WANTED stands in its row. */
static void
expect_attained(sample *s, int64_t number, const char *wanted)
{
	feed_figure before = s->figures[1];
	buf out = { 0 };
	char cell[40];
	const char *row;

	s->figures[1].has = true;
	s->figures[1].value = number;
	snprintf(cell, sizeof(cell), "  %s  ", wanted);
	row = strstr(render(s, true, &out), "  30  ");
	if (row == NULL || strstr(row, cell) == NULL)
		fail_msg("\"%s\" is not in\n%s", cell, buf_cstr(&out));
	s->figures[1] = before; /* the tests share the sample */
	buf_fini(&out);
}

static void
a_target_is_reached_from_its_better_side(void **state)
{
	sample *s = *state;
	plan_indicator *parks = &s->p->indicators[plan_find_indicator(s->p, span_str("i06.parks"))];

	expect_attained(s, 15, "50%");
	expect_attained(s, 45, "150%");
	expect_attained(s, -1, "-");
	expect_attained(s, INT64_C(250000000000000000), ">999999%");
	parks->lower_is_better = true;
	expect_attained(s, 60, "50%");
	expect_attained(s, 30, "100%");
	expect_attained(s, 0, "100%");
	parks->lower_is_better = false;
}

static void
a_lead_is_named_whole(void **state)
{
	static const char name[] = "The Commission for Everything that Matters to the City";
	sample *s = *state;
	plan_unit *lead = &s->p->units[s->p->items[5].leads[0]];
	const char *before = lead->name;
	buf out = { 0 };

	lead->name = name;
	assert_non_null(strstr(render(s, true, &out), name));
	lead->name = before;
	buf_fini(&out);
}

/* The N-th line of TEXT. */
static span
line_of(const char *text, unsigned n)
{
	const char *end;

	while (n-- > 0)
		text = strchr(text, '\n') + 1;
	end = strchr(text, '\n');
	return span_of(text, (size_t)(end - text));
}

static void
columns_line_up_whatever_is_in_them(void **state)
{
	buf out = { 0 };
	const char *text = render(*state, true, &out);
	span heading = line_of(text, 2), rule = line_of(text, 3), row = line_of(text, 4);
	const char *of_row = strstr(text, "2012-Q2  绿  沈阳市发展");

	/* The fourth column begins in the same place in heading, rule and row. */
	assert_non_null(of_row);
	assert_int_equal(text_width(span_of(row.at, (size_t)((const uint8_t *)of_row - row.at))),
		text_width(span_of(heading.at,
			(size_t)((const uint8_t *)strstr((const char *)heading.at, "期间") -
				 heading.at))));
	assert_int_equal(text_width(rule), text_width(row));
	buf_fini(&out);
}

static void
json_tells_missing_from_zero(void **state)
{
	const sample *s = *state;
	board_ask ask = { .item = -1 };
	json_t *o, *item, *figures, *missing;

	assert_true(period_parse(span_str("2012-Q2"), &ask.at));
	o = board_json(s->p, s->rollups, 2, &ask, s->now_us);
	assert_string_equal(json_text_of(o, "schema"), "muster/board/1");
	assert_int_equal(json_array_size(json_object_get(o, "items")), 1);
	item = json_array_get(json_object_get(o, "items"), 0);
	figures = json_object_get(item, "figures");
	missing = json_object_get(item, "missing");
	assert_true(json_is_null(json_object_get(item, "progress_pct")));
	assert_true(json_is_null(json_object_get(item, "progress_light")));
	assert_string_equal(json_text_of(json_array_get(figures, 0), "value"), "269.25");
	assert_true(json_is_null(json_object_get(json_array_get(figures, 1), "value")));
	assert_string_equal(json_text_of(json_array_get(figures, 1), "target"), "30");
	assert_string_equal(json_text_of(json_array_get(missing, 0), "agent"), "silent");
	assert_true(json_is_null(json_object_get(json_array_get(missing, 1), "last_seen")));
	json_decref(o);
}

static void
the_default_period_is_the_newest_that_has_ended(void **state)
{
	const sample *s = *state;
	static const struct {
		const char *now, *wanted;
	} rows[] = { { "2012-02-01T00:00:00+08:00", "2012-Q1" },
		{ "2012-06-30T23:59:59+08:00", "2012-Q1" },
		{ "2012-07-01T00:00:00+08:00", "2012-Q2" },
		{ "2013-03-01T00:00:00+08:00", "2012-Q4" } };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[PERIOD_NAME_SIZE];
		int64_t now;

		assert_int_equal(time_parse(span_str(rows[i].now), &now, NULL), MS_OK);
		assert_string_equal(
			period_name(board_default_period(s->p, now), name), rows[i].wanted);
	}
}

/* How often WORD stands in TEXT. */
static unsigned
occurrences(const char *text, const char *word)
{
	unsigned n = 0;

	for (text = strstr(text, word); text != NULL; text = strstr(text + 1, word))
		n++;
	return n;
}

static const char *
render_half(const sample *s, bool brief, buf *out)
{
	board_ask ask = {
		.at = { .year = 2012, .kind = PERIOD_HALF, .index = 1 }, .item = -1, .brief = brief
	};
	feed_rollup quarters[2] = { s->rollups[0], s->rollups[0] };

	quarters[0].period = span_str("2012-Q1");
	buf_reset(out);
	assert_int_equal(board_render(s->p, quarters, 2, &ask, s->now_us, out), MS_OK);
	return buf_cstr(out);
}

static void
a_half_year_of_quarters_has_its_own_figure_once(void **state)
{
	buf out = { 0 };

	assert_int_equal(occurrences(render_half(*state, false, &out), "300.00"), 1);
	assert_int_equal(occurrences(render_half(*state, true, &out), "300.00"), 1);
	assert_int_equal(occurrences(buf_cstr(&out), "269.25"), 1);
	buf_fini(&out);
}

static void
what_does_not_add_up_has_no_empty_row_in_a_wider_period(void **state)
{
	sample *s = *state;
	plan_indicator *in = &s->p->indicators[plan_find_indicator(s->p, span_str("i06.invest"))];
	time_rule before = in->time;
	buf out = { 0 };

	s->figures[2].has = false;
	assert_int_equal(occurrences(render_half(s, true, &out), "2012-H1"), 2);
	in->time = TIME_NONE;
	assert_int_equal(occurrences(render_half(s, true, &out), "2012-H1"), 1); /* the head */
	in->time = before;
	s->figures[2].has = true;
	buf_fini(&out);
}

static void
nobody_is_missing_in_a_period_that_goes_on(void **state)
{
	const sample *s = *state;
	board_ask ask = { .at = { .year = 2012, .kind = PERIOD_QUARTER, .index = 2 }, .item = -1 };
	feed_rollup year = s->rollups[0];
	buf out = { 0 };

	year.period = span_str("2012");
	assert_int_equal(board_render(s->p, &year, 1, &ask, s->now_us, &out), MS_OK);
	assert_non_null(strstr(buf_cstr(&out), "18/20"));
	assert_null(strstr(buf_cstr(&out), "和平区"));
	buf_fini(&out);
}

static void
a_returned_report_is_told_from_one_that_never_came(void **state)
{
	sample *s = *state;
	buf out = { 0 };

	s->missing[0].returned_us = s->now_us;
	assert_non_null(strstr(render(s, false, &out), "和平区（已退回）"));
	s->missing[0].returned_us = 0;
	buf_fini(&out);
}

/* As the hub sends it: of the year's indicator there is nothing to tell in a quarter. */
static void
a_years_indicator_is_not_listed_in_a_quarter(void **state)
{
	sample *s = *state;
	plan_indicator *parks = &s->p->indicators[plan_find_indicator(s->p, span_str("i06.parks"))];
	board_ask ask = { .at = { .year = 2012, .kind = PERIOD_QUARTER, .index = 2 }, .item = -1 };
	uint8_t before = (uint8_t)parks->kind;
	json_t *o, *figures;

	parks->kind = PERIOD_YEAR;
	o = board_json(s->p, s->rollups, 1, &ask, s->now_us);
	figures = json_object_get(json_array_get(json_object_get(o, "items"), 0), "figures");
	assert_int_equal(json_array_size(figures), 2);
	assert_string_equal(json_text_of(json_array_get(figures, 1), "period"), "2012-H1");
	json_decref(o);
	parks->kind = before;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_board_shows_its_period_its_figures_and_who_is_missing),
		cmocka_unit_test(a_half_year_of_quarters_has_its_own_figure_once),
		cmocka_unit_test(what_does_not_add_up_has_no_empty_row_in_a_wider_period),
		cmocka_unit_test(nobody_is_missing_in_a_period_that_goes_on),
		cmocka_unit_test(a_returned_report_is_told_from_one_that_never_came),
		cmocka_unit_test(a_years_indicator_is_not_listed_in_a_quarter),
		cmocka_unit_test(a_brief_board_leaves_out_who_is_missing_and_other_periods),
		cmocka_unit_test(a_target_is_reached_from_its_better_side),
		cmocka_unit_test(a_lead_is_named_whole),
		cmocka_unit_test(columns_line_up_whatever_is_in_them),
		cmocka_unit_test(json_tells_missing_from_zero),
		cmocka_unit_test(the_default_period_is_the_newest_that_has_ended),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
