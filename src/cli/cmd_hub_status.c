/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_hub_status.c - what a running hub tells of itself, and where its clock is put. */
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/screen.h"

static void
print_clock(const json_t *line, buf *out)
{
	const json_t *alarm = json_object_get(line, "clock_alarm");
	long long off = (long long)json_number_of(line, "clocks_off", 0);

	if (json_is_object(alarm))
		buf_addf(out,
			tr("clock           ALARM: %s, from %s to %s (leaf %lld) [MST-%04d]\n"),
			strcmp(json_text_of(alarm, "finding"), "stepped") == 0
				? tr("it was moved")
				: tr("it was behind the log at a start"),
			json_text_of(alarm, "before"), json_text_of(alarm, "after"),
			(long long)json_number_of(alarm, "leaf", 0), MST_HUB_CLOCK_STEP);
	if (json_text_of(line, "still_until") != NULL)
		buf_addf(out,
			tr("clock           ALARM: the times it records stand still until %s, "
			   "since it "
			   "was ahead before\n"
			   "                (if that is too long, restore the backup from before; "
			   "offices send again what came since) [MST-%04d]\n"),
			json_text_of(line, "still_until"), MST_HUB_CLOCK_BACK);
	if (off > 0)
		buf_addf(out,
			tr("clock           ALARM: devices whose synchronised clocks differ from "
			   "it: "
			   "%lld [MST-%04d]\n"),
			off, MST_HUB_CLOCK_DEVICE);
}

static void
print_waiting(const json_t *line, buf *out)
{
	long long frozen = (long long)json_number_of(line, "frozen", 0);
	long long pending = (long long)json_number_of(line, "pending", 0);
	long long troubled = (long long)json_number_of(line, "troubled", 0);

	if (frozen > 0)
		buf_addf(out,
			tr("frozen          ALARM: devices with two histories: %lld (muster hub "
			   "forks)\n"),
			frozen);
	if (troubled > 0)
		buf_addf(out,
			tr("trouble         devices that send nothing until people help: %lld "
			   "(muster hub units)\n"),
			troubled);
	if (pending > 0)
		buf_addf(out,
			tr("to approve      devices that have joined and do not count yet: %lld "
			   "(muster hub approve)\n"),
			pending);
}

static void
print_space(const json_t *line, buf *out)
{
	if (json_bool_of(line, "storage_full"))
		buf_addf(out, "%s\n",
			tr("storage         full: nothing is taken until there is space again"));
	if (!json_bool_of(line, "storage_short")) {
		buf_addf(out,
			tr("storage         %lld MiB are left on the disk and within map_bytes\n"),
			(long long)json_number_of(line, "storage_free_bytes", 0) >> 20);
		return;
	}
	buf_addf(out,
		tr("storage         short: %lld KiB are left, less than the reserve of %lld KiB\n"
		   "                devices that have brought much and wait: %lld (muster hub "
		   "units shows them); the others go on\n"
		   "                add space on the disk, or raise map_bytes in hub.conf "
		   "[MST-%04d]\n"),
		(long long)json_number_of(line, "storage_free_bytes", 0) / 1024,
		(long long)json_number_of(line, "storage_reserve_bytes", 0) / 1024,
		(long long)json_number_of(line, "devices_waiting_for_space", 0), MST_STORE_SPACE);
}

static void
print_stall(const json_t *line, buf *out)
{
	const char *by = json_text_of(line, "stalled");

	if (by == NULL)
		return;
	buf_addf(out, tr("receipts        none is given: %s [MST-%04d]\n"),
		strcmp(by, "signer") == 0
			? tr("the process that signs checkpoints (muster-signer) does not answer")
			: tr("the hub's disk does not answer"),
		MST_HUB_STALLED);
}

static void
print_status(void *ctx, const json_t *line)
{
	buf out = { 0 };

	(void)ctx;
	ask_show(line);
	buf_addf(&out, tr("%s on %s\n"), json_text_of(line, "software"),
		json_text_of(line, "listen"));
	if (json_text_of(line, "moved_until") != NULL)
		buf_addf(&out, tr("                the latter until %s\n"),
			json_text_of(line, "moved_until"));
	buf_addf(&out,
		tr("devices go to   %s\n"
		   "key             %s\n"
		   "hub time        %s%s\n"
		   "leaves          %lld\n"
		   "devices         %lld\n"
		   "connections     %lld\n"
		   "refused keys    %lld\n"),
		json_text_of(line, "address"), json_text_of(line, "curve_key"),
		json_text_of(line, "hub_time"),
		json_bool_of(line, "simulated_clock") ? tr(" (simulated clock)") : "",
		(long long)json_number_of(line, "size", 0),
		(long long)json_number_of(line, "devices", 0),
		(long long)json_number_of(line, "sessions", 0),
		(long long)json_number_of(line, "refused_handshakes", 0));
	print_stall(line, &out);
	print_space(line, &out);
	print_clock(line, &out);
	print_waiting(line, &out);
	if (json_text_of(line, "alarm") != NULL)
		buf_addf(&out,
			tr("ALARM           devices verified another history of this log: %s\n"
			   "                (remove the file when the matter is settled)\n"),
			json_text_of(line, "alarm"));
	screen_print(&out);
	buf_fini(&out);
}

int
cmd_hub_status(int argc, char **argv)
{
	const char *schema = "muster/hub-status/1";
	const char *dir = NULL;
	bool json = false;
	ms_error err = { 0 };
	ms_status s = cli_dir_args(argc, argv, &dir, &json, &err);

	if (s == MS_OK)
		s = hub_ask(dir, json_pack("{s:s}", "do", "status"), ASK_MS,
			json ? ask_print_json : print_status, &schema, &err);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}

int
cmd_hub_clock(int argc, char **argv)
{
	const char *dir = NULL, *set = NULL;
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--set", NULL, &set } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK && (dir == NULL || set == NULL))
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir and --set TIME are needed");
	if (s == MS_OK)
		s = hub_ask(dir, json_pack("{s:s,s:s}", "do", "clock", "time", set), ASK_MS, NULL,
			NULL, &err);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
