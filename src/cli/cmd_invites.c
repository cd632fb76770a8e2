/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_invites.c - the keys that a hub gave out: seen, and taken back while nobody has used them. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/table.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/hub_dir.h"
#include "cli/screen.h"
#include "store/hub_roster.h"

/* ---- invites ---- */

static const char *
state_of(const invite *in, int64_t now_us)
{
	if (in->used)
		return TR("used");
	return now_us > in->expires_us ? TR("expired") : "open";
}

static void
print_line(const hub_dir *d, const invite *in, const char *state)
{
	char name[INVITE_NAME_SIZE];
	json_t *out = json_object();

	json_set_text(out, "id", invite_name(in, name));
	json_set_text(out, "unit", in->unit);
	json_set_text(out, "device", in->name);
	json_set_text(out, "state", state);
	json_set_time(out, "made", d->plan->zone_min, in->made_us);
	json_set_time(out, "expires", d->plan->zone_min, in->expires_us);
	json_set_clock(out, d->settings.clock.simulated);
	json_set_bool(out, "approve", in->approve);
	json_set_bool(out, "replace", in->replace);
	ask_print_object("muster/hub-invite/1", out);
}

static void
add_row(table *t, const invite *in, const char *state, int zone_min)
{
	char name[INVITE_NAME_SIZE], made[40], expires[40];

	table_text(t, invite_name(in, name));
	table_text(t, in->unit);
	table_text(t, in->name);
	table_text(t, strcmp(state, "open") == 0 ? tr("still good") : tr(state));
	table_text(t, time_format(in->made_us, zone_min, made));
	table_text(t, time_format(in->expires_us, zone_min, expires));
	table_text(t, in->approve   ? in->replace ? tr("approve, replace") : tr("approve")
			: in->replace ? tr("replace")
				    : "-");
}

static void
begin_table(table *t)
{
	static const table_column columns[] = {
		{ TR("id"), TABLE_LEFT },
		{ TR("unit"), TABLE_LEFT },
		{ TR("device"), TABLE_LEFT },
		{ TR("state"), TABLE_LEFT },
		{ TR("made"), TABLE_LEFT },
		{ TR("expires"), TABLE_LEFT },
		{ TR("asks"), TABLE_LEFT },
	};

	t->screen = screen_columns();
	table_begin(t, TABLE_COLUMNS(columns));
}

static ms_status
list_invites(const hub_dir *d, bool all, bool json, table *t, ms_error *err)
{
	invite_list list;
	log_state log;
	store_txn txn;
	int64_t now_us;
	ms_status s;
	size_t i;

	store_begin(d->store, &txn, STORE_READ);
	log_state_load(&txn, &log);
	now_us = hub_dir_now(d, &log);
	if (invites_load(&txn, &list)) {
		for (i = 0; i < list.n; i++) {
			const char *state = state_of(&list.list[i], now_us);

			if (!all && strcmp(state, "open") != 0)
				continue;
			if (json)
				print_line(d, &list.list[i], state);
			else
				add_row(t, &list.list[i], state, d->plan->zone_min);
		}
		invites_fini(&list);
	}
	s = store_status(&txn, err);
	store_abort(&txn);
	return s;
}

int
cmd_hub_invites(int argc, char **argv)
{
	const char *dir = NULL;
	bool json = false, all = false;
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--all", &all, NULL },
		{ "--json", &json, NULL } };
	ms_error err = { 0 };
	table t = { 0 };
	hub_dir d;
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK && dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	if (s == MS_OK)
		s = hub_dir_read(dir, &d, &err);
	if (s != MS_OK)
		return cli_fail(&err);
	begin_table(&t);
	s = list_invites(&d, all, json, &t, &err);
	hub_dir_close(&d);
	if (s == MS_OK && !json)
		s = cli_print_table(&t, &err);
	table_fini(&t);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}

/* ---- withdraw ---- */

static void
take_count(void *ctx, const json_t *line)
{
	*(size_t *)ctx = (size_t)json_number_of(line, "withdrawn", 0);
}

static ms_status
withdraw_stopped(const char *dir, const char *which, size_t *n, ms_error *err)
{
	hub_change c;
	ms_status s = hub_change_begin(dir, &c, err);

	if (s != MS_OK)
		return s;
	return hub_change_end(&c, hub_withdraw(&c.txn, which, n, err), err);
}

int
cmd_hub_withdraw(int argc, char **argv)
{
	const char *dir = NULL, *which;
	bool json = false;
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--json", &json, NULL } };
	ms_error err = { 0 };
	size_t n = 0;
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), &which, 1, 1, NULL, &err);

	if (s == MS_OK && dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	if (s == MS_OK && hub_dir_is_served(dir))
		s = hub_ask(dir, json_pack("{s:s,s:s}", "do", "withdraw", "name", which), ASK_MS,
			take_count, &n, &err);
	else if (s == MS_OK)
		s = withdraw_stopped(dir, which, &n, &err);
	if (s != MS_OK)
		return cli_fail(&err);
	if (json)
		ask_print_object("muster/withdrawn/1",
			json_pack("{s:s,s:I}", "which", which, "keys", (json_int_t)n));
	else
		printf(n == 1 ? tr("%zu key is withdrawn: nobody can join with it any more.\n")
			      : tr("%zu keys are withdrawn: nobody can join with them any more.\n"),
			n);
	return cli_end(0);
}
