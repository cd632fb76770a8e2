/* SPDX-License-Identifier: Apache-2.0 */
/* test_hub_roster.c - invites, joins, rotations, approvals and freezes, rule by rule; a new device
 * takes an old outbox over. */
#include "tests/model/ledger_city.h"

#include "proof/rotation.h"
#include "store/files.h"
#include "store/hub_roster.h"
#include "store/known.h"
#include "store/meta.h"
#include "store/outbox.h"
#include "store/takeover.h"
#include "store/verify.h"

#define HOUR_US (INT64_C(3600) * 1000000)

static join_ask
asks(uint8_t with, uint8_t fresh)
{
	join_ask a = { .sign_key = test_key(fresh).public_key };

	memset(a.with, with, sizeof(a.with));
	memset(a.curve_key, fresh, sizeof(a.curve_key));
	memset(a.device.at, fresh, ID_SIZE);
	return a;
}

static void
invite_tiexi(city *c, uint8_t with, const char *name, bool approve, bool replace)
{
	invite in = { .made_us = c->now_us,
		.expires_us = c->now_us + HOUR_US,
		.approve = approve,
		.replace = replace,
		.unit = "tiexi" };
	ms_error err = { 0 };
	store_txn txn;

	memset(in.key, with, sizeof(in.key));
	snprintf(in.name, sizeof(in.name), "tiexi@%s", name);
	store_begin(c->db, &txn, STORE_WRITE);
	assert_int_equal(hub_invite(&txn, &c->roster, &in, &err), MS_OK);
	commit(&txn);
}

static void
a_name_of_another_form_is_refused(void **state)
{
	static const char *const bad[] = { "", "tiexi", "tiexi@", "fgw@one", "tiexi@a b",
		"tiexi@a@b", "tiexi@\"", "tiexi@a\\", "tiexi@\t", "tiexi@\xff", "tiexi@\x7f",
		"tiexi@1234567890123456789012345678901234567890123456789" };
	city c;
	size_t i;

	open_city(&c, *state, 1);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		invite in = { .unit = "tiexi", .expires_us = HOUR_US };
		device row = { .unit = "tiexi", .next_seq = 1 };
		ms_error err = { 0 };
		store_txn txn;

		snprintf(in.name, sizeof(in.name), "%s", bad[i]);
		snprintf(row.name, sizeof(row.name), "%s", bad[i]);
		store_begin(c.db, &txn, STORE_WRITE);
		assert_int_equal(hub_invite(&txn, &c.roster, &in, &err), MS_INVALID);
		assert_int_equal(err.code, MST_DEVICE_NAME);
		err = (ms_error){ 0 };
		assert_int_equal(hub_stream_enrol(&txn, &c.log, &c.keys, &c.roster, &row, NULL,
					 c.now_us, &err),
			MS_INVALID);
		assert_int_equal(err.code, MST_DEVICE_NAME);
		store_abort(&txn);
	}
	close_city(&c);
}

static join_result
join(city *c, const join_ask *a)
{
	join_result out;
	ms_error err = { 0 };
	store_txn txn;

	store_begin(c->db, &txn, STORE_WRITE);
	log_state_load(&txn, &c->log);
	if (hub_join(&txn, &c->log, &c->keys, &c->roster, a, c->now_us, &out, &err) != MS_OK)
		fail_msg("%s", err.text);
	log_state_save(&txn, &c->log);
	commit(&txn);
	return out;
}

static void
expect(city *c, const join_ask *a, join_refusal refusal)
{
	uint64_t size = c->log.tree.size;
	join_result r = join(c, a);

	assert_int_equal(r.refusal, refusal);
	assert_false(r.changed);
	assert_int_equal(c->log.tree.size, size);
}

static void
is_verified(city *c)
{
	verify_result v;
	ms_error err = { 0 };

	assert_int_equal(verify_log(c->db, NULL, 0, NULL, &v, &err), MS_OK);
	if (!v.good)
		fail_msg("leaf %d: %s", (int)v.first_bad, v.what);
}

static void
an_invite_is_used_once_by_one(void **state)
{
	join_ask first = asks(101, 50), other = asks(101, 51), half = asks(101, 50);
	join_result r, again;
	city c;

	open_city(&c, *state, 1);
	invite_tiexi(&c, 101, "one", false, false);
	first.only_check = true;
	r = join(&c, &first);
	assert_true(r.refusal == JOIN_OK && !r.changed);
	assert_string_equal(r.row.name, "tiexi@one");
	first.only_check = false;
	r = join(&c, &first);
	assert_true(r.refusal == JOIN_OK && r.changed && r.row.state == DEVICE_ACTIVE);
	again = join(&c, &first);
	assert_true(again.refusal == JOIN_OK && !again.changed);
	assert_memory_equal(&again.row.id, &r.row.id, sizeof(device_id));
	half.sign_key = other.sign_key;
	expect(&c, &other, JOIN_USED);
	expect(&c, &half, JOIN_USED);
	c.now_us += 2 * HOUR_US;
	assert_int_equal(join(&c, &first).refusal, JOIN_OK);
	is_verified(&c);
	close_city(&c);
}

static void
the_hub_may_ask_for_approval_of_all(void **state)
{
	join_ask a = asks(101, 50), b = asks(102, 51);
	join_result r;
	city c;

	open_city(&c, *state, 1);
	invite_tiexi(&c, 101, "one", false, false);
	invite_tiexi(&c, 102, "two", false, false);
	a.approve = true;
	r = join(&c, &a);
	assert_true(r.changed && r.row.state == DEVICE_PENDING);
	a.approve = false; /* the setting is for those that join from now on */
	r = join(&c, &a);
	assert_true(!r.changed && r.row.state == DEVICE_PENDING);
	assert_int_equal(join(&c, &b).row.state, DEVICE_ACTIVE);
	is_verified(&c);
	close_city(&c);
}

static void
every_refusal_leaves_the_invite(void **state)
{
	join_ask a = asks(101, 50), b = asks(102, 51);
	city c;

	open_city(&c, *state, 1);
	expect(&c, &a, JOIN_UNKNOWN);
	invite_tiexi(&c, 101, "one", false, false);
	snprintf(a.unit, sizeof(a.unit), "shenhe");
	expect(&c, &a, JOIN_OTHER_UNIT);
	snprintf(a.unit, sizeof(a.unit), "tiexi");
	a.off_us = JOIN_CLOCK_OFF_MAX_S * INT64_C(1000000) + 1;
	expect(&c, &a, JOIN_CLOCK_OFF);
	a.off_us = -a.off_us;
	expect(&c, &a, JOIN_CLOCK_OFF);
	a.off_us = 0;
	memcpy(a.curve_key, c.devices[3].curve_key, sizeof(a.curve_key));
	expect(&c, &a, JOIN_BAD_KEYS);
	memset(a.curve_key, 101, sizeof(a.curve_key)); /* the one-time key itself */
	expect(&c, &a, JOIN_BAD_KEYS);
	a = asks(101, 50);
	invite_tiexi(&c, 102, "one", false, false);
	assert_true(join(&c, &a).changed);
	expect(&c, &b, JOIN_NAME_TAKEN);
	invite_tiexi(&c, 103, "two", false, false);
	c.now_us += HOUR_US + 1;
	a = asks(103, 52);
	expect(&c, &a, JOIN_EXPIRED);
	close_city(&c);
}

static void
a_follower_replaces_in_one_step(void **state)
{
	join_ask a = asks(101, 50), b = asks(102, 51);
	join_result r;
	city c;

	open_city(&c, *state, 1);
	invite_tiexi(&c, 101, "one", true, false);
	r = join(&c, &a);
	assert_int_equal(r.row.state, DEVICE_PENDING);
	invite_tiexi(&c, 102, "one", false, true);
	r = join(&c, &b);
	assert_true(r.changed && r.replaced);
	assert_int_equal(r.old.state, DEVICE_REVOKED);
	assert_memory_equal(r.old.id.at, a.device.at, ID_SIZE);
	assert_true(r.old.revoked_leaf + 1 == r.row.enrolled_leaf);
	is_verified(&c);
	close_city(&c);
}

static join_ask
rotation(city *c, const device *d, uint8_t old_key, uint8_t fresh)
{
	join_ask a = asks(old_key, fresh);
	uint8_t bytes[ROTATION_SIZE];
	sign_key old = test_key(old_key);

	a.rotates = true;
	a.device = d->id;
	rotation_bytes(&c->keys.hub, &d->id, &a.sign_key, a.curve_key, bytes);
	sign_bytes(&old, span_of(bytes, sizeof(bytes)), &a.signature);
	return a;
}

static void
keys_rotate_by_the_key_before(void **state)
{
	device *d;
	join_ask a, forged;
	join_result r;
	city c;

	open_city(&c, *state, 1);
	d = &c.devices[0]; /* its key is 9 */
	forged = rotation(&c, d, 8, 60);
	expect(&c, &forged, JOIN_BAD_SIGNATURE);
	a = rotation(&c, d, 9, 60);
	a.curve_key[0] ^= 1;
	expect(&c, &a, JOIN_BAD_SIGNATURE);
	a.curve_key[0] ^= 1;
	r = join(&c, &a);
	assert_true(r.changed && r.until_us > c.now_us);
	assert_int_equal(r.row.key_leaf, c.log.tree.size - 1);
	r = join(&c, &a);
	assert_true(r.refusal == JOIN_OK && !r.changed); /* the same again */
	a = rotation(&c, d, 60, 61);
	expect(&c, &a, JOIN_TOO_EARLY);
	c.now_us = r.until_us + 1;
	a = rotation(&c, d, 9, 61); /* the first key has no say any more */
	expect(&c, &a, JOIN_BAD_SIGNATURE);
	a = rotation(&c, d, 60, 61);
	assert_true(join(&c, &a).changed);
	is_verified(&c);
	close_city(&c);
}

static void
approved_once(void **state)
{
	join_ask a = asks(101, 50);
	ms_error err = { 0 };
	uint64_t leaf;
	store_txn txn;
	device row;
	city c;

	open_city(&c, *state, 1);
	invite_tiexi(&c, 101, "one", true, false);
	join(&c, &a);
	store_begin(c.db, &txn, STORE_WRITE);
	log_state_load(&txn, &c.log);
	assert_int_equal(hub_approve(&txn, &c.log, &c.keys, &c.roster, span_str("tiexi@nobody"),
				 c.now_us, &row, &leaf, NULL),
		MS_NOT_FOUND);
	assert_int_equal(hub_approve(&txn, &c.log, &c.keys, &c.roster, span_str("tiexi@one"),
				 c.now_us, &row, &leaf, &err),
		MS_OK);
	assert_int_equal(row.state, DEVICE_ACTIVE);
	assert_int_equal(hub_approve(&txn, &c.log, &c.keys, &c.roster, span_str("tiexi@one"),
				 c.now_us, &row, &leaf, &err),
		MS_EXISTS);
	assert_int_equal(err.code, MST_DEVICE_STATE);
	log_state_save(&txn, &c.log);
	commit(&txn);
	is_verified(&c);
	close_city(&c);
}

/* ---- an outbox is taken over ---- */

static void
add_acts(store *db, unsigned n, bool seal)
{
	static const outbox_limits limits = { 0, 0 };
	batch_header base = { .schema = BATCH_SCHEMA };
	sign_key key = test_key(9);
	uint64_t seq;
	store_txn txn;
	outbox ob;
	char text[16];
	unsigned i;

	store_begin(db, &txn, STORE_WRITE);
	outbox_open(&txn, &limits, &ob);
	for (i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "act %u", (unsigned)ob.next_seq);
		assert_true(outbox_add(&txn, &ob, span_str(text), &seq));
	}
	if (seal)
		assert_true(outbox_seal(&txn, &ob, &base, &key, 0, 0, &seq));
	commit(&txn);
}

/* Of this log are the receipts below. */
static const log_key the_log = { .origin = "muster/test" };
static const restore_order whole;

static void
receipt_at(store *db, uint64_t first_seq, const char *note, uint64_t leaf)
{
	static const outbox_limits limits = { 0, 0 };
	uint8_t verdicts[BATCH_ACTS_MAX] = { VERDICT_STORED };
	outbox_sealed b;
	store_txn txn;
	outbox ob;

	store_begin(db, &txn, STORE_WRITE);
	outbox_open(&txn, &limits, &ob);
	assert_true(outbox_find(&txn, &ob, first_seq, &b));
	memset(verdicts, VERDICT_STORED, sizeof(verdicts));
	assert_int_equal(outbox_receipt(&txn, &ob,
				 &(frame_receipt){ .first_seq = first_seq,
					 .count = b.count,
					 .header_hash = b.header_hash,
					 .leaf = leaf,
					 .checkpoint = { .size = 9, .note = span_str(note) },
					 .verdicts = span_of(verdicts, b.count) },
				 (span){ 0 }),
		OUTBOX_FIRST);
	commit(&txn);
}

static void
receipt_for(store *db, uint64_t first_seq)
{
	receipt_at(db, first_seq, "muster/test\n9\n", 7);
}

/* A device's data, and that of the one that takes its place. */
static void
open_both(const place *p, store **old, store **fresh)
{
	char dir[320];

	snprintf(dir, sizeof(dir), "%s/fresh", p->dir);
	*old = open_at(p->data, STORE_AGENT, 0);
	*fresh = open_at(dir, STORE_AGENT, 0);
}

/* The N acts of TXN are those that add_acts numbered so, in this order. */
static void
expect_acts(store_txn *txn, const uint64_t *numbers, uint64_t n)
{
	char text[16];
	uint64_t i;
	span bytes;

	for (i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "act %u", (unsigned)numbers[i]);
		assert_true(outbox_act(txn, i + 1, &bytes));
		assert_true(span_equal(bytes, span_str(text)));
	}
}

static void
put_file(store *db, const char *name, file_state state, uint64_t first, uint64_t second)
{
	file_line lines[] = { { .row = 2, .state = LINE_QUEUED, .seq = first },
		{ .row = 3, .state = LINE_QUEUED, .seq = second },
		{ .row = 4, .state = LINE_UNCHANGED } };
	file_entry f = { .name = span_str(name),
		.moved_to = span_str(name),
		.state = state,
		.lines = lines,
		.n_lines = 3 };
	store_txn txn;

	store_begin(db, &txn, STORE_WRITE);
	files_put(&txn, &f);
	commit(&txn);
}

static void
answers_that_were_not_final_come_true(void **state)
{
	const hash32 content = { { 0 } };
	const place *p = *state;
	arena memory = { 0 };
	store *old, *fresh;
	uint64_t n = 0;
	file_entry f;
	store_txn txn;

	open_both(p, &old, &fresh);
	add_acts(old, 2, true);
	add_acts(old, 3, true);
	receipt_for(old, 1);
	put_file(old, "waiting.csv", FILE_WAITING, 2, 4);
	put_file(old, "taken.csv", FILE_TAKEN, 3, 5);
	assert_int_equal(takeover_acts(old, fresh, &the_log, &whole, &n, NULL), MS_OK);
	assert_int_equal(n, 3);
	store_begin(fresh, &txn, STORE_READ);
	assert_true(files_find(&txn, &content, span_str("waiting.csv"), FILE_WAITING, &memory, &f));
	assert_true(f.lines[0].is_receipted && f.lines[0].seq == 0);
	assert_true(f.lines[0].place.leaf == 7 && f.lines[0].place.at == 1);
	assert_int_equal(f.lines[0].verdict, VERDICT_STORED);
	assert_true(!f.lines[1].is_receipted && f.lines[1].seq == 2);
	assert_true(!f.lines[2].is_receipted && f.lines[2].seq == 0);
	assert_true(files_find(&txn, &content, span_str("taken.csv"), FILE_TAKEN, &memory, &f));
	assert_true(f.lines[0].seq == 1 && f.lines[1].seq == 3);
	store_abort(&txn);
	arena_fini(&memory);
	store_close(fresh);
	store_close(old);
}

static void
what_has_no_receipt_is_stated_anew(void **state)
{
	static const uint64_t kept[] = { 1, 2, 6, 7, 8 };
	known_at at = { .unit = span_str("tiexi"), .item = span_str("i06") };
	known k = { .newest = { .revision = 4, .own = true, .seq = 6 },
		.standing = { .revision = 3, .own = true, .seq = 4 } };
	const place *p = *state;
	ms_error err = { 0 };
	store *old, *fresh;
	uint64_t n = 0;
	store_txn txn;
	span bytes;

	assert_true(period_parse(span_str("2012-Q2"), &at.period));
	open_both(p, &old, &fresh);
	add_acts(old, 2, true);
	add_acts(old, 3, true);
	add_acts(old, 2, true);
	add_acts(old, 1, false);
	receipt_for(old, 3);
	store_begin(old, &txn, STORE_WRITE);
	known_put(&txn, &at, &k);
	meta_put(&txn, META_WITNESS, span_str("a note"));
	commit(&txn);
	if (takeover_acts(old, fresh, &the_log, &whole, &n, &err) != MS_OK)
		fail_msg("%s", err.text);
	assert_int_equal(n, sizeof(kept) / sizeof(kept[0]));
	store_begin(fresh, &txn, STORE_READ);
	expect_acts(&txn, kept, sizeof(kept) / sizeof(kept[0]));
	assert_true(meta_get(&txn, META_WITNESS, &bytes));
	assert_true(span_equal(bytes, span_str("a note")));
	assert_true(known_get(&txn, &at, &k));
	assert_true(k.newest.own && k.newest.seq == 3 && k.newest.revision == 4);
	assert_true(!k.standing.own && k.standing.seq == 0 && k.standing.revision == 3);
	store_abort(&txn);
	store_close(fresh);
	store_close(old);
}

static void
what_a_restored_log_lost_is_stated_anew(void **state)
{
	static const uint64_t lost[] = { 3, 4, 6 };
	static const restore_order order = { .generation = 3,
		.restored = { .size = 6 },
		.lost = { { .kept = 5, .last = { .size = 9 } },
			{ .kept = 6, .last = { .size = 8 } } } };
	const place *p = *state;
	store *old, *fresh;
	uint64_t n = 0;
	store_txn txn;

	open_both(p, &old, &fresh);
	add_acts(old, 2, true);
	add_acts(old, 2, true);
	add_acts(old, 1, true);
	add_acts(old, 1, true);
	add_acts(old, 1, true);
	receipt_at(old, 1, "muster/test\n9\n", 4);
	receipt_at(old, 3, "muster/test\n9\n", 5);
	receipt_at(old, 5, "muster/test/2\n8\n", 5);
	receipt_at(old, 6, "muster/test/2\n8\n", 6);
	receipt_at(old, 7, "muster/test/3\n9\n", 8);
	assert_int_equal(takeover_acts(old, fresh, &the_log, &order, &n, NULL), MS_OK);
	assert_int_equal(n, sizeof(lost) / sizeof(lost[0]));
	store_begin(fresh, &txn, STORE_READ);
	expect_acts(&txn, lost, sizeof(lost) / sizeof(lost[0]));
	store_abort(&txn);
	store_close(fresh);
	store_close(old);
}

#define AT_A_PLACE(test) cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AT_A_PLACE(a_name_of_another_form_is_refused),
		AT_A_PLACE(an_invite_is_used_once_by_one),
		AT_A_PLACE(the_hub_may_ask_for_approval_of_all),
		AT_A_PLACE(every_refusal_leaves_the_invite),
		AT_A_PLACE(a_follower_replaces_in_one_step),
		AT_A_PLACE(keys_rotate_by_the_key_before),
		AT_A_PLACE(approved_once),
		AT_A_PLACE(what_has_no_receipt_is_stated_anew),
		AT_A_PLACE(what_a_restored_log_lost_is_stated_anew),
		AT_A_PLACE(answers_that_were_not_final_come_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
