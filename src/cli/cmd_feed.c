/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_feed.c - `muster feed`: what a unit may see, in order, from a durable cursor.
 *
 * The cursor is written after the lines have left the process, so it is never ahead of them: after
 * a crash the last lines come again, with the same numbers, and none is missing.
 *
 * The file of a cursor: the number and, when the log was restored, its generation; in a second line
 * the hash of the feed up to there (proof/feed_chain.h), if it is known.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/lang.h"
#include "base/random.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/feed_check.h"
#include "cli/feed_print.h"
#include "cli/screen.h"
#include "codec/peek.h"
#include "intake/slot_text.h"
#include "lib/device_read.h"
#include "plan/judge.h"

enum {
	CURSOR_NAME_MAX = 64,
	CURSOR_FILE_MAX = 128,
	CURSOR_EVERY_US = 200000,
	CREDIT = 2048,
	PATIENCE_US = 15000000
};

typedef struct feed_command {
	device_read read;
	plan *plan;
	const char *name;
	uint64_t cursor;
	uint64_t generation; /* of the log in which the cursor counts */
	uint64_t saved;      /* cursor on disk */
	hash32 chain;        /* of the feed up to cursor */
	bool has_chain;
	int64_t saved_us; /* monotonic */
	int64_t since_us; /* hub time; earlier acts are not printed */
	int item;         /* only this one; -1 = all */
	bool own, json, follow, printed;
	uint64_t withheld;                  /* entries */
	char own_name[CURSOR_NAME_MAX + 8]; /* of the cursor, when none was given */
	char path[HOME_PATH_MAX];
	buf out;
	arena memory;
} feed_command;

/* ---- the cursor ---- */

static ms_status
cursor_path(feed_command *c, const char *dir, ms_error *err)
{
	char dir_path[HOME_PATH_MAX], name[CURSOR_NAME_MAX + 16];
	size_t i;
	ms_status s = home_path(dir, "cursors", dir_path, err);

	for (i = 0; c->name[i] != '\0'; i++)
		if (strchr("/\\ \t\n", c->name[i]) != NULL || (i == 0 && c->name[i] == '.'))
			break;
	if (c->name[i] != '\0' || i == 0 || i > CURSOR_NAME_MAX)
		return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
			"--name \"%s\": expected 1 to %d characters without blanks and slashes",
			c->name, CURSOR_NAME_MAX);
	snprintf(name, sizeof(name), "cursors/%s", c->name);
	if (s == MS_OK)
		s = fs_make_dir(dir_path, 0700, err);
	if (s == MS_DENIED)
		fs_name_owner_above(dir_path, err);
	return s == MS_OK ? home_path(dir, name, c->path, err) : s;
}

/* "NUMBER", or "NUMBER GENERATION" when the log was restored from a backup. */
static bool
read_cursor(feed_command *c, span text)
{
	const uint8_t *blank = text.len == 0 ? NULL : memchr(text.at, ' ', text.len);
	size_t len = blank == NULL ? text.len : (size_t)(blank - text.at);

	c->generation = 1;
	return text_uint(span_of(text.at, len), INT64_MAX, &c->cursor) &&
	       (blank == NULL || text_uint(span_of(blank + 1, text.len - len - 1), GENERATIONS_MAX,
					 &c->generation));
}

/* The next line of TEXT. */
static span
cut_line(span *text)
{
	const uint8_t *end = text->len == 0 ? NULL : memchr(text->at, '\n', text->len);
	span line = span_of(text->at, end == NULL ? text->len : (size_t)(end - text->at));
	size_t used = line.len + (end != NULL);

	*text = span_of(text->at + used, text->len - used);
	return text_trim(line);
}

static bool
cursor_parse(feed_command *c, span text)
{
	span line = cut_line(&text);

	if (!read_cursor(c, line))
		return false;
	line = cut_line(&text);
	c->has_chain = text_unhex(line, c->chain.at, HASH_SIZE);
	return line.len == 0 || c->has_chain;
}

static ms_status
cursor_load(feed_command *c, ms_error *err)
{
	buf text = { 0 };
	ms_error failure = { 0 };
	ms_status s = fs_read(c->path, CURSOR_FILE_MAX, &text, &failure);

	if (s == MS_NOT_FOUND) {
		s = MS_OK;
	} else if (s == MS_OK && !cursor_parse(c, buf_span(&text))) {
		s = ms_fail(err, MS_CONFIG, MST_CLI_VALUE,
			"%s holds no cursor, expected the number of the last entry read", c->path);
		ms_error_remedy(err, "remove it, or say where to begin with --since");
	} else if (s != MS_OK && err != NULL) {
		*err = failure;
	}
	c->saved = c->cursor;
	buf_fini(&text);
	return s;
}

static ms_status
cursor_save(feed_command *c, ms_error *err)
{
	char text[CURSOR_FILE_MAX], hex[2 * HASH_SIZE + 1] = "";
	ms_status s = MS_OK;
	int n;

	if (c->cursor == c->saved)
		return MS_OK;
	if (c->has_chain)
		hash_hex(&c->chain, hex);
	n = c->generation > 1
		    ? snprintf(text, sizeof(text), "%llu %llu\n%s\n", (unsigned long long)c->cursor,
			      (unsigned long long)c->generation, hex)
		    : snprintf(
			      text, sizeof(text), "%llu\n%s\n", (unsigned long long)c->cursor, hex);
	s = device_read_keep(&c->read, err);
	if (s == MS_OK)
		s = fs_write_atomic(c->path, 0600, span_of(text, (size_t)n), err);
	if (s == MS_DENIED)
		fs_name_owner_above(c->path, err);
	c->saved = c->cursor;
	c->saved_us = clock_monotonic_us();
	return s;
}

/* ---- reading ---- */

/* What the unit itself reported belongs here where it leads: a lead may owe reports too. */
static bool
is_of_lead(const feed_command *c, const feed_entry *e, const feed_act *shown, const act_peek *peek)
{
	int unit = plan_find_unit(c->plan, peek->unit), item = plan_find_item(c->plan, peek->item);

	if (strcmp(c->read.settings.unit, unit < 0 ? "" : c->plan->units[unit].id) != 0)
		return true;
	return item >= 0 && !verdict_is_refusal((verdict)e->verdicts.at[shown->at]) &&
	       route_leads(c->plan, (uint32_t)unit, (uint32_t)item, e->hub_time_us);
}

static bool
is_wanted(const feed_command *c, const feed_entry *e, const feed_act *shown)
{
	act_peek peek;

	if (e->hub_time_us < c->since_us || !peek_act(shown->bytes, &peek) ||
		peek.kind == ACT_HUB_FEEDS) /* the reader's business */
		return false;
	if (c->item >= 0 && plan_find_item(c->plan, peek.item) != c->item)
		return false;
	return c->own || is_of_lead(c, e, shown, &peek);
}

static ms_status
print_entry(feed_command *c, const feed_entry *e)
{
	ms_status s = MS_OK;
	size_t i;

	for (i = 0; i < e->n_acts && s == MS_OK; i++) {
		if (!is_wanted(c, e, &e->acts[i]))
			continue;
		s = c->json ? feed_print_json(c->plan, c->read.settings.clock.simulated, e,
				      &e->acts[i], &c->memory, &c->out)
			    : feed_print_text(c->plan, e, &e->acts[i], &c->memory, &c->out);
		arena_reset(&c->memory);
	}
	return s;
}

static ms_status
flush_lines(feed_command *c, ms_error *err)
{
	bool good = c->json ? fwrite(c->out.at, 1, c->out.len, stdout) == c->out.len
			    : screen_print(&c->out);

	good = fflush(stdout) == 0 && good;
	c->printed |= c->out.len > 0;
	buf_reset(&c->out);
	return good ? MS_OK
		    : ms_fail(err, MS_CANNOT_WRITE, MST_CLI_OUTPUT, "the output cannot be written");
}

static ms_status
take(void *ctx, const frame_feed *feed, uint64_t cursor, ms_error *err)
{
	feed_command *c = ctx;
	ms_status s = MS_OK;
	size_t i;

	for (i = 0; i < feed->n_entries && s == MS_OK; i++) {
		c->withheld += feed->entries[i].withheld;
		s = print_entry(c, &feed->entries[i]);
	}
	if (s != MS_OK)
		return ms_fail(err, s, MST_NO_MEMORY, "no memory for the feed");
	s = flush_lines(c, err);
	if (s != MS_OK)
		return s;
	c->cursor = cursor;
	c->has_chain = reader_chain(c->read.link.reader, &c->chain);
	if (feed->caught_up || clock_monotonic_us() - c->saved_us >= CURSOR_EVERY_US)
		s = cursor_save(c, err);
	return s;
}

/* The feeds of a restored log have other numbers: they are read again from the first. */
static ms_status
tell_cursor(void *ctx, uint64_t *cursor, ms_error *err)
{
	feed_command *c = ctx;
	uint64_t now = c->read.log.generation == 0 ? 1 : c->read.log.generation;

	(void)err;
	if (c->generation != 0 && c->generation != now)
		c->cursor = 0;
	c->generation = now;
	*cursor = c->cursor;
	return MS_OK;
}

static ms_status
tell_chain(void *ctx, hash32 *out, ms_error *err)
{
	const feed_command *c = ctx;

	(void)err;
	*out = c->chain;
	return c->has_chain ? MS_OK : MS_NOT_FOUND;
}

static void
caught_up(void *ctx)
{
	feed_command *c = ctx;

	if (!c->follow)
		device_read_stop(&c->read);
}

/* ---- the command ---- */

/* A number: after this entry of the feed. A time: from this hub time on. */
static ms_status
read_since(feed_command *c, const char *since, ms_error *err)
{
	uint64_t number;

	if (since == NULL)
		return cursor_load(c, err);
	c->saved = UINT64_MAX;
	if (text_uint(span_str(since), INT64_MAX, &number)) {
		c->cursor = number;
		return MS_OK;
	}
	if (time_parse(span_str(since), &c->since_us, NULL) == MS_OK)
		return MS_OK;
	return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
		"--since %s: expected the number of an entry, or a time like "
		"2012-07-05T08:30:00+08:00",
		since);
}

/* What shows only some entries is a reading of its own: it takes nothing from another one. */
static void
name_cursor(feed_command *c)
{
	snprintf(c->own_name, sizeof(c->own_name), "%s%s%s", c->own ? "own" : "feed",
		c->item < 0 ? "" : "-", c->item < 0 ? "" : c->plan->items[c->item].id);
	c->name = c->own_name;
}

static ms_status
prepare(feed_command *c, const char *dir, const char *since, const char *item, ms_error *err)
{
	ms_status s = home_plan_read(dir, &c->plan, err);

	c->item = -1;
	if (s == MS_OK && item != NULL && (c->item = slot_item(c->plan, span_str(item))) < 0)
		s = ms_fail(err, MS_USAGE, MST_CLI_ITEM, "the plan has no item \"%s\"", item);
	if (s == MS_OK && c->name == NULL)
		name_cursor(c);
	if (s == MS_OK)
		s = cursor_path(c, dir, err);
	return s == MS_OK ? read_since(c, since, err) : s;
}

/* All of the feed is checked, from its first entry, and no cursor moved. */
static int
check_feed(const feed_command *c, const char *dir, bool chosen)
{
	unsigned mismatches = 0;
	ms_error err = { 0 };

	if (chosen || c->follow || c->own || c->name != NULL) {
		ms_fail(&err, MS_USAGE, MST_CLI_WORDS,
			"--check looks at the whole feed: it goes with --dir and --json alone");
		return cli_fail(&err);
	}
	if (feed_check(dir, c->json, &mismatches, &err) != MS_OK)
		return cli_fail(&err);
	return cli_end(mismatches == 0 ? 0 : 1);
}

int
cmd_feed(int argc, char **argv)
{
	feed_command c = { .name = NULL };
	const char *dir = NULL, *since = NULL, *item = NULL;
	bool check = false;
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--name", NULL, &c.name },
		{ "--since", NULL, &since }, { "--item", NULL, &item },
		{ "--follow", &c.follow, NULL }, { "--own", &c.own, NULL },
		{ "--check", &check, NULL }, { "--json", &c.json, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK && dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir (of a device) is needed");
	random_u64();
	if (s == MS_OK && check)
		return check_feed(&c, dir, since != NULL || item != NULL);
	if (s == MS_OK)
		s = prepare(&c, dir, since, item, &err);
	if (s == MS_OK) {
		c.read.dir = dir;
		c.read.software = "muster feed " MUSTER_VERSION;
		c.read.wanted =
			(reader_config){ .classes = c.own ? CLASS_OWN : CLASS_OWN | CLASS_LEAD,
				.credit = CREDIT,
				.once = !c.follow };
		c.read.host = (reader_host){ .ctx = &c,
			.cursor = tell_cursor,
			.take = take,
			.chain = tell_chain,
			.caught_up = caught_up };
		c.read.patience_us = c.follow ? 0 : PATIENCE_US;
		c.read.waits = cli_tell_waiting;
		s = device_read_run(&c.read, &err);
	}
	if (s == MS_OK)
		s = cursor_save(&c, &err);
	if (s == MS_OK && c.withheld > 0)
		fprintf(stderr,
			tr("Entries that the hub withholds: %llu. Only a new version of the plan "
			   "may take from a unit what it was to see.\n"),
			(unsigned long long)c.withheld);
	if (s == MS_OK && !c.printed && !c.json)
		fprintf(stderr,
			tr("Nothing new after entry %llu of the feed (--since 0 begins anew).\n"),
			(unsigned long long)c.cursor);
	device_read_fini(&c.read);
	plan_free(c.plan);
	arena_fini(&c.memory);
	buf_fini(&c.out);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
