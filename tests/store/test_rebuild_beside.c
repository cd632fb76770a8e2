/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_rebuild_beside.c - rows of which the log gives a part, edited so that the row's own hash
 * fits: what the log says of them is held against them; what is somebody's word is left alone.
 */
#include "tests/store/town.h"

#include "base/text.h"
#include "store/pack.h"

/* ---- kind by kind ---- */

static evidence
evidence_of(town *t, unsigned which)
{
	evidence e = { .device = t->frozen[which] };
	store_txn txn;

	store_begin(t->c.db, &txn, STORE_READ);
	assert_true(evidence_next(&txn, &e));
	store_abort(&txn);
	assert_memory_equal(&e.device, &t->frozen[which], ID_SIZE);
	return e;
}

static span
evidence_key(town *t, unsigned which)
{
	evidence e = evidence_of(t, which);
	uint8_t key[ID_SIZE + 8 + HASH_SIZE];

	memcpy(key, e.device.at, ID_SIZE);
	be64_put(key + ID_SIZE, e.first_seq);
	memcpy(key + ID_SIZE + 8, e.header_hash.at, HASH_SIZE);
	return copied(t, span_of(key, sizeof(key)));
}

static void
what_froze_a_device_is_kept(void **state)
{
	span other = { 0 };
	town t;

	open_town(&t, *state);
	left_alone(&t);
	drop(&t, TABLE_EVIDENCE, evidence_key(&t, 0));
	found(&t, "has no row in EVIDENCE");
	exchange(&t, TABLE_EVIDENCE, evidence_key(&t, 0), evidence_key(&t, 1));
	found(&t, "holds another batch than it froze the device for");
	turn(&t, TABLE_EVIDENCE, evidence_key(&t, 0), 7, 1); /* when it came */
	found(&t, "table evidence is damaged: it is not what the log adds up to");
	turn(&t, TABLE_EVIDENCE, evidence_key(&t, 0), 8 + BATCH_HEADER_SIZE, 1); /* its signature */
	found(&t, "holds another batch than it froze the device for");
	turn(&t, TABLE_EVIDENCE, evidence_key(&t, 0), 8 + BATCH_SIGNED_SIZE + 2 + 40,
		1); /* an act */
	found(&t, "holds another batch than it froze the device for");
	other = evidence_key(&t, 0);
	put(&t, TABLE_EVIDENCE,
		span_of(memset(arena_alloc(&t.memory, other.len), 9, other.len), other.len),
		payload_of(&t, TABLE_EVIDENCE, evidence_key(&t, 0)));
	found(&t, "table evidence is damaged: nothing in the log asks for it");
	close_town(&t);
}

static invite
invite_with(town *t, uint8_t with)
{
	uint8_t key[CURVE_PUBLIC_SIZE];
	store_txn txn;
	invite in;

	memset(key, with, sizeof(key));
	store_begin(t->c.db, &txn, STORE_READ);
	assert_true(invite_get(&txn, key, &in));
	store_abort(&txn);
	return in;
}

static void
put_invite(town *t, const invite *in)
{
	store_txn txn;

	store_begin(t->c.db, &txn, STORE_WRITE);
	save(t, &txn, TABLE_INVITE, span_of(in->key, sizeof(in->key)));
	invite_put(&txn, in);
	commit(&txn);
}

static void
an_invite_is_used_when_the_log_says_so(void **state)
{
	invite in;
	town t;

	open_town(&t, *state);
	in = invite_with(&t, USED);
	in.used = false;
	memset(&in.device, 0, sizeof(in.device));
	put_invite(&t, &in);
	found(&t, "it is open, but the log says that a device used it");
	in = invite_with(&t, USED);
	in.device = t.frozen[0];
	put_invite(&t, &in);
	found(&t, "the device that used it has another unit or name");
	memset(&in.device, 200, sizeof(in.device));
	put_invite(&t, &in);
	found(&t, "the device that used it was never enrolled");
	in = invite_with(&t, USED);
	memset(in.key, 200, sizeof(in.key)); /* a second one, as if used by the same */
	put_invite(&t, &in);
	found(&t, "the log does not say that this device used it");
	in = invite_with(&t, USED);
	snprintf(in.unit, sizeof(in.unit), "shenhe");
	put_invite(&t, &in);
	found(&t, "the device that used it has another unit or name");
	close_town(&t);
}

static void
an_open_invite_has_its_form(void **state)
{
	const size_t at_marks = 16, at_device = 17;
	span key;
	invite in;
	town t;

	open_town(&t, *state);
	in = invite_with(&t, OPEN);
	snprintf(in.unit, sizeof(in.unit), "nowhere");
	put_invite(&t, &in);
	found(&t, "no unit of the plan is called so");
	in = invite_with(&t, OPEN);
	in.expires_us = in.made_us;
	put_invite(&t, &in);
	found(&t, "table invite is damaged: it has another form");
	key = span_of(in.key, sizeof(in.key));
	turn(&t, TABLE_INVITE, key, at_device, 1);
	found(&t, "table invite is damaged: it has another form");
	turn(&t, TABLE_INVITE, key, at_marks, 64);
	found(&t, "table invite is damaged: it has another form");
	/* The administrator's word: for whom, until when, and that there is one. */
	in = invite_with(&t, OPEN);
	in.expires_us += HOUR_US;
	snprintf(in.unit, sizeof(in.unit), "hbj");
	put_invite(&t, &in);
	left_alone(&t);
	drop(&t, TABLE_INVITE, key);
	left_alone(&t);
	close_town(&t);
}

static span
clock_key(town *t, const char *unit)
{
	char key[64], hex[2 * ID_SIZE + 1];

	text_hex(t->c.devices[unit_of(&t->c, unit)].id.at, ID_SIZE, hex);
	snprintf(key, sizeof(key), "m/clock/%s", hex);
	return copied(t, span_str(key));
}

static void
notes_about_clocks_are_those_of_the_log(void **state)
{
	span own = span_str("m/clock");
	town t;

	open_town(&t, *state);
	turn(&t, TABLE_META, own, 0, 3); /* another finding */
	found(&t, "row m/clock of table meta is damaged: it is not what the log adds up to");
	turn(&t, TABLE_META, clock_key(&t, "tiexi"), 40, 1); /* how often it was told today */
	found(&t, "it is not what the log adds up to");
	exchange(&t, TABLE_META, own, clock_key(&t, "tiexi"));
	found(&t, "it is not what the log adds up to");
	drop(&t, TABLE_META, clock_key(&t, "tiexi"));
	found(&t, "it is missing");
	put(&t, TABLE_META, clock_key(&t, "hbj"), payload_of(&t, TABLE_META, own));
	found(&t, "nothing in the log asks for it");
	close_town(&t);
}

static void
put_move(town *t, const hub_move *move)
{
	uint8_t row[1024];
	packer p = { .at = row, .end = row + sizeof(row) };

	pack_text(&p, span_str(move->address));
	pack_text(&p, span_str(move->now.listen));
	pack_bytes(&p, move->now.curve_key, CURVE_SECRET_SIZE);
	pack_text(&p, span_str(move->before.listen));
	pack_bytes(&p, move->before.curve_key, CURVE_SECRET_SIZE);
	pack_u64(&p, (uint64_t)move->from_us);
	pack_u64(&p, (uint64_t)move->until_us);
	pack_u64(&p, move->leaf);
	put(t, TABLE_META, span_str("m/move"), span_of(row, (size_t)(p.at - row)));
}

static hub_move
move_of(town *t)
{
	store_txn txn;
	hub_move move;

	store_begin(t->c.db, &txn, STORE_READ);
	assert_true(hub_move_get(&txn, &move));
	store_abort(&txn);
	return move;
}

static void
the_hub_moves_as_it_told(void **state)
{
	hub_move good, move;
	town t;

	open_town(&t, *state);
	good = move = move_of(&t);
	put_move(&t, &good);
	left_alone(&t);
	move.address[6] ^= 1;
	put_move(&t, &move);
	found(&t, "it is not the move that the log tells of");
	move = good;
	move.now.curve_key[0] ^= 1;
	put_move(&t, &move);
	found(&t, "it is not the move that the log tells of");
	move = good;
	move.until_us++;
	put_move(&t, &move);
	found(&t, "it is not the move that the log tells of");
	move = good;
	move.before.curve_key[0] ^= 1;
	put_move(&t, &move);
	found(&t, "the hub was never where it says");
	drop(&t, TABLE_META, span_str("m/move"));
	found(&t, "row m/move of table meta is damaged: it is missing");
	move = good; /* the administrator's word */
	snprintf(move.before.listen, sizeof(move.before.listen), "tcp://10.0.0.1:7300");
	put_move(&t, &move);
	left_alone(&t);
	close_town(&t);
}

static void
nobody_has_more_of_a_feed_than_there_is(void **state)
{
	town t;

	open_town(&t, *state);
	put_number(&t, "m/stored/own/fgw", 1000);
	found(&t, "row m/stored/own/fgw of table meta is damaged: it lies beyond the unit's feed");
	put_number(&t, "m/stored/lead/fgw", 1000);
	found(&t, "it lies beyond the unit's feed");
	put_number(&t, "m/stored/own/nowhere", 0);
	found(&t, "no unit of the plan is called so");
	put_number(&t, "m/stored/own/tiexi", 0);
	found(&t, "another of the unit's three numbers is missing");
	put_number(&t, "m/stored/sent/fgw", 0);
	found(&t, "nothing in the log asks for it");
	drop(&t, TABLE_META, span_str("m/stored/seen/fgw"));
	found(&t, "another of the unit's three numbers is missing");
	put(&t, TABLE_META, span_str("m/stored/lead/fgw"), span_str("7 bytes"));
	found(&t, "it is no number");
	put_number(&t, "m/stored/own/fgw", 1); /* the agent's word */
	left_alone(&t);
	close_town(&t);
}

#define AT_A_PLACE(test) cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AT_A_PLACE(what_froze_a_device_is_kept),
		AT_A_PLACE(an_invite_is_used_when_the_log_says_so),
		AT_A_PLACE(an_open_invite_has_its_form),
		AT_A_PLACE(notes_about_clocks_are_those_of_the_log),
		AT_A_PLACE(the_hub_moves_as_it_told),
		AT_A_PLACE(nobody_has_more_of_a_feed_than_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
