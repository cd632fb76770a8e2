/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_intake.c - whole files against the shipped plan.
 *
 * Each file in samples/ has its expectation beside it, FILE.expected: the result as
 * intake_testing.h shows it, judged for Shenbei (shenbei) on 2012-07-05, in Chinese (files with
 * "english" in their names: in English).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "codec/acts.h"
#include "intake/answer.h"
#include "intake/form.h"
#include "intake/messages.h"
#include "intake/problems.h"
#include "intake/sheet_rows.h"
#include "plan/judge.h"
#include "plan/violations.h"
#include "tests/intake/sample_testing.h"

#define SAMPLES MUSTER_SOURCE_DIR "/tests/intake/samples"

static bool
read_sample(const char *name, buf *bytes)
{
	return read_file(SAMPLES, name, bytes);
}

static void
every_sample_gives_the_acts_and_problems_beside_it(void **state)
{
	assert_true(check_folder(*state, SAMPLES, false) >= 45);
}

static void
read_text(const plan *p, const char *unit, const char *name, const char *text, arena *memory,
	intake_result *got)
{
	intake_ask ask = ask_for(p, unit, false);

	assert_int_equal(intake_read(&ask, name, span_str(text), memory, got, NULL), MS_OK);
}

static void
a_good_row_passes_the_rules_of_the_hub_and_keeps_its_content_hash(void **state)
{
	static const char a[] =
		"工作事项,期间,进度(%),i06.parks,i06.invest\n6,2012-Q2,50,5,45.20\n";
	static const char b[] =
		"i06.invest,期间,i06.parks,工作事项,进度(%)\n45.2,二季度,５,i06,50%\n";
	static const char c[] = "{\"item\":\"i06\",\"period\":\"2012-Q2\",\"report\":{\"progress_"
				"pct\":50,\"values\":["
				"{\"indicator\":\"i06.parks\",\"value\":\"5\"},{\"indicator\":"
				"\"i06.invest\",\"mantissa\":4520}]}}";
	static const char *const texts[] = { a, b, c };
	static const uint8_t salt[ACT_SALT_SIZE] = { 1 };
	const plan *p = *state;
	arena memory = { 0 };
	hash32 first = { { 0 } };
	size_t i;

	for (i = 0; i < 3; i++) {
		intake_ask ask = ask_for(p, "shenbei", false);
		intake_result got;
		buf bytes = { 0 };
		slot_at at;
		act whole, decoded;

		read_text(p, "shenbei", i == 2 ? "x.json" : "x.csv", texts[i], &memory, &got);
		assert_int_equal(got.n_good, 1);
		whole = got.rows[0].act;
		whole.salt = span_of(salt, sizeof(salt));
		whole.revision = 1;
		assert_int_equal(act_encode(&whole, &memory, &bytes), MS_OK);
		assert_int_equal(act_decode(buf_span(&bytes), &memory, &decoded), MS_OK);
		assert_false(decoded.malformed);
		assert_true(hash_equal(&decoded.body_hash, &got.rows[0].act.body_hash));
		assert_int_equal(
			judge_act(p, &decoded, (int)ask.unit, ask.now_us, &at, NULL), VERDICT_NONE);
		if (i == 0)
			first = whole.body_hash;
		assert_true(hash_equal(&first, &whole.body_hash));
		buf_fini(&bytes);
	}
	arena_fini(&memory);
}

static void
a_file_beyond_the_bound_is_refused_by_its_size_alone(void **state)
{
	intake_ask ask = ask_for(*state, "shenbei", true);
	arena memory = { .limit = 64 << 10 };
	intake_result got;

	assert_int_equal(intake_too_large(&ask, "big.csv", 100 << 20, &memory, &got, NULL), MS_OK);
	assert_true(got.refused && got.n_rows == 1 && got.n_good == 0 && got.rows[0].row == 0);
	assert_int_equal(got.rows[0].problems[0].code, MST_INTAKE_TOO_LARGE);
	assert_string_equal(got.rows[0].problems[0].value, "100 MiB");
	assert_string_equal(got.rows[0].problems[0].expected, "at most 16 MiB");
	ask.bytes_max = 20;
	assert_int_equal(intake_read(&ask, "big.csv", span_str("a,b,c,d,e,f,g,h,i,j,k"), &memory,
				 &got, NULL),
		MS_OK);
	assert_true(got.refused);
	assert_int_equal(got.rows[0].problems[0].code, MST_INTAKE_TOO_LARGE);
	arena_fini(&memory);
}

static void
units_report_only_on_items_in_which_they_have_a_part(void **state)
{
	static const char text[] = "item,period,progress_pct\n6,2012-Q2,50\n";
	arena memory = { 0 };
	intake_result got;

	read_text(*state, "tjj", "x.csv", text, &memory, &got);
	assert_int_equal(got.n_good, 0);
	assert_int_equal(got.rows[0].problems[0].code, MST_INTAKE_ROLE);
	read_text(*state, "tiexi", "x.csv", text, &memory, &got);
	assert_int_equal(got.n_good, 1);
	read_text(*state, "fgw", "x.csv", text, &memory, &got);
	assert_int_equal(got.n_good, 1);
	arena_fini(&memory);
}

static ms_status
empty_form(const plan *p, uint32_t unit, period at, bool english, buf *out)
{
	form_ask ask = { .plan = p, .unit = unit, .at = at, .english = english };
	arena memory = { 0 };
	form_row *rows;
	size_t n;
	ms_status s = form_rows(&ask, &memory, &rows, &n);

	if (s == MS_OK)
		s = form_csv(&ask, rows, n, out);
	arena_fini(&memory);
	return s;
}

static void
the_template_of_every_unit_is_read_back_and_says_when_it_is_not_filled(void **state)
{
	const plan *p = *state;
	period at;
	uint32_t unit;
	int english;

	assert_true(period_parse(span_str("2012-Q2"), &at));
	for (unit = 0; unit < p->n_units; unit++) {
		for (english = 0; english < 2; english++) {
			intake_ask ask = ask_for(p, p->units[unit].id, english);
			arena memory = { 0 };
			buf form = { 0 };
			intake_result got;

			assert_int_equal(empty_form(p, unit, at, english, &form), MS_OK);
			assert_int_equal(
				intake_read(&ask, "form.csv", buf_span(&form), &memory, &got, NULL),
				MS_OK);
			assert_true(got.refused && got.charset == CHARSET_UTF8_BOM);
			assert_int_equal(got.rows[0].n_problems, 1);
			assert_int_equal(got.rows[0].problems[0].code, MST_INTAKE_EMPTY);
			buf_fini(&form);
			arena_fini(&memory);
		}
	}
}

static void
a_filled_template_is_taken_row_by_row(void **state)
{
	const plan *p = *state;
	int unit = plan_find_unit(p, span_str("shenbei"));
	period at;
	buf form = { 0 }, filled = { 0 };
	const char *line;
	arena memory = { 0 };
	intake_result got;
	unsigned rows = 0;

	assert_true(period_parse(span_str("2012-Q2"), &at));
	assert_int_equal(empty_form(p, (uint32_t)unit, at, false, &form), MS_OK);
	for (line = buf_cstr(&form); *line != 0; line = strstr(line, "\r\n") + 2) {
		buf_add(&filled, line, (size_t)(strstr(line, "\r\n") - line));
		buf_add_text(&filled, rows++ == 0 ? "\r\n" : ",50,正常,已开工,无,继续\r\n");
	}
	read_text(p, "shenbei", "form.csv", buf_cstr(&filled), &memory, &got);
	assert_int_equal(got.n_rows, rows - 1);
	assert_int_equal(got.n_good, rows - 1);
	assert_int_equal(rows - 1, 10 + 0);
	buf_fini(&form);
	buf_fini(&filled);
	arena_fini(&memory);
}

static void
only_files_of_clerks_are_taken_from_the_folder(void **state)
{
	(void)state;
	assert_true(intake_takes_name("二季度.csv"));
	assert_true(intake_takes_name("Q2.CSV"));
	assert_true(intake_takes_name("q2.json"));
	assert_true(intake_takes_name("q2.txt"));
	assert_true(intake_takes_name("q2.xlsx"));
	assert_true(intake_takes_name("Q2.XLSM"));
	assert_true(intake_takes_name("old.xls"));
	assert_true(intake_takes_name("扫描件.pdf"));
	assert_true(intake_takes_name("二季度.tsv"));
	assert_true(intake_takes_name("各单位.ZIP"));
	assert_true(intake_takes_name("二季度.rar"));
	assert_true(intake_takes_name("报告.doc"));
	assert_true(intake_takes_name("二季度.et"));
	assert_false(intake_takes_name("~$q2.csv"));
	assert_false(intake_takes_name("~$季度.xlsx"));
	assert_false(intake_takes_name(".~lock.q2.xlsx#"));
	assert_false(intake_takes_name("q2.xlsx.crdownload"));
	assert_false(intake_takes_name("q2.tmp"));
	assert_false(intake_takes_name("Thumbs.db"));
	assert_true(intake_leaves_name("二季度"));
	assert_true(intake_leaves_name("二季度.numbers"));
	assert_false(intake_leaves_name("二季度.xlsx"));
	assert_false(intake_leaves_name("~$季度.xlsx"));
	assert_false(intake_leaves_name(".~lock.q2.xlsx#"));
	assert_false(intake_leaves_name("q2.xlsx.crdownload"));
	assert_false(intake_leaves_name("q2.csv~"));
	assert_false(intake_leaves_name("B4C5D000"));
	assert_false(intake_leaves_name("Thumbs.db"));
	assert_false(intake_takes_name("desktop.ini"));
	assert_false(intake_takes_name("B1F2A000"));
	assert_false(intake_takes_name(".~q2.csv"));
	assert_false(intake_takes_name(".csv"));
	assert_true(intake_takes_name("二季度.答复.csv"));
	assert_false(intake_takes_name("q2.csv.part"));
}

static void
every_sentence_is_there_in_both_languages_and_claims_nothing_of_the_lead(void **state)
{
	const message *m;
	unsigned n, last = 0;

	(void)state;
	for (n = 0; (m = message_at(n)) != NULL; n++) {
		int l;

		assert_true(m->code > last);
		last = m->code;
		assert_ptr_equal(message_find(m->code), m);
		for (l = 0; l < LANGUAGE_COUNT; l++) {
			assert_true(m->text[l][0] != 0 && m->remedy[l][0] != 0);
			assert_int_equal(m->expected[0][0] == 0, m->expected[l][0] == 0);
			assert_null(strstr(m->text[l], "accept"));
			assert_null(strstr(m->text[l], "采纳"));
		}
		assert_true((signed char)m->text[LANGUAGE_ZH][0] < 0 ||
			    (signed char)m->text[LANGUAGE_ZH][2] < 0);
	}
	assert_true(n > 40);
}

/* With every allocation bound, the result is whole or there is none; nothing leaks or breaks. */
static void
memory_that_is_used_up_is_a_status(void **state)
{
	static const char *const names[] = { "01_utf8.csv", "18_numbers.csv", "40_one.json",
		"43_types.json" };
	size_t i, limit;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		buf bytes = { 0 };

		assert_true(read_sample(names[i], &bytes));
		for (limit = 64; limit < 64 << 10; limit += limit / 16 + 13) {
			intake_ask ask = ask_for(*state, "shenbei", false);
			arena memory = { .limit = limit };
			ms_error err = { 0 };
			intake_result got;
			ms_status s =
				intake_read(&ask, names[i], buf_span(&bytes), &memory, &got, &err);

			assert_true(s == MS_OK || (s == MS_NO_MEMORY && err.code == MST_NO_MEMORY));
			arena_fini(&memory);
		}
		buf_fini(&bytes);
	}
}

static void
mangled_samples_never_break_it(void **state)
{
	static const char *const names[] = { "01_utf8.csv", "03_gb18030.csv", "04_utf16le.txt",
		"25_parts.csv", "40_one.json", "45_values.json" };
	unsigned seed = 5, round;

	for (round = 0; round < 1500; round++) {
		intake_ask ask = ask_for(*state, "shenbei", round % 2 == 0);
		const char *name = names[round % 6];
		buf bytes = { 0 }, out = { 0 };
		arena memory = { 0 };
		intake_result got;
		answer_row said[64] = { { 0 } };
		unsigned k;

		assert_true(read_sample(name, &bytes));
		for (k = 0; k < 1 + round % 5; k++)
			bytes.at[(size_t)rand_r(&seed) % bytes.len] = (uint8_t)(rand_r(&seed) >> 5);
		assert_int_equal(
			intake_read(&ask, name, buf_span(&bytes), &memory, &got, NULL), MS_OK);
		assert_true(got.n_rows >= 1 && got.n_rows < 64);
		assert_int_equal(answer_write(&got, said, 480, &out, NULL), MS_OK);
		buf_fini(&bytes);
		buf_fini(&out);
		arena_fini(&memory);
	}
}

static void
a_mistake_is_never_hidden_by_warnings(void **state)
{
	arena memory = { 0 };
	problems p = { .memory = &memory };
	problem_at at = { .field = "x" };
	violations v = { .n = 0 };
	unsigned i;

	(void)state;
	for (i = 0; i < 2 * INTAKE_PROBLEMS_MAX; i++)
		problem_warn_expected(&p, MST_REPORT_MISSING, at, "");
	problem_add(&p, MST_INTAKE_NUMBER, at, "");
	assert_int_equal(p.n, INTAKE_PROBLEMS_MAX);
	assert_int_equal(p.list[p.n - 1].code, MST_INTAKE_NUMBER);
	for (i = 0; i < 2 * INTAKE_PROBLEMS_MAX; i++)
		problem_add(&p, MST_INTAKE_RATIO, at, "");
	assert_int_equal(p.wrong, 1 + 2 * INTAKE_PROBLEMS_MAX);
	for (i = 0; i < p.n; i++)
		assert_false(p.list[i].warning);
	assert_int_equal(p.list[p.n - 1].code, MST_INTAKE_NUMBER);
	for (i = 0; i < 2 * VIOLATIONS_MAX; i++)
		note_missing(&v, "x", "y");
	note_wrong(&v, MST_REPORT_TYPE, "z", (span){ 0 }, "y");
	assert_int_equal(v.n, VIOLATIONS_MAX);
	assert_int_equal(v.list[v.n - 1].code, MST_REPORT_TYPE);
	assert_false(v.list[v.n - 1].warning);
	arena_fini(&memory);
}

/* Problems with a value are told of its indicator, and only those, also where the list is full. */
static void
a_value_s_problems_are_its_indicator_s(void **state)
{
	intake_ask ask = ask_for(*state, "tiexi", false);
	buf text = { 0 };
	arena memory = { 0 };
	intake_result got;
	unsigned i, members, of_value;

	for (members = 0; members <= 2 * INTAKE_PROBLEMS_MAX; members += INTAKE_PROBLEMS_MAX) {
		buf_reset(&text);
		buf_add_text(&text, "[{\"item\":\"i06\",\"period\":\"2012-Q2\",\"report\":{");
		for (i = 0; i < members; i++)
			buf_addf(&text, "\"x%u\":1,", i);
		buf_add_text(&text, "\"values\":[{\"indicator\":\"i06.invest\",\"value\":\"a\","
				    "\"valeu\":1}]}}]");
		assert_int_equal(
			intake_read(&ask, "a.json", buf_span(&text), &memory, &got, NULL), MS_OK);
		assert_int_equal(got.n_rows, 1);
		of_value = 0;
		for (i = 0; i < got.rows[0].n_problems; i++)
			of_value +=
				strcmp(got.rows[0].problems[i].field, "values[i06.invest]") == 0;
		assert_int_equal(of_value, members == 0 ? 2 : 0);
		arena_reset(&memory);
	}
	arena_fini(&memory);
	buf_fini(&text);
}

/* That a cell was computed is a note beside what is wrong with it, not in its place. */
static void
a_note_on_a_cell_hides_no_mistake_in_it(void **state)
{
	static const char *const lines[2][3] = { { "工作事项", "期间", "i06.parks" },
		{ "6", "2012-Q2", "-3" } };
	static const uint8_t marks[] = { 0, 0, CELL_COMPUTED };
	intake_ask ask = ask_for(*state, "shenbei", false);
	arena memory = { 0 };
	problems whole = { .memory = &memory };
	buf rows = { 0 };
	sheet_rows s;
	const intake_row *row;
	bool found;
	uint32_t i, k, told = 0;

	sheet_rows_begin(&s, &ask, &memory, &rows, &whole);
	for (i = 0; i < 2; i++) {
		span cells[3];
		sheet_row line = { .number = i + 1, .cells = cells, .n_cells = 3 };

		for (k = 0; k < 3; k++)
			cells[k] = span_str(lines[i][k]);
		line.marks = i == 1 ? marks : NULL;
		assert_int_equal(sheet_rows_take(&s, &line, NULL), MS_OK);
	}
	assert_int_equal(sheet_rows_end(&s, &found), MS_OK);
	assert_int_equal(rows.len, sizeof(*row));
	row = (const intake_row *)(void *)rows.at;
	assert_false(row->good);
	for (i = 0; i < row->n_problems; i++)
		told += row->problems[i].code == MST_CELL_COMPUTED ||
			(row->problems[i].code == MST_REPORT_TYPE && !row->problems[i].warning);
	assert_int_equal(told, 2);
	buf_fini(&rows);
	arena_fini(&memory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sample_gives_the_acts_and_problems_beside_it),
		cmocka_unit_test(a_good_row_passes_the_rules_of_the_hub_and_keeps_its_content_hash),
		cmocka_unit_test(a_file_beyond_the_bound_is_refused_by_its_size_alone),
		cmocka_unit_test(units_report_only_on_items_in_which_they_have_a_part),
		cmocka_unit_test(
			the_template_of_every_unit_is_read_back_and_says_when_it_is_not_filled),
		cmocka_unit_test(a_filled_template_is_taken_row_by_row),
		cmocka_unit_test(only_files_of_clerks_are_taken_from_the_folder),
		cmocka_unit_test(
			every_sentence_is_there_in_both_languages_and_claims_nothing_of_the_lead),
		cmocka_unit_test(memory_that_is_used_up_is_a_status),
		cmocka_unit_test(mangled_samples_never_break_it),
		cmocka_unit_test(a_mistake_is_never_hidden_by_warnings),
		cmocka_unit_test(a_value_s_problems_are_its_indicator_s),
		cmocka_unit_test(a_note_on_a_cell_hides_no_mistake_in_it),
	};

	return cmocka_run_group_tests(tests, plan_setup, plan_teardown);
}
