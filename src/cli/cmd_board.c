/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_board.c - `muster board`: get the rollups, show them. */
#include <stdio.h>

#include "cli/board_data.h"
#include "cli/board_view.h"
#include "cli/command.h"
#include "cli/replica_ask.h"
#include "cli/screen.h"
#include "intake/slot_text.h"
#include "store/home.h"

static ms_status
read_ask(const board_data *d, const char *period_text, const char *item, board_ask *ask,
	ms_error *err)
{
	*ask = (board_ask){ .at = board_default_period(d->plan, d->hub_time_us),
		.item = -1,
		.screen = screen_columns() };
	if (period_text != NULL && replica_period(d->plan, period_text, &ask->at, err) != MS_OK)
		return MS_USAGE;
	if (item == NULL)
		return MS_OK;
	ask->item = slot_item(d->plan, span_str(item));
	if (ask->item >= 0)
		return MS_OK;
	ms_fail(err, MS_USAGE, MST_CLI_ITEM, "the plan has no item \"%s\"", item);
	ms_error_remedy(err, "muster plan show lists them");
	return MS_USAGE;
}

/* A unit has boards of the items that it leads or observes; an empty one would look like one on
 * which nobody is missing. */
static ms_status
check_any(const board_data *d, const board_ask *ask, bool past, ms_error *err)
{
	const char *id = ask->item < 0 ? NULL : d->plan->items[ask->item].id;
	size_t i;

	for (i = 0; i < d->n; i++)
		if (id == NULL || span_equal(d->list[i].item, span_str(id)))
			return MS_OK;
	/* The hub, which sees all, is asked for today's alone. */
	if (past) {
		if (id == NULL)
			ms_fail(err, MS_DENIED, MST_CLI_VALUE,
				"with --at a board is counted from what this unit sees, and it "
				"sees no item whole");
		else
			ms_fail(err, MS_DENIED, MST_CLI_VALUE,
				"with --at a board is counted from what this unit sees, and it "
				"does not see %s whole",
				id);
		ms_error_remedy(err, "an observer sees all; without --at the hub tells how the "
				     "unit's items stand now");
		return MS_DENIED;
	}
	if (id == NULL)
		ms_fail(err, MS_DENIED, MST_CLI_VALUE,
			"this unit leads no item and observes none: it has no board");
	else
		ms_fail(err, MS_DENIED, MST_CLI_VALUE,
			"this unit neither leads nor observes %s: it has no board of it", id);
	ms_error_remedy(err, "muster status and muster feed --own show its own reports");
	return MS_DENIED;
}

static ms_status
print(const char *dir, const board_data *d, const board_ask *ask, bool json, ms_error *err)
{
	json_t *tree = NULL;
	buf out = { 0 };
	ms_status s;

	if (json) {
		tree = board_json(d->plan, d->list, d->n, ask, d->hub_time_us);
		json_set_clock(tree, home_is_simulated(dir));
		s = json_write(tree, &out);
	} else {
		s = board_render(d->plan, d->list, d->n, ask, d->hub_time_us, &out);
	}
	if (s == MS_OK && json)
		puts(buf_cstr(&out));
	else if (s == MS_OK)
		screen_print(&out);
	json_decref(tree);
	buf_fini(&out);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for the board");
}

int
cmd_board(int argc, char **argv)
{
	const char *dir = NULL, *period_text = NULL, *item = NULL, *when = NULL;
	bool json = false;
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--period", NULL, &period_text },
		{ "--item", NULL, &item }, { "--at", NULL, &when }, { "--json", &json, NULL } };
	board_data d = { 0 };
	board_ask ask;
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK && dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS,
			"--dir (of a lead's device, or of the hub) is needed");
	if (s == MS_OK)
		s = when == NULL ? board_data_get(dir, &d, &err)
				 : board_data_past(dir, when, &d, &err);
	if (s == MS_OK)
		s = read_ask(&d, period_text, item, &ask, &err);
	if (s == MS_OK)
		s = check_any(&d, &ask, when != NULL, &err);
	if (s == MS_OK)
		s = print(dir, &d, &ask, json, &err);
	board_data_fini(&d);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
