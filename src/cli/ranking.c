/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ranking.h"

#include <stdlib.h>

#include "base/lang.h"
#include "base/table.h"

const char *
ranking_number(bool has, int64_t hundredths, char out[40])
{
	if (!has)
		return "-";
	return scaled_text(hundredths, 2, out);
}

static int
by_total(const void *a, const void *b)
{
	const standing *x = a, *y = b;

	if (x->score.has_total != y->score.has_total)
		return x->score.has_total ? -1 : 1;
	if (x->score.total != y->score.total)
		return x->score.total > y->score.total ? -1 : 1;
	return (x->unit > y->unit) - (x->unit < y->unit);
}

size_t
ranking_of(const replica *r, const plan_rank_group *g, period at, standing *list)
{
	size_t n = 0, i;
	uint32_t unit;

	for (unit = 0; unit < r->plan->n_units; unit++)
		if (g->members[unit] && plan_unit_alive(r->plan, unit, at)) {
			list[n].unit = unit;
			score_of(&r->all, unit, at, r->now_us, &list[n].score);
			n++;
		}
	if (n > 1)
		qsort(list, n, sizeof(*list), by_total);
	for (i = 0; i < n; i++)
		list[i].rank = !list[i].score.has_total ? 0
			       : i > 0 && list[i].score.total == list[i - 1].score.total
				       ? list[i - 1].rank
				       : (unsigned)i + 1;
	return n;
}

json_t *
ranking_json(const replica *r, const standing *st)
{
	json_t *out = json_object();
	char text[40];
	unsigned i;

	json_set_text(out, "unit", r->plan->units[st->unit].id);
	json_set_text(out, "name", r->plan->units[st->unit].name);
	if (st->rank != 0)
		json_set_number(out, "rank", st->rank);
	else
		json_set(out, "rank", json_null());
	json_set_number(out, "expected", st->score.expected);
	for (i = 0; i < SCORE_PARTS; i++)
		json_set_text(out, score_part_name((score_part)i),
			st->score.has[i] ? ranking_number(true, st->score.part[i], text) : NULL);
	json_set_text(out, "adjustment", scaled_text(st->score.points, 2, text));
	json_set_text(out, "total",
		st->score.has_total ? ranking_number(true, st->score.total, text) : NULL);
	return out;
}

static void
add_standing(table *t, const replica *r, const standing *st)
{
	char text[40];
	unsigned i;

	if (st->rank == 0)
		table_text(t, "-");
	else
		table_addf(t, "%u", st->rank);
	table_text(t, r->plan->units[st->unit].name);
	table_addf(t, "%u", st->score.expected);
	for (i = 0; i < SCORE_PARTS; i++)
		table_text(t, ranking_number(st->score.has[i], st->score.part[i], text));
	table_text(t, ranking_number(st->score.points != 0, st->score.points, text));
	table_text(t, ranking_number(st->score.has_total, st->score.total, text));
}

ms_status
ranking_print(const replica *r, const plan_rank_group *g, const standing *list, size_t n,
	unsigned screen, buf *out)
{
	static const table_column columns[] = {
		{ TR("名次"), TABLE_RIGHT },
		{ TR("单位"), TABLE_LEFT },
		{ TR("应报"), TABLE_RIGHT },
		{ TR("及时"), TABLE_RIGHT },
		{ TR("完整"), TABLE_RIGHT },
		{ TR("目标"), TABLE_RIGHT },
		{ TR("质量"), TABLE_RIGHT },
		{ TR("调整"), TABLE_RIGHT },
		{ TR("总分"), TABLE_RIGHT },
	};
	table t = { 0 };
	ms_status s;
	size_t i;

	buf_addf(out, "\n%s\n", g->name);
	t.screen = screen;
	table_begin(&t, TABLE_COLUMNS(columns));
	for (i = 0; i < n; i++)
		add_standing(&t, r, &list[i]);
	s = table_write(&t, out);
	table_fini(&t);
	return s;
}
