/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demo_year.c - offices as they are: most are in time, some are late, mistype a figure, correct
 * what they sent or forget an item; one is cut off around a deadline.
 */
#include "cli/demo_year.h"

#include <stdlib.h>
#include <string.h>

#define HOUR_US (INT64_C(3600) * 1000000)
#define DAY_US (24 * HOUR_US)

enum {
	CUT_PERIOD = 1,       /* the line goes down in the second period */
	BOARDS_DAYS = 6,      /* after the deadline: whoever reports has reported */
	KINDS_OF_OFFICE = 11, /* see manner_of */
};

typedef enum manner {
	MANNER_LATE,
	MANNER_WRONG,
	MANNER_CORRECTED,
	MANNER_FORGETS,
	MANNER_MORE, /* reports what it may but need not */
	MANNER_GOOD,
} manner;

typedef struct builder {
	demo_year *year;
	arena *memory;
	size_t room;
	sample_random random;
	bool failed;
} builder;

static manner
manner_of(const builder *b, uint32_t unit, unsigned n)
{
	unsigned at = (unsigned)((unit + n * 7 + b->year->seed) % KINDS_OF_OFFICE);

	if (n == CUT_PERIOD && unit == b->year->cut_unit)
		return MANNER_GOOD;
	return at < MANNER_GOOD ? (manner)at : MANNER_GOOD;
}

static demo_event *
add(builder *b, demo_kind kind, int64_t at_us, period at, uint32_t unit)
{
	demo_year *y = b->year;

	if (y->n == b->room) {
		size_t room = b->room == 0 ? 256 : 2 * b->room;
		demo_event *more = arena_alloc(b->memory, room * sizeof(*more));

		if (more == NULL) {
			b->failed = true;
			return NULL;
		}
		if (y->n > 0)
			memcpy(more, y->events, y->n * sizeof(*more));
		y->events = more;
		b->room = room;
	}
	y->events[y->n] = (demo_event){
		.kind = kind, .at_us = at_us, .period = at, .unit = unit, .note = ""
	};
	return &y->events[y->n++];
}

/* The unit's file for the period: its rows are the first N of ROWS. */
static demo_event *
add_file(builder *b, int64_t at_us, period at, uint32_t unit, const demo_row *rows, uint32_t n)
{
	demo_event *e = add(b, DEMO_FILE, at_us, at, unit);

	if (e == NULL)
		return NULL;
	e->rows = arena_alloc(b->memory, n * sizeof(*rows) + 1);
	if (e->rows == NULL) {
		b->failed = true;
		return NULL;
	}
	memcpy(e->rows, rows, n * sizeof(*rows));
	e->n_rows = n;
	return e;
}

/* Between eight and six o'clock on the day that ends DAYS before DEADLINE_US (after it: negative).
 */
static int64_t
office_time(builder *b, int64_t deadline_us, int days)
{
	return deadline_us - (days + 1) * DAY_US + 8 * HOUR_US +
	       (int64_t)sample_below(&b->random, 600) * (HOUR_US / 60);
}

/* ---- one office, one period ---- */

typedef struct owed {
	demo_row rows[PLAN_ITEMS_MAX];
	uint32_t n, n_optional; /* the optional ones stand behind */
	int64_t deadline_us;    /* the earliest of them */
} owed;

static void
find_owed(const plan *p, uint32_t unit, period at, owed *out)
{
	uint32_t i, pass;

	out->n = out->n_optional = 0;
	out->deadline_us = INT64_MAX;
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < p->n_items; i++) {
			bool must = plan_expects(p, i, unit, at);

			if (!plan_has_period(p, i, at) || must != (pass == 0) ||
				plan_role_of(p, i, unit) == ROLE_NONE)
				continue;
			out->rows[out->n + out->n_optional] =
				(demo_row){ .item = i, .revision = 1 };
			if (!must) {
				out->n_optional++;
				continue;
			}
			out->n++;
			if (plan_deadline_us(p, i, at) < out->deadline_us)
				out->deadline_us = plan_deadline_us(p, i, at);
		}
	}
}

static void
set_again(demo_event *e, uint32_t from)
{
	uint32_t i;

	for (i = from; e != NULL && i < e->n_rows; i++)
		e->rows[i].again = true;
}

static void
note(demo_event *e, const char *text)
{
	if (e != NULL)
		e->note = text;
}

static void
add_wrong(builder *b, int64_t at_us, period at, uint32_t unit, owed *o)
{
	demo_event *e = add_file(b, at_us, at, unit, o->rows, o->n);

	if (e != NULL)
		e->rows[0].wrong = true;
	note(e, "the first row has progress 105 %");
	e = add_file(b, at_us + DAY_US, at, unit, o->rows, o->n);
	set_again(e, 1);
	note(e, "the whole file again, mended");
}

static void
add_corrected(builder *b, int64_t at_us, period at, uint32_t unit, owed *o)
{
	demo_event *e;

	add_file(b, at_us, at, unit, o->rows, o->n);
	e = add_file(b, at_us + 2 * DAY_US, at, unit, o->rows, o->n);
	set_again(e, 1);
	if (e != NULL)
		e->rows[0].revision = 2;
	note(e, "the first row corrected");
}

static void
add_office(builder *b, uint32_t unit, period at, unsigned n, owed *o)
{
	int64_t early = office_time(b, o->deadline_us, 4 + (int)sample_below(&b->random, 6));

	switch (manner_of(b, unit, n)) {
	case MANNER_LATE:
		note(add_file(b,
			     office_time(b, o->deadline_us, -2 - (int)sample_below(&b->random, 3)),
			     at, unit, o->rows, o->n),
			"after the deadline");
		return;
	case MANNER_WRONG:
		add_wrong(b, early, at, unit, o);
		return;
	case MANNER_CORRECTED:
		add_corrected(b, early, at, unit, o);
		return;
	case MANNER_FORGETS:
		if (o->n < 2)
			break;
		note(add_file(b, early, at, unit, o->rows, o->n - 1), "one item forgotten");
		return;
	case MANNER_MORE:
		note(add_file(b, early, at, unit, o->rows,
			     o->n + (o->n_optional > 2 ? 2 : o->n_optional)),
			o->n_optional > 0 ? "also items that it need not report" : "");
		return;
	case MANNER_GOOD:
		break;
	}
	add_file(b, early, at, unit, o->rows, o->n);
}

/* ---- the year ---- */

static void
add_cut(builder *b, period at, const owed *o)
{
	const demo_year *y = b->year;
	int64_t day = o->deadline_us - 6 * DAY_US;

	add(b, DEMO_CUT, day, at, y->cut_unit);
	note(add_file(b, day + 2 * DAY_US + 10 * HOUR_US, at, y->cut_unit, o->rows, o->n),
		"queued: the line is down");
	add(b, DEMO_MENDED, o->deadline_us + 2 * DAY_US, at, y->cut_unit);
}

static void
add_period(builder *b, period at, unsigned n, owed *o)
{
	const plan *p = b->year->plan;
	int64_t end = 0;
	uint32_t u;

	for (u = 0; u < p->n_units; u++) {
		find_owed(p, u, at, o);
		if (o->n == 0)
			continue;
		if (o->deadline_us > end)
			end = o->deadline_us;
		if (n == CUT_PERIOD && u == b->year->cut_unit)
			add_cut(b, at, o);
		else
			add_office(b, u, at, n, o);
	}
	if (end > 0)
		add(b, DEMO_BOARDS, end + BOARDS_DAYS * DAY_US, at, 0);
}

static uint32_t
leads_of(const plan *p, uint32_t unit)
{
	uint32_t i, n = 0;

	for (i = 0; i < p->n_items; i++)
		n += plan_is_lead(p, i, unit) ? 1 : 0;
	return n;
}

/* How telling UNIT's board is: many items, but not all of them as an observer's. */
static uint32_t
board_worth(const plan *p, uint32_t unit)
{
	return p->observers[unit] ? 0 : leads_of(p, unit);
}

/* Who is shown and who is cut off: two who lead most, and the last one who leads nothing. */
static void
choose_units(demo_year *y)
{
	const plan *p = y->plan;
	uint32_t u;

	y->shown[0] = 0;
	for (u = 1; u < p->n_units; u++)
		if (board_worth(p, u) > board_worth(p, y->shown[0]))
			y->shown[0] = u;
	y->shown[1] = y->shown[0] == 0 && p->n_units > 1 ? 1 : 0;
	for (u = 0; u < p->n_units; u++)
		if (u != y->shown[0] && board_worth(p, u) > board_worth(p, y->shown[1]))
			y->shown[1] = u;
	y->cut_unit = p->n_units - 1;
	while (y->cut_unit > 0 && leads_of(p, y->cut_unit) > 0)
		y->cut_unit--;
}

/* Equal times keep the order of the units. */
static int
by_time(const void *a, const void *b)
{
	const demo_event *x = a, *y = b;

	if (x->at_us != y->at_us)
		return x->at_us < y->at_us ? -1 : 1;
	return (x->unit > y->unit) - (x->unit < y->unit);
}

/* The N-th period, item by item: false past the last. */
static bool
nth_period(const plan *p, unsigned n, period *out)
{
	uint32_t item;
	unsigned k;
	period at;

	for (item = 0; item < p->n_items; item++)
		for (k = 0; plan_item_period(p, item, k, &at); k++)
			if (n-- == 0) {
				*out = at;
				return true;
			}
	return false;
}

ms_status
demo_year_make(const plan *p, uint64_t seed, unsigned periods, arena *memory, demo_year *out)
{
	builder b = { .year = out, .memory = memory, .random = { seed } };
	owed *o = arena_alloc(memory, sizeof(*o));
	period seen[64], at;
	unsigned n = 0, k, i;

	*out = (demo_year){ .plan = p, .seed = seed, .start_us = plan_begin_us(p, p->first) };
	if (o == NULL)
		return MS_NO_MEMORY;
	choose_units(out);
	for (k = 0; nth_period(p, k, &at) && n < sizeof(seen) / sizeof(seen[0]) &&
		    (periods == 0 || n < periods);
		k++) {
		for (i = 0; i < n && !period_equal(seen[i], at); i++)
			;
		if (i < n)
			continue;
		seen[n] = at;
		add_period(&b, at, n++, o);
	}
	if (out->n > 0)
		qsort(out->events, out->n, sizeof(*out->events), by_time);
	return b.failed ? MS_NO_MEMORY : MS_OK;
}

/* When the line that goes down with event I is there again. */
static int64_t
mended_us(const demo_year *y, size_t i)
{
	while (i < y->n && y->events[i].kind != DEMO_MENDED)
		i++;
	return i < y->n ? y->events[i].at_us : INT64_MAX;
}

ms_status
demo_pushes(const demo_year *y, arena *memory, demo_push **list, size_t *n)
{
	int64_t held_us = 0; /* the line of the office that is cut off is down until then */
	size_t i, total = 0;
	uint32_t r;

	for (i = 0; i < y->n; i++)
		total += y->events[i].n_rows;
	*list = arena_alloc(memory, (total + 1) * sizeof(**list));
	*n = 0;
	if (*list == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < y->n; i++) {
		const demo_event *e = &y->events[i];

		if (e->kind == DEMO_CUT)
			held_us = mended_us(y, i);
		else if (e->kind == DEMO_MENDED)
			held_us = 0;
		for (r = 0; r < e->n_rows; r++)
			if (!e->rows[r].wrong && !e->rows[r].again)
				(*list)[(*n)++] = (demo_push){
					.at = { e->rows[r].item, e->unit, e->period },
					.revision = e->rows[r].revision,
					.at_us = held_us != 0 && e->unit == y->cut_unit ? held_us
											: e->at_us,
					.event = e,
					.row = &e->rows[r],
				};
	}
	return MS_OK;
}
