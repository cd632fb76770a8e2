/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_city.h - a hub's ledger with a device for every unit, and random acts of theirs. */
#ifndef TESTS_MODEL_LEDGER_CITY_H
#define TESTS_MODEL_LEDGER_CITY_H

#include "tests/store/store_testing.h"

#include "codec/acts.h"
#include "store/hub_stream.h"
#include "store/ledger.h"
#include "store/plan_change.h"
#include "tests/plan/plan_testing.h"

typedef struct city {
	plan *p;
	store *db;
	hub_keys keys;
	log_state log;
	roster roster;
	ledger *ledger;
	device *devices; /* [p->n_units] */
	unsigned enrolled;
	sign_key key; /* one for all of them */
	uint64_t seed;
	int64_t now_us;
	arena memory;
} city;

/* ---- founding ---- */

/* A device of UNIT, which has none. */
static inline void
enrol_unit(city *c, store_txn *txn, uint32_t unit)
{
	device *d = &c->devices[unit];
	ms_error err = { 0 };

	*d = (device){ .next_seq = 1, .sign_key = c->key.public_key };
	c->enrolled++;
	memset(d->id.at, (int)c->enrolled + 9, ID_SIZE);
	memset(d->curve_key, (int)c->enrolled + 9, sizeof(d->curve_key));
	snprintf(d->unit, sizeof(d->unit), "%s", c->p->units[unit].id);
	snprintf(d->name, sizeof(d->name), "%s@test", c->p->units[unit].id);
	if (hub_stream_enrol(txn, &c->log, &c->keys, &c->roster, d, NULL, c->now_us, &err) != MS_OK)
		fail_msg("%s", err.text);
}

/* Every unit that has no device yet gets one. */
static inline void
enrol(city *c)
{
	store_txn txn;
	uint32_t u;

	store_begin(c->db, &txn, STORE_WRITE);
	log_state_load(&txn, &c->log);
	for (u = 0; u < c->p->n_units; u++)
		if (c->devices[u].next_seq == 0)
			enrol_unit(c, &txn, u);
	log_state_save(&txn, &c->log);
	commit(&txn);
}

static inline void
open_city(city *c, const place *at, uint64_t seed)
{
	const sim_clock clock = { .simulated = false };
	ms_error err = { 0 };
	buf bytes = { 0 };

	*c = (city){ .seed = seed, .key = test_key(9) };
	read_plan_2012(&bytes);
	assert_int_equal(plan_load(buf_span(&bytes), "plan", &c->p, NULL, &err), MS_OK);
	buf_fini(&bytes);
	time_parse(span_str("2012-03-01T08:00:00+08:00"), &c->now_us, NULL);
	c->db = open_at(at->data, STORE_HUB, 0);
	c->keys.sign = test_key(1);
	memset(c->keys.hub.at, 1, ID_SIZE);
	memset(c->keys.device.at, 2, ID_SIZE);
	memset(c->keys.curve_public, 3, sizeof(c->keys.curve_public));
	assert_int_equal(
		hub_stream_found(c->db, &c->keys, &clock, span_str("test"), c->p, c->now_us, &err),
		MS_OK);
	c->devices = calloc(c->p->n_units, sizeof(*c->devices));
	c->ledger = ledger_new(c->p, 64); /* small, so that the caches are dropped often */
	enrol(c);
}

/* The plan is NEXT from here on, whose units may stand in another order. */
static inline void
follow_plan(city *c, plan *next)
{
	device *devices = calloc(next->n_units, sizeof(*devices));
	uint32_t u;

	for (u = 0; u < c->p->n_units; u++)
		devices[plan_find_unit(next, span_str(c->p->units[u].id))] = c->devices[u];
	free(c->devices);
	c->devices = devices;
	ledger_free(c->ledger);
	plan_free(c->p);
	c->p = next;
	c->ledger = ledger_new(c->p, 64);
	enrol(c);
}

/* NEXT, which is taken, is put into force, or freed when that is refused: then all is as before. */
static inline ms_status
apply_plan(city *c, plan *next, ms_error *err)
{
	char after[2 * HASH_SIZE + 1];
	store_txn txn;
	uint64_t leaf;
	ms_status s;

	hash_hex(&c->p->version, after);
	store_begin(c->db, &txn, STORE_WRITE);
	s = plan_change_apply(&txn, &c->log, &c->keys, next, after, c->now_us, &leaf, err);
	if (s == MS_OK) {
		log_state_save(&txn, &c->log);
		commit(&txn);
		follow_plan(c, next);
		return MS_OK;
	}
	store_abort(&txn);
	store_begin(c->db, &txn, STORE_READ);
	log_state_load(&txn, &c->log);
	store_abort(&txn);
	plan_free(next);
	return s;
}

static inline void
close_city(city *c)
{
	ledger_free(c->ledger);
	store_close(c->db);
	free(c->devices);
	roster_fini(&c->roster);
	plan_free(c->p);
	arena_fini(&c->memory);
}

/* ---- acts ---- */

/* What hub/writer.c does with a new batch of the unit's device. */
static inline void
take_batch(city *c, store_txn *txn, uint32_t unit, const batch_view *view)
{
	device *d = &c->devices[unit];
	act *acts = arena_alloc(&c->memory, BATCH_ACTS_MAX * sizeof(*acts));
	ledger_batch b = { .acts = acts,
		.count = view->fields.count,
		.unit = (int)unit,
		.hub_time_us = c->now_us };
	uint16_t i;

	for (i = 0; i < b.count; i++)
		assert_int_equal(act_decode(view->acts[i], &c->memory, &acts[i]), MS_OK);
	assert_true(ledger_notice(c->ledger, txn, &c->log, &c->keys, c->now_us));
	b.leaf = c->log.tree.size;
	ledger_take(c->ledger, txn, &b);
	log_append(txn, &c->log, view, c->now_us, b.verdicts, b.prevs);
	batch_index_put(txn, &d->id, view->fields.first_seq, b.leaf);
	ledger_route(c->ledger, txn, &b);
	d->next_seq += b.count;
	d->last_header = batch_header_hash(view->header);
	assert_int_equal(hub_stream_save(txn, &c->roster, d, NULL), MS_OK);
}

/* The unit's device seals the acts, and they arrive now. */
static inline void
take_acts(city *c, store_txn *txn, uint32_t unit, const span *acts, uint16_t count)
{
	const device *d = &c->devices[unit];
	batch_header h = { .hub = c->keys.hub,
		.device = d->id,
		.first_seq = d->next_seq,
		.prev = d->last_header,
		.schema = 1 };
	buf bytes = { 0 };
	batch_view view;
	span copy;

	assert_int_equal(batch_seal(&h, acts, count, &c->key, &bytes, NULL), MS_OK);
	copy = arena_copy(&c->memory, buf_span(&bytes));
	buf_fini(&bytes);
	assert_int_equal(batch_open(copy, &view), BATCH_GOOD);
	take_batch(c, txn, unit, &view);
}

/* The bytes of A, whose body is not encoded yet. In the city's memory. */
static inline span
act_bytes(city *c, act *a)
{
	buf body = { 0 }, whole = { 0 };
	span copy;

	assert_int_equal(act_encode_body(a, &c->memory, &body), MS_OK);
	a->body = buf_span(&body);
	assert_int_equal(act_encode(a, &c->memory, &whole), MS_OK);
	copy = arena_copy(&c->memory, buf_span(&whole));
	buf_fini(&body);
	buf_fini(&whole);
	return copy;
}

static inline unsigned
below(city *c, unsigned n)
{
	return (unsigned)(dice(&c->seed) % n);
}

static inline span
some_text(city *c, const char *prefix)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%u", prefix, below(c, 5));
	return arena_copy(&c->memory, span_str(text));
}

static inline report_value
some_value(city *c, const plan_indicator *in)
{
	report_value v = { .indicator = span_str(in->id) };
	unsigned i;

	if (below(c, 12) == 0) {
		v.is_nil = true;
		v.nil_reason = span_str("none");
		return v;
	}
	switch (in->type) {
	case VALUE_RATIO:
		v.has_ratio = true;
		v.den = 1 + (int64_t)below(c, 5000);
		v.num = (int64_t)below(c, 5000);
		break;
	case VALUE_KEYSET:
		v.has_keys = true;
		v.keys = arena_alloc(&c->memory, 4 * sizeof(*v.keys));
		v.n_keys = below(c, 4);
		for (i = 0; i < v.n_keys; i++) {
			char key[8] = { 'P', (char)('A' + i), (char)('0' + below(c, 5)), 0 };

			v.keys[i] = arena_copy(&c->memory, span_str(key));
		}
		break;
	case VALUE_TEXT:
		v.has_text = true;
		v.text = some_text(c, "text ");
		break;
	default:
		v.has_mantissa = true;
		v.mantissa = (int64_t)below(c, 1000);
		break;
	}
	return v;
}

static inline void
some_report(city *c, const plan_item *it, slot_at at, report *r)
{
	uint32_t i;

	*r = (report){ .has_progress = true,
		.progress_pct = below(c, 104), /* now and then malformed */
		.done = some_text(c, "done ") };
	r->values = arena_alloc(&c->memory, (it->n_indicators + 1) * sizeof(*r->values));
	for (i = it->first_indicator; i < it->first_indicator + it->n_indicators; i++)
		if (below(c, 4) > 0 &&
			(plan_wants_value(c->p, i, at.unit, at.period) || below(c, 20) == 0))
			r->values[r->n_values++] = some_value(c, &c->p->indicators[i]);
}

/* What leads, observers and the units themselves state, half of it about units that are busy. */
static inline void
some_steer(city *c, act *a)
{
	static const char *const reasons[] = { "", "outage", "checked" };

	a->kind = (act_kind)(ACT_DECISION + below(c, ACT_REOPEN - ACT_DECISION + 1));
	if (below(c, 2) == 0)
		a->kind = ACT_DECISION;
	if (below(c, 12) == 0 && a->kind != ACT_DECISION)
		a->kind = ACT_EXTENSION_GRANT;
	a->schema = act_schema_of(a->kind);
	a->u.steer = (steer){ .reason = span_str(reasons[below(c, 3)]) };
	if (a->kind == ACT_DECISION)
		a->u.steer.verdict = below(c, 3) == 0 ? DECISION_RETURN : DECISION_ACCEPT;
	else
		a->revision = 0;
	if (a->kind == ACT_EXTENSION_REQUEST || a->kind == ACT_EXTENSION_GRANT)
		a->u.steer.days = 1 + below(c, 30);
	if (a->kind == ACT_ADJUSTMENT)
		a->u.steer.points = (int64_t)below(c, 400) - 200;
	if (a->kind == ACT_COMMENT)
		a->u.steer.reason = span_str("a word");
	if (a->kind == ACT_ADJUSTMENT || (a->kind == ACT_EXTENSION_GRANT && below(c, 6) == 0))
		a->item = span_str("");
	if (a->kind == ACT_EXTENSION_GRANT && below(c, 8) == 0)
		a->unit = span_str("");
	if (a->kind == ACT_EXTENSION_GRANT && below(c, 10) == 0)
		a->period = span_str("");
}

/* An act that may be right or wrong in many ways; mostly right. */
static inline span
some_act(city *c, uint32_t unit)
{
	static const char *const periods[] = { "2012-Q1", "2012-Q2", "2012-Q3", "2012-Q4", "2012",
		"2012-07" };
	uint32_t item = below(c, c->p->n_items), speaker = below(c, 15) == 0 ? 0 : unit;
	const char *name = periods[below(c, below(c, 10) == 0 ? 6 : 3)];
	slot_at at = { .item = item, .unit = unit };
	uint8_t salt[ACT_SALT_SIZE] = { (uint8_t)dice(&c->seed) };
	act a = { .schema = act_schema_of(ACT_REPORT),
		.kind = below(c, 6) == 0 ? ACT_RETRACTION : ACT_REPORT,
		.salt = span_of(salt, sizeof(salt)),
		.created_us = c->now_us,
		.plan = span_str(c->p->id),
		.plan_version = span_of(c->p->version.at, HASH_SIZE),
		.item = span_str(c->p->items[item].id),
		.unit = span_str(c->p->units[speaker].id),
		.period = span_str(name),
		.revision = 1 + below(c, 6) };
	span bytes;

	period_parse(span_str(name), &at.period);
	if (below(c, 3) == 0) {
		a.unit = span_str(c->p->units[below(c, c->p->n_units)].id);
		some_steer(c, &a);
	} else if (a.kind == ACT_REPORT)
		some_report(c, &c->p->items[item], at, &a.u.report);
	else
		a.u.retraction.reason = some_text(c, "reason ");
	bytes = act_bytes(c, &a);
	if (below(c, 25) == 0) {
		uint8_t *bad = arena_alloc(&c->memory, bytes.len);

		memcpy(bad, bytes.at, bytes.len);
		bad[below(c, (unsigned)bytes.len)] ^= (uint8_t)(1u << below(c, 8));
		bytes.at = bad;
	}
	return bytes;
}

#endif
