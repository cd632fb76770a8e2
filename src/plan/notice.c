/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/notice.h"

static const int64_t day_us = 86400 * INT64_C(1000000);

static notice_level
level_of(light l)
{
	switch (l) {
	case LIGHT_BLUE:
		return NOTICE_BLUE;
	case LIGHT_YELLOW:
		return NOTICE_YELLOW;
	case LIGHT_RED:
		return NOTICE_RED;
	case LIGHT_GREY:
	case LIGHT_GREEN:
		break;
	}
	return NOTICE_NONE;
}

bool
notice_moved_by(act_kind kind)
{
	return kind == ACT_EXTENSION_GRANT || kind == ACT_DECISION;
}

bool
notice_at(const plan *p, const slot *s, slot_at at, bool owed, int64_t t_us, notice *out)
{
	light now = slot_light(p, s, at, owed, t_us);

	*out = (notice){ .at = at, .level = level_of(now), .at_us = t_us };
	return out->level != NOTICE_NONE && now != slot_light(p, s, at, owed, t_us - 1);
}

/* Blue, yellow, red of a slot with this deadline. */
static void
instants_of(const plan *p, uint32_t item, period at, int64_t deadline_us, int64_t out[3])
{
	const plan_item *it = &plan_at(p, at)->items[item];

	out[0] = deadline_us - it->warn_days * day_us;
	out[1] = deadline_us;
	out[2] = deadline_us + it->red_days * day_us;
}

bool
notice_is_of_plan(const plan *p, uint32_t item, period at, int64_t t_us)
{
	int64_t of[3];

	instants_of(p, item, at, plan_deadline_us(p, item, at), of);
	return t_us == of[0] || t_us == of[1] || t_us == of[2];
}

unsigned
notice_own_instants(const plan *p, const slot *s, slot_at at, int64_t out[NOTICE_INSTANTS])
{
	bool is_returned = slot_live(s) && s->recent[0].outcome == OUTCOME_RETURNED;
	int64_t deadline_us = slot_deadline_us(p, s, at), of[NOTICE_INSTANTS];
	unsigned n = 0, i;

	if (s->granted_days == 0 && !is_returned)
		return 0;
	instants_of(p, at.item, at.period, deadline_us, of);
	of[3] = of[2];
	if (is_returned && s->returned_us > deadline_us)
		of[3] = s->returned_us + (of[2] - deadline_us);
	for (i = 0; i < NOTICE_INSTANTS; i++)
		if (!notice_is_of_plan(p, at.item, at.period, of[i]) &&
			(n == 0 || out[n - 1] != of[i]))
			out[n++] = of[i];
	return n;
}

int64_t
notice_next_of_plan(const plan *p, int64_t after_us)
{
	int64_t of[3], next = INT64_MAX;
	uint32_t item;
	unsigned n, i;
	period at;

	for (item = 0; item < p->n_items; item++)
		for (n = 0; plan_item_period(p, item, n, &at); n++) {
			if (!plan_has_period(p, item, at))
				continue;
			instants_of(p, item, at, plan_deadline_us(p, item, at), of);
			for (i = 0; i < 3; i++)
				if (of[i] > after_us && of[i] < next)
					next = of[i];
		}
	return next;
}

static bool
walk_slots(const slots *all, slot_at at, int64_t t_us, bool (*tell)(void *ctx, const notice *n),
	void *ctx)
{
	notice n;

	for (at.unit = 0; at.unit < all->p->n_units; at.unit++) {
		bool owed = rulings_owes(all->rulings, at);

		if (owed && notice_at(all->p, all->get(all->ctx, at, NULL), at, owed, t_us, &n) &&
			!tell(ctx, &n))
			return false;
	}
	return true;
}

void
notice_walk(const slots *all, int64_t t_us, bool (*tell)(void *ctx, const notice *n), void *ctx)
{
	slot_at at = { 0 };
	unsigned n;

	for (at.item = 0; at.item < all->p->n_items; at.item++)
		for (n = 0; plan_item_period(all->p, at.item, n, &at.period); n++)
			if (plan_has_period(all->p, at.item, at.period) &&
				notice_is_of_plan(all->p, at.item, at.period, t_us) &&
				!walk_slots(all, at, t_us, tell, ctx))
				return;
}
