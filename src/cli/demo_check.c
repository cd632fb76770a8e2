/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo_check.h"

#include <stdlib.h>

#include "cli/board_data.h"
#include "codec/peek.h"
#include "lib/device_read.h"

enum { PATIENCE_US = 30000000, CREDIT = 2048 };

/* ---- feeds ---- */

/* A report by what it is about. */
typedef struct sight {
	uint32_t item, unit, period, revision;
} sight;

typedef struct sights {
	sight *list;
	size_t n, room;
} sights;

static bool
add_sight(sights *all, sight one)
{
	if (all->n == all->room) {
		size_t room = all->room == 0 ? 256 : 2 * all->room;
		sight *more = realloc(all->list, room * sizeof(*more));

		if (more == NULL)
			return false;
		all->list = more;
		all->room = room;
	}
	all->list[all->n++] = one;
	return true;
}

static int
compare_sights(const void *a, const void *b)
{
	const sight *x = a, *y = b;

	if (x->item != y->item)
		return x->item < y->item ? -1 : 1;
	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	if (x->period != y->period)
		return x->period < y->period ? -1 : 1;
	return (x->revision > y->revision) - (x->revision < y->revision);
}

typedef struct reading {
	device_read read;
	const plan *plan;
	sights seen;
} reading;

static bool
see(reading *r, const feed_entry *e, const feed_act *shown)
{
	const plan *p = r->plan;
	act_peek peek;
	period at;
	int item, unit;

	if (!verdict_is_stored((verdict)e->verdicts.at[shown->at]) ||
		!peek_act(shown->bytes, &peek) || peek.kind != ACT_REPORT)
		return true;
	item = plan_find_item(p, peek.item);
	unit = plan_find_unit(p, peek.unit);
	if (item < 0 || unit < 0 || !period_parse(peek.period, &at))
		return true;
	return add_sight(&r->seen,
		(sight){ (uint32_t)item, (uint32_t)unit, period_code(at), peek.revision });
}

static ms_status
take(void *ctx, const frame_feed *feed, uint64_t cursor, ms_error *err)
{
	reading *r = ctx;
	bool good = true;
	size_t i, k;

	(void)cursor;
	for (i = 0; i < feed->n_entries; i++)
		for (k = 0; good && k < feed->entries[i].n_acts; k++)
			good = see(r, &feed->entries[i], &feed->entries[i].acts[k]);
	return good ? MS_OK : ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a feed");
}

static void
caught_up(void *ctx)
{
	device_read_stop(&((reading *)ctx)->read);
}

static ms_status
read_feed(const char *dir, const plan *p, sights *out, ms_error *err)
{
	reading r = { .plan = p };
	ms_status s;

	r.read = (device_read){ .dir = dir,
		.software = "muster demo " MUSTER_VERSION,
		.wanted = { .classes = CLASS_OWN | CLASS_LEAD, .credit = CREDIT, .once = true },
		.host = { .ctx = &r,
			.cursor = device_read_from_begin,
			.take = take,
			.caught_up = caught_up },
		.patience_us = PATIENCE_US };
	s = device_read_run(&r.read, err);
	device_read_fini(&r.read);
	*out = r.seen;
	return s;
}

static ms_status
want(const demo_city *c, uint32_t unit, const demo_push *pushes, size_t n, sights *out)
{
	const plan *p = c->year->plan;
	ms_status s = MS_OK;
	arena memory = { 0 };
	size_t i;

	for (i = 0; s == MS_OK && i < n; i++) {
		const slot_at *at = &pushes[i].at;
		report r;

		s = demo_report(c->year, pushes[i].event, pushes[i].row, &memory, &r);
		if (s == MS_OK &&
			route_visible(p, unit, *at, pushes[i].at_us, r.parts, r.n_parts) &&
			!add_sight(out, (sight){ at->item, at->unit, period_code(at->period),
						pushes[i].revision }))
			s = MS_NO_MEMORY;
		arena_reset(&memory);
	}
	arena_fini(&memory);
	return s;
}

static void
compare(sights *wanted, sights *seen, demo_result *out)
{
	size_t i = 0, k = 0;

	if (wanted->n > 1)
		qsort(wanted->list, wanted->n, sizeof(sight), compare_sights);
	if (seen->n > 1)
		qsort(seen->list, seen->n, sizeof(sight), compare_sights);
	while (i < wanted->n || k < seen->n) {
		int order = i == wanted->n ? 1
			    : k == seen->n ? -1
					   : compare_sights(&wanted->list[i], &seen->list[k]);

		out->missing += order < 0 ? 1 : 0;
		out->unexpected += order > 0 ? 1 : 0;
		i += order <= 0 ? 1 : 0;
		k += order >= 0 ? 1 : 0;
	}
	out->wanted += wanted->n;
	out->readers++;
}

static ms_status
check_feed(const demo_city *c, uint32_t unit, const demo_push *pushes, size_t n, demo_result *out,
	ms_error *err)
{
	char dir[HOME_PATH_MAX];
	sights wanted = { 0 }, seen = { 0 };
	ms_status s = want(c, unit, pushes, n, &wanted);

	if (s == MS_OK)
		s = read_feed(city_unit_dir(c, unit, dir), c->year->plan, &seen, err);
	if (s == MS_OK)
		compare(&wanted, &seen, out);
	free(wanted.list);
	free(seen.list);
	return s;
}

/* ---- boards ---- */

/* Of the slots that are expected: how many have a report, how many had it in time. */
static void
count_slots(const plan *p, const demo_push *pushes, size_t n, uint32_t item, period at,
	uint32_t *reported, uint32_t *on_time)
{
	size_t i;

	*reported = *on_time = 0;
	for (i = 0; i < n; i++) {
		const demo_push *push = &pushes[i];

		if (push->revision != 1 || push->at.item != item ||
			!period_equal(push->at.period, at) ||
			!plan_expects(p, item, push->at.unit, at))
			continue;
		*reported += 1;
		*on_time += push->at_us < plan_deadline_us(p, item, at) ? 1 : 0;
	}
}

static ms_status
check_board(const demo_city *c, const char *dir, const demo_push *pushes, size_t n,
	demo_result *out, ms_error *err)
{
	const plan *p = c->year->plan;
	board_data data = { 0 };
	ms_status s = board_data_get(dir, &data, err);
	size_t i;

	for (i = 0; s == MS_OK && i < data.n; i++) {
		const feed_rollup *r = &data.list[i];
		int item = plan_find_item(p, r->item);
		uint32_t reported, on_time;
		period at;

		if (item < 0 || !period_parse(r->period, &at))
			continue;
		count_slots(p, pushes, n, (uint32_t)item, at, &reported, &on_time);
		out->boards++;
		if (r->expected != plan_expected(p, (uint32_t)item, at) || r->actual != reported ||
			r->on_time != on_time)
			out->wrong_boards++;
	}
	board_data_fini(&data);
	return s;
}

/* ---- both ---- */

static bool
leads_or_observes(const plan *p, uint32_t unit)
{
	uint32_t i;

	for (i = 0; i < p->n_items; i++)
		if (plan_is_lead(p, i, unit))
			return true;
	return p->observers[unit];
}

ms_status
demo_check(const demo_city *c, demo_result *out, ms_error *err)
{
	const plan *p = c->year->plan;
	char dir[HOME_PATH_MAX];
	arena memory = { 0 };
	demo_push *pushes;
	size_t n;
	uint32_t u;
	ms_status s = demo_pushes(c->year, &memory, &pushes, &n);

	*out = (demo_result){ 0 };
	if (s == MS_OK)
		s = check_board(c, city_hub_dir(c, dir), pushes, n, out, err);
	for (u = 0; s == MS_OK && u < p->n_units; u++) {
		if (!leads_or_observes(p, u))
			continue;
		s = check_feed(c, u, pushes, n, out, err);
		if (s == MS_OK)
			s = check_board(c, city_unit_dir(c, u, dir), pushes, n, out, err);
	}
	arena_fini(&memory);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory to check the demo");
}
