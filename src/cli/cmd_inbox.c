/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_inbox.c - `muster inbox`: what others stated about this office's slots; `muster where`: what
 * became of one of its reports.
 */
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/screen.h"

/* A unit as people know it; without one it is the hub. */
static const char *
named(const json_t *object, const char *name)
{
	const char *text = json_text_of(object, name);

	return text == NULL || text[0] == '\0' ? tr("the hub") : text;
}

/* Of an adjustment: hundredths. */
static void
add_points(int64_t points, buf *out)
{
	int64_t n = points < 0 ? -points : points;

	if (points != 0)
		buf_addf(out, tr(", %s%lld.%02lld points"), points < 0 ? "-" : "",
			(long long)(n / 100), (long long)(n % 100));
}

static void
add_message(const json_t *line, buf *out)
{
	const json_t *what = json_object_get(line, "act"), *body = json_object_get(what, "body");
	const char *reason = json_text_of(body, "reason");

	buf_addf(out, tr("%s  %s from %s"), or_empty(json_text_of(line, "hub_time")),
		or_empty(json_text_of(line, "title")), named(line, "by_name"));
	if (json_text_of(what, "item") != NULL)
		buf_addf(out, ", %s", json_text_of(what, "item"));
	if (json_text_of(what, "period") != NULL)
		buf_addf(out, " %s", json_text_of(what, "period"));
	if (json_number_of(what, "revision", 0) != 0)
		buf_addf(out, tr(" revision %lld"), (long long)json_number_of(what, "revision", 0));
	if (json_number_of(body, "days", 0) != 0)
		buf_addf(out,
			json_number_of(body, "days", 0) == 1 ? tr(", %lld day") : tr(", %lld days"),
			(long long)json_number_of(body, "days", 0));
	add_points(json_number_of(body, "points", 0), out);
	if (reason == NULL)
		reason = json_text_of(body, "text");
	if (reason == NULL)
		reason = json_text_of(body, "title");
	buf_addf(out, tr("%s%s, record %s\n"), reason == NULL ? "" : ": ", or_empty(reason),
		or_empty(json_text_of(line, "record")));
}

typedef struct messages {
	bool json;
	size_t n;
} messages;

static void
take_message(void *ctx, const json_t *line)
{
	static const char schema[] = "muster/inbox/1", *const schema_name = schema;
	messages *m = ctx;
	buf out = { 0 };

	m->n++;
	if (m->json) {
		ask_print_json((void *)(uintptr_t)&schema_name, line);
		return;
	}
	ask_show(line);
	add_message(line, &out);
	screen_print(&out);
	buf_fini(&out);
}

int
cmd_inbox(int argc, char **argv)
{
	messages m = { .n = 0 };
	const char *dir = NULL;
	ms_error err = { 0 };
	ms_status s = cli_dir_args(argc, argv, &dir, &m.json, &err);

	if (s == MS_OK)
		s = agent_ask(
			dir, json_pack("{s:s}", "do", "inbox"), ASK_MS, take_message, &m, &err);
	if (s != MS_OK)
		return cli_fail(&err);
	if (m.n == 0 && !m.json)
		puts(tr("Nothing has come in."));
	return cli_end(0);
}

/* ---- where ---- */

static void
add_delivered(const json_t *to, buf *out)
{
	const char *seen = json_text_of(to, "last_seen"),
		   *link = or_empty(json_text_of(to, "link"));

	if (json_bool_of(to, "delivered"))
		buf_addf(out, tr("  delivered to %s\n"), or_empty(json_text_of(to, "name")));
	else
		buf_addf(out, tr("  not delivered to %s, %s%s\n"),
			or_empty(json_text_of(to, "name")),
			strcmp(link, "connected") == 0 ? tr("connected now")
			: seen == NULL                 ? tr("never seen")
						       : tr("last seen "),
			strcmp(link, "connected") == 0 || seen == NULL ? "" : seen);
}

static void
add_delivery(const json_t *line, buf *out)
{
	const json_t *list = json_object_get(line, "delivery");
	const char *why_not = json_text_of(line, "delivery_unknown");
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		add_delivered(json_array_get(list, i), out);
	if (why_not != NULL)
		buf_addf(out, tr("  whom it has reached is not known: %s\n"), tr(why_not));
}

static void
add_reported(const json_t *line, buf *out)
{
	const json_t *standing = json_object_get(line, "standing");
	const char *kind = or_empty(json_text_of(line, "kind"));

	buf_addf(out, "%s %s", or_empty(json_text_of(line, "item")),
		or_empty(json_text_of(line, "period")));
	if (kind[0] == '\0') {
		buf_addf(out, ": %s\n", tr("nothing was reported"));
		return;
	}
	if (strcmp(kind, "retraction") == 0)
		buf_addf(out, " %s", tr("retraction"));
	ask_add_fate(line, out);
	buf_add_text(out, "\n");
	if (standing != NULL)
		buf_addf(out, tr("  revision %lld stands, record %s, %s\n"),
			(long long)json_number_of(standing, "revision", 0),
			or_empty(json_text_of(standing, "record")),
			or_empty(json_text_of(standing, "hub_time")));
}

static void
print_where(const json_t *line)
{
	const json_t *list = json_object_get(line, "statements");
	buf out = { 0 };
	size_t i;

	ask_show(line);
	if (json_text_of(line, "item") == NULL)
		buf_addf(&out, tr("record %s\n"), or_empty(json_text_of(line, "record")));
	else
		add_reported(line, &out);
	add_delivery(line, &out);
	for (i = 0; i < json_array_size(list); i++)
		add_message(json_array_get(list, i), &out);
	screen_print(&out);
	buf_fini(&out);
}

/* Of the record that was asked for, the hub tells nothing else. */
static ms_status
expect_record(const json_t *answer, const char *record, ms_error *err)
{
	if (json_number_of(answer, "delivery_code", 0) != MST_RECEIPT_NONE)
		return MS_OK;
	ms_fail(err, MS_NOT_FOUND, MST_RECEIPT_NONE, "no act of this unit has the record %s",
		record);
	ms_error_remedy(err, "`muster feed --since 0` shows the records of this unit");
	return MS_NOT_FOUND;
}

int
cmd_where(int argc, char **argv)
{
	const char *schema = "muster/where/1";
	const char *dir = NULL, *item = NULL, *at = NULL, *record = NULL;
	bool json = false;
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--item", NULL, &item },
		{ "--period", NULL, &at }, { "--record", NULL, &record },
		{ "--json", &json, NULL } };
	json_t *answer = NULL;
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK && (dir == NULL || ((item == NULL || at == NULL) && record == NULL)))
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS,
			"--dir is needed, and --item and --period, or --record");
	if (s == MS_OK)
		s = agent_ask(dir,
			json_pack("{s:s,s:s*,s:s*,s:s*}", "do", "where", "item", item, "period", at,
				"record", record),
			ASK_MS, ask_keep, &answer, &err);
	if (s == MS_OK && record != NULL)
		s = expect_record(answer, record, &err);
	if (s == MS_OK && json)
		ask_print_json(&schema, answer);
	else if (s == MS_OK)
		print_where(answer);
	json_decref(answer);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
