/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bulletin.c - how the items stand, who is overdue or has a returned report, who was warned, which
 * leads do not decide, how the units score.
 */
#include "cli/bulletin.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/table.h"
#include "cli/board_data.h"
#include "cli/board_view.h"
#include "cli/ranking.h"
#include "cli/replica_ask.h"
#include "cli/said.h"

/* ---- who is behind ---- */

static void
add_behind(table *t, const replica *r, slot_at at, light l)
{
	const plan *p = r->plan;
	const slot *s = r->all.get(r->all.ctx, at, NULL);
	bool is_returned = slot_live(s);
	char name[PERIOD_NAME_SIZE], when[40];

	table_text(t, said_light(l));
	table_text(t, p->units[at.unit].name);
	table_addf(t, "%u", p->items[at.item].number);
	table_text(t, p->items[at.item].title);
	table_text(t, period_name(at.period, name));
	table_text(t, is_returned ? "退回未改" : "逾期未报");
	table_text(t, time_format_short(is_returned ? s->returned_us : slot_deadline_us(p, s, at),
			      p->zone_min, when));
}

static void
add_item(table *t, const replica *r, uint32_t item, period at, light wanted)
{
	slot_at where = { .item = item };
	unsigned n;

	for (where.unit = 0; where.unit < r->plan->n_units; where.unit++)
		for (n = 0; plan_item_period(r->plan, item, n, &where.period); n++) {
			const slot *s = r->all.get(r->all.ctx, where, NULL);
			bool owed = rulings_owes(r->all.rulings, where);

			if (period_meets(where.period, at) &&
				slot_light(r->plan, s, where, owed, r->now_us) == wanted)
				add_behind(t, r, where, wanted);
		}
}

/* Red ones first. */
static ms_status
write_behind(const replica *r, period at, unsigned screen, buf *out)
{
	static const table_column columns[] = {
		{ "灯", TABLE_LEFT },
		{ "单位", TABLE_LEFT },
		{ "序号", TABLE_RIGHT },
		{ "工作事项", TABLE_LEFT },
		{ "期间", TABLE_LEFT },
		{ "情况", TABLE_LEFT },
		{ "自", TABLE_LEFT },
	};
	table t = { 0 };
	uint32_t item;
	ms_status s;

	t.screen = screen;
	table_begin(&t, TABLE_COLUMNS(columns));
	for (item = 0; item < r->plan->n_items; item++)
		add_item(&t, r, item, at, LIGHT_RED);
	for (item = 0; item < r->plan->n_items; item++)
		add_item(&t, r, item, at, LIGHT_YELLOW);
	buf_add_text(out, "\n二、逾期和退回\n\n");
	s = table_write_or(&t, "没有逾期未报和退回未改的事项\n", out);
	table_fini(&t);
	return s;
}

/* ---- leads that do not decide ---- */

/* A report that waits too long is a mark on everyone who could have decided. */
static void
mark_deciders(const replica *r, slot_at at, unsigned *marks)
{
	uint32_t unit;

	if (!slot_waits_too_long(r->plan, r->all.get(r->all.ctx, at, NULL), at, r->now_us))
		return;
	for (unit = 0; unit < r->plan->n_units; unit++)
		marks[unit] += decide_may(r->plan, at, unit, r->now_us);
}

static void
mark_item(const replica *r, uint32_t item, period at, unsigned *marks)
{
	slot_at where = { .item = item };
	unsigned n;

	for (where.unit = 0; where.unit < r->plan->n_units; where.unit++)
		for (n = 0; plan_item_period(r->plan, item, n, &where.period); n++)
			if (period_meets(where.period, at))
				mark_deciders(r, where, marks);
}

static ms_status
write_waiting(const replica *r, period at, unsigned screen, buf *out)
{
	static const table_column columns[] = {
		{ "单位", TABLE_LEFT },
		{ "逾期未审核", TABLE_RIGHT },
	};
	unsigned *marks = calloc(r->plan->n_units + 1, sizeof(*marks));
	table t = { 0 };
	uint32_t unit, item;
	ms_status s;

	if (marks == NULL)
		return MS_NO_MEMORY;
	for (item = 0; item < r->plan->n_items; item++)
		mark_item(r, item, at, marks);
	t.screen = screen;
	table_begin(&t, TABLE_COLUMNS(columns));
	for (unit = 0; unit < r->plan->n_units; unit++) {
		if (marks[unit] == 0)
			continue;
		table_text(&t, r->plan->units[unit].name);
		table_addf(&t, "%u", marks[unit]);
	}
	free(marks);
	buf_add_text(out, "\n四、牵头单位审核\n\n");
	s = table_write_or(&t, "没有逾期未审核的报送\n", out);
	table_fini(&t);
	return s;
}

/* ---- scores ---- */

static ms_status
write_scores(const replica *r, period at, unsigned screen, buf *out)
{
	standing *list = calloc(r->plan->n_units + 1, sizeof(*list));
	ms_status s = list == NULL ? MS_NO_MEMORY : MS_OK;
	uint32_t g;

	buf_add_text(out, "\n五、考核得分\n");
	for (g = 0; g < r->plan->n_rank_groups && s == MS_OK; g++) {
		const plan_rank_group *group = &r->plan->rank_groups[g];

		s = ranking_print(r, group, list, ranking_of(r, group, at, list), screen, out);
	}
	free(list);
	return s;
}

/* ---- warnings: the hub's notices ---- */

typedef struct warned {
	uint32_t yellow, red, open; /* open: still red or yellow */
} warned;

/* Is there still nothing, or a returned report, where the notice was? */
static bool
is_open(const replica *r, slot_at at)
{
	const slot *s = r->all.get(r->all.ctx, at, NULL);
	light l = slot_light(r->plan, s, at, rulings_owes(r->all.rulings, at), r->now_us);

	return l == LIGHT_YELLOW || l == LIGHT_RED;
}

static int
by_slot(const void *a, const void *b)
{
	const slot_at *x = a, *y = b;
	int64_t d = (int64_t)x->unit - y->unit;

	if (d == 0)
		d = (int64_t)x->item - y->item;
	if (d == 0)
		d = (int64_t)period_code(x->period) - period_code(y->period);
	return (d > 0) - (d < 0);
}

/* A slot has a notice of each level for each of its deadlines, and one of red alone for each return
 * that was left; what is open is counted once. */
static void
count_warnings(const replica *r, period at, slot_at *warned_of, warned *list)
{
	size_t n = 0, i;

	for (i = 0; i < r->n_notices; i++) {
		const notice *x = &r->notices[i];
		warned *w = &list[x->at.unit];

		if (x->level == NOTICE_BLUE || !period_meets(x->at.period, at))
			continue;
		w->yellow += x->level == NOTICE_YELLOW;
		w->red += x->level == NOTICE_RED;
		warned_of[n++] = x->at;
	}
	if (n > 1)
		qsort(warned_of, n, sizeof(*warned_of), by_slot);
	for (i = 0; i < n; i++)
		if ((i == 0 || by_slot(&warned_of[i - 1], &warned_of[i]) != 0) &&
			is_open(r, warned_of[i]))
			list[warned_of[i].unit].open++;
}

static ms_status
write_warnings(const replica *r, period at, unsigned screen, buf *out)
{
	static const table_column columns[] = {
		{ "单位", TABLE_LEFT },
		{ "黄灯预警", TABLE_RIGHT },
		{ "红灯预警", TABLE_RIGHT },
		{ "至今未改", TABLE_RIGHT },
	};
	warned *list = calloc(r->plan->n_units + 1, sizeof(*list));
	slot_at *warned_of = calloc(r->n_notices + 1, sizeof(*warned_of));
	table t = { 0 };
	uint32_t unit;
	ms_status s;

	if (list == NULL || warned_of == NULL) {
		free(list);
		free(warned_of);
		return MS_NO_MEMORY;
	}
	count_warnings(r, at, warned_of, list);
	free(warned_of);
	t.screen = screen;
	table_begin(&t, TABLE_COLUMNS(columns));
	for (unit = 0; unit < r->plan->n_units; unit++) {
		if (list[unit].yellow + list[unit].red == 0)
			continue;
		table_text(&t, r->plan->units[unit].name);
		table_addf(&t, "%u", list[unit].yellow);
		table_addf(&t, "%u", list[unit].red);
		table_addf(&t, "%u", list[unit].open);
	}
	free(list);
	buf_add_text(out, "\n三、预警记录\n\n");
	s = table_write_or(&t, "没有预警\n", out);
	table_fini(&t);
	return s;
}

/* ---- the whole ---- */

ms_status
bulletin_write(const replica *r, period at, unsigned screen, buf *out, ms_error *err)
{
	board_ask ask = { .at = at, .item = -1, .brief = true, .screen = screen };
	board_data boards = { 0 };
	char name[PERIOD_NAME_SIZE];
	ms_status s = board_data_of(r, &boards, err);

	lang_speak("zh"); /* whoever makes it: its bytes are compared */
	buf_addf(out, "通　报\n\n%s\n%s  ", r->plan->title, period_name(at, name));
	replica_print_as_of(r, out);
	buf_add_text(out, "\n一、报送情况\n\n");
	if (s == MS_OK)
		s = board_render(r->plan, boards.list, boards.n, &ask, r->now_us, out);
	board_data_fini(&boards);
	if (s == MS_OK)
		s = write_behind(r, at, screen, out);
	if (s == MS_OK)
		s = write_warnings(r, at, screen, out);
	if (s == MS_OK)
		s = write_waiting(r, at, screen, out);
	if (s == MS_OK)
		s = write_scores(r, at, screen, out);
	lang_rest();
	lang_speak(lang_wanted());
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for the bulletin");
}
