/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_form.c - `muster form`: the empty form of a unit for a period, to be filled and laid into the
 * watched folder. */
#include <stdio.h>

#include "base/fs.h"
#include "cli/command.h"
#include "intake/form.h"
#include "intake/slot_text.h"
#include "store/home.h"

static ms_status
write_form(const char *dir, const char *period_text, const char *file, bool english, ms_error *err)
{
	agent_settings settings;
	plan *p = NULL;
	period at;
	buf out = { 0 };
	int unit = -1;
	ms_status s = agent_settings_read(dir, &settings, err);

	if (s == MS_OK)
		s = home_plan_read(dir, &p, err);
	if (s == MS_OK && !slot_period(p, span_str(period_text), &at))
		s = ms_fail(err, MS_USAGE, MST_CLI_VALUE,
			"--period %s: expected a period like 2012-Q2 or 2012年二季度", period_text);
	if (s == MS_OK && (unit = plan_find_unit(p, span_str(settings.unit))) < 0)
		s = ms_fail(err, MS_CONFIG, MST_UNIT_UNKNOWN, "the plan has no unit \"%s\"",
			settings.unit);
	if (s == MS_OK && form_write_empty(p, (uint32_t)unit, at, english, &out) != MS_OK)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the form");
	if (s == MS_OK && file != NULL)
		s = fs_write_atomic(file, 0644, buf_span(&out), err);
	else if (s == MS_OK)
		fwrite(out.at, 1, out.len, stdout);
	buf_fini(&out);
	plan_free(p);
	return s;
}

int
cmd_form(int argc, char **argv)
{
	const char *dir = NULL, *period_text = NULL, *file = NULL;
	bool english = false;
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--period", NULL, &period_text },
		{ "--output", NULL, &file }, { "--english", &english, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(
		argc, argv, options, sizeof(options) / sizeof(options[0]), NULL, 0, 0, NULL, &err);

	if (s == MS_OK && (dir == NULL || period_text == NULL))
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir and --period are needed");
	if (s == MS_OK)
		s = write_form(dir, period_text, file, english, &err);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
