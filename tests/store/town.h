/* SPDX-License-Identifier: Apache-2.0 */
/* town.h - a hub's directory with every kind of row, and edits of it whose hashes fit. */
#ifndef TESTS_STORE_TOWN_H
#define TESTS_STORE_TOWN_H

#include "tests/model/ledger_city.h"

#include "store/clock_note.h"
#include "store/hub_move.h"
#include "store/hub_roster.h"
#include "store/rebuild.h"
#include "store/stored.h"

enum { USED = 101, OPEN = 102, JOINED = 50, ELSEWHERE = 77, SAVED_MAX = 8, TURNS = 12, ACTS = 8 };
#define HOUR_US (INT64_C(3600) * 1000000)
#define DAY_US (24 * HOUR_US)

typedef struct saved_row {
	store_table table;
	span key, row;
	bool was_there;
} saved_row;

typedef struct town {
	city c;
	device_id frozen[2];
	saved_row saved[SAVED_MAX]; /* before the edits at hand */
	unsigned n_saved;
	arena memory;
} town;

/* ---- a town ---- */

static inline uint32_t
unit_of(const city *c, const char *id)
{
	return (uint32_t)plan_find_unit(c->p, span_str(id));
}

static inline void
freeze(town *t, store_txn *txn, device *d)
{
	batch_header h = {
		.hub = t->c.keys.hub, .device = d->id, .first_seq = d->next_seq, .schema = 1
	};
	span bytes_of_act = some_act(&t->c, 0);
	ms_error err = { 0 };
	buf bytes = { 0 };
	batch_view view;

	memset(h.prev.at, 5, HASH_SIZE);
	assert_int_equal(batch_seal(&h, &bytes_of_act, 1, &t->c.key, &bytes, NULL), MS_OK);
	assert_int_equal(batch_open(buf_span(&bytes), &view), BATCH_GOOD);
	view.header_hash = batch_header_hash(view.header);
	assert_int_equal(
		hub_freeze_device(txn, &t->c.log, &t->c.keys, &view, t->c.now_us, d, &err), MS_OK);
	buf_fini(&bytes);
}

static inline void
invite_tiexi(city *c, store_txn *txn, uint8_t with, const char *name)
{
	invite in = { .made_us = c->now_us, .expires_us = c->now_us + HOUR_US, .unit = "tiexi" };

	memset(in.key, with, sizeof(in.key));
	snprintf(in.name, sizeof(in.name), "tiexi@%s", name);
	assert_int_equal(hub_invite(txn, &c->roster, &in, NULL), MS_OK);
}

static inline void
join_tiexi(city *c, store_txn *txn)
{
	join_ask a = { .sign_key = test_key(JOINED).public_key };
	join_result out;

	memset(a.with, USED, sizeof(a.with));
	memset(a.curve_key, 151, sizeof(a.curve_key));
	memset(a.device.at, 151, ID_SIZE);
	assert_int_equal(
		hub_join(txn, &c->log, &c->keys, &c->roster, &a, c->now_us, &out, NULL), MS_OK);
	assert_true(out.changed);
}

static inline void
find_clock(city *c, store_txn *txn, clock_finding finding, const device *d)
{
	hub_clock what = { .finding = finding, .before_us = c->now_us, .after_us = c->now_us - 9 };
	int unit = d == NULL ? PLAN_NO_UNIT : plan_find_unit(c->p, span_str(d->unit));
	uint64_t leaf;

	if (d != NULL)
		what.device = span_of(d->id.at, ID_SIZE);
	assert_int_equal(clock_note_state(c->ledger, txn, &c->log, &c->keys, &what, unit, c->now_us,
				 &leaf, NULL),
		MS_OK);
}

static inline void
move_to(city *c, store_txn *txn, const char *listen, uint8_t key)
{
	hub_move last, move;
	uint8_t curve_key[CURVE_SECRET_SIZE];

	memset(curve_key, key, sizeof(curve_key));
	if (!hub_move_get(txn, &last)) {
		snprintf(last.now.listen, sizeof(last.now.listen), "tcp://*:7300");
		memcpy(last.now.curve_key, c->keys.curve_public, sizeof(last.now.curve_key));
		last.before = last.now;
	}
	move = (hub_move){ .from_us = c->now_us, .until_us = c->now_us + DAY_US };
	snprintf(move.address, sizeof(move.address), "%s", listen);
	hub_move_set(&move, &last, listen, curve_key, c->now_us);
	assert_int_equal(
		hub_move_apply(txn, &c->log, &c->keys, c->p, &move, c->now_us, NULL), MS_OK);
	ledger_discard(c->ledger);
}

static inline void
end_turn(city *c, store_txn *txn)
{
	ledger_flush(c->ledger, txn, c->log.tree.size);
	log_state_save(txn, &c->log);
	commit(txn);
	ledger_settle(c->ledger);
	arena_reset(&c->memory);
}

static inline void
live(city *c)
{
	store_txn txn;
	unsigned n, k;

	for (n = 0; n < TURNS; n++) {
		uint32_t unit = below(c, c->p->n_units);
		span acts[ACTS];

		c->now_us += DAY_US;
		store_begin(c->db, &txn, STORE_WRITE);
		for (k = 0; k < ACTS; k++)
			acts[k] = some_act(c, unit);
		take_acts(c, &txn, unit, acts, ACTS);
		end_turn(c, &txn);
	}
}

static inline void
open_town(town *t, const place *at)
{
	city *c = &t->c;
	device *one, *two;
	store_txn txn;

	*t = (town){ .n_saved = 0 };
	open_city(c, at, 7);
	live(c);
	one = &c->devices[unit_of(c, "heping")];
	two = &c->devices[unit_of(c, "shenhe")];
	store_begin(c->db, &txn, STORE_WRITE);
	invite_tiexi(c, &txn, USED, "new");
	invite_tiexi(c, &txn, OPEN, "later");
	join_tiexi(c, &txn);
	freeze(t, &txn, one);
	freeze(t, &txn, two);
	find_clock(c, &txn, CLOCK_STEPPED, NULL);
	find_clock(c, &txn, CLOCK_DEVICE_OFF, &c->devices[unit_of(c, "tiexi")]);
	move_to(c, &txn, "tcp://*:7301", ELSEWHERE);
	stored_put(&txn, span_str("fgw"), (stored_at){ 2, 3, c->now_us });
	stored_put(&txn, span_str("hbj"), (stored_at){ 1, 1, c->now_us });
	assert_true(ledger_state_feeds(c->ledger, &txn, &c->log, &c->keys, c->now_us));
	end_turn(c, &txn);
	t->frozen[0] = one->id;
	t->frozen[1] = two->id;
}

static inline void
close_town(town *t)
{
	arena_fini(&t->memory);
	close_city(&t->c);
}

/* ---- edits ---- */

static inline span
copied(town *t, span bytes)
{
	span copy = bytes.len == 0 ? span_str("") : arena_copy(&t->memory, bytes);

	assert_non_null(copy.at);
	return copy;
}

static inline void
save(town *t, store_txn *txn, store_table table, span key)
{
	saved_row *s = &t->saved[t->n_saved++];
	span row = { 0 };

	assert_true(t->n_saved <= SAVED_MAX);
	s->was_there = store_get(txn, table, key, &row);
	s->table = table;
	s->key = copied(t, key);
	s->row = copied(t, row);
}

static inline span
payload_of(town *t, store_table table, span key)
{
	store_txn txn;
	span payload;

	store_begin(t->c.db, &txn, STORE_READ);
	assert_true(record_get(&txn, table, key, &payload));
	payload = copied(t, payload);
	store_abort(&txn);
	return payload;
}

static inline void
put(town *t, store_table table, span key, span payload)
{
	store_txn txn;

	store_begin(t->c.db, &txn, STORE_WRITE);
	save(t, &txn, table, key);
	record_put(&txn, table, key, payload);
	commit(&txn);
}

static inline void
drop(town *t, store_table table, span key)
{
	store_txn txn;

	store_begin(t->c.db, &txn, STORE_WRITE);
	save(t, &txn, table, key);
	assert_true(store_del(&txn, table, key));
	commit(&txn);
}

/* Bits of one byte of the payload. */
static inline void
turn(town *t, store_table table, span key, size_t at, uint8_t bits)
{
	span payload = payload_of(t, table, key);
	uint8_t *bytes = arena_alloc(&t->memory, payload.len);

	assert_true(at < payload.len);
	memcpy(bytes, payload.at, payload.len);
	bytes[at] ^= bits;
	put(t, table, key, span_of(bytes, payload.len));
}

static inline void
exchange(town *t, store_table table, span a, span b)
{
	span of_a = payload_of(t, table, a), of_b = payload_of(t, table, b);

	put(t, table, a, of_b);
	put(t, table, b, of_a);
}

static inline void
undo(town *t)
{
	store_txn txn;

	store_begin(t->c.db, &txn, STORE_WRITE);
	while (t->n_saved > 0) {
		const saved_row *s = &t->saved[--t->n_saved];

		if (s->was_there)
			store_put(&txn, s->table, s->key, s->row);
		else
			store_del(&txn, s->table, s->key);
	}
	commit(&txn);
	arena_reset(&t->memory);
}

static inline verify_result
look(town *t)
{
	place there;
	verify_result v = { .good = true };
	ms_error err = { 0 };
	store *empty;

	place_make(&there);
	empty = open_at(there.data, STORE_HUB, 0);
	if (rebuild_compare(t->c.db, empty, &v, &err) != MS_OK) {
		assert_int_equal(err.status, MS_CORRUPT);
		v.good = false;
		snprintf(v.what, sizeof(v.what), "%s", err.text);
	}
	store_close(empty);
	place_clear(&there);
	return v;
}

/* The edits at hand are found, with WORDS, and undone. */
static inline void
found(town *t, const char *words)
{
	verify_result v = look(t);

	if (v.good || strstr(v.what, words) == NULL)
		fail_msg("not \"%s\" but \"%s\"", words, v.good ? "good" : v.what);
	undo(t);
}

/* They are somebody's word. */
static inline void
left_alone(town *t)
{
	verify_result v = look(t);

	if (!v.good)
		fail_msg("%s", v.what);
	undo(t);
}

static inline void
put_number(town *t, const char *key, uint64_t number)
{
	uint8_t bytes[8];

	be64_put(bytes, number);
	put(t, TABLE_META, span_str(key), span_of(bytes, sizeof(bytes)));
}

#endif
