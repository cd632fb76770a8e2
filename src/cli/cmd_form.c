/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_form.c - `muster form`: the form of a unit for a period, to be filled and laid into the
 * watched folder. Reads the directory beside a running agent. `muster answer-book`: the answer to a
 * workbook, for the agent. */
#include <stdio.h>
#include <strings.h>

#include "base/fs.h"
#include "base/lang.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/unit_dir.h"
#include "intake/answer_book.h"
#include "intake/form.h"
#include "intake/intake.h"
#include "intake/slot_text.h"

enum { ANSWER_BYTES_MAX = 64 << 20 };

typedef struct wish {
	const char *dir, *period_text, *file;
	bool english, json, quiet;
	unit_dir at;
	form_ask form;
} wish;

/* ---- which period ---- */

static void
take_time(void *ctx, const json_t *line)
{
	const char *text = json_text_of(line, "time");

	if (text != NULL)
		time_parse(span_str(text), ctx, NULL);
}

/* The agent knows the hub's time; without one the directory's clock is the best there is. */
static int64_t
time_of(const wish *w)
{
	int64_t now_us = sim_clock_now(&w->at.settings.clock, clock_real_us());
	ms_error unheard = { 0 };

	daemon_ask(
		w->dir, json_pack("{s:s}", "do", "status"), ASK_MS, take_time, &now_us, &unheard);
	return now_us;
}

static ms_status
nothing_to_report(const wish *w, const char *when, ms_error *err)
{
	ms_fail(err, MS_INVALID, MST_CLI_FORM, "there is nothing that %s can report: %s",
		w->at.settings.unit, when);
	ms_error_remedy(err, "--period names a period; muster plan show tells what is asked");
	return MS_INVALID;
}

/* Of items that report monthly and quarterly, the form with more rows is meant. */
static ms_status
current_period(wish *w, ms_error *err)
{
	int64_t now_us = time_of(w);
	size_t most = 0;
	unsigned kind;

	for (kind = PERIOD_MONTH; kind <= PERIOD_YEAR; kind++) {
		form_ask ask = w->form;
		arena memory = { 0 };
		form_row *rows;
		size_t n;

		if (!form_period(ask.plan, ask.unit, (period_kind)kind, now_us, &ask.at))
			continue;
		if (form_rows(&ask, &memory, &rows, &n) == MS_OK && n > most) {
			most = n;
			w->form.at = ask.at;
		}
		arena_fini(&memory);
	}
	if (most > 0)
		return MS_OK;
	return nothing_to_report(w, tr("now"), err);
}

static ms_status
choose_period(wish *w, ms_error *err)
{
	if (w->period_text == NULL)
		return current_period(w, err);
	if (slot_period(w->form.plan, span_str(w->period_text), &w->form.at))
		return MS_OK;
	return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
		"--period %s: expected a period like 2012-Q2 or 2012年二季度", w->period_text);
}

/* ---- the file ---- */

static ms_status
make(const wish *w, const form_row *rows, size_t n, buf *out, ms_error *err)
{
	char scratch[HOME_PATH_MAX];

	if (!output_is_workbook(w->file))
		return form_csv(&w->form, rows, n, out) == MS_OK
			       ? MS_OK
			       : ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY,
					 "no memory for the form");
	return form_xlsx(&w->form, rows, n, output_scratch(w->file, scratch), out, err);
}

static void
print_made(const wish *w, const form_row *rows, size_t n)
{
	char name[PERIOD_NAME_SIZE];
	size_t i, owed = 0, filled = 0;
	json_t *o;

	for (i = 0; i < n; i++) {
		owed += plan_expects(w->form.plan, rows[i].item, w->form.unit, w->form.at);
		filled += rows[i].filled != NULL;
	}
	o = json_pack("{s:s,s:s,s:s,s:I,s:I,s:I}", "unit", w->at.settings.unit, "period",
		period_name(w->form.at, name), "file", w->file, "rows", (json_int_t)n, "owed",
		(json_int_t)owed, "reported", (json_int_t)filled);
	ask_print_object("muster/form/1", o);
}

static ms_status
write_form(const wish *w, ms_error *err)
{
	char name[PERIOD_NAME_SIZE];
	arena memory = { 0 };
	form_row *rows;
	buf out = { 0 };
	size_t n;
	ms_status s = form_rows(&w->form, &memory, &rows, &n);

	if (s != MS_OK)
		ms_fail(err, s, MST_NO_MEMORY, "no memory for the form");
	else if (n == 0)
		s = nothing_to_report(w, period_name(w->form.at, name), err);
	else
		s = make(w, rows, n, &out, err);
	if (s == MS_OK && w->file != NULL)
		s = fs_write_atomic(w->file, 0644, buf_span(&out), err);
	else if (s == MS_OK)
		fwrite(out.at, 1, out.len, stdout);
	if (s == MS_OK && w->json)
		print_made(w, rows, n);
	else if (s == MS_OK && w->file != NULL && !w->quiet)
		printf(tr("%s: the form for %s, with %zu items\n"), w->file,
			period_name(w->form.at, name), n);
	buf_fini(&out);
	arena_fini(&memory);
	return s;
}

static ms_status
check_words(const wish *w, ms_error *err)
{
	if (w->dir == NULL)
		return ms_fail(err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	if (w->json && w->quiet)
		return ms_fail(
			err, MS_USAGE, MST_CLI_WORDS, "--json and --quiet exclude each other");
	if (w->json && w->file == NULL)
		return ms_fail(err, MS_USAGE, MST_CLI_WORDS, "--json needs --output");
	if (w->file != NULL && !output_is_workbook(w->file) && !output_is_csv(w->file))
		return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
			"%s: a form is written as .xlsx or .csv, and the name says which", w->file);
	return MS_OK;
}

int
cmd_form(int argc, char **argv)
{
	wish w = { .dir = NULL };
	const cli_option options[] = { { "--dir", NULL, &w.dir },
		{ "--period", NULL, &w.period_text }, { "--output", NULL, &w.file },
		{ "-o", NULL, &w.file }, { "--english", &w.english, NULL },
		{ "--json", &w.json, NULL }, { "--quiet", &w.quiet, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK)
		s = check_words(&w, &err);
	if (s == MS_OK) {
		s = unit_dir_open(w.dir, &w.at, &err);
		w.form = (form_ask){ .plan = w.at.plan,
			.unit = w.at.unit,
			.english = w.english,
			.ctx = &w.at.own,
			.report_of = reported_of };
		if (s == MS_OK)
			s = choose_period(&w, &err);
		if (s == MS_OK)
			s = write_form(&w, &err);
		unit_dir_close(&w.at);
	}
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}

/* ---- the answer to a workbook ---- */

static ms_status
write_answer(const char *answer_file, const char *original_file, const char *file, answer_book *b,
	ms_error *err)
{
	buf answer = { 0 }, original = { 0 }, out = { 0 };
	char scratch[HOME_PATH_MAX];
	ms_status s = fs_read(answer_file, ANSWER_BYTES_MAX, &answer, err);

	/* Without the file that was answered the answer alone is written. */
	if (s == MS_OK && original_file != NULL)
		fs_read_regular(original_file, INTAKE_BYTES_MAX, &original, NULL);
	b->answer = buf_span(&answer);
	b->original = buf_span(&original);
	if (s == MS_OK)
		s = answer_book_write(b, output_scratch(file, scratch), &out, err);
	if (s == MS_OK)
		s = fs_write_atomic(file, 0644, buf_span(&out), err);
	buf_fini(&answer);
	buf_fini(&original);
	buf_fini(&out);
	return s;
}

int
cmd_answer_book(int argc, char **argv)
{
	answer_book b = { .sheet = "" };
	const char *answer = NULL, *original = NULL, *file = NULL;
	const cli_option options[] = { { "--answer", NULL, &answer }, { "--of", NULL, &original },
		{ "--sheet", NULL, &b.sheet }, { "-o", NULL, &file },
		{ "--english", &b.english, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK && (answer == NULL || file == NULL))
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--answer and -o are needed");
	if (s == MS_OK)
		s = write_answer(answer, original, file, &b, &err);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
