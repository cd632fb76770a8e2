/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_report.c - `muster report`: one report from the command line, or a file, through the running
 * agent.
 *
 * The options become a sheet of one row in the layout of intake/columns.h, so that there is one
 * reader of what people write.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "net/control.h"

enum { VALUES_MAX = 64, WAIT_S_MAX = 3600, FILE_MAX = (CONTROL_REQUEST_MAX - 4096) / 2 };

/* ---- the sheet ---- */

typedef struct cell {
	const char *header, *value;
} cell;

static void
add_quoted(buf *out, const char *text, size_t len)
{
	size_t i;

	buf_add_text(out, "\"");
	for (i = 0; i < len; i++)
		buf_add(out, text[i] == '"' ? "\"\"" : text + i, text[i] == '"' ? 2 : 1);
	buf_add_text(out, "\"");
}

/* Two rows: the headers and the values of the cells that are given, then WORDS of NAME=VALUE. */
static ms_status
write_sheet(const cell *cells, size_t n, const char *const *words, size_t n_words, buf *out,
	ms_error *err)
{
	size_t i, row;

	for (row = 0; row < 2; row++) {
		for (i = 0; i < n; i++) {
			const char *text = row == 0 ? cells[i].header : cells[i].value;

			if (cells[i].value == NULL)
				continue;
			add_quoted(out, text, strlen(text));
			buf_add_text(out, ",");
		}
		for (i = 0; i < n_words; i++) {
			const char *equals = strchr(words[i], '=');

			if (equals == NULL || equals == words[i])
				return ms_fail(err, MS_USAGE, MST_CLI_WORDS,
					"\"%s\" is no value, expected INDICATOR=VALUE", words[i]);
			if (row == 0)
				add_quoted(out, words[i], (size_t)(equals - words[i]));
			else
				add_quoted(out, equals + 1, strlen(equals + 1));
			buf_add_text(out, ",");
		}
		/* The comma after the last cell makes a nameless, empty one: that is allowed. */
		buf_add_text(out, "\r\n");
	}
	return out->failed ? ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory") : MS_OK;
}

/* ---- the answer ---- */

typedef struct answered {
	bool json;
	unsigned rows, wrong, queued;
} answered;

static const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

static void
print_problem(const json_t *p)
{
	const char *remedy = or_empty(json_text_of(p, "remedy"));
	const char *expected = or_empty(json_text_of(p, "expected"));

	fprintf(stderr, "  %s%s: %s%s%s%s%s%s [MST-%04lld]\n",
		json_bool_of(p, "warning") ? "warning: " : "", or_empty(json_text_of(p, "column")),
		or_empty(json_text_of(p, "text")), expected[0] == '\0' ? "" : "; ", expected,
		remedy[0] == '\0' ? "" : " (", remedy, remedy[0] == '\0' ? "" : ")",
		(long long)json_number_of(p, "code", 0));
}

static void
print_row(const json_t *line, const char *state)
{
	const char *record = json_text_of(line, "record");
	const char *verdict = json_text_of(line, "verdict");
	const char *when = json_text_of(line, "hub_time");
	const json_t *problems = json_object_get(line, "problems");
	int64_t revision = json_number_of(line, "revision", 0);
	size_t i;

	if (json_number_of(line, "row", 0) == 0)
		printf("the whole file: %s", state);
	else
		printf("%s %s: %s", or_empty(json_text_of(line, "item")),
			or_empty(json_text_of(line, "period")), state);
	if (revision != 0)
		printf(", revision %lld", (long long)revision);
	if (record != NULL)
		printf(", record %s, %s", record, or_empty(when));
	if (verdict != NULL && strcmp(verdict, "STORED") != 0)
		printf(", %s", verdict);
	if (json_bool_of(line, "other_first"))
		printf(", another device of this unit reported before");
	putchar('\n');
	for (i = 0; i < json_array_size(problems); i++)
		print_problem(json_array_get(problems, i));
}

static void
take_row(void *ctx, const json_t *line)
{
	static const char schema[] = "muster/report/1", *const schema_name = schema;
	const char *state = or_empty(json_text_of(line, "state"));
	answered *a = ctx;

	a->rows++;
	a->wrong += strcmp(state, "wrong") == 0 || strcmp(state, "other_first") == 0;
	/* What stands may still be queued itself. */
	a->queued += strcmp(state, "queued") == 0 ||
		     (strcmp(state, "unchanged") == 0 && json_text_of(line, "record") == NULL &&
			     json_number_of(line, "seq", 0) != 0);
	if (a->json)
		ask_print_json((void *)(uintptr_t)&schema_name, line);
	else
		print_row(line, state);
}

/* ---- the command ---- */

static ms_status
read_wait(const char *text, int64_t *wait_ms, ms_error *err)
{
	uint64_t seconds = 0;

	if (text != NULL && !text_uint(span_str(text), WAIT_S_MAX, &seconds))
		return ms_fail(err, MS_USAGE, MST_CLI_VALUE, "--wait %s: expected seconds, 0 to %d",
			text, WAIT_S_MAX);
	*wait_ms = (int64_t)seconds * 1000;
	return MS_OK;
}

static ms_status
read_file(const char *path, buf *bytes, ms_error *err)
{
	ms_status s = fs_read(path, FILE_MAX, bytes, err);

	if (s == MS_INVALID)
		ms_error_remedy(err, "copy it into the agent's folder instead");
	return s;
}

static ms_status
submit(const char *dir, const char *name, const buf *bytes, int64_t wait_ms, answered *a,
	ms_error *err)
{
	char *hex = malloc(2 * bytes->len + 1);
	json_t *request;
	ms_status s;

	if (hex == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory");
	text_hex(bytes->at, bytes->len, hex);
	request = json_pack("{s:s,s:s,s:s,s:I}", "do", "submit", "name", name, "hex", hex,
		"wait_ms", (json_int_t)wait_ms);
	free(hex);
	s = daemon_ask(dir, request, (int)wait_ms + ASK_MS, take_row, a, err);
	if (s == MS_UNREACHABLE)
		ms_error_remedy(err, "start it: muster-agent --dir %s", dir);
	return s;
}

static ms_status
run(const char *dir, const char *file, const char *wait, const buf *sheet, answered *a,
	ms_error *err)
{
	buf bytes = { 0 };
	int64_t wait_ms = 0;
	const char *slash = file == NULL ? NULL : strrchr(file, '/');
	ms_status s = read_wait(wait, &wait_ms, err);

	if (s == MS_OK && file != NULL)
		s = read_file(file, &bytes, err);
	if (s == MS_OK)
		s = submit(dir,
			file == NULL    ? "report.csv"
			: slash == NULL ? file
					: slash + 1,
			file == NULL ? sheet : &bytes, wait_ms, a, err);
	buf_fini(&bytes);
	return s;
}

int
cmd_report(int argc, char **argv)
{
	cell cells[] = { { "item", NULL }, { "period", NULL }, { "action", NULL },
		{ "reason", NULL }, { "progress_pct", NULL }, { "self_status", NULL },
		{ "done", NULL }, { "problems", NULL }, { "next_steps", NULL },
		{ "help_needed", NULL }, { "parts", NULL }, { "prepared_by", NULL },
		{ "approved_by", NULL }, { "phone", NULL } };
	const char *dir = NULL, *file = NULL, *wait = NULL, *words[VALUES_MAX];
	answered a = { 0 };
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--file", NULL, &file },
		{ "--wait", NULL, &wait }, { "--json", &a.json, NULL },
		{ "--item", NULL, &cells[0].value }, { "--period", NULL, &cells[1].value },
		{ "--retract", NULL, &cells[3].value }, { "--progress", NULL, &cells[4].value },
		{ "--status", NULL, &cells[5].value }, { "--done", NULL, &cells[6].value },
		{ "--problems", NULL, &cells[7].value }, { "--next", NULL, &cells[8].value },
		{ "--help-needed", NULL, &cells[9].value }, { "--parts", NULL, &cells[10].value },
		{ "--prepared-by", NULL, &cells[11].value },
		{ "--approved-by", NULL, &cells[12].value },
		{ "--phone", NULL, &cells[13].value } };
	buf sheet = { 0 };
	size_t n_words = 0;
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, options, sizeof(options) / sizeof(options[0]), words, 0,
		VALUES_MAX, &n_words, &err);

	cells[2].value = cells[3].value == NULL ? NULL : "retract";
	if (s == MS_OK && (dir == NULL || (file == NULL && (cells[0].value == NULL ||
								   cells[1].value == NULL))))
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS,
			"--dir, and --item with --period or --file, are needed");
	if (s == MS_OK && file == NULL)
		s = write_sheet(
			cells, sizeof(cells) / sizeof(cells[0]), words, n_words, &sheet, &err);
	if (s == MS_OK)
		s = run(dir, file, wait, &sheet, &a, &err);
	buf_fini(&sheet);
	if (s != MS_OK)
		return cli_fail(&err);
	if (a.wrong > 0)
		return cli_end(ms_exit_code(MS_INVALID));
	return cli_end(wait != NULL && a.queued > 0 ? ms_exit_code(MS_TIMEOUT) : 0);
}
