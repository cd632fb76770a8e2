/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_hub.c - what an administrator does with a hub: found it, enrol and revoke devices, look at
 * them.
 *
 * A change goes through the running daemon; when none runs, it is made here under the directory's
 * lock by the same code.
 */
#include <stdio.h>

#include "base/fs.h"
#include "base/lang.h"
#include "base/random.h"
#include "base/table.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/enrol.h"
#include "cli/found.h"
#include "cli/hub_dir.h"
#include "cli/screen.h"

/* ---- init ---- */

int
cmd_hub_init(int argc, char **argv)
{
	const char *dir = NULL, *plan_file = NULL, *listen = NULL, *address = NULL, *clock = NULL;
	bool json = false;
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--plan", NULL, &plan_file },
		{ "--listen", NULL, &listen }, { "--address", NULL, &address },
		{ "--clock", NULL, &clock }, { "--json", &json, NULL } };
	hub_settings settings;
	ms_error err = { 0 };
	buf bytes = { 0 };
	plan *p = NULL;
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	random_u64();
	if (s == MS_OK && (dir == NULL || plan_file == NULL))
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir and --plan are needed");
	if (s == MS_OK)
		s = fs_read(plan_file, PLAN_BYTES_MAX, &bytes, &err);
	if (s == MS_OK)
		s = plan_load(buf_span(&bytes), plan_file, &p, NULL, &err);
	if (s == MS_OK)
		s = found_settings(p, listen, address, clock, &settings, &err);
	if (s == MS_OK)
		s = found_hub(dir, &settings, p, &err);
	if (s == MS_OK && json)
		ask_print_object("muster/hub-init/1",
			json_pack("{s:s,s:s,s:s}", "plan", p->id, "address", settings.address,
				"log_key", settings.log_key));
	else if (s == MS_OK)
		printf(tr("The hub of plan %s stands in %s. Keep %s/hub.key safe and secret: "
			  "whoever "
			  "has it can speak as this hub.\n"
			  "Move %s/admin.key to two sticks in two safes and delete it here: with "
			  "it "
			  "alone the log may go on from a backup.\n"
			  "Devices will be told to connect to %s (--address says otherwise).\n"
			  "Start it with: muster-hub --dir %s\n"),
			p->id, dir, dir, dir, settings.address, dir);
	if (s == MS_OK)
		cli_tell_clock(dir);
	plan_free(p);
	buf_fini(&bytes);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}

/* ---- enroll, revoke ---- */

int
cmd_hub_enroll(int argc, char **argv)
{
	const char *dir = NULL, *out = NULL, *name = NULL, *address = NULL, *unit;
	bool json = false;
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--out", NULL, &out },
		{ "--device", NULL, &name }, { "--address", NULL, &address },
		{ "--json", &json, NULL } };
	enrolled result;
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), &unit, 1, 1, NULL, &err);

	if (s == MS_OK && (dir == NULL || out == NULL))
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS,
			"--dir (of the hub) and --out (the device's new directory) are needed");
	if (s == MS_OK)
		s = enrol_device(dir, unit, name, out, address, &result, &err);
	if (s != MS_OK)
		return cli_fail(&err);
	if (json)
		ask_print_object("muster/enrolled/1",
			json_pack("{s:s,s:s,s:s,s:I}", "unit", unit, "device", result.name, "id",
				result.id, "leaf", (json_int_t)result.leaf));
	else
		printf(tr("%s is enrolled (leaf %llu). Move %s to the office's server, readable by "
			  "its owner alone, and start:\n"
			  "  muster-agent --dir %s\n"),
			result.name, (unsigned long long)result.leaf, out, out);
	return cli_end(0);
}

static ms_status
revoke_stopped(const char *dir, const char *name, const char *reason, ms_error *err)
{
	hub_change c;
	device row;
	ms_status s = hub_change_begin(dir, &c, err);

	if (s != MS_OK)
		return s;
	s = hub_stream_revoke(&c.txn, &c.log, &c.d.keys, &c.roster, span_str(name),
		reason == NULL ? (span){ 0 } : span_str(reason), c.now_us, &row, err);
	return hub_change_end(&c, s, err);
}

int
cmd_hub_revoke(int argc, char **argv)
{
	const char *dir = NULL, *reason = NULL, *name;
	bool json = false;
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--reason", NULL, &reason },
		{ "--json", &json, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), &name, 1, 1, NULL, &err);

	if (s == MS_OK && dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	if (s == MS_OK && hub_dir_is_served(dir))
		s = hub_ask(dir,
			json_pack("{s:s,s:s,s:s*}", "do", "revoke", "name", name, "reason", reason),
			ASK_MS, NULL, NULL, &err);
	else if (s == MS_OK)
		s = revoke_stopped(dir, name, reason, &err);
	if (s != MS_OK)
		return cli_fail(&err);
	if (json)
		ask_print_object("muster/revoked/1", json_pack("{s:s}", "device", name));
	else
		printf(tr("%s is revoked: nothing more is taken from it, what it sent before "
			  "stays.\n"),
			name);
	return cli_end(0);
}

/* ---- looking ---- */

/* What a device has told in units of PER, or a dash. */
static void
add_told(table *t, const json_t *line, const char *name, long long per)
{
	if (json_is_integer(json_object_get(line, name)))
		table_addf(t, "%lld", (long long)json_number_of(line, name, 0) / per);
	else
		table_text(t, "-");
}

static const char *
state_word(const char *state)
{
	static const char *const words[] = { TR("active"), TR("pending"), TR("frozen"),
		TR("revoked"), TR("connected"), TR("silent"), TR("never seen") };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], state) == 0)
			return tr(words[i]);
	return state;
}

static void
begin_units(table *t)
{
	static const table_column columns[] = {
		{ TR("unit"), TABLE_LEFT },
		{ TR("device"), TABLE_LEFT },
		{ TR("state"), TABLE_LEFT },
		{ TR("agent"), TABLE_LEFT },
		{ TR("last seen"), TABLE_LEFT },
		{ TR("acts"), TABLE_RIGHT },
		{ TR("waiting"), TABLE_RIGHT },
		{ TR("clock s"), TABLE_RIGHT },
		{ TR("trouble"), TABLE_LEFT },
		{ TR("software"), TABLE_LEFT },
	};

	t->screen = screen_columns();
	table_begin(t, TABLE_COLUMNS(columns));
}

static void
add_unit_row(void *ctx, const json_t *line)
{
	table *t = ctx;
	const char *seen = json_text_of(line, "last_seen");
	const char *software = json_text_of(line, "software");
	long long trouble = json_number_of(line, "trouble", 0);

	table_text(t, json_text_of(line, "unit"));
	table_text(t, json_text_of(line, "device"));
	table_text(t, state_word(json_text_of(line, "state")));
	table_text(t, state_word(json_text_of(line, "link")));
	table_text(t, seen == NULL ? "-" : seen);
	table_addf(t, "%lld", (long long)json_number_of(line, "acts", 0));
	add_told(t, line, "queue", 1);
	add_told(t, line, "clock_off_ms", 1000);
	if (trouble == 0 && json_bool_of(line, "waits_for_space"))
		trouble = MST_STORE_SPACE;
	if (trouble == 0)
		table_text(t, "-");
	else
		table_addf(t, "MST-%lld", trouble);
	table_text(t, software == NULL ? "-" : software);
}

int
cmd_hub_units(int argc, char **argv)
{
	const char *schema = "muster/hub-unit/1";
	const char *dir = NULL;
	bool json = false;
	ms_error err = { 0 };
	table t = { 0 };
	ms_status s = cli_dir_args(argc, argv, &dir, &json, &err);

	begin_units(&t);
	if (s == MS_OK)
		s = hub_ask(dir, json_pack("{s:s}", "do", "units"), ASK_MS,
			json ? ask_print_json : add_unit_row, json ? (void *)&schema : &t, &err);
	if (s == MS_OK && !json)
		s = cli_print_table(&t, &err);
	table_fini(&t);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
