/* SPDX-License-Identifier: Apache-2.0 */
/* test_rollup_compare.c - whatever number of a rollup is another one is told, by its name and
 * alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/rollup_compare.h"

typedef struct sample {
	feed_figure figures[2], targets[2];
	feed_missing missing[2], returned[1];
	feed_rollup r;
} sample;

static void
fill(sample *s)
{
	memset(s, 0, sizeof(*s));
	s->figures[0] = (feed_figure){ .indicator = span_str("i06.share"),
		.period = span_str("2012-Q2"),
		.has = true,
		.value = 5000,
		.num = 2,
		.den = 4,
		.has_target = true,
		.target = 6000,
		.has_accepted = true,
		.accepted = 4000,
		.units = 3,
		.of = 16,
		.stale = 1 };
	s->figures[1] = (feed_figure){
		.indicator = span_str("i06.share"), .period = span_str("2012"), .of = 16
	};
	s->targets[0] = (feed_figure){ .indicator = span_str("i06.parks"),
		.period = span_str("2012-Q2"),
		.unit = span_str("tiexi"),
		.has = true,
		.value = 8,
		.has_target = true,
		.target = 10 };
	s->targets[1] = s->targets[0];
	s->targets[1].unit = span_str("heping");
	s->missing[0] = (feed_missing){ .unit = span_str("kjj"), .deadline_us = 7 };
	s->missing[1] = (feed_missing){ .unit = span_str("jxw") };
	s->returned[0] = (feed_missing){ .unit = span_str("fgw"), .returned_us = 9 };
	s->r = (feed_rollup){ .item = span_str("i06"),
		.period = span_str("2012-Q2"),
		.expected = 20,
		.actual = 18,
		.on_time = 17,
		.accepted = 3,
		.deadline_us = 5,
		.has_progress = true,
		.progress_pct = 40,
		.figures = s->figures,
		.n_figures = 2,
		.unit_targets = s->targets,
		.n_unit_targets = 2,
		.missing = s->missing,
		.n_missing = 2,
		.returned = s->returned,
		.n_returned = 1 };
}

/* What differs: the names one after the other, each behind a bar. */
typedef struct told {
	char names[1024];
} told;

static void
take(void *ctx, const char *what, int64_t hub, int64_t counted)
{
	told *t = ctx;
	size_t n = strlen(t->names);

	assert_true(hub != counted);
	snprintf(t->names + n, sizeof(t->names) - n, "|%s", what);
}

static unsigned
compare(const sample *hub, const sample *counted, told *out)
{
	rollup_comparing c = { .ctx = out, .differs = take };

	out->names[0] = '\0';
	rollup_compare(&c, &hub->r, &counted->r);
	return c.compared;
}

static void
the_same_differs_in_nothing(void **test)
{
	sample a, b;
	told t;

	(void)test;
	fill(&a);
	fill(&b);
	b.missing[0].link = LINK_SILENT; /* the feed does not tell */
	assert_true(compare(&a, &b, &t) > 40);
	assert_string_equal(t.names, "");
}

/* The lowest bit of the number at OFFSET is turned. */
static const struct {
	size_t offset;
	const char *names;
} planted[] = {
	{ offsetof(sample, r.expected), "|expected" },
	{ offsetof(sample, r.actual), "|reported" },
	{ offsetof(sample, r.on_time), "|on_time" },
	{ offsetof(sample, r.accepted), "|accepted" },
	{ offsetof(sample, r.deadline_us), "|deadline" },
	{ offsetof(sample, r.progress_pct), "|progress" },
	{ offsetof(sample, figures[0].value), "|i06.share 2012-Q2 value" },
	{ offsetof(sample, figures[0].num), "|i06.share 2012-Q2 num" },
	{ offsetof(sample, figures[0].den), "|i06.share 2012-Q2 den" },
	{ offsetof(sample, figures[0].accepted), "|i06.share 2012-Q2 accepted" },
	{ offsetof(sample, figures[0].units), "|i06.share 2012-Q2 units" },
	{ offsetof(sample, figures[0].stale), "|i06.share 2012-Q2 stale" },
	{ offsetof(sample, figures[0].target), "|i06.share 2012-Q2 target" },
	{ offsetof(sample, figures[1].of), "|i06.share 2012 of" },
	{ offsetof(sample, figures[1].has), "|i06.share 2012 given" },
	{ offsetof(sample, targets[0].value), "|i06.parks 2012-Q2 tiexi value" },
	{ offsetof(sample, targets[1].target), "|i06.parks 2012-Q2 heping target" },
	{ offsetof(sample, targets[1].has),
		"|i06.parks 2012-Q2 heping given|i06.parks 2012-Q2 heping value" },
	{ offsetof(sample, missing[0].deadline_us), "|missing kjj deadline" },
	{ offsetof(sample, returned[0].returned_us), "|returned fgw returned" },
};

static void
each_planted_number_is_told_and_nothing_else(void **test)
{
	sample hub, counted;
	told t;
	size_t i;

	(void)test;
	for (i = 0; i < sizeof(planted) / sizeof(planted[0]); i++) {
		fill(&hub);
		fill(&counted);
		((uint8_t *)&hub)[planted[i].offset] ^= 1;
		compare(&hub, &counted, &t);
		assert_string_equal(t.names, planted[i].names);
	}
}

static void
what_is_left_out_or_put_in_is_told(void **test)
{
	sample hub, counted;
	told t;

	(void)test;
	fill(&hub);
	fill(&counted);
	hub.r.n_figures = 1;
	compare(&hub, &counted, &t);
	assert_string_equal(t.names, "|figures|i06.share 2012 of");
	compare(&counted, &hub, &t);
	assert_string_equal(t.names, "|figures");
	fill(&hub);
	hub.targets[0].unit = span_str("dadong");
	compare(&hub, &counted, &t);
	assert_non_null(strstr(t.names, "|i06.parks 2012-Q2 tiexi value"));
	fill(&hub);
	hub.missing[1].unit = span_str("fgw");
	compare(&hub, &counted, &t);
	assert_string_equal(t.names, "|missing jxw listed");
	fill(&hub);
	hub.r.n_returned = 0;
	compare(&hub, &counted, &t);
	assert_string_equal(t.names, "|returned|returned fgw listed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_differs_in_nothing),
		cmocka_unit_test(each_planted_number_is_told_and_nothing_else),
		cmocka_unit_test(what_is_left_out_or_put_in_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
