/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_plan_change.c - `muster plan diff` and `muster plan apply`: a new version of a hub's plan,
 * what it would change for whom, and putting it into force.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/lang.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/hub_dir.h"
#include "cli/screen.h"
#include "plan/plan_undo.h"
#include "store/plan_change.h"

enum { APPLY_MS = 600000 /* counting anew takes a while on a large ledger */ };

typedef struct change {
	const char *dir, *file, *after;
	period from;
	bool json;
	hub_dir hub;
	plan *next;
	log_state log;
	/* what differs, by unit */
	plan_difference *list;
	size_t n, room;
	plan_orphan *orphans;
	size_t n_orphans, n_undone;
	char newest[2 * HASH_SIZE + 1];
	arena memory;
	bool no_memory;
} change;

/* ---- what differs ---- */

static const char *
keep(change *c, const char *text)
{
	const char *copy = arena_text(&c->memory, span_str(text));

	c->no_memory |= copy == NULL;
	return copy;
}

static void
note_difference(void *ctx, const plan_difference *d)
{
	change *c = ctx;

	if (c->n == c->room) {
		size_t room = c->room == 0 ? 64 : 2 * c->room;
		plan_difference *list = realloc(c->list, room * sizeof(*list));

		if (list == NULL) {
			c->no_memory = true;
			return;
		}
		c->list = list;
		c->room = room;
	}
	c->list[c->n++] = (plan_difference){ .unit = d->unit,
		.subject = keep(c, d->subject),
		.what = keep(c, d->what),
		.before = keep(c, d->before),
		.after = keep(c, d->after) };
}

static ms_status
compare(change *c, ms_error *err)
{
	store_txn txn;
	plan_difference first;
	ms_status s = plan_diff(c->next, note_difference, c);

	if (s == MS_OK)
		s = plan_undo(c->next, &c->memory, &first, &c->n_undone);
	hash_hex(&c->next->earlier->version, c->newest);
	if (s != MS_OK || c->no_memory)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the difference");
	store_begin(c->hub.store, &txn, STORE_READ);
	log_state_load(&txn, &c->log);
	s = plan_change_orphans(&txn, c->next, hub_dir_now(&c->hub, &c->log), &c->memory,
		&c->orphans, &c->n_orphans, err);
	store_abort(&txn);
	return s;
}

/* ---- telling ---- */

static void
print_one(const plan_difference *d, buf *out)
{
	bool is_long = strlen(d->before) > 200 || strlen(d->after) > 200;

	buf_addf(out, "  %s%s%s", d->subject, d->subject[0] == '\0' ? "" : " ", d->what);
	if (is_long)
		buf_addf(out, "%s\n", tr(" differs"));
	else
		buf_addf(out, ": %s -> %s\n", d->before[0] == '\0' ? "-" : d->before,
			d->after[0] == '\0' ? "-" : d->after);
}

static void
print_for(const change *c, int unit, buf *out)
{
	bool said = false;
	size_t i;

	for (i = 0; i < c->n; i++) {
		if (c->list[i].unit != unit)
			continue;
		if (!said && unit == PLAN_NO_UNIT)
			buf_addf(out, "%s\n", tr("for everybody"));
		else if (!said)
			buf_addf(out, tr("for %s (%s)\n"), c->next->units[unit].name,
				c->next->units[unit].id);
		said = true;
		print_one(&c->list[i], out);
	}
}

static void
print_orphans(const change *c, buf *out)
{
	char name[PERIOD_NAME_SIZE];
	size_t i;

	if (c->n_orphans == 0)
		return;
	buf_addf(out,
		tr("open slots that would be nobody's, so that this version cannot be applied: "
		   "%zu\n"),
		c->n_orphans);
	for (i = 0; i < c->n_orphans; i++)
		buf_addf(out, tr("  item %s, unit %s, %s: %s\n"),
			c->next->items[c->orphans[i].at.item].id,
			c->next->units[c->orphans[i].at.unit].id,
			period_name(c->orphans[i].at.period, name),
			slot_state_name(c->orphans[i].state));
	buf_addf(out, "%s\n",
		tr("let it judge from a later period, name a successor, or exempt them first"));
}

static void
print_apply(const change *c, buf *out)
{
	char name[PERIOD_NAME_SIZE];

	if (c->n_undone > 0)
		buf_addf(out,
			tr("places that it puts back as they were before a version changed them: "
			   "%zu\n"),
			c->n_undone);
	if (c->n > 0 && c->n_orphans == 0)
		buf_addf(out,
			tr("if this is meant: muster plan apply %s --dir %s --from %s --after "
			   "%.16s\n"),
			c->file, c->dir, period_name(c->from, name), c->newest);
}

static void
print_text(const change *c)
{
	char name[PERIOD_NAME_SIZE];
	buf out = { 0 };
	uint32_t unit;

	buf_addf(&out, tr("plan %s, the version in %s, from %s on; differences: %zu\n"),
		c->next->id, c->file, period_name(c->from, name), c->n);
	print_for(c, PLAN_NO_UNIT, &out);
	for (unit = 0; unit < c->next->n_units; unit++)
		print_for(c, (int)unit, &out);
	print_orphans(c, &out);
	print_apply(c, &out);
	screen_print(&out);
	buf_fini(&out);
}

static void
print_json(const change *c)
{
	json_t *out = json_object(), *list = json_array(), *orphans = json_array();
	char name[PERIOD_NAME_SIZE];
	size_t i;

	for (i = 0; i < c->n; i++) {
		const plan_difference *d = &c->list[i];
		json_t *one = json_object();

		json_set_text(
			one, "unit", d->unit == PLAN_NO_UNIT ? NULL : c->next->units[d->unit].id);
		json_set_text(one, "subject", d->subject);
		json_set_text(one, "what", d->what);
		json_set_text(one, "before", d->before);
		json_set_text(one, "after", d->after);
		json_array_append_new(list, one);
	}
	for (i = 0; i < c->n_orphans; i++) {
		const plan_orphan *o = &c->orphans[i];
		json_t *one = json_object();

		json_set_text(one, "item", c->next->items[o->at.item].id);
		json_set_text(one, "unit", c->next->units[o->at.unit].id);
		json_set_text(one, "period", period_name(o->at.period, name));
		json_set_text(one, "state", slot_state_name(o->state));
		json_array_append_new(orphans, one);
	}
	json_set_text(out, "plan", c->next->id);
	json_set_text(out, "from", period_name(c->from, name));
	json_set(out, "differences", list);
	json_set(out, "orphans", orphans);
	json_set_number(out, "undone", (int64_t)c->n_undone);
	json_set_text(out, "after", c->newest);
	ask_print_object("muster/plan-diff/1", out);
}

/* ---- both ---- */

static ms_status
read_arguments(int argc, char **argv, change *c, ms_error *err)
{
	const char *from = NULL;
	const cli_option options[] = { { "--dir", NULL, &c->dir }, { "--from", NULL, &from },
		{ "--after", NULL, &c->after }, { "--json", &c->json, NULL } };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), &c->file, 1, 1, NULL, err);

	if (s == MS_OK && (c->dir == NULL || from == NULL))
		s = ms_fail(err, MS_USAGE, MST_CLI_WORDS,
			"--dir (of the hub) and --from (the first period it judges) are needed");
	if (s == MS_OK && !period_parse(span_str(from), &c->from))
		s = ms_fail(err, MS_USAGE, MST_CLI_VALUE,
			"--from %s: expected a period like 2012-Q3", from);
	return s;
}

static ms_status
load_next(change *c, ms_error *err)
{
	buf version = { 0 };
	ms_status s = fs_read(c->file, PLAN_BYTES_MAX, &version, err);

	if (s == MS_OK)
		s = plan_follow(c->hub.plan, buf_span(&version), c->file, c->from, &c->next, err);
	buf_fini(&version);
	return s;
}

static void
change_fini(change *c)
{
	plan_free(c->next);
	hub_dir_close(&c->hub);
	free(c->list);
	arena_fini(&c->memory);
}

int
cmd_plan_diff(int argc, char **argv)
{
	change c = { .hub.home.lock_fd = -1 };
	ms_error err = { 0 };
	ms_status s = read_arguments(argc, argv, &c, &err);
	bool is_refused;

	if (s == MS_OK)
		s = hub_dir_read(c.dir, &c.hub, &err);
	if (s == MS_OK)
		s = load_next(&c, &err);
	if (s == MS_OK)
		s = compare(&c, &err);
	if (s == MS_OK)
		(c.json ? print_json : print_text)(&c);
	is_refused = c.n_orphans > 0;
	change_fini(&c);
	if (s != MS_OK)
		return cli_fail(&err);
	return cli_end(is_refused ? 1 : 0);
}

/* ---- apply ---- */

static ms_status
apply_running(const change *c, ms_error *err)
{
	char *path = realpath(c->file, NULL), name[PERIOD_NAME_SIZE];
	ms_status s;

	if (path == NULL)
		return ms_fail(err, MS_NOT_FOUND, MST_FILE_OPEN, "%s is not there", c->file);
	s = hub_ask(c->dir,
		json_pack("{s:s,s:s,s:s,s:s*}", "do", "plan", "file", path, "from",
			period_name(c->from, name), "after", c->after),
		APPLY_MS, NULL, NULL, err);
	free(path);
	return s;
}

static ms_status
apply_stopped(change *c, ms_error *err)
{
	store_txn txn;
	uint64_t leaf;
	ms_status s = hub_dir_open(c->dir, &c->hub, err);

	if (s == MS_OK)
		s = load_next(c, err);
	if (s != MS_OK)
		return s;
	store_begin(c->hub.store, &txn, STORE_WRITE);
	log_state_load(&txn, &c->log);
	s = plan_change_apply(&txn, &c->log, &c->hub.keys, c->next, c->after,
		hub_dir_now(&c->hub, &c->log), &leaf, err);
	if (s != MS_OK) {
		store_abort(&txn);
		return s;
	}
	log_state_save(&txn, &c->log);
	s = store_commit(&txn, err);
	return s == MS_OK ? home_file_write(c->dir, HOME_PLAN, c->next->bytes, err) : s;
}

/* What says the same as the newest version is in force: nobody has to mend anything. */
static void
print_applied(const change *c, const ms_error *err)
{
	bool is_new = err->status == MS_OK;
	char name[PERIOD_NAME_SIZE];

	period_name(c->from, name);
	if (c->json)
		ask_print_object("muster/plan-applied/1",
			json_pack("{s:s,s:b}", "from", name, "changed", (int)is_new));
	else if (!is_new)
		puts(err->text);
	else
		printf(tr("The version in %s judges from %s on. Every office's agent fetches it by "
			  "itself.\n"),
			c->file, name);
}

int
cmd_plan_apply(int argc, char **argv)
{
	change c = { .hub.home.lock_fd = -1 };
	ms_error err = { 0 };
	ms_status s = read_arguments(argc, argv, &c, &err);

	if (s == MS_OK)
		s = hub_dir_is_served(c.dir) ? apply_running(&c, &err) : apply_stopped(&c, &err);
	if (s == MS_EXISTS && err.code == MST_PLAN_VERSIONS)
		s = MS_OK;
	if (s == MS_OK)
		print_applied(&c, &err);
	change_fini(&c);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
