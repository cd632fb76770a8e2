/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_state.c - what leads, observers and offices state beside reports, through the running agent:
 * `muster accept`, `muster return`, ...
 *
 * All of them are one command with other names: the options become one act in JSON
 * (intake/act_json.h), the agent judges it.
 */
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/screen.h"

enum { WAIT_S_MAX = 3600 };

/* What a form takes beside --dir, --wait and --json. */
enum {
	ITEM = 1 << 0,
	UNIT = 1 << 1,
	REVISION = 1 << 2,
	REASON = 1 << 3,
	TEXT = 1 << 4,
	DAYS = 1 << 5,
	POINTS = 1 << 6,
	PERIOD = 1 << 7,
	SLOT = ITEM | UNIT | PERIOD
};

static const struct form {
	const char *verb, *act, *verdict; /* verdict: decisions only */
	unsigned needs, takes;            /* takes: besides what it needs */
} forms[] = {
	{ "accept", "decision", "accept", SLOT, REVISION },
	{ "return", "decision", "return", SLOT | REASON, REVISION },
	{ "remind", "reminder", NULL, SLOT, TEXT },
	{ "comment", "comment", NULL, SLOT | TEXT, 0 },
	{ "request-extension", "extension_request", NULL, ITEM | PERIOD | DAYS, REASON },
	{ "grant-extension", "extension_grant", NULL, DAYS | REASON, SLOT },
	{ "refuse-extension", "extension_refusal", NULL, SLOT, REASON },
	{ "exempt", "exemption", NULL, SLOT | REASON, 0 },
	{ "unexempt", "exemption_withdrawal", NULL, SLOT, REASON },
	{ "adjust", "adjustment", NULL, UNIT | PERIOD | POINTS | REASON, 0 },
	{ "assign", "assign", NULL, SLOT, 0 },
	{ "unassign", "unassign", NULL, SLOT, 0 },
	{ "lock", "lock", NULL, SLOT | REASON, 0 },
	{ "reopen", "reopen", NULL, SLOT | REASON, 0 },
};

static const struct form *
form_of(const char *verb)
{
	size_t i = 0;

	while (strcmp(forms[i].verb, verb) != 0)
		i++;
	return &forms[i];
}

typedef struct stated {
	const char *dir, *item, *unit, *period, *revision, *reason, *text, *days, *points, *wait;
	bool json;
	bool wrong, denied, queued;
} stated;

/* ---- the act ---- */

static bool
set_given(json_t *act, const char *name, const char *text)
{
	return text == NULL || json_object_set_new(act, name, json_string(text)) == 0;
}

static ms_status
set_number(json_t *act, const char *name, const char *option, const char *text, uint64_t max,
	ms_error *err)
{
	uint64_t number;
	ms_status s = cli_number(option, text, 1, max, &number, err);

	if (s == MS_OK && text != NULL)
		json_set_number(act, name, (int64_t)number);
	return s;
}

static ms_status
set_points(json_t *act, const char *text, ms_error *err)
{
	int64_t points;

	if (text == NULL)
		return MS_OK;
	if (text_decimal(span_str(text), 2, &points) != DECIMAL_OK)
		return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
			"--points %s: expected points with at most two decimals, as -1.50", text);
	json_set_number(act, "points", points);
	return MS_OK;
}

static ms_status
make_act(const struct form *f, const stated *st, json_t **out, ms_error *err)
{
	json_t *act = json_object(), *wrapped = json_object();
	bool is_assignment = strstr(f->act, "assign") != NULL;
	ms_status s = MS_OK;

	if (!set_given(act, "item", st->item) || !set_given(act, "unit", st->unit) ||
		!set_given(act, is_assignment ? "from_period" : "period", st->period) ||
		!set_given(act, "verdict", f->verdict) || !set_given(act, "reason", st->reason) ||
		!set_given(act, "text", st->text))
		s = ask_fail_words(err);
	if (s == MS_OK)
		s = set_number(act, "revision", "--revision", st->revision, UINT32_MAX, err);
	if (s == MS_OK)
		s = set_number(act, "days", "--days", st->days, 366, err);
	if (s == MS_OK)
		s = set_points(act, st->points, err);
	json_set(wrapped, f->act, act);
	if (s != MS_OK)
		json_decref(wrapped);
	*out = wrapped;
	return s;
}

/* ---- the answer ---- */

static void
add_word(const json_t *line, const char *name, buf *out)
{
	if (json_text_of(line, name) != NULL)
		buf_addf(out, " %s", json_text_of(line, name));
}

static void
print_answer(const json_t *line)
{
	buf out = { 0 };

	buf_add_text(&out, or_empty(json_text_of(line, "title")));
	add_word(line, "item", &out);
	add_word(line, "unit", &out);
	add_word(line, "period", &out);
	ask_add_fate(line, &out);
	buf_add_text(&out, "\n");
	screen_print(&out);
	buf_fini(&out);
}

/* Not this unit's to state (verdict_is_denial). */
static bool
is_denial(const char *told)
{
	static const char *const names[] = { "REFUSED_NOT_ASSIGNED", "REFUSED_NOT_LEAD",
		"REFUSED_SPLIT", "REFUSED_OWN" };
	size_t i;

	for (i = 0; told != NULL && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], told) == 0)
			return true;
	return false;
}

static void
take_answer(void *ctx, const json_t *line)
{
	static const char schema[] = "muster/state/1", *const schema_name = schema;
	const char *state = or_empty(json_text_of(line, "state"));
	stated *st = ctx;

	st->wrong |= strcmp(state, "wrong") == 0;
	st->denied |= is_denial(json_text_of(line, "verdict"));
	st->queued |= strcmp(state, "queued") == 0;
	if (st->json) {
		ask_print_json((void *)(uintptr_t)&schema_name, line);
		return;
	}
	ask_show(line);
	print_answer(line);
}

static ms_status
ask(const struct form *f, stated *st, ms_error *err)
{
	uint64_t seconds = 0;
	json_t *act = NULL;
	ms_status s = cli_number("--wait", st->wait, 0, WAIT_S_MAX, &seconds, err);

	if (s == MS_OK)
		s = make_act(f, st, &act, err);
	if (s != MS_OK)
		return s;
	return agent_ask(st->dir,
		json_pack("{s:s,s:o,s:I}", "do", "state", "act", act, "wait_ms",
			(json_int_t)seconds * 1000),
		(int)seconds * 1000 + ASK_MS, take_answer, st, err);
}

/* The options of F into ST; what F needs must be there. */
static ms_status
read_words(const struct form *f, int argc, char **argv, stated *st, ms_error *err)
{
	const struct {
		unsigned what; /* 0: every form takes it */
		cli_option option;
	} all[] = { { 0, { "--dir", NULL, &st->dir } }, { 0, { "--wait", NULL, &st->wait } },
		{ 0, { "--json", &st->json, NULL } }, { ITEM, { "--item", NULL, &st->item } },
		{ UNIT, { "--unit", NULL, &st->unit } },
		{ PERIOD, { "--period", NULL, &st->period } },
		{ DAYS, { "--days", NULL, &st->days } },
		{ POINTS, { "--points", NULL, &st->points } },
		{ REASON, { "--reason", NULL, &st->reason } },
		{ TEXT, { "--text", NULL, &st->text } },
		{ REVISION, { "--revision", NULL, &st->revision } } };
	const size_t n_all = sizeof(all) / sizeof(all[0]);
	cli_option options[sizeof(all) / sizeof(all[0])];
	size_t n = 0, i;
	ms_status s;

	for (i = 0; i < n_all; i++)
		if (all[i].what == 0 || ((f->needs | f->takes) & all[i].what) != 0)
			options[n++] = all[i].option;
	s = cli_args(argc, argv, options, n, NULL, 0, 0, NULL, err);
	for (i = 0; s == MS_OK && i < n_all; i++)
		if ((f->needs & all[i].what) != 0 && *all[i].option.value == NULL)
			s = ms_fail(
				err, MS_USAGE, MST_CLI_WORDS, "%s is needed", all[i].option.name);
	return s;
}

int
cmd_state(int argc, char **argv)
{
	const struct form *f = form_of(argv[0]);
	stated st = { 0 };
	ms_error err = { 0 };
	ms_status s = read_words(f, argc, argv, &st, &err);

	if (s == MS_OK && st.dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	if (s == MS_OK)
		s = ask(f, &st, &err);
	if (s != MS_OK)
		return cli_fail(&err);
	if (st.wrong)
		return cli_end(ms_exit_code(st.denied ? MS_DENIED : MS_INVALID));
	return cli_end(st.wait != NULL && st.queued ? ms_exit_code(MS_TIMEOUT) : 0);
}
