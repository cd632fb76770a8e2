/* SPDX-License-Identifier: Apache-2.0 */
/* test_json.c - mistakes are placed, members are read strictly, output keeps its order. */
#include "base/json.h"

#include "tests/base/base_testing.h"

static void
what_is_no_json_is_told_with_its_place(void **state)
{
	static const struct {
		const char *text, *place;
		unsigned code;
		const char *token;
	} rows[] = { { "{\n\"a\": 1,\n}", "f.json:3:1", MST_JSON, NULL },
		{ "", "f.json:1:0", MST_JSON, NULL },
		{ "{\"a\":1}x", "f.json:1:8", MST_JSON, NULL },
		{ "[1,\n\"\xFF\"]", "f.json:2:1", MST_JSON, NULL },
		{ "nul", "f.json:1:3", MST_JSON, NULL },
		{ "{\"a\":1,\n\"a\":2}", "f.json:2:3", MST_JSON_TWICE, ": a" },
		{ "[{\"a name that is longer\":1, \"a name that is longer\" :2}]", "f.json:1:52",
			MST_JSON_TWICE, ": a name that is longer" },
		{ "[1,\n -100000000000000000000]", "f.json:2:23", MST_JSON_LARGE,
			": -100000000000000000000" },
		{ "{\"n\":1e999}", "f.json:1:10", MST_JSON_LARGE, ": 1e999" } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ms_error err = { 0 };
		json_t *v;

		assert_int_equal(
			json_parse(span_str(rows[i].text), "f.json", &v, &err), MS_INVALID);
		assert_null(v);
		assert_int_equal(err.code, rows[i].code);
		assert_true(rows[i].token == NULL || strstr(err.text, rows[i].token) != NULL);
		assert_string_equal(err.place, rows[i].place);
	}
}

static void
nesting_has_an_end(void **state)
{
	static char deep[200000];
	json_t *v;

	(void)state;
	memset(deep, '[', sizeof(deep));
	assert_int_equal(json_parse(span_of(deep, sizeof(deep)), "f", &v, NULL), MS_INVALID);
}

static void
members_are_read_by_their_type_only(void **state)
{
	json_t *v;

	(void)state;
	assert_int_equal(json_parse(TEXT("{\"t\":\"x\",\"n\":-5,\"b\":true,\"s\":\"7\",\"r\":1.5,"
					 "\"big\":9223372036854775807}"),
				 "f", &v, NULL),
		MS_OK);
	assert_string_equal(json_text_of(v, "t"), "x");
	assert_null(json_text_of(v, "n"));
	assert_null(json_text_of(v, "none"));
	assert_true(json_number_of(v, "n", 0) == -5);
	assert_true(json_number_of(v, "s", 3) == 3);
	assert_true(json_number_of(v, "r", 3) == 3);
	assert_true(json_number_of(v, "none", 3) == 3);
	assert_true(json_number_of(v, "big", 0) == INT64_MAX);
	assert_true(json_bool_of(v, "b"));
	assert_false(json_bool_of(v, "t"));
	assert_null(json_text_of(NULL, "t"));
	json_decref(v);
}

static void
output_is_compact_and_in_order(void **state)
{
	json_t *v = json_object();
	buf out = { 0 };

	(void)state;
	json_set_text(v, "z", "项目");
	json_set_number(v, "a", INT64_MIN);
	json_set_bool(v, "b", false);
	json_set_text(v, "none", NULL);
	json_set_span(v, "s", TEXT("x\ny"));
	json_set_span(v, "t", (span){ 0 });
	assert_int_equal(json_write(v, &out), MS_OK);
	assert_string_equal(buf_cstr(&out),
		"{\"z\":\"项目\",\"a\":-9223372036854775808,\"b\":false,\"none\":null,"
		"\"s\":\"x\\ny\",\"t\":null}");
	buf_fini(&out);
	json_decref(v);
}

/* A name in GB18030 is shown as far as it can be, and never left out. */
static void
what_is_no_utf8_is_shown_as_such(void **state)
{
	json_t *v = json_object();

	(void)state;
	json_set_text(v, "name", "\xb6\xfe季度\xbc.csv");
	assert_string_equal(
		json_text_of(v, "name"), JSON_NO_TEXT JSON_NO_TEXT "季度" JSON_NO_TEXT ".csv");
	json_set_text(v, "cut", "季\xe5\xba");
	assert_string_equal(json_text_of(v, "cut"), "季" JSON_NO_TEXT JSON_NO_TEXT);
	json_set_span(v, "empty", TEXT(""));
	assert_string_equal(json_text_of(v, "empty"), "");
	json_decref(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_json_is_told_with_its_place),
		cmocka_unit_test(nesting_has_an_end),
		cmocka_unit_test(members_are_read_by_their_type_only),
		cmocka_unit_test(output_is_compact_and_in_order),
		cmocka_unit_test(what_is_no_utf8_is_shown_as_such),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
