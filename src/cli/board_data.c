/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/board_data.h"
#include "cli/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "cli/ask.h"
#include "cli/hub_dir.h"
#include "cli/replica_ask.h"
#include "lib/device_read.h"
#include "store/board.h"
#include "store/ruling_rows.h"
#include "wire/rollup_parts.h"

enum { PATIENCE_US = 15000000 };

/* ---- keeping ---- */

/* A newer version of the same item and period takes the place of the older one. */
static feed_rollup *
place_for(board_data *d, const feed_rollup *r)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (span_equal(d->list[i].item, r->item) &&
			span_equal(d->list[i].period, r->period))
			return &d->list[i];
	if (d->n == d->room) {
		size_t room = d->room == 0 ? 64 : 2 * d->room;
		feed_rollup *list = realloc(d->list, room * sizeof(*list));

		if (list == NULL)
			return NULL;
		d->list = list;
		d->room = room;
	}
	return &d->list[d->n++];
}

static bool
keep(board_data *d, const feed_rollup *r)
{
	feed_rollup *place = place_for(d, r);

	return place != NULL && rollup_copy(r, &d->memory, place);
}

static int
by_item_and_period(const void *a, const void *b)
{
	const feed_rollup *x = a, *y = b;
	int order = span_compare(x->item, y->item);

	return order != 0 ? order : span_compare(x->period, y->period);
}

/* ---- as a device ---- */

typedef struct asking {
	board_data *data;
	device_read read;
} asking;

static ms_status
take(void *ctx, const frame_feed *feed, uint64_t cursor, ms_error *err)
{
	asking *a = ctx;
	size_t i;

	(void)cursor;
	a->data->hub_time_us = feed->hub_time_us;
	for (i = 0; i < feed->n_rollups; i++)
		if (!keep(a->data, &feed->rollups[i]))
			return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the board");
	return MS_OK;
}

static void
caught_up(void *ctx)
{
	asking *a = ctx;

	device_read_stop(&a->read);
}

static ms_status
ask_hub(const char *dir, board_data *out, ms_error *err)
{
	asking a = { .data = out };
	ms_status s;

	a.read = (device_read){ .dir = dir,
		.software = "muster board " MUSTER_VERSION,
		.wanted = { .classes = CLASS_ROLLUP, .once = true },
		.host = { .ctx = &a,
			.cursor = device_read_from_begin,
			.take = take,
			.caught_up = caught_up },
		.patience_us = PATIENCE_US,
		.waits = cli_tell_waiting };
	random_u64();
	s = device_read_run(&a.read, err);
	device_read_fini(&a.read);
	return s;
}

/* ---- from the hub's directory ---- */

typedef struct seen {
	const plan *plan;
	unit_link *links;      /* [plan->n_units] */
	int64_t *last_seen_us; /* [plan->n_units] */
} seen;

static void
take_unit(void *ctx, const json_t *line)
{
	const char *unit = json_text_of(line, "unit"), *link = json_text_of(line, "link");
	const char *when = json_text_of(line, "last_seen");
	seen *s = ctx;
	int u = unit == NULL ? -1 : plan_find_unit(s->plan, span_str(unit));
	int64_t us;

	if (u < 0 || link == NULL)
		return;
	if (strcmp(link, "connected") == 0)
		s->links[u] = LINK_CONNECTED;
	else if (strcmp(link, "silent") == 0 && s->links[u] != LINK_CONNECTED)
		s->links[u] = LINK_SILENT;
	if (when != NULL && time_parse(span_str(when), &us, NULL) == MS_OK &&
		us > s->last_seen_us[u])
		s->last_seen_us[u] = us;
}

static unit_link
link_of(void *ctx, uint32_t unit, int64_t *last_seen_us)
{
	const seen *s = ctx;

	*last_seen_us = s->last_seen_us[unit];
	return s->links[unit];
}

static ms_status
read_rollups(hub_dir *hub, const board_links *links, board_data *out, ms_error *err)
{
	const plan *p = hub->plan;
	arena memory = { 0 };
	rulings rulings_now;
	log_state log;
	store_txn txn;
	uint32_t item;
	ms_status s = MS_OK;

	store_begin(hub->store, &txn, STORE_READ);
	log_state_load(&txn, &log);
	rulings_init(&rulings_now, p);
	ruling_rows_load(&txn, &rulings_now);
	out->hub_time_us = hub_dir_now(hub, &log);
	for (item = 0; item < p->n_items && s == MS_OK; item++) {
		period at;
		unsigned n;

		for (n = 0; s == MS_OK && plan_item_period(p, item, n, &at); n++) {
			feed_rollup r;

			if (!plan_has_period(p, item, at))
				continue;
			s = board_rollup(
				&txn, &rulings_now, board_key(item, at), links, &memory, &r, err);
			if (s == MS_OK && !keep(out, &r))
				s = MS_NO_MEMORY;
			arena_reset(&memory);
		}
	}
	if (s == MS_OK)
		s = store_status(&txn, err);
	store_abort(&txn);
	rulings_fini(&rulings_now);
	arena_fini(&memory);
	return s;
}

static ms_status
read_hub(const char *dir, board_data *out, ms_error *err)
{
	hub_dir hub;
	seen s = { 0 };
	board_links links = { .ctx = &s, .of = link_of };
	uint32_t i;
	ms_status status = hub_dir_read(dir, &hub, err);

	if (status != MS_OK)
		return status;
	s.plan = hub.plan;
	s.links = arena_alloc(&out->memory, hub.plan->n_units * sizeof(*s.links));
	s.last_seen_us = arena_zalloc(&out->memory, hub.plan->n_units * sizeof(*s.last_seen_us));
	if (s.links == NULL || s.last_seen_us == NULL)
		status = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the board");
	for (i = 0; s.links != NULL && i < hub.plan->n_units; i++)
		s.links[i] = LINK_NEVER;
	if (status == MS_OK && hub_dir_is_served(dir))
		status = daemon_ask(
			dir, json_pack("{s:s}", "do", "units"), ASK_MS, take_unit, &s, err);
	if (status == MS_OK)
		status = read_rollups(&hub, &links, out, err);
	hub_dir_close(&hub);
	return status;
}

/* ---- either ---- */

ms_status
board_data_get(const char *dir, board_data *out, ms_error *err)
{
	store_kind kind;
	ms_status s = home_kind_of(dir, &kind, err);

	*out = (board_data){ 0 };
	if (s == MS_OK)
		s = home_plan_read(dir, &out->newest, err);
	out->plan = out->newest;
	if (s == MS_OK)
		s = kind == STORE_HUB ? read_hub(dir, out, err) : ask_hub(dir, out, err);
	if (s == MS_OK && out->n > 1)
		qsort(out->list, out->n, sizeof(*out->list), by_item_and_period);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for the board");
}

static ms_status
count_boards(const replica *r, board_data *out)
{
	arena memory = { 0 };
	ms_status s = MS_OK;
	uint32_t item;
	period at;
	unsigned n;

	for (item = 0; item < r->plan->n_items && s == MS_OK; item++)
		for (n = 0; s == MS_OK && plan_item_period(r->plan, item, n, &at); n++) {
			feed_rollup one;

			if (!plan_has_period(r->plan, item, at) ||
				!replica_sees(r, (slot_at){ .item = item, .unit = AT_ALL }))
				continue;
			s = board_of_slots(&r->all, board_key(item, at), &memory, &one);
			one.as_of = r->leaves;
			if (s == MS_OK && !keep(out, &one))
				s = MS_NO_MEMORY;
			arena_reset(&memory);
		}
	arena_fini(&memory);
	return s;
}

ms_status
board_data_of(const replica *r, board_data *out, ms_error *err)
{
	ms_status s;

	*out = (board_data){ .hub_time_us = r->now_us };
	s = count_boards(r, out);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for the board");
}

ms_status
board_data_past(const char *dir, const char *at, board_data *out, ms_error *err)
{
	replica r = { 0 };
	ms_status s = replica_get(dir, at, &r, err);

	*out = (board_data){ 0 };
	if (s == MS_OK)
		s = board_data_of(&r, out, err);
	out->plan = r.plan;
	out->newest = r.newest;
	r.newest = NULL;
	replica_fini(&r);
	return s;
}

void
board_data_fini(board_data *d)
{
	plan_free(d->newest);
	free(d->list);
	arena_fini(&d->memory);
	*d = (board_data){ 0 };
}
