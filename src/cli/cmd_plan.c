/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_plan.c - `muster plan check` and `muster plan show`.
 *
 * Both work on a file alone: no hub, no directory, no network.
 */
#include <stdio.h>

#include "base/lang.h"
#include "cli/command.h"
#include "cli/places.h"
#include "cli/plan_json.h"
#include "cli/screen.h"

/* TREE is taken and printed as one line. */
static ms_status
print_json(json_t *tree, ms_error *err)
{
	buf out = { 0 };
	ms_status s = tree == NULL ? MS_NO_MEMORY : json_write(tree, &out);

	if (s == MS_OK && out.failed)
		s = MS_NO_MEMORY;
	if (s == MS_OK)
		puts(buf_cstr(&out));
	else
		ms_fail(err, s, MST_NO_MEMORY, "not enough memory for the JSON");
	buf_fini(&out);
	json_decref(tree);
	return s;
}

/* ---- check ---- */

static void
print_problems(const char *file, const plan_problems *problems, buf *out)
{
	for (size_t i = 0; i < problems->n; i++) {
		const plan_problem *p = &problems->list[i];

		buf_addf(out, tr("%s:%u: %s%s [MST-%04u]\n"), file, p->line,
			p->warning ? tr("warning: ") : "", p->text, p->code);
	}
	if (problems->unlisted > 0)
		buf_addf(out, tr("%s: and %zu more\n"), file, problems->unlisted);
}

static void
print_verdict(const char *file, const plan *p, const plan_problems *problems, buf *out)
{
	char hex[2 * HASH_SIZE + 1];
	plan_sizes n;
	size_t warnings = problems->n + problems->unlisted - problems->mistakes;

	if (p == NULL) {
		buf_addf(out,
			problems->mistakes == 1 ? tr("%s: %zu mistake, the plan cannot be used\n")
						: tr("%s: %zu mistakes, the plan cannot be used\n"),
			file, problems->mistakes);
		return;
	}
	n = plan_size(p);
	hash_hex(&p->version, hex);
	buf_addf(out,
		warnings == 1 ? tr("%s: ok, plan %s version %s: %u items, %u units, %u indicators, "
				   "%zu warning\n")
			      : tr("%s: ok, plan %s version %s: %u items, %u units, %u indicators, "
				   "%zu warnings\n"),
		file, p->id, hex, n.items, n.units, n.indicators, warnings);
}

static ms_status
tell_check(const char *file, const plan *p, const plan_problems *problems, ms_error *err)
{
	buf out = { 0 };
	ms_status s = MS_OK;

	print_problems(file, problems, &out);
	print_verdict(file, p, problems, &out);
	if (out.failed)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "not enough memory to show the plan");
	else
		screen_print(&out);
	buf_fini(&out);
	return s;
}

int
cmd_plan_check(int argc, char **argv)
{
	bool json = false;
	const cli_option options[] = { { .name = "--json", .flag = &json } };
	plan_problems problems = { 0 };
	const char *file = NULL;
	ms_error err = { 0 };
	plan *p = NULL;
	ms_status s = cli_args(argc, argv, options, 1, &file, 1, 1, NULL, &err);
	bool judged = false;

	if (s == MS_OK) {
		s = place_load_plan(file, &p, &problems, &err);
		judged = s == MS_OK || problems.mistakes > 0;
	}
	if (judged) {
		ms_error why = { 0 };
		ms_status told = json ? print_json(plan_check_to_json(file, p, &problems), &why)
				      : tell_check(file, p, &problems, &why);

		if (told != MS_OK) {
			s = told;
			err = why;
			judged = false;
		}
	}
	plan_free(p);
	plan_problems_fini(&problems);
	return judged ? cli_end(ms_exit_code(s)) : cli_fail(&err);
}

/* ---- show ---- */

/* ITEM by id, number or title; -1 for the whole plan. */
static ms_status
find_item(const plan *p, const char *text, int *item, ms_error *err)
{
	*item = -1;
	if (text == NULL)
		return MS_OK;
	*item = plan_match_item(p, span_str(text));
	if (*item >= 0)
		return MS_OK;
	ms_fail(err, MS_USAGE, MST_CLI_ITEM, "no item \"%s\" in plan %s", text, p->id);
	ms_error_remedy(err, "muster plan show lists the %u items", plan_size(p).items);
	return MS_USAGE;
}

static ms_status
show_plan(const plan *p, const char *text, bool json, ms_error *err)
{
	buf out = { 0 };
	int item;
	ms_status s = find_item(p, text, &item, err);

	if (s != MS_OK)
		return s;
	if (json)
		return print_json(
			item < 0 ? plan_to_json(p) : plan_item_to_json(p, (uint32_t)item), err);
	s = plan_print(p, item, screen_columns(), &out);
	if (s == MS_OK)
		screen_print(&out);
	else
		ms_fail(err, s, MST_NO_MEMORY, "not enough memory to show the plan");
	buf_fini(&out);
	return s;
}

int
cmd_plan_show(int argc, char **argv)
{
	bool json = false;
	const char *file = NULL, *item = NULL;
	const cli_option options[] = {
		{ .name = "--json", .flag = &json },
		{ .name = "--plan", .value = &file },
	};
	ms_error err = { 0 };
	plan *p = NULL;
	ms_status s = cli_args(argc, argv, options, 2, &item, 0, 1, NULL, &err);

	if (s == MS_OK)
		s = place_load_plan(file, &p, NULL, &err);
	if (s == MS_OK)
		s = show_plan(p, item, json, &err);
	plan_free(p);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
