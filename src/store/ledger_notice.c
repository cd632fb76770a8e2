/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger_notice.c - lights that pass by time alone, as acts of the hub (plan/notice.h): the plan's
 * instants, and those of single slots, which have rows (due_rows.h).
 */
#include <string.h>

#include "plan/notice.h"
#include "store/due_rows.h"
#include "store/ledger_parts.h"
#include "store/ruling_rows.h"

/* Notices of one instant on their way into leaves. */
typedef struct telling {
	ledger *l;
	store_txn *txn;
	log_state *log;
	const hub_keys *keys; /* NULL: it is only asked whether there are any */
	int64_t now_us;
	bool any;
	act acts[BATCH_ACTS_MAX];
	slot_at at[BATCH_ACTS_MAX];
	char periods[BATCH_ACTS_MAX][PERIOD_NAME_SIZE];
	uint16_t n;
} telling;

/* The slot held or stored, until the next call; as new after a failure, which the ledger's TXN
 * holds. CTX: a ledger whose TXN is set. */
static const slot *
slot_of(void *ctx, slot_at at, slot_values *values)
{
	ledger *l = ctx;
	slot_entry *e = slot_cache_find(&l->slots, at);
	ms_error ignored = { 0 };

	if (values != NULL)
		*values = (slot_values){ 0 };
	if (e != NULL)
		return &e->slot;
	slot_init(&l->looked);
	arena_reset(&l->looked_memory);
	if (store_ok(l->txn) && slot_read(l->txn, &l->rulings, at, &l->looked_memory, &l->looked,
					NULL, &ignored) != MS_OK)
		store_fail(l->txn, ignored.status, ignored.code, "%s", ignored.text);
	return &l->looked;
}

/* ---- instants of single slots ---- */

void
ledger_note_due(ledger *l, store_txn *txn, const slot *s, slot_at at, int64_t now_us)
{
	int64_t of[NOTICE_INSTANTS];
	unsigned n = notice_own_instants(l->plan, s, at, of), i;

	for (i = 0; i < n; i++) {
		if (of[i] <= now_us)
			continue;
		due_put(txn, l->plan, at, of[i]);
		if (of[i] < l->next_notice_us)
			l->next_notice_us = of[i];
	}
}

void
ledger_note_covered(ledger *l, store_txn *txn, const ruling *x, int64_t now_us)
{
	store_txn *before = l->txn;
	slot_at at;
	unsigned n;

	l->txn = txn;
	for (at.unit = 0; at.unit < l->plan->n_units; at.unit++)
		for (at.item = 0; at.item < l->plan->n_items; at.item++)
			for (n = 0;
				store_ok(txn) && plan_item_period(l->plan, at.item, n, &at.period);
				n++)
				if (ruling_covers(l->plan, x, at) &&
					plan_takes_part(l->plan, at.item, at.unit, at.period))
					ledger_note_due(l, txn, slot_of(l, at, NULL), at, now_us);
	l->txn = before;
}

/* ---- leaves ---- */

static void
append_leaf(telling *t)
{
	ledger_batch b = {
		.acts = t->acts, .count = t->n, .unit = PLAN_NO_UNIT, .hub_time_us = t->now_us
	};
	ms_error err = { 0 };

	if (t->n == 0 || !store_ok(t->txn))
		return;
	t->any = true;
	if (t->keys == NULL) {
		t->n = 0;
		return;
	}
	if (hub_stream_state(t->txn, t->log, t->keys, t->acts, t->n, t->now_us, &b.leaf, &err) !=
		MS_OK) {
		store_fail(t->txn, err.status, err.code, "%s", err.text);
		return;
	}
	memset(b.verdicts, VERDICT_STORED, t->n);
	memcpy(t->l->at, t->at, t->n * sizeof(*t->at));
	ledger_route(t->l, t->txn, &b);
	t->n = 0;
}

static bool
tell(void *ctx, const notice *n)
{
	telling *t = ctx;
	const plan *p = t->l->plan;

	t->at[t->n] = n->at;
	t->acts[t->n] = (act){ .kind = ACT_HUB_NOTICE,
		.plan = span_str(p->id),
		.plan_version = span_of(p->version.at, HASH_SIZE),
		.item = span_str(p->items[n->at.item].id),
		.unit = span_str(p->units[n->at.unit].id),
		.period = span_str(period_name(n->at.period, t->periods[t->n])) };
	t->acts[t->n].u.notice = (hub_notice){ .level = n->level, .at_us = n->at_us };
	if (++t->n == BATCH_ACTS_MAX)
		append_leaf(t);
	return store_ok(t->txn);
}

static void
tell_single(telling *t, int64_t t_us)
{
	ledger *l = t->l;
	int64_t us;
	slot_at at;
	bool known;
	notice n;

	while (due_first(t->txn) <= t_us && due_take(t->txn, l->plan, &at, &us, &known)) {
		if (!known || us != t_us || notice_is_of_plan(l->plan, at.item, at.period, t_us) ||
			!rulings_owes(&l->rulings, at))
			continue;
		if (notice_at(l->plan, slot_of(l, at, NULL), at, true, t_us, &n))
			tell(t, &n);
	}
}

/* The next instant after AFTER at which a light may pass; INT64_MAX: none. */
static int64_t
notice_next(store_txn *txn, const plan *p, int64_t after_us)
{
	int64_t plan_us = notice_next_of_plan(p, after_us), own_us = due_first(txn);

	return own_us < plan_us ? own_us : plan_us;
}

int64_t
ledger_next_notice(ledger *l, store_txn *txn, const log_state *log)
{
	if (l->next_notice_us == INT64_MIN)
		l->next_notice_us = notice_next(txn, l->plan, log->noticed_us);
	return l->next_notice_us;
}

int64_t
ledger_due(store_txn *txn, const plan *p, const log_state *log)
{
	int64_t notice_us = notice_next(txn, p, log->noticed_us), feeds_us = feeds_due(txn);

	return feeds_us < notice_us ? feeds_us : notice_us;
}

/* Tell what passed until then. Returns whether that was anything. */
static bool
tell_until(ledger *l, store_txn *txn, log_state *log, const hub_keys *keys, int64_t until_us)
{
	slots all = { .p = l->plan, .rulings = &l->rulings, .ctx = l, .get = slot_of };
	telling *t;
	int64_t next;
	bool any;

	ledger_need_rulings(l, txn);
	l->txn = txn;
	t = arena_zalloc(&l->scratch, sizeof(*t));
	if (t == NULL)
		return store_no_memory(txn);
	*t = (telling){ .l = l, .txn = txn, .log = log, .keys = keys, .now_us = until_us };
	while (store_ok(txn) && (next = notice_next(txn, l->plan, log->noticed_us)) <= until_us) {
		notice_walk(&all, next, tell, t);
		tell_single(t, next);
		append_leaf(t);
		log->noticed_us = next;
	}
	log->noticed_us = until_us;
	l->next_notice_us = INT64_MIN;
	l->txn = NULL;
	any = t->any;
	arena_reset(&l->scratch);
	return any;
}

bool
ledger_notice(ledger *l, store_txn *txn, log_state *log, const hub_keys *keys, int64_t until_us)
{
	if (until_us <= log->noticed_us)
		return store_ok(txn);
	if (ledger_next_notice(l, txn, log) > until_us)
		log->noticed_us = until_us;
	else
		tell_until(l, txn, log, keys, until_us);
	return store_ok(txn);
}

bool
ledger_owes_notice(ledger *l, store_txn *txn, const log_state *log, int64_t until_us)
{
	log_state then = *log;

	due_forget(txn, log->noticed_us);
	return (until_us > log->noticed_us && tell_until(l, txn, &then, NULL, until_us)) ||
	       !store_ok(txn);
}
