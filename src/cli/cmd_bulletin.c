/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_bulletin.c - `muster bulletin`: the bulletin (通报) of a period for print; issuing it, which
 * is an act that names its bytes; and making every issued one again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/bulletin.h"
#include "cli/command.h"
#include "cli/replica_ask.h"
#include "cli/screen.h"

static const int64_t second_us = 1000000;

enum { ISSUE_WAIT_S = 30 };

typedef struct bulletin_ask {
	replica_ask replica;
	const char *out, *title;
	bool issue, check;
} bulletin_ask;

/* ---- one ---- */

static ms_status
print_text(const replica *r, period at, bool json, buf *text, ms_error *err)
{
	char name[PERIOD_NAME_SIZE], hex[2 * HASH_SIZE + 1];
	json_t *tree = NULL;
	hash32 hash;

	if (json) {
		hash = hash_of(buf_span(text));
		hash_hex(&hash, hex);
		tree = replica_json(r, "muster/bulletin/1");
		json_set_text(tree, "period", period_name(at, name));
		json_set_text(tree, "sha256", hex);
		json_set_span(tree, "text", buf_span(text));
		buf_reset(text);
	}
	return replica_print(text, tree, err);
}

static ms_status
show_bulletin(const bulletin_ask *ask, const replica *r, period at, ms_error *err)
{
	bool reads = ask->out == NULL && !ask->replica.json;
	buf text = { 0 };
	ms_status s = bulletin_write(r, at, reads ? screen_columns() : 0, &text, err);

	if (s == MS_OK && ask->out != NULL)
		s = fs_write_atomic(ask->out, 0644, buf_span(&text), err);
	if (s == MS_OK && ask->out == NULL)
		return print_text(r, at, ask->replica.json, &text, err);
	buf_fini(&text);
	return s;
}

/* ---- issue ---- */

typedef struct issuing {
	bool json, stored, refused;
	char state[64];
} issuing;

static void
take_issued(void *ctx, const json_t *line)
{
	static const char schema[] = "muster/state/1", *const schema_name = schema;
	const char *state = json_text_of(line, "state"), *said = json_text_of(line, "verdict"),
		   *record = json_text_of(line, "record");
	issuing *is = ctx;

	is->stored = said != NULL && strcmp(said, "STORED") == 0;
	is->refused = said != NULL && !is->stored;
	snprintf(is->state, sizeof(is->state), "%s", said != NULL ? said : state);
	if (is->json)
		ask_print_json((void *)(uintptr_t)&schema_name, line);
	else if (is->stored)
		printf(tr("issued as record %s\n"), record == NULL ? "" : record);
}

static ms_status
state_issue(const bulletin_ask *ask, const replica *r, period at, const hash32 *hash, ms_error *err)
{
	char name[PERIOD_NAME_SIZE], hex[2 * HASH_SIZE + 1], when[40];
	issuing is = { .json = ask->replica.json };
	json_t *named = json_object(), *wrapped = json_object();
	ms_status s;

	json_set_text(named, "period", period_name(at, name));
	json_set_number(named, "leaves", (int64_t)r->leaves);
	json_set_text(named, "as_of", time_format(r->now_us, r->plan->zone_min, when));
	hash_hex(hash, hex);
	json_set_text(named, "sha256", hex);
	if (ask->title != NULL)
		json_set_text(named, "title", ask->title);
	json_set(wrapped, "issue", named);
	s = agent_ask(ask->replica.dir,
		json_pack("{s:s,s:o,s:I}", "do", "state", "act", wrapped, "wait_ms",
			(json_int_t)ISSUE_WAIT_S * 1000),
		ISSUE_WAIT_S * 1000 + ASK_MS, take_issued, &is, err);
	if (s == MS_OK && is.refused)
		s = ms_fail(err, MS_INVALID, MST_CLI_VALUE, "the hub has refused the bulletin: %s",
			is.state);
	else if (s == MS_OK && !is.stored)
		s = ms_fail(err, MS_TIMEOUT, MST_CLI_VALUE,
			"the bulletin is not issued yet: %s; look again with --check", is.state);
	if (s == MS_OK && !ask->replica.json)
		printf(tr("period %s, log %llu, as of %s, SHA-256 %s\n"), name,
			(unsigned long long)r->leaves, when, hex);
	return s;
}

/* As of a whole second, so that its time can be written down. */
static ms_status
issue_bulletin(const bulletin_ask *ask, replica *r, period at, ms_error *err)
{
	buf text = { 0 };
	hash32 hash;
	ms_status s;

	r->now_us -= r->now_us % second_us;
	s = bulletin_write(r, at, 0, &text, err);
	if (s == MS_OK && ask->out != NULL)
		s = fs_write_atomic(ask->out, 0644, buf_span(&text), err);
	hash = hash_of(buf_span(&text));
	if (s == MS_OK)
		s = state_issue(ask, r, at, &hash, err);
	buf_fini(&text);
	return s;
}

/* ---- check ---- */

typedef struct checking {
	const replica_issue **list; /* in the order of their leaves */
	replica_look *at;
	bool *same; /* by their order in the replica */
	const replica *r;
} checking;

/* Is what the issue names what the acts give? */
static ms_status
check_one(void *ctx, size_t i, const replica *then, ms_error *err)
{
	const checking *c = ctx;
	const replica_issue *x = c->list[i];
	buf text = { 0 };
	hash32 hash;
	ms_status s = bulletin_write(then, x->at, 0, &text, err);

	hash = hash_of(buf_span(&text));
	c->same[x - c->r->issues] = s == MS_OK && hash_equal(&hash, &x->sha256);
	buf_fini(&text);
	return s;
}

static int
by_leaves(const void *a, const void *b)
{
	const replica_issue *x = *(const replica_issue *const *)a,
			    *y = *(const replica_issue *const *)b;

	return x->leaves < y->leaves ? -1 : x->leaves > y->leaves;
}

static ms_status
check_each(const char *dir, checking *c, ms_error *err)
{
	size_t n = c->r->n_issues, i;
	replica_looks looks = { .at = c->at, .n = n, .ctx = c, .look = check_one };

	for (i = 0; i < n; i++)
		c->list[i] = &c->r->issues[i];
	qsort(c->list, n, sizeof(*c->list), by_leaves);
	for (i = 0; i < n; i++)
		c->at[i] = (replica_look){ .leaves = c->list[i]->leaves,
			.as_of_us = c->list[i]->as_of_us };
	return n == 0 ? MS_OK : replica_look_at(dir, &looks, err);
}

static void
tell_checked(const replica *r, const replica_issue *x, bool same, json_t *list)
{
	char name[PERIOD_NAME_SIZE], hex[2 * HASH_SIZE + 1];
	json_t *one;

	if (list == NULL) {
		printf(tr("%s: %s, issued by %s as record %llu/%u, log %llu%s%s\n"),
			same ? tr("match") : tr("mismatch"), period_name(x->at, name),
			r->plan->units[x->by].id, (unsigned long long)x->place.leaf,
			(unsigned)x->place.at, (unsigned long long)x->leaves,
			x->title[0] == '\0' ? "" : ": ", x->title);
		return;
	}
	one = json_object();
	json_set_bool(one, "match", same);
	json_set_text(one, "period", period_name(x->at, name));
	json_set_text(one, "by", r->plan->units[x->by].id);
	json_set_record(one, "record", x->place.leaf, x->place.at);
	json_set_number(one, "leaves", (int64_t)x->leaves);
	hash_hex(&x->sha256, hex);
	json_set_text(one, "sha256", hex);
	json_set_text(one, "title", x->title);
	json_array_append_new(list, one);
}

static ms_status
tell_issued(const bulletin_ask *ask, const checking *c, bool *all_same, ms_error *err)
{
	json_t *list = ask->replica.json ? json_array() : NULL, *tree;
	buf out = { 0 };
	size_t i;

	*all_same = true;
	for (i = 0; i < c->r->n_issues; i++) {
		tell_checked(c->r, &c->r->issues[i], c->same[i], list);
		*all_same &= c->same[i];
	}
	if (list == NULL && c->r->n_issues == 0)
		puts(tr("no bulletin has been issued"));
	if (list == NULL)
		return MS_OK;
	tree = replica_json(c->r, "muster/bulletins/1");
	json_set(tree, "issued", list);
	return replica_print(&out, tree, err);
}

static ms_status
check_issued(const bulletin_ask *ask, const replica *r, bool *all_same, ms_error *err)
{
	checking c = { .list = calloc(r->n_issues + 1, sizeof(const replica_issue *)),
		.at = calloc(r->n_issues + 1, sizeof(*c.at)),
		.same = calloc(r->n_issues + 1, sizeof(*c.same)),
		.r = r };
	ms_status s =
		c.list == NULL || c.at == NULL || c.same == NULL
			? ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the bulletin")
			: check_each(ask->replica.dir, &c, err);

	if (s == MS_OK)
		s = tell_issued(ask, &c, all_same, err);
	free(c.list);
	free(c.at);
	free(c.same);
	return s;
}

/* ---- the command ---- */

static ms_status
run(const bulletin_ask *ask, replica *r, period at, bool *all_same, ms_error *err)
{
	if (!replica_sees_all(r))
		return ms_fail(err, MS_DENIED, MST_CLI_VALUE,
			"a bulletin is an observer's: this unit does not see all slots");
	if (ask->check)
		return check_issued(ask, r, all_same, err);
	if (!ask->issue)
		return show_bulletin(ask, r, at, err);
	if (ask->replica.at != NULL || r->unit == PLAN_NO_UNIT)
		return ms_fail(err, MS_USAGE, MST_CLI_WORDS,
			"--issue tells how it is now (no --at), from the directory of an "
			"observer's device");
	return issue_bulletin(ask, r, at, err);
}

int
cmd_bulletin(int argc, char **argv)
{
	bulletin_ask ask = { 0 };
	const cli_option options[] = { { "--dir", NULL, &ask.replica.dir },
		{ "--period", NULL, &ask.replica.period }, { "--at", NULL, &ask.replica.at },
		{ "--json", &ask.replica.json, NULL }, { "--issue", &ask.issue, NULL },
		{ "--check", &ask.check, NULL }, { "--out", NULL, &ask.out },
		{ "--title", NULL, &ask.title } };
	bool all_same = true;
	ms_error err = { 0 };
	replica r = { 0 };
	period at;
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK)
		s = replica_ask_get(&ask.replica, &r, &at, &err);
	if (s == MS_OK)
		s = run(&ask, &r, at, &all_same, &err);
	replica_fini(&r);
	if (s != MS_OK)
		return cli_fail(&err);
	return cli_end(all_same ? 0 : 1);
}
