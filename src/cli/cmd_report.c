/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_report.c - `muster report`: one report from the command line, or a file, through the running
 * agent.
 *
 * The options become a sheet of one row in the layout of intake/columns.h, so that there is one
 * reader of what people write.
 */
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/submission.h"

enum { VALUES_MAX = 64, NIL_VALUES_MAX = 64 };

/* The cells of the row, in the order in which they stand in it. */
enum {
	CELL_ITEM,
	CELL_PERIOD,
	CELL_ACTION,
	CELL_REASON,
	CELL_PROGRESS,
	CELL_STATUS,
	CELL_DONE,
	CELL_PROBLEMS,
	CELL_NEXT,
	CELL_HELP,
	CELL_PARTS,
	CELL_PREPARED_BY,
	CELL_APPROVED_BY,
	CELL_PHONE,
	CELL_ATTACHMENTS,
	CELLS
};

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

/* ---- the command ---- */

typedef struct wish {
	cell cells[CELLS];
	const char *file, *nil;
	const char *words[VALUES_MAX + NIL_VALUES_MAX];
	size_t n_words;
	json_t *nothing; /* what a report of nothing says; lends its texts */
	submission sent;
} wish;

static ms_status
judge_words(const wish *w, ms_error *err)
{
	const cell *c = w->cells;
	bool slot = c[CELL_ITEM].value != NULL && c[CELL_PERIOD].value != NULL;

	if (w->sent.dir == NULL || (w->file == NULL && !slot))
		return ms_fail(err, MS_USAGE, MST_CLI_WORDS,
			"--dir, and --item with --period or --file, are needed");
	if (w->nil != NULL && w->nil[strspn(w->nil, " ")] == '\0')
		return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
			"--nil: expected the reason why there is nothing to report");
	if (w->nil != NULL && (w->file != NULL || c[CELL_REASON].value != NULL))
		return ms_fail(err, MS_USAGE, MST_CLI_WORDS,
			"--nil goes with --item and --period, not with --file or --retract");
	return MS_OK;
}

static ms_status
ask_nothing(wish *w, ms_error *err)
{
	json_t *given = json_array();
	size_t i;

	for (i = 0; i < w->n_words; i++)
		json_array_append_new(given, json_string(w->words[i]));
	return agent_ask(w->sent.dir,
		json_pack("{s:s,s:s,s:s,s:s,s:o}", "do", "nil", "item", w->cells[CELL_ITEM].value,
			"period", w->cells[CELL_PERIOD].value, "reason", w->nil, "given", given),
		ASK_MS, ask_keep, &w->nothing, err);
}

/* What was not given is what a report of nothing says. */
static ms_status
add_nothing(wish *w, ms_error *err)
{
	static const struct {
		unsigned cell;
		const char *name;
	} texts[] = { { CELL_DONE, "done" }, { CELL_PROBLEMS, "none" }, { CELL_NEXT, "none" },
		{ CELL_PROGRESS, "progress" } };
	ms_status s = ask_nothing(w, err);
	const json_t *values = json_object_get(w->nothing, "values");
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (w->cells[texts[i].cell].value == NULL)
			w->cells[texts[i].cell].value = json_text_of(w->nothing, texts[i].name);
	for (i = 0; i < json_array_size(values) && i < NIL_VALUES_MAX; i++)
		w->words[w->n_words++] = or_empty(json_string_value(json_array_get(values, i)));
	return s;
}

static ms_status
send(wish *w, ms_error *err)
{
	buf sheet = { 0 };
	ms_status s = MS_OK;

	if (w->file != NULL)
		return submission_send_file(&w->sent, w->file, err);
	if (w->nil != NULL)
		s = add_nothing(w, err);
	if (s == MS_OK)
		s = write_sheet(w->cells, CELLS, w->words, w->n_words, &sheet, err);
	if (s == MS_OK)
		s = submission_send(&w->sent, "report.csv", buf_span(&sheet), err);
	buf_fini(&sheet);
	return s;
}

int
cmd_report(int argc, char **argv)
{
	wish w = { .cells = { { "item", NULL }, { "period", NULL }, { "action", NULL },
			   { "reason", NULL }, { "progress_pct", NULL }, { "self_status", NULL },
			   { "done", NULL }, { "problems", NULL }, { "next_steps", NULL },
			   { "help_needed", NULL }, { "parts", NULL }, { "prepared_by", NULL },
			   { "approved_by", NULL }, { "phone", NULL }, { "attachments", NULL } } };
	cell *c = w.cells;
	const cli_option options[] = { { "--dir", NULL, &w.sent.dir }, { "--file", NULL, &w.file },
		{ "--wait", NULL, &w.sent.wait }, { "--json", &w.sent.json, NULL },
		{ "--nil", NULL, &w.nil }, { "--item", NULL, &c[CELL_ITEM].value },
		{ "--period", NULL, &c[CELL_PERIOD].value },
		{ "--retract", NULL, &c[CELL_REASON].value },
		{ "--progress", NULL, &c[CELL_PROGRESS].value },
		{ "--status", NULL, &c[CELL_STATUS].value },
		{ "--done", NULL, &c[CELL_DONE].value },
		{ "--problems", NULL, &c[CELL_PROBLEMS].value },
		{ "--next", NULL, &c[CELL_NEXT].value },
		{ "--help-needed", NULL, &c[CELL_HELP].value },
		{ "--parts", NULL, &c[CELL_PARTS].value },
		{ "--prepared-by", NULL, &c[CELL_PREPARED_BY].value },
		{ "--approved-by", NULL, &c[CELL_APPROVED_BY].value },
		{ "--phone", NULL, &c[CELL_PHONE].value },
		{ "--attachments", NULL, &c[CELL_ATTACHMENTS].value } };
	ms_error err = { 0 };
	ms_status s = cli_args(
		argc, argv, CLI_OPTIONS(options), w.words, 0, VALUES_MAX, &w.n_words, &err);

	c[CELL_ACTION].value = c[CELL_REASON].value == NULL ? NULL : "retract";
	if (s == MS_OK)
		s = judge_words(&w, &err);
	if (s == MS_OK)
		s = send(&w, &err);
	json_decref(w.nothing);
	return s == MS_OK ? cli_end(submission_exit_code(&w.sent)) : cli_fail(&err);
}
