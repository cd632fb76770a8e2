/* SPDX-License-Identifier: Apache-2.0 */
/* submission.c - the agent judges and queues; here its answer is printed and counted. */
#include "cli/submission.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/screen.h"
#include "net/control.h"

enum { WAIT_S_MAX = 3600, FILE_MAX = (CONTROL_REQUEST_MAX - 4096) / 2 };

/* ---- the answer ---- */

static void
print_problem(const json_t *p, bool is_file)
{
	const char *remedy = or_empty(json_text_of(p, "remedy"));
	const char *expected = or_empty(json_text_of(p, "expected"));
	const char *cell = is_file ? or_empty(json_text_of(p, "cell")) : "";
	const char *column = or_empty(json_text_of(p, "column"));

	fprintf(stderr, "  %s%s%s%s%s%s%s%s%s%s%s [MST-%04lld]\n",
		json_bool_of(p, "warning") ? tr("warning: ") : "", cell, cell[0] == '\0' ? "" : " ",
		column, column[0] == '\0' ? "" : ": ", or_empty(json_text_of(p, "text")),
		expected[0] == '\0' ? "" : "; ", expected, remedy[0] == '\0' ? "" : " (", remedy,
		remedy[0] == '\0' ? "" : ")", (long long)json_number_of(p, "code", 0));
}

/* Of a command's own words nobody thinks as of a file. */
static void
print_row(const json_t *line, bool is_file)
{
	const json_t *problems = json_object_get(line, "problems");
	buf out = { 0 };
	size_t i;

	if (is_file && json_number_of(line, "row", 0) != 0)
		buf_addf(&out, tr("row %lld: "), (long long)json_number_of(line, "row", 0));
	if (json_number_of(line, "row", 0) != 0)
		buf_addf(&out, "%s %s", or_empty(json_text_of(line, "item")),
			or_empty(json_text_of(line, "period")));
	else
		buf_addf(&out, "%s", is_file ? tr("the whole file") : tr("the report"));
	ask_add_fate(line, &out);
	if (json_text_of(line, "note") != NULL)
		buf_addf(&out, ", %s", json_text_of(line, "note"));
	else if (json_bool_of(line, "other_first"))
		buf_addf(&out, tr(", another device of this unit reported before"));
	buf_add_text(&out, "\n");
	screen_print(&out);
	buf_fini(&out);
	fflush(stdout); /* its problems stand behind it also where both end in one file */
	for (i = 0; i < json_array_size(problems); i++)
		print_problem(json_array_get(problems, i), is_file);
}

static void
take_row(void *ctx, const json_t *line)
{
	static const char schema[] = "muster/report/1", *const schema_name = schema;
	const char *state = or_empty(json_text_of(line, "state"));
	submission *a = ctx;

	a->wrong += strcmp(state, "wrong") == 0 || strcmp(state, "other_first") == 0;
	/* What stands may still be queued itself. */
	a->queued += strcmp(state, "queued") == 0 ||
		     (strcmp(state, "unchanged") == 0 && json_text_of(line, "record") == NULL &&
			     json_number_of(line, "seq", 0) != 0);
	if (a->json) {
		ask_print_json((void *)(uintptr_t)&schema_name, line);
		return;
	}
	ask_show(line);
	print_row(line, a->is_file);
}

/* ---- the question ---- */

static ms_status
read_wait(const char *text, int64_t *wait_ms, ms_error *err)
{
	uint64_t seconds = 0;
	ms_status s = cli_number("--wait", text, 0, WAIT_S_MAX, &seconds, err);

	*wait_ms = (int64_t)seconds * 1000;
	return s;
}

ms_status
submission_send(submission *a, const char *name, span bytes, ms_error *err)
{
	char *hex = malloc(2 * bytes.len + 1);
	int64_t wait_ms = 0;
	json_t *request;
	ms_status s = read_wait(a->wait, &wait_ms, err);

	if (s == MS_OK && hex == NULL)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory");
	if (s != MS_OK) {
		free(hex);
		return s;
	}
	text_hex(bytes.at, bytes.len, hex);
	request = json_pack("{s:s,s:s,s:s,s:I,s:b,s:b}", "do", "submit", "name", name, "hex", hex,
		"wait_ms", (json_int_t)wait_ms, "dry_run", a->dry_run, "alone", !a->is_file);
	free(hex);
	return agent_ask(a->dir, request, (int)wait_ms + ASK_MS, take_row, a, err);
}

ms_status
submission_send_file(submission *a, const char *path, ms_error *err)
{
	const char *slash = strrchr(path, '/');
	buf bytes = { 0 };
	ms_status s;

	a->is_file = true;
	s = fs_read(path, FILE_MAX, &bytes, err);

	if (s == MS_INVALID)
		ms_error_remedy(err, "copy it into the agent's folder instead");
	if (s == MS_OK)
		s = submission_send(a, slash == NULL ? path : slash + 1, buf_span(&bytes), err);
	buf_fini(&bytes);
	return s;
}

int
submission_exit_code(const submission *a)
{
	if (a->wrong > 0)
		return ms_exit_code(MS_INVALID);
	return a->wait != NULL && a->queued > 0 ? ms_exit_code(MS_TIMEOUT) : 0;
}
