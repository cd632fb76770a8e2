/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/feed_check.h"

#include <stdio.h>

#include "base/lang.h"
#include "cli/board_data.h"
#include "cli/replica_ask.h"

enum { TRIES = 20 };

/* What was compared, and what differs. */
typedef struct checking {
	const replica *r;
	json_t *different;
	unsigned compared, items;
} checking;

static void
hold(checking *c, const feed_rollup *hub, const char *what, int64_t told, int64_t counted)
{
	json_t *one;

	c->compared++;
	if (told == counted)
		return;
	one = json_object();
	json_set_span(one, "item", hub->item);
	json_set_span(one, "period", hub->period);
	json_set_text(one, "what", what);
	json_set_number(one, "hub", told);
	json_set_number(one, "feed", counted);
	json_array_append_new(c->different, one);
}

/* ---- one rollup ---- */

static ms_status
check_figure(checking *c, const feed_rollup *hub, const feed_figure *f)
{
	const plan *p = c->r->plan;
	int indicator = plan_find_indicator(p, f->indicator);
	char what[64 + PERIOD_NAME_SIZE];
	int64_t total = 0, accepted = 0;
	bool overflow, has, has_accepted;
	arena memory = { 0 };
	figure counted, agreed;
	uint32_t of = 0, of_accepted;
	period at;
	ms_status s;

	if (indicator < 0 || !period_parse(f->period, &at))
		return MS_OK;
	s = tally_figure(
		&c->r->all, (uint32_t)indicator, at, VIEW_REPORTED, &memory, &counted, &of);
	if (s == MS_OK)
		s = tally_figure(&c->r->all, (uint32_t)indicator, at, VIEW_ACCEPTED, &memory,
			&agreed, &of_accepted);
	arena_fini(&memory);
	if (s != MS_OK)
		return s;
	has = figure_value(&p->indicators[indicator], &counted, &total, &overflow);
	has_accepted = figure_value(&p->indicators[indicator], &agreed, &accepted, &overflow);
	snprintf(what, sizeof(what), "%s %.*s", p->indicators[indicator].id, (int)f->period.len,
		(const char *)f->period.at);
	hold(c, hub, what, f->has, has);
	hold(c, hub, what, f->has ? f->value : 0, has ? total : 0);
	hold(c, hub, what, f->has_accepted ? f->accepted : 0, has_accepted ? accepted : 0);
	hold(c, hub, what, f->units, counted.units);
	hold(c, hub, what, f->of, of);
	hold(c, hub, what, f->stale, counted.stale);
	return MS_OK;
}

static ms_status
check_rollup(checking *c, const feed_rollup *hub)
{
	int item = plan_find_item(c->r->plan, hub->item);
	completeness reported, accepted;
	ms_status s = MS_OK;
	period at;
	size_t i;

	if (item < 0 || !period_parse(hub->period, &at) ||
		!replica_sees(c->r, (slot_at){ .item = (uint32_t)item, .unit = AT_ALL }))
		return MS_OK;
	reported = tally_complete(&c->r->all, (uint32_t)item, at, VIEW_REPORTED);
	accepted = tally_complete(&c->r->all, (uint32_t)item, at, VIEW_ACCEPTED);
	c->items++;
	hold(c, hub, "expected", hub->expected, reported.expected);
	hold(c, hub, "reported", hub->actual, reported.actual);
	hold(c, hub, "on_time", hub->on_time, reported.on_time);
	hold(c, hub, "accepted", hub->accepted, accepted.actual);
	for (i = 0; i < hub->n_figures && s == MS_OK; i++)
		s = check_figure(c, hub, &hub->figures[i]);
	return s;
}

/* ---- the whole ---- */

/* Did no rollup change from A to B? Then the feed read between them is of the same log. */
static bool
is_still(const board_data *a, const board_data *b)
{
	size_t i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (a->list[i].as_of != b->list[i].as_of)
			return false;
	return true;
}

/* The hub goes on while its feed is read: until a reading lies between two equal boards. */
static ms_status
get_both(const char *dir, board_data *board, replica *r, ms_error *err)
{
	board_data before = { 0 };
	ms_status s = board_data_get(dir, &before, err);
	bool still = false;
	unsigned n;

	for (n = 0; n < TRIES && s == MS_OK && !still; n++) {
		if (n > 0) {
			board_data_fini(&before);
			before = *board;
			*board = (board_data){ 0 };
			replica_fini(r);
		}
		s = replica_get(dir, NULL, r, err);
		if (s == MS_OK)
			s = board_data_get(dir, board, err);
		still = s == MS_OK && is_still(&before, board);
	}
	board_data_fini(&before);
	if (s == MS_OK && !still)
		s = ms_fail(err, MS_BUSY, MST_CLI_VALUE,
			"the hub takes reports faster than its feed can be read beside them: try "
			"again");
	return s;
}

static void
print_text(const checking *c)
{
	size_t i;

	for (i = 0; i < json_array_size(c->different); i++) {
		const json_t *d = json_array_get(c->different, i);

		printf(tr("%s %s %s: the hub says %lld, the feed gives %lld\n"),
			json_text_of(d, "item"), json_text_of(d, "period"), json_text_of(d, "what"),
			(long long)json_number_of(d, "hub", 0),
			(long long)json_number_of(d, "feed", 0));
	}
	printf(tr("%u numbers of %u boards compared with %llu acts: %zu differ\n"), c->compared,
		c->items, (unsigned long long)c->r->acts, json_array_size(c->different));
}

static ms_status
print_result(const checking *c, bool json, ms_error *err)
{
	json_t *tree;
	buf out = { 0 };

	if (!json) {
		print_text(c);
		return MS_OK;
	}
	tree = replica_json(c->r, "muster/feed-check/1");
	json_set_number(tree, "boards", c->items);
	json_set_number(tree, "compared", c->compared);
	json_set(tree, "different", json_incref(c->different));
	return replica_print(&out, tree, err);
}

ms_status
feed_check(const char *dir, bool json, unsigned *mismatches, ms_error *err)
{
	board_data board = { 0 };
	replica r = { 0 };
	checking c = { .r = &r, .different = json_array() };
	ms_status s = get_both(dir, &board, &r, err);
	size_t i;

	for (i = 0; i < board.n && s == MS_OK; i++)
		s = check_rollup(&c, &board.list[i]);
	if (s == MS_OK)
		s = print_result(&c, json, err);
	*mismatches = (unsigned)json_array_size(c.different);
	json_decref(c.different);
	board_data_fini(&board);
	replica_fini(&r);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for the check");
}
