/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_replay.c - `muster replay`: acts with given hub times through the rules, without hub or
 * agent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/places.h"
#include "cli/replay_print.h"
#include "cli/replay_read.h"
#include "plan/book.h"

enum { PROGRESS_EVERY = 50000 };

typedef struct replaying {
	const plan *p;
	const char *file;
	FILE *in;
	book *book;
	arena scratch; /* per act */
	buf out;
	uint64_t lines, acts;
	int64_t last_us; /* hub time of the last act: it never goes back */
} replaying;

static void
show_progress(const replaying *r, bool end)
{
	if (!isatty(STDERR_FILENO) || (!end && r->acts % PROGRESS_EVERY != 0))
		return;
	fprintf(stderr, "\r%llu acts%s", (unsigned long long)r->acts, end ? "\n" : "");
}

static ms_status
replay_line_of(replaying *r, span line, ms_error *err)
{
	char place[160];
	replay_line one;
	verdict v;
	ms_status s;

	r->lines++;
	if (text_trim(line).len == 0)
		return MS_OK;
	snprintf(place, sizeof(place), "%s:%llu", r->file, (unsigned long long)r->lines);
	s = replay_read(r->p, line, place, &r->scratch, &one, err);
	if (s != MS_OK)
		return s;
	if (r->acts == 0 || one.at_us > r->last_us)
		r->last_us = one.at_us;
	if (book_take(r->book, &one.act, one.by, r->last_us, (record_place){ .leaf = r->acts },
		    &v) != MS_OK)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "not enough memory for the book");
	buf_addf(&r->out, "%s\"%s\"", r->acts == 0 ? "" : ",", verdict_name(v));
	r->acts++;
	show_progress(r, false);
	arena_reset(&r->scratch);
	return MS_OK;
}

static ms_status
replay_acts(replaying *r, ms_error *err)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	ms_status s = MS_OK;

	buf_add_text(&r->out, "{\"schema\":\"muster/replay/1\",\"verdicts\":[");
	while (s == MS_OK && (len = getline(&line, &room, r->in)) >= 0)
		s = replay_line_of(r, span_of(line, (size_t)len), err);
	if (s == MS_OK && ferror(r->in))
		s = ms_fail(err, MS_IO, MST_FILE_READ, "cannot read %s", r->file);
	free(line);
	show_progress(r, true);
	buf_add_text(&r->out, "]");
	return s;
}

static ms_status
print_result(replaying *r, int64_t now_us, ms_error *err)
{
	slots all = book_slots(r->book);
	ms_status s = replay_print(&all, now_us, &r->out);

	buf_add_text(&r->out, "}\n");
	if (s != MS_OK || r->out.failed)
		return ms_fail(
			err, MS_NO_MEMORY, MST_NO_MEMORY, "not enough memory for the result");
	fwrite(r->out.at, 1, r->out.len, stdout);
	return MS_OK;
}

static ms_status
replay(const plan *p, const char *file, const char *now, ms_error *err)
{
	replaying r = { .p = p, .file = file };
	int64_t now_us = 0;
	ms_status s = cli_time("--now", now, &now_us, err);

	if (s != MS_OK) {
		ms_error_place(err, "--now");
		return MS_USAGE;
	}
	r.in = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
	if (r.in == NULL)
		return ms_fail(err, MS_NOT_FOUND, MST_FILE_OPEN, "cannot open %s", file);
	r.book = book_new(p);
	s = r.book == NULL ? ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the book")
			   : replay_acts(&r, err);
	if (s == MS_OK)
		s = print_result(&r, now == NULL ? r.last_us : now_us, err);
	if (r.in != stdin)
		fclose(r.in);
	book_free(r.book);
	arena_fini(&r.scratch);
	buf_fini(&r.out);
	return s;
}

int
cmd_replay(int argc, char **argv)
{
	const char *plan_file = NULL, *acts = NULL, *now = NULL;
	bool json = false; /* the result is JSON in any case */
	const cli_option options[] = { { .name = "--plan", .value = &plan_file },
		{ .name = "--acts", .value = &acts }, { .name = "--now", .value = &now },
		{ .name = "--json", .flag = &json } };
	ms_error err = { 0 };
	plan *p = NULL;
	ms_status s = cli_args(argc, argv, options, 4, NULL, 0, 0, NULL, &err);

	if (s == MS_OK && acts == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_OPTION, "--acts FILE is missing");
	if (s == MS_OK)
		s = place_load_plan(plan_file, &p, NULL, &err);
	if (s == MS_OK && acts != NULL)
		s = replay(p, acts, now, &err);
	plan_free(p);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
