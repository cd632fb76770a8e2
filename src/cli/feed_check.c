/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/feed_check.h"

#include <stdio.h>

#include "base/lang.h"
#include "cli/board_data.h"
#include "cli/replica_ask.h"
#include "cli/rollup_compare.h"
#include "store/board.h"

enum { TRIES = 20 };

/* What was compared, and what differs. */
typedef struct checking {
	const replica *r;
	const feed_rollup *hub; /* at hand */
	json_t *different;
	unsigned compared, items;
} checking;

/* ---- one rollup ---- */

static void
note(void *ctx, const char *what, int64_t told, int64_t counted)
{
	checking *c = ctx;
	json_t *one = json_object();

	json_set_span(one, "item", c->hub->item);
	json_set_span(one, "period", c->hub->period);
	json_set_text(one, "what", what);
	json_set_number(one, "hub", told);
	json_set_number(one, "feed", counted);
	json_array_append_new(c->different, one);
}

static ms_status
check_rollup(checking *c, const feed_rollup *hub)
{
	int item = plan_find_item(c->r->plan, hub->item);
	rollup_comparing comparing = { .ctx = c, .differs = note };
	arena memory = { 0 };
	feed_rollup counted;
	period at;
	ms_status s;

	if (item < 0 || !period_parse(hub->period, &at) ||
		!replica_sees(c->r, (slot_at){ .item = (uint32_t)item, .unit = AT_ALL }))
		return MS_OK;
	s = board_of_slots(&c->r->all, board_key((uint32_t)item, at), &memory, &counted);
	if (s == MS_OK) {
		c->hub = hub;
		c->items++;
		rollup_compare(&comparing, hub, &counted);
		c->compared += comparing.compared;
	}
	arena_fini(&memory);
	return s == MS_NOT_FOUND ? MS_OK : s;
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
