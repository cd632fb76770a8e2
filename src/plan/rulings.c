/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/rulings.h"

#include <stdlib.h>
#include <string.h>

ruling
ruling_of(const slot_case *c, record_place place)
{
	return (ruling){ .kind = c->a->kind,
		.at = c->at,
		.by = c->by,
		.now_us = c->now_us,
		.days = c->a->u.steer.days,
		.points = c->a->u.steer.points,
		.place = place };
}

void
rulings_init(rulings *r, const plan *p)
{
	*r = (rulings){ .p = p };
}

void
rulings_fini(rulings *r)
{
	free(r->list);
	*r = (rulings){ .p = r->p };
}

static int64_t
magnitude(int64_t v)
{
	return v < 0 ? -v : v;
}

verdict
rulings_judge(const rulings *r, const act *a, slot_at at)
{
	int64_t sum = magnitude(a->u.steer.points);
	size_t i;

	if (a->kind != ACT_ADJUSTMENT)
		return VERDICT_STORED;
	for (i = 0; i < r->n; i++) {
		const ruling *x = &r->list[i];

		if (x->kind == ACT_ADJUSTMENT && x->at.unit == at.unit &&
			period_equal(x->at.period, at.period))
			sum += magnitude(x->points);
	}
	return sum > plan_at(r->p, at.period)->score.adjust_max ? VERDICT_REFUSED_VALUE
								: VERDICT_STORED;
}

static bool
is_assignment(const ruling *x)
{
	return x->kind == ACT_ASSIGN || x->kind == ACT_UNASSIGN;
}

/* Of assignments that name the same, the last one counts: a lead that goes back and forth costs no
 * more than one that does not. */
static void
drop_superseded(rulings *r, const ruling *x)
{
	size_t i = 0;

	while (i < r->n && !(is_assignment(&r->list[i]) && r->list[i].at.item == x->at.item &&
				   r->list[i].at.unit == x->at.unit &&
				   period_equal(r->list[i].at.period, x->at.period)))
		i++;
	if (i == r->n)
		return;
	r->n--;
	memmove(&r->list[i], &r->list[i + 1], (r->n - i) * sizeof(*r->list));
}

ms_status
rulings_take(rulings *r, const ruling *x)
{
	if (is_assignment(x))
		drop_superseded(r, x);
	if (r->n == r->room) {
		size_t room = r->room == 0 ? 16 : 2 * r->room;
		ruling *list = realloc(r->list, room * sizeof(*list));

		if (list == NULL)
			return MS_NO_MEMORY;
		r->list = list;
		r->room = room;
	}
	r->list[r->n++] = *x;
	return MS_OK;
}

static bool
is_assigned(const rulings *r, slot_at at)
{
	bool assigned = false;
	size_t i;

	for (i = 0; i < r->n; i++) {
		const ruling *x = &r->list[i];

		if (is_assignment(x) && x->at.item == at.item && x->at.unit == at.unit &&
			period_first_day(x->at.period) <= period_first_day(at.period))
			assigned = x->kind == ACT_ASSIGN;
	}
	return assigned && plan_takes_part(r->p, at.item, at.unit, at.period);
}

bool
rulings_owes(const rulings *r, slot_at at)
{
	return plan_expects(r->p, at.item, at.unit, at.period) || (r->n > 0 && is_assigned(r, at));
}

bool
ruling_covers(const plan *p, const ruling *x, slot_at at)
{
	return x->kind == ACT_EXTENSION_GRANT && at.unit != x->by &&
	       (x->at.item == AT_ALL || x->at.item == at.item) &&
	       (x->at.unit == AT_ALL || x->at.unit == at.unit) &&
	       (x->at.period.kind == PERIOD_NONE || period_equal(x->at.period, at.period)) &&
	       x->now_us >= plan_begin_us(p, at.period);
}

void
rulings_begin(const rulings *r, slot_at at, slot *s)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (ruling_covers(r->p, &r->list[i], at))
			slot_cover(r->p, s, at, r->list[i].days, r->list[i].now_us);
}

int64_t
rulings_points(const rulings *r, uint32_t unit, period at)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->list[i].kind == ACT_ADJUSTMENT && r->list[i].at.unit == unit &&
			period_within(r->list[i].at.period, at))
			sum += r->list[i].points;
	return sum;
}
