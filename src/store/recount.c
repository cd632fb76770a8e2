/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recount.c - two passes: the log tells each slot's newest revision and first arrival; the live
 * reports found there are read once more and added up from scratch.
 */
#include "store/recount.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/acts.h"
#include "plan/figure.h"
#include "store/keymap.h"
#include "store/ledger.h"
#include "store/log.h"

/* What the log says of a slot. */
typedef struct counted {
	slot_at at;
	uint32_t newest, stored;
	bool live;
	record_place place; /* of the newest */
	int64_t first_us;
	value *values; /* of the live report; NULL when none */
	struct counted *next;
} counted;

/* Where a device's stream stands. */
typedef struct stream {
	device_id device;
	uint64_t next_seq;
	struct stream *next;
} stream;

typedef struct recounting {
	const plan *plan;
	arena memory;  /* kept to the end */
	arena scratch; /* per leaf */
	keymap slots;
	counted *list;
	stream *streams;
	recount_result *out;
} recounting;

static void
differs(recounting *rc, uint64_t *counter, const char *what, uint32_t item, const char *unit,
	period at)
{
	char name[PERIOD_NAME_SIZE];

	if (rc->out->first[0] == '\0')
		snprintf(rc->out->first, sizeof(rc->out->first), "%s: item %s %s %s", what,
			rc->plan->items[item].id, unit, period_name(at, name));
	++*counter;
}

static uint64_t
number_of(const plan *p, slot_at at)
{
	return ((uint64_t)at.item * p->n_units + at.unit) << 32 | period_code(at.period);
}

static counted *
counted_at(recounting *rc, slot_at at)
{
	uint64_t number = number_of(rc->plan, at);
	counted *c = keymap_get(&rc->slots, number);

	if (c != NULL)
		return c;
	c = arena_zalloc(&rc->memory, sizeof(*c));
	if (c == NULL || keymap_add(&rc->slots, number, c) != MS_OK)
		return NULL;
	c->at = at;
	c->first_us = INT64_MAX;
	c->next = rc->list;
	rc->list = c;
	return c;
}

static bool
place_of(const plan *p, const act *a, slot_at *at)
{
	int item = plan_find_item(p, a->item), unit = plan_find_unit(p, a->unit);

	if (item < 0 || unit < 0 || !period_parse(a->period, &at->period))
		return false;
	at->item = (uint32_t)item;
	at->unit = (uint32_t)unit;
	return true;
}

static ms_status
count_act(recounting *rc, span bytes, record_place place, int64_t hub_time_us)
{
	counted *c;
	slot_at at;
	act a;

	if (act_decode(bytes, &rc->scratch, &a) != MS_OK)
		return MS_NO_MEMORY;
	if (a.malformed || (a.kind != ACT_REPORT && a.kind != ACT_RETRACTION) ||
		!place_of(rc->plan, &a, &at))
		return MS_OK;
	c = counted_at(rc, at);
	if (c == NULL)
		return MS_NO_MEMORY;
	c->stored++;
	rc->out->stored++;
	if (a.kind == ACT_REPORT && hub_time_us < c->first_us)
		c->first_us = hub_time_us;
	if (a.revision > c->newest) {
		c->newest = a.revision;
		c->live = a.kind == ACT_REPORT;
		c->place = place;
	}
	return MS_OK;
}

static ms_status
count_stream(recounting *rc, const batch_header *h)
{
	stream *s = rc->streams;

	while (s != NULL && memcmp(&s->device, &h->device, sizeof(s->device)) != 0)
		s = s->next;
	if (s == NULL) {
		s = arena_zalloc(&rc->memory, sizeof(*s));
		if (s == NULL)
			return MS_NO_MEMORY;
		s->device = h->device;
		s->next_seq = 1;
		s->next = rc->streams;
		rc->streams = s;
	}
	if (h->first_seq > s->next_seq)
		rc->out->missing += h->first_seq - s->next_seq;
	if (h->first_seq < s->next_seq)
		rc->out->doubled += s->next_seq - h->first_seq < h->count
					    ? s->next_seq - h->first_seq
					    : h->count;
	s->next_seq = h->first_seq + h->count;
	return MS_OK;
}

static ms_status
count_leaf(recounting *rc, store_txn *txn, uint64_t leaf, recount_watch *watch)
{
	log_record r;
	batch_header h;
	span acts[BATCH_ACTS_MAX];
	ms_status s;
	uint16_t i;

	if (!log_read(txn, leaf, &r) || !batch_header_read(r.header, &h))
		return store_ok(txn) ? MS_CORRUPT : txn->error.status;
	s = count_stream(rc, &h);
	if (watch != NULL && watch->leaf != NULL)
		watch->leaf(watch->ctx, leaf, &h.device, h.first_seq, r.count);
	log_acts(&r, acts);
	rc->out->leaves++;
	rc->out->acts += r.count;
	for (i = 0; i < r.count && s == MS_OK; i++)
		if (verdict_is_stored((verdict)r.verdicts.at[i]))
			s = count_act(rc, acts[i], (record_place){ .leaf = leaf, .at = i },
				r.hub_time_us);
	arena_reset(&rc->scratch);
	return s;
}

/* The values of every live report, read again from the record that holds it. */
static ms_status
read_values(recounting *rc, store_txn *txn)
{
	counted *c;

	for (c = rc->list; c != NULL; c = c->next) {
		const plan_item *it = &rc->plan->items[c->at.item];
		log_record r;
		uint32_t i;
		act a;

		if (!c->live)
			continue;
		if (!log_read(txn, c->place.leaf, &r))
			return txn->error.status;
		c->values = arena_zalloc(&rc->memory, (it->n_indicators + 1) * sizeof(*c->values));
		if (c->values == NULL ||
			act_decode(log_act(&r, c->place.at), &rc->scratch, &a) != MS_OK)
			return MS_NO_MEMORY;
		for (i = 0; i < it->n_indicators; i++)
			if (value_of_report(&rc->plan->indicators[it->first_indicator + i],
				    &a.u.report, &rc->memory, &c->values[i]) != MS_OK)
				return MS_NO_MEMORY;
		arena_reset(&rc->scratch);
	}
	return MS_OK;
}

static bool
same_figure(const figure *a, const figure *b)
{
	return a->num == b->num && a->den == b->den && a->units == b->units && a->stale == b->stale;
}

/* One figure from every unit's values in the sub-periods of AT. */
static ms_status
recount_figure(recounting *rc, uint32_t item, uint32_t k, period at, figure *out)
{
	const plan_item *it = &rc->plan->items[item];
	const plan_indicator *in = &rc->plan->indicators[it->first_indicator + k];
	share *shares = arena_zalloc(&rc->scratch, (rc->plan->n_units + 1) * sizeof(*shares));
	period first;
	unsigned n = period_split(at, it->kind, &first), i;
	uint32_t unit;

	if (shares == NULL)
		return MS_NO_MEMORY;
	for (unit = 0; unit < rc->plan->n_units; unit++) {
		const value *series[12];
		period p = first;

		for (i = 0; i < n; i++, p = period_next(p)) {
			const counted *c = keymap_get(&rc->slots,
				number_of(rc->plan,
					(slot_at){ .item = item, .unit = unit, .period = p }));

			series[i] = c == NULL || c->values == NULL ? NULL : &c->values[k];
		}
		shares[unit] = share_of(in, series, n);
	}
	return figure_recount(in, shares, rc->plan->n_units, &rc->scratch, out);
}

static ms_status
compare_rollup(recounting *rc, store_txn *txn, uint32_t item, period at, uint32_t actual,
	uint32_t on_time, ms_error *err)
{
	const plan_item *it = &rc->plan->items[item];
	rollup stored;
	ms_status s = rollup_read(txn, rc->plan, item, at, &rc->scratch, &stored, err);
	bool same = s == MS_OK && stored.actual == actual && stored.on_time == on_time;
	uint32_t k;

	if (s == MS_OK && !same)
		differs(rc, &rc->out->rollup_mismatch, "reported counts", item, "", at);
	for (k = 0; k < it->n_indicators && s == MS_OK; k++) {
		figure counted_anew;

		s = recount_figure(rc, item, k, at, &counted_anew);
		if (s == MS_OK && !same_figure(&counted_anew, &stored.figures[k]))
			differs(rc, &rc->out->rollup_mismatch,
				rc->plan->indicators[it->first_indicator + k].id, item, "", at);
	}
	arena_reset(&rc->scratch);
	return s;
}

static void
count_reported(recounting *rc, uint32_t item, period at, uint32_t *actual, uint32_t *on_time)
{
	int64_t deadline = plan_deadline_us(rc->plan, item, at);
	const counted *c;

	*actual = *on_time = 0;
	for (c = rc->list; c != NULL; c = c->next)
		if (c->at.item == item && period_equal(c->at.period, at) && c->live &&
			plan_expects(rc->plan, item, c->at.unit, at)) {
			++*actual;
			*on_time += c->first_us < deadline;
		}
}

static ms_status
compare_item(recounting *rc, store_txn *txn, uint32_t item, ms_error *err)
{
	period at, wide, last = { 0 };
	uint32_t actual, on_time;
	ms_status s = MS_OK;
	unsigned n, kind;

	for (n = 0; s == MS_OK && plan_item_period(rc->plan, item, n, &at); n++) {
		count_reported(rc, item, at, &actual, &on_time);
		s = compare_rollup(rc, txn, item, at, actual, on_time, err);
		for (kind = (unsigned)at.kind + 1; kind <= PERIOD_YEAR && s == MS_OK; kind++) {
			wide = period_widen(at, (period_kind)kind);
			if (n == 0 || !period_equal(wide, period_widen(last, (period_kind)kind)))
				s = compare_rollup(rc, txn, item, wide, 0, 0, err);
		}
		last = at;
	}
	return s;
}

static ms_status
compare_slots(recounting *rc, store_txn *txn, ms_error *err)
{
	const counted *c;
	ms_status s = MS_OK;

	for (c = rc->list; c != NULL && s == MS_OK; c = c->next) {
		slot stored;

		s = slot_read(txn, rc->plan, c->at, &rc->scratch, &stored, NULL, err);
		if (s == MS_OK &&
			(slot_newest(&stored) != c->newest || stored.stored != c->stored ||
				stored.first_us != c->first_us || slot_live(&stored) != c->live))
			differs(rc, &rc->out->slot_mismatch, "slot", c->at.item,
				rc->plan->units[c->at.unit].id, c->at.period);
		arena_reset(&rc->scratch);
	}
	return s;
}

/* The log's size and the rows compared with it are of one transaction; leaves appended later are
 * not looked at. */
static ms_status
recount_within(recounting *rc, store_txn *txn, recount_watch *watch, ms_error *err)
{
	log_state state;
	uint64_t leaf;
	uint32_t item;
	ms_status s;

	log_state_load(txn, &state);
	s = store_status(txn, err);
	for (leaf = 0; leaf < state.tree.size && s == MS_OK; leaf++)
		s = count_leaf(rc, txn, leaf, watch);
	if (s == MS_OK)
		s = read_values(rc, txn);
	if (s == MS_OK)
		s = compare_slots(rc, txn, err);
	for (item = 0; item < rc->plan->n_items && s == MS_OK; item++)
		s = compare_item(rc, txn, item, err);
	if (s != MS_OK && !store_ok(txn))
		store_status(txn, err);
	return s == MS_OK ? s
			  : ms_fail(err, s, MST_STORE_CORRUPT,
				    "the recount stopped: the log cannot be read");
}

ms_status
recount(store *db, const plan *p, recount_watch *watch, recount_result *out, ms_error *err)
{
	recounting rc = { .plan = p, .out = out };
	store_txn txn;
	ms_status s;

	*out = (recount_result){ 0 };
	store_begin(db, &txn, STORE_READ);
	s = recount_within(&rc, &txn, watch, err);
	store_abort(&txn);
	keymap_fini(&rc.slots);
	arena_fini(&rc.scratch);
	arena_fini(&rc.memory);
	return s;
}
