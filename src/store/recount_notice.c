/* SPDX-License-Identifier: Apache-2.0 */
#include "store/recount_notice.h"

#include <stdlib.h>

void
notice_count_begin(notice_count *c, int64_t founded_us)
{
	*c = (notice_count){ .counted_us = founded_us, .seen_us = INT64_MIN };
}

void
notice_count_fini(notice_count *c)
{
	free(c->list);
	*c = (notice_count){ 0 };
}

static void
add(notice_count *c, slot_at at, int64_t us)
{
	if (c->n == c->room) {
		size_t room = c->room == 0 ? 64 : 2 * c->room;
		single_instant *list = realloc(c->list, room * sizeof(*list));

		c->no_memory |= list == NULL;
		if (list == NULL)
			return;
		c->list = list;
		c->room = room;
	}
	c->list[c->n++] = (single_instant){ .us = us, .at = at };
}

void
notice_count_slot(notice_count *c, const slots *all, slot_at at)
{
	int64_t of[NOTICE_INSTANTS];
	unsigned n = notice_own_instants(all->p, all->get(all->ctx, at, NULL), at, of), i;

	for (i = 0; i < n; i++)
		if (of[i] > c->counted_us)
			add(c, at, of[i]);
}

void
notice_count_all(notice_count *c, const slots *all)
{
	slot_at at;
	unsigned n;

	for (at.item = 0; at.item < all->p->n_items; at.item++)
		for (at.unit = 0; at.unit < all->p->n_units; at.unit++)
			for (n = 0; plan_item_period(all->p, at.item, n, &at.period); n++)
				if (plan_has_period(all->p, at.item, at.period))
					notice_count_slot(c, all, at);
}

static int64_t
next_instant(const notice_count *c, const plan *p)
{
	int64_t next = notice_next_of_plan(p, c->counted_us);
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->list[i].us > c->counted_us && c->list[i].us < next)
			next = c->list[i].us;
	return next;
}

static bool
count_one(void *ctx, const notice *n)
{
	(void)n;
	++*(uint64_t *)ctx;
	return true;
}

static int
by_instant_and_slot(const void *a, const void *b)
{
	const single_instant *x = a, *y = b;

	if (x->us != y->us)
		return x->us < y->us ? -1 : 1;
	return memcmp(&x->at, &y->at, sizeof(x->at));
}

/* Those of single slots at T: each slot once. */
static uint64_t
count_singles(notice_count *c, const slots *all, int64_t t_us)
{
	uint64_t expected = 0;
	notice found;
	size_t i;

	if (c->n > 1)
		qsort(c->list, c->n, sizeof(*c->list), by_instant_and_slot);
	for (i = 0; i < c->n; i++) {
		slot_at at = c->list[i].at;

		if (c->list[i].us != t_us ||
			(i > 0 && by_instant_and_slot(&c->list[i - 1], &c->list[i]) == 0) ||
			!plan_has_period(all->p, at.item, at.period) ||
			notice_is_of_plan(all->p, at.item, at.period, t_us) ||
			!rulings_owes(all->rulings, at))
			continue;
		expected += notice_at(all->p, all->get(all->ctx, at, NULL), at, true, t_us, &found);
	}
	return expected;
}

/* Instants that were compared are not needed any more. */
static void
forget_past(notice_count *c)
{
	size_t i, kept = 0;

	for (i = 0; i < c->n; i++)
		if (c->list[i].us > c->counted_us)
			c->list[kept++] = c->list[i];
	c->n = kept;
}

void
notice_count_until(notice_count *c, const slots *all, int64_t us)
{
	int64_t next;

	while ((next = next_instant(c, all->p)) <= us) {
		uint64_t expected = count_singles(c, all, next);

		notice_walk(all, next, count_one, &expected);
		if (expected != (c->seen_us == next ? c->seen : 0))
			c->mismatch++;
		c->counted_us = next;
	}
	if (c->counted_us < us)
		c->counted_us = us;
	forget_past(c);
}

void
notice_count_seen(notice_count *c, const slots *all, const notice *n)
{
	bool owed = rulings_owes(all->rulings, n->at);
	notice found;

	if (n->at_us <= c->counted_us) { /* too late, or stated before */
		c->mismatch++;
		return;
	}
	if (n->at_us != c->seen_us) {
		notice_count_until(c, all, n->at_us - 1);
		c->seen_us = n->at_us;
		c->seen = 0;
	}
	c->seen++;
	if (!notice_at(all->p, all->get(all->ctx, n->at, NULL), n->at, owed, n->at_us, &found) ||
		found.level != n->level)
		c->mismatch++;
}
