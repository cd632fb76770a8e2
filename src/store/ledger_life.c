/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_life.c - a ledger is made, begins a turn, tells what the last one changed, and forgets. */
#include <stdlib.h>

#include "store/ledger_parts.h"
#include "store/ruling_rows.h"

static uint32_t
add_candidate(uint32_t *list, uint32_t n, uint32_t unit)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (list[i] == unit)
			return n;
	list[n] = unit;
	return n + 1;
}

/* Units that may see all units' acts on ITEM: those that lead it in any version of the plan, then
 * the observers that do not. Which of them do at the moment, plan/route.c says. */
static void
collect_candidates(ledger *l, uint32_t item)
{
	uint32_t *list = l->candidates + (size_t)item * l->candidates_max;
	uint32_t n = 0, unit;
	const plan *v;
	size_t i;

	for (v = l->plan; v != NULL; v = v->earlier)
		for (i = 0; i < v->items[item].n_leads; i++)
			n = add_candidate(list, n, v->items[item].leads[i]);
	for (v = l->plan; v != NULL; v = v->earlier)
		for (unit = 0; unit < v->n_units; unit++)
			if (v->observers[unit])
				n = add_candidate(list, n, unit);
	l->n_candidates[item] = n;
}

static uint32_t
most_candidates(const plan *p)
{
	uint32_t most = 0, leads, i;

	for (; p != NULL; p = p->earlier) {
		leads = 0;
		for (i = 0; i < p->n_units; i++)
			most += p->observers[i];
		for (i = 0; i < p->n_items; i++)
			if (p->items[i].n_leads > leads)
				leads = (uint32_t)p->items[i].n_leads;
		most += leads;
	}
	return most;
}

ledger *
ledger_new(const plan *p, size_t slots_max)
{
	ledger *l = calloc(1, sizeof(*l));
	uint32_t item;

	if (l == NULL)
		return NULL;
	l->plan = p;
	l->slots_max = slots_max == 0 ? 50000 : slots_max;
	l->candidates_max = most_candidates(p);
	l->next_notice_us = INT64_MIN;
	l->state_us = INT64_MIN;
	l->unstated = true;
	l->readers = calloc(p->n_units + 1, sizeof(*l->readers));
	l->touched = calloc(p->n_units + 1, sizeof(*l->touched));
	l->candidates = calloc((size_t)p->n_items * l->candidates_max + 1, sizeof(*l->candidates));
	l->n_candidates = calloc(p->n_items + 1, sizeof(*l->n_candidates));
	l->at = calloc(BATCH_ACTS_MAX, sizeof(*l->at));
	l->grown = calloc(p->n_units + 1, sizeof(*l->grown));
	l->is_grown = calloc(p->n_units + 1, sizeof(*l->is_grown));
	rulings_init(&l->rulings, p);
	slot_cache_init(&l->slots, &l->rulings);
	rollup_cache_init(&l->rollups, p);
	if (l->readers == NULL || l->touched == NULL || l->candidates == NULL ||
		l->n_candidates == NULL || l->at == NULL || l->grown == NULL ||
		l->is_grown == NULL) {
		ledger_free(l);
		return NULL;
	}
	for (item = 0; item < p->n_items; item++)
		collect_candidates(l, item);
	return l;
}

void
ledger_free(ledger *l)
{
	if (l == NULL)
		return;
	slot_cache_clear(&l->slots);
	rollup_cache_clear(&l->rollups);
	rulings_fini(&l->rulings);
	arena_fini(&l->slots.scratch);
	arena_fini(&l->slots.votes);
	buf_fini(&l->slots.row);
	arena_fini(&l->rollups.scratch);
	buf_fini(&l->rollups.row);
	arena_fini(&l->scratch);
	arena_fini(&l->looked_memory);
	free(l->readers);
	free(l->touched);
	free(l->candidates);
	free(l->n_candidates);
	free(l->at);
	free(l->grown);
	free(l->is_grown);
	free(l->moved);
	free(l);
}

void
ledger_need_rulings(ledger *l, store_txn *txn)
{
	if (l->has_rulings)
		return;
	rulings_fini(&l->rulings);
	ruling_rows_load(txn, &l->rulings);
	l->has_rulings = store_ok(txn);
}

static void
forget_changes(ledger *l)
{
	uint32_t i;

	for (i = 0; i < l->n_grown; i++)
		l->is_grown[l->grown[i]] = 0;
	l->n_grown = 0;
	l->n_moved = 0;
}

ledger_changes
ledger_look(const ledger *l)
{
	return (ledger_changes){ .units = l->grown,
		.n_units = l->n_grown,
		.rollups = l->moved,
		.n_rollups = l->n_moved };
}

void
ledger_discard(ledger *l)
{
	uint32_t i;

	forget_changes(l);
	l->has_rulings = false;
	l->next_notice_us = INT64_MIN;
	l->state_us = INT64_MIN;
	l->unstated = true; /* as far as is known */
	slot_cache_clear(&l->slots);
	rollup_cache_clear(&l->rollups);
	for (i = 0; i < l->plan->n_units; i++)
		l->readers[i] = (reader){ 0 };
}

void
ledger_settle(ledger *l)
{
	forget_changes(l);
	if (l->slots.index.used > l->slots_max) {
		slot_cache_clear(&l->slots);
		rollup_cache_clear(&l->rollups);
	}
}
