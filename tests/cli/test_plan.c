/* SPDX-License-Identifier: Apache-2.0 */
/* test_plan.c - options of commands, exit codes of the plan commands, and the plan as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/fs.h"
#include "cli/command.h"
#include "cli/plan_json.h"

#define PLAN MUSTER_SOURCE_DIR "/deploy/plans/shenyang-2012.conf"
#define WRONG MUSTER_SOURCE_DIR "/tests/fuzz/corpus/plan/mistakes.conf"

enum { WORDS_MAX = 2 };

typedef struct given {
	bool json;
	const char *plan;
	const char *words[WORDS_MAX];
	size_t n;
	ms_error err;
} given;

static ms_status
read_args(given *g, const char *a, const char *b, const char *c, const char *d)
{
	char texts[5][64] = { "show" };
	char *argv[] = { texts[0], texts[1], texts[2], texts[3], texts[4], NULL };
	const char *args[] = { a, b, c, d };
	const cli_option options[] = { { .name = "--json", .flag = &g->json },
		{ .name = "--plan", .value = &g->plan } };
	static char kept[64];
	int argc = 1;

	for (; argc < 5 && args[argc - 1] != NULL; argc++)
		snprintf(texts[argc], sizeof(texts[argc]), "%s", args[argc - 1]);
	if (cli_args(argc, argv, options, 2, g->words, 1, WORDS_MAX, &g->n, &g->err) != MS_OK)
		return MS_USAGE;
	if (g->plan != NULL)
		snprintf(kept, sizeof(kept), "%s", g->plan);
	g->plan = g->plan == NULL ? NULL : kept;
	return MS_OK;
}

static void
options_stand_anywhere_and_take_values_in_two_ways(void **state)
{
	given a = { 0 }, b = { 0 };

	(void)state;
	assert_int_equal(read_args(&a, "--plan", "x.conf", "6", "--json"), MS_OK);
	assert_true(a.json);
	assert_string_equal(a.plan, "x.conf");
	assert_int_equal(a.n, 1);
	assert_int_equal(read_args(&b, "6", "--plan=a=b", "7", NULL), MS_OK);
	assert_false(b.json);
	assert_string_equal(b.plan, "a=b");
	assert_int_equal(b.n, 2);
}

static void
a_double_dash_ends_the_options(void **state)
{
	given g = { 0 };

	(void)state;
	assert_int_equal(read_args(&g, "--", "--json", NULL, NULL), MS_OK);
	assert_false(g.json);
	assert_int_equal(g.n, 1);
}

static void
wrong_options_are_refused_with_the_nearest_one(void **state)
{
	given unknown = { 0 }, no_value = { 0 }, too_much = { 0 }, many = { 0 }, none = { 0 };

	(void)state;
	assert_int_equal(read_args(&unknown, "--jsno", "6", NULL, NULL), MS_USAGE);
	assert_string_equal(unknown.err.remedy, "did you mean \"--json\"?");
	assert_int_equal(read_args(&no_value, "6", "--plan", NULL, NULL), MS_USAGE);
	assert_int_equal(no_value.err.code, MST_CLI_OPTION);
	assert_int_equal(read_args(&too_much, "6", "--json=1", NULL, NULL), MS_USAGE);
	assert_int_equal(read_args(&many, "1", "2", "3", NULL), MS_USAGE);
	assert_int_equal(many.err.code, MST_CLI_WORDS);
	assert_int_equal(read_args(&none, NULL, NULL, NULL, NULL), MS_USAGE);
}

static int
check(const char *file)
{
	char verb[] = "check", path[512];
	char *argv[] = { verb, path, NULL };

	snprintf(path, sizeof(path), "%s", file);
	return cmd_plan_check(2, argv);
}

static void
check_ends_with_0_78_or_66(void **state)
{
	(void)state;
	assert_int_equal(check(PLAN), 0);
	assert_int_equal(check(WRONG), 78);
	assert_int_equal(check("/nowhere/plan.conf"), 66);
}

static plan *
load(const char *file, plan_problems *problems)
{
	buf bytes = { 0 };
	plan *p = NULL;

	assert_int_equal(fs_read(file, PLAN_BYTES_MAX, &bytes, NULL), MS_OK);
	plan_load(buf_span(&bytes), file, &p, problems, NULL);
	buf_fini(&bytes);
	return p;
}

static void
the_json_of_the_plan_asks_for_179_reports_a_quarter(void **state)
{
	plan *p = load(PLAN, NULL);
	json_t *tree = plan_to_json(p), *item;
	int64_t sum = 0;
	size_t i;

	(void)state;
	assert_string_equal(json_text_of(tree, "schema"), "muster/plan/1");
	assert_int_equal(json_array_size(json_object_get(tree, "units")), 33);
	json_array_foreach(json_object_get(tree, "items"), i, item) sum +=
		json_number_of(json_array_get(json_object_get(item, "periods"), 1), "expected", 0);
	assert_int_equal(sum, 179);
	item = json_array_get(json_object_get(tree, "items"), 5);
	assert_string_equal(
		json_text_of(json_array_get(json_object_get(item, "periods"), 1), "deadline"),
		"2012-07-10T16:00:00Z");
	assert_int_equal(json_array_size(json_object_get(item, "required")), 17);
	json_decref(tree);
	plan_free(p);
}

static void
the_json_of_a_check_lists_the_mistakes(void **state)
{
	plan_problems problems = { 0 };
	plan *p = load(WRONG, &problems);
	json_t *tree = plan_check_to_json("x", p, &problems), *first;

	(void)state;
	assert_null(p);
	assert_false(json_bool_of(tree, "ok"));
	assert_int_equal(json_number_of(tree, "mistakes", 0), 6);
	first = json_array_get(json_object_get(tree, "problems"), 0);
	assert_int_equal(json_number_of(first, "line", 0), 7);
	assert_string_equal(json_text_of(first, "code"), "MST-2010");
	json_decref(tree);
	plan_problems_fini(&problems);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_anywhere_and_take_values_in_two_ways),
		cmocka_unit_test(a_double_dash_ends_the_options),
		cmocka_unit_test(wrong_options_are_refused_with_the_nearest_one),
		cmocka_unit_test(check_ends_with_0_78_or_66),
		cmocka_unit_test(the_json_of_the_plan_asks_for_179_reports_a_quarter),
		cmocka_unit_test(the_json_of_a_check_lists_the_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
