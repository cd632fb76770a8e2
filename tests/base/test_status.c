/* SPDX-License-Identifier: Apache-2.0 */
/* test_status.c - the first cause is kept and reads as one sentence. */
#include "base/status.h"

#include "tests/base/base_testing.h"

#include "base/text.h"

static void
the_first_cause_is_kept(void **state)
{
	ms_error err = { 0 };

	(void)state;
	assert_int_equal(ms_fail(&err, MS_IO, MST_FILE_READ, "first %d", 1), MS_IO);
	assert_int_equal(ms_fail(&err, MS_INVALID, MST_JSON, "second"), MS_INVALID);
	ms_error_place(&err, "a:%d", 3);
	ms_error_place(&err, "b");
	ms_error_remedy(&err, "wait");
	ms_error_remedy(&err, "hurry");
	assert_int_equal(err.status, MS_IO);
	assert_int_equal(err.code, MST_FILE_READ);
	assert_string_equal(err.text, "first 1");
	assert_string_equal(err.place, "a:3");
	assert_string_equal(err.remedy, "wait");
}

/* Whoever catches a status of any kind has a sentence for all of them. */
static void
no_memory_is_told_as_nothing_else(void **state)
{
	ms_error err = { 0 };

	(void)state;
	assert_int_equal(
		ms_fail(&err, MS_NO_MEMORY, MST_STORE_CORRUPT, "the row is damaged"), MS_NO_MEMORY);
	assert_int_equal(err.code, MST_NO_MEMORY);
	assert_string_equal(err.text, "out of memory");
	err = (ms_error){ 0 };
	ms_fail(&err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory to read %s", "a");
	assert_string_equal(err.text, "no memory to read a");
}

static void
nobody_has_to_want_the_error(void **state)
{
	(void)state;
	assert_int_equal(ms_fail(NULL, MS_FULL, MST_JSON, "x"), MS_FULL);
	ms_error_place(NULL, "x");
	ms_error_remedy(NULL, "x");
}

static void
an_error_reads_place_text_remedy_code(void **state)
{
	ms_error err = { .status = MS_IO, .code = 1003, .text = "cannot read" };
	char out[200], cut[8];

	(void)state;
	assert_string_equal(ms_error_format(&err, out, sizeof(out)), "cannot read [MST-1003]");
	ms_error_place(&err, "f:7");
	ms_error_remedy(&err, "look");
	assert_string_equal(
		ms_error_format(&err, out, sizeof(out)), "f:7: cannot read (look) [MST-1003]");
	ms_error_format(&err, cut, sizeof(cut));
	assert_string_equal(cut, "f:7: ca");
}

static void
a_cut_sentence_ends_with_a_whole_character(void **state)
{
	char longer[1000];
	size_t shift, i;

	(void)state;
	for (shift = 0; shift < 4; shift++) {
		ms_error err = { 0 };

		memset(longer, 'x', shift);
		for (i = shift; i + 3 < sizeof(longer); i += 3)
			memcpy(longer + i, "项", 3);
		longer[i] = '\0';
		ms_fail(&err, MS_INVALID, MST_JSON, "%s", longer);
		ms_error_place(&err, "%s", longer);
		assert_true(text_utf8_check(span_str(err.text), NULL));
		assert_true(text_utf8_check(span_str(err.place), NULL));
		assert_true(strlen(err.text) > sizeof(err.text) - 5);
		assert_true(strlen(err.place) > sizeof(err.place) - 5);
	}
}

static void
every_status_has_the_exit_code_of_the_contract(void **state)
{
	static const struct {
		ms_status status;
		int code;
	} rows[] = { { MS_OK, 0 }, { MS_USAGE, 64 }, { MS_INVALID, 65 }, { MS_NOT_FOUND, 66 },
		{ MS_UNREACHABLE, 69 }, { MS_BUG, 70 }, { MS_NO_MEMORY, 74 },
		{ MS_CANNOT_WRITE, 73 }, { MS_IO, 74 }, { MS_STORAGE, 74 }, { MS_NO_SPACE, 74 },
		{ MS_TIMEOUT, 75 }, { MS_DENIED, 77 }, { MS_CONFIG, 78 } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(ms_exit_code(rows[i].status), rows[i].code);
	for (i = 1; i < MS_STATUS_COUNT; i++)
		assert_true(ms_exit_code((ms_status)i) >= 64);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_cause_is_kept),
		cmocka_unit_test(no_memory_is_told_as_nothing_else),
		cmocka_unit_test(nobody_has_to_want_the_error),
		cmocka_unit_test(an_error_reads_place_text_remedy_code),
		cmocka_unit_test(a_cut_sentence_ends_with_a_whole_character),
		cmocka_unit_test(every_status_has_the_exit_code_of_the_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
