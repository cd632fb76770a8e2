/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_status.c - `muster status`: what a running agent is doing. */
#include <stdio.h>

#include "base/lang.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/screen.h"

static void
print_trouble(const json_t *trouble, buf *out)
{
	const char *remedy = json_text_of(trouble, "remedy");

	if (json_is_object(trouble))
		buf_addf(out, "                %s%s%s%s [MST-%04lld]\n",
			or_empty(json_text_of(trouble, "text")), remedy == NULL ? "" : " (",
			or_empty(remedy), remedy == NULL ? "" : ")",
			(long long)json_number_of(trouble, "code", 0));
}

static void
print_hub(const json_t *hub, buf *out)
{
	const json_t *addresses = json_object_get(hub, "addresses");
	size_t i;

	buf_addf(out, tr("hub             %s, %s\n"), or_empty(json_text_of(hub, "address")),
		json_bool_of(hub, "connected") ? tr("connected") : tr("not connected"));
	if (json_array_size(addresses) > 1) {
		buf_addf(out, tr("                tried in turn:"));
		for (i = 0; i < json_array_size(addresses); i++)
			buf_addf(out, " %s",
				or_empty(json_string_value(json_array_get(addresses, i))));
		buf_addf(out, "%s\n", tr(" (the hub's notices are in hub-places.conf)"));
	}
	print_trouble(json_object_get(hub, "trouble"), out);
}

static void
print_queue(const json_t *line, buf *out)
{
	const json_t *queue = json_object_get(line, "queue");
	long long waiting = (long long)json_number_of(queue, "without_receipt", 0);
	const char *last = json_text_of(line, "last_receipt");

	buf_addf(out, tr("reports         %lld in all, %lld without receipt%s\n"),
		(long long)json_number_of(queue, "all", 0), waiting,
		json_bool_of(queue, "full")
			? tr(": the outbox is full, nothing more is taken until "
			     "receipts come")
			: "");
	buf_addf(out, tr("last receipt    %s\n"),
		last == NULL ? tr("none since the agent was started") : last);
	if (json_bool_of(line, "storage_full"))
		buf_addf(out, "%s\n",
			tr("storage         full: nothing is taken until there is space again"));
}

static void
print_due(const json_t *due, buf *out)
{
	size_t i, over = 0, n = json_array_size(due);

	for (i = 0; i < n; i++)
		over += json_bool_of(json_array_get(due, i), "over");
	if (n > 0)
		buf_addf(out,
			tr("owed            reports: %zu, overdue: %zu; the first: item %s, %s, "
			   "until %s\n"),
			n, over, or_empty(json_text_of(json_array_get(due, 0), "item")),
			or_empty(json_text_of(json_array_get(due, 0), "period")),
			or_empty(json_text_of(json_array_get(due, 0), "until")));
}

static void
print_status(void *ctx, const json_t *line)
{
	const json_t *folder = json_object_get(line, "folder");
	buf out = { 0 };

	(void)ctx;
	ask_show(line);
	if (json_text_of(line, "alarm") != NULL)
		buf_addf(&out,
			tr("ALARM           the hub's log contradicts what was verified before: "
			   "%s\n"
			   "                (remove the file when the matter is settled)\n"),
			json_text_of(line, "alarm"));
	if (json_number_of(line, "kept_back", 0) != 0)
		buf_addf(&out,
			tr("ALARM           the hub keeps back entries of this unit's feed: %lld "
			   "[MST-%04u]\n"),
			(long long)json_number_of(line, "kept_back", 0), MST_WIRE_FEED_KEPT_BACK);
	buf_addf(&out, tr("unit            %s %s, device %s\n"),
		or_empty(json_text_of(line, "unit")), or_empty(json_text_of(line, "unit_name")),
		or_empty(json_text_of(line, "device")));
	buf_addf(&out, tr("software        %s\n"), or_empty(json_text_of(line, "software")));
	buf_addf(&out, tr("time            %s%s\n"), or_empty(json_text_of(line, "time")),
		json_bool_of(line, "simulated_clock") ? tr(" (simulated clock)") : "");
	if (json_bool_of(line, "hub_times_ahead"))
		buf_addf(&out,
			tr("                the hub records times %lld s ahead: its clock is or "
			   "was wrong, tell its administrator [MST-%04u]\n"),
			-(long long)json_number_of(line, "clock_off_s", 0), MST_CLOCK_OFF);
	else if (json_number_of(line, "clock_off_s", 0) != 0)
		buf_addf(&out,
			tr("                %lld s off the hub's clock: set it right [MST-%04u]\n"),
			(long long)json_number_of(line, "clock_off_s", 0), MST_CLOCK_OFF);
	buf_addf(&out, tr("plan            %s, version %.16s\n"),
		or_empty(json_text_of(line, "plan")), or_empty(json_text_of(line, "plan_version")));
	print_hub(json_object_get(line, "hub"), &out);
	print_queue(line, &out);
	print_due(json_object_get(line, "due"), &out);
	buf_addf(&out, tr("inbox           acts about this unit: %lld (muster inbox)\n"),
		(long long)json_number_of(line, "inbox", 0));
	buf_addf(&out, tr("folder          %s, files that wait for receipts: %lld\n"),
		or_empty(json_text_of(folder, "path")),
		(long long)json_number_of(folder, "waiting_files", 0));
	if (json_number_of(folder, "open_files", 0) > 0)
		buf_addf(&out,
			tr("                files that wait until a program closes them: %lld\n"),
			(long long)json_number_of(folder, "open_files", 0));
	if (json_number_of(folder, "left_files", 0) > 0)
		buf_addf(&out,
			tr("                files that are not taken, their names end like no "
			   "spreadsheet's: %lld; rename them, as to .xlsx or .csv\n"),
			(long long)json_number_of(folder, "left_files", 0));
	if (json_number_of(folder, "left_folders", 0) > 0)
		buf_addf(&out,
			tr("                folders in it that are not looked into: %lld; lay what "
			   "is "
			   "in them beside them\n"),
			(long long)json_number_of(folder, "left_folders", 0));
	print_trouble(json_object_get(folder, "trouble"), &out);
	screen_print(&out);
	buf_fini(&out);
}

int
cmd_status(int argc, char **argv)
{
	static const char schema[] = "muster/agent-status/1", *const schema_name = schema;
	const char *dir = NULL;
	bool json = false;
	ms_error err = { 0 };
	ms_status s = cli_dir_args(argc, argv, &dir, &json, &err);

	if (s == MS_OK)
		s = agent_ask(dir, json_pack("{s:s}", "do", "status"), ASK_MS,
			json ? ask_print_json : print_status, (void *)(uintptr_t)&schema_name,
			&err);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
