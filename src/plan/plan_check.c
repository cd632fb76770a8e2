/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_check.c - what can be judged only when the whole plan is there: periods without a slot,
 * deadlines that fall badly, units and groups without a purpose.
 */
#include "plan/plan_read.h"

#include <stdio.h>

#include "base/clock.h"

/* Fewer working days than this are worth a warning. */
enum { NOTICE_MIN_DAYS = 5 };

static int
working_days(const plan *p, int32_t after, int32_t until)
{
	int n = 0;

	/* Beyond the first dozens the answer cannot change. */
	for (int32_t day = after; day <= until && n < NOTICE_MIN_DAYS; day++)
		n += plan_working_day(p, day) ? 1 : 0;
	return n;
}

static void
check_deadlines(loader *l, uint32_t item, unsigned line)
{
	const plan *p = l->p;
	period at;

	for (unsigned n = 0; plan_item_period(p, item, n, &at); n++) {
		int32_t due = plan_due_day(p, item, at);
		int notice = working_days(p, period_end_day(at), due);
		char name[PERIOD_NAME_SIZE], day[16];

		if (!plan_working_day(p, due))
			note_warning(l, line, MST_PLAN_DAY_OFF,
				"the deadline of %s falls on a day off, %s", period_name(at, name),
				date_format(due, day));
		if (notice < NOTICE_MIN_DAYS)
			note_warning(l, line, MST_PLAN_SHORT_NOTICE,
				"the deadline of %s, %s, leaves %d working days, fewer than %d",
				period_name(at, name), date_format(due, day), notice,
				NOTICE_MIN_DAYS);
	}
}

/* Items with the same cadence share their deadlines: the first of them is warned about. */
static bool
checked_before(const plan *p, uint32_t item)
{
	for (uint32_t i = 0; i < item; i++)
		if (p->items[i].kind == p->items[item].kind &&
			p->items[i].due_days == p->items[item].due_days)
			return true;
	return false;
}

static void
check_item(loader *l, const conf_section *root, const conf_section *s, uint32_t item)
{
	const conf_section *defaults = next_section(root, "defaults", NULL);
	unsigned line = s->line;
	period at;

	if (!plan_item_period(l->p, item, 0, &at))
		note_mistake(l, s->line, MST_PLAN_RANGE,
			"no period of item \"%s\" lies wholly inside the plan",
			l->p->items[item].id);
	if (checked_before(l->p, item))
		return;
	if (read_is_set(s, "due_days"))
		line = read_line(s, "due_days");
	else if (defaults != NULL && read_is_set(defaults, "due_days"))
		line = read_line(defaults, "due_days");
	check_deadlines(l, item, line);
}

void
check_whole(loader *l, const conf_section *root)
{
	const conf_section *s = NULL;
	const plan *p = l->p;

	if (l->frame != NULL)
		return; /* it was checked alone */
	for (uint32_t item = 0; item < p->n_items && (s = next_section(root, "item", s)) != NULL;
		item++)
		check_item(l, root, s, item);
	for (uint32_t u = 0; p->n_items > 0 && u < p->n_units; u++)
		if (!l->unit_used[u] && !l->any_unsure)
			note_warning(l, l->unit_lines[u], MST_PLAN_UNUSED,
				"unit \"%s\" has no role in any item", p->units[u].id);
	s = NULL;
	for (uint32_t g = 0; g < p->n_groups && (s = next_section(root, "group", s)) != NULL; g++)
		if (!l->group_used[g])
			note_warning(l, s->line, MST_PLAN_UNUSED, "group \"%s\" is not used",
				p->groups[g].id);
}
