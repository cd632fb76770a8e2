/* SPDX-License-Identifier: Apache-2.0 */
/* test_rebuild.c - rows of a hub's directory that follow from its log, edited so that the row's own
 * hash fits, are found one and all. */
#include "tests/store/town.h"

#include "codec/records.h"

static log_state
state_of(town *t)
{
	log_state state;
	store_txn txn;

	store_begin(t->c.db, &txn, STORE_READ);
	log_state_load(&txn, &state);
	store_abort(&txn);
	return state;
}

static void
put_state(town *t, const log_state *state)
{
	store_txn txn;

	store_begin(t->c.db, &txn, STORE_WRITE);
	save(t, &txn, TABLE_META, span_str("log"));
	log_state_save(&txn, state);
	commit(&txn);
}

static void
lights_were_told_until_when_it_says(void **state)
{
	log_state is;
	town t;

	open_town(&t, *state);
	is = state_of(&t);
	is.noticed_us += 200 * DAY_US; /* deadlines of which nobody was told */
	put_state(&t, &is);
	found(&t, "row log of table meta is damaged: lights were not told until when it says so");
	is.noticed_us = INT64_MAX;
	put_state(&t, &is);
	found(&t, "lights were not told until when it says so");
	is = state_of(&t);
	is.noticed_us -= 30 * DAY_US;
	put_state(&t, &is);
	found(&t, "lights were not told until when it says so");
	is = state_of(&t);
	is.noticed_us += 1; /* nothing passed meanwhile */
	put_state(&t, &is);
	left_alone(&t);
	is.manual_clock_us = t.c.now_us;
	put_state(&t, &is);
	found(&t, "it moves a clock that is not moved by hand");
	is = state_of(&t);
	is.last_us--;
	put_state(&t, &is);
	found(&t, "it is not the state of the log of its leaves");
	close_town(&t);
}

static void
nothing_else_stands_in_meta(void **state)
{
	town t;

	open_town(&t, *state);
	put_number(&t, "m/feed", 7);
	found(&t, "row m/feed of table meta is damaged: nothing in the log asks for it");
	put_number(&t, "m/feeds", 7);
	found(&t, "row m/feeds of table meta is damaged: it is not what the log adds up to");
	drop(&t, TABLE_META, span_str("m/feeds"));
	found(&t, "row m/feeds of table meta is damaged: it is missing");
	close_town(&t);
}

static void
the_log_has_its_leaves_alone(void **state)
{
	uint8_t key[8];
	town t;

	open_town(&t, *state);
	be64_put(key, t.c.log.tree.size);
	put(&t, TABLE_LOG, span_of(key, 8), span_str("a leaf"));
	found(&t, "of table log is damaged: the log has no such leaf");
	put(&t, TABLE_LOG, span_of(key, 7), span_str("a leaf"));
	found(&t, "of table log is damaged: the log has no such leaf");
	close_town(&t);
}

static void
the_hub_has_the_key_of_leaf_0(void **state)
{
	device hub;
	store_txn txn;
	town t;

	open_town(&t, *state);
	store_begin(t.c.db, &txn, STORE_WRITE);
	assert_true(device_load(&txn, &t.c.keys.device, &hub));
	save(&t, &txn, TABLE_DEVICE, span_of(hub.id.at, ID_SIZE));
	hub.curve_key[5] ^= 1;
	device_save(&txn, &hub);
	commit(&txn);
	found(&t, "it is not what the log says of the device");
	close_town(&t);
}

/* ---- rollups ---- */

/* Of an item's own period: shorter ones come first. */
static span
some_rollup(town *t, rollup_row *out)
{
	store_cursor c;
	store_txn txn;
	span key, row, payload;

	store_begin(t->c.db, &txn, STORE_READ);
	store_cursor_open(&txn, TABLE_ROLLUP, &c);
	assert_true(store_first(&c, &key, &row));
	assert_true(record_open(&txn, TABLE_ROLLUP, key, row, &payload));
	key = copied(t, key);
	payload = copied(t, payload);
	store_cursor_close(&c);
	store_abort(&txn);
	assert_int_equal(rollup_row_decode(payload, &t->memory, out), MS_OK);
	return key;
}

static void
put_rollup(town *t, span key, const rollup_row *x)
{
	buf bytes = { 0 };

	assert_int_equal(rollup_row_encode(x, &t->memory, &bytes), MS_OK);
	put(t, TABLE_ROLLUP, key, buf_span(&bytes));
	buf_fini(&bytes);
}

static void
a_rollup_is_as_of_a_size_since_its_change(void **state)
{
	rollup_row x;
	span key;
	town t;

	open_town(&t, *state);
	key = some_rollup(&t, &x);
	x.as_of = 3; /* leaves of the hub alone */
	put_rollup(&t, key, &x);
	found(&t, "table rollup is damaged: it is not what the log adds up to");
	key = some_rollup(&t, &x);
	x.as_of = t.c.log.tree.size + 1;
	put_rollup(&t, key, &x);
	found(&t, "table rollup is damaged: it is not what the log adds up to");
	key = some_rollup(&t, &x);
	x.as_of = t.c.log.tree.size; /* as true as the one before */
	put_rollup(&t, key, &x);
	left_alone(&t);
	drop(&t, TABLE_ROLLUP, some_rollup(&t, &x));
	found(&t, "table rollup is damaged: it is missing");
	turn(&t, TABLE_ROLLUP, some_rollup(&t, &x), 1, 1);
	found(&t, "table rollup is damaged: it is not what the log adds up to");
	x = (rollup_row){ .as_of = 4 }; /* of nothing that was ever told of */
	put_rollup(&t, span_of("i99\0\1\2\3\4", 8), &x);
	found(&t, "table rollup is damaged: nothing in the log asks for it");
	close_town(&t);
}

/* ---- row by row ---- */

static const store_table follow[] = { TABLE_SLOT, TABLE_KEY, TABLE_ROLLUP, TABLE_FEED,
	TABLE_FEED_TAIL, TABLE_FEED_HEAD, TABLE_PLAN, TABLE_BATCH, TABLE_BATCH_TAIL, TABLE_RULING,
	TABLE_DUE, TABLE_DEVICE, TABLE_EVIDENCE };

/* The keys of a table, in the town's memory until an undo. */
static span
key_at(town *t, store_table table, uint64_t n)
{
	store_cursor c;
	store_txn txn;
	span key, row;
	bool more;

	store_begin(t->c.db, &txn, STORE_READ);
	store_cursor_open(&txn, table, &c);
	for (more = store_first(&c, &key, &row); more && n > 0; n--)
		more = store_next(&c, &key, &row);
	assert_true(more);
	key = copied(t, key);
	store_cursor_close(&c);
	store_abort(&txn);
	return key;
}

static uint64_t
rows_of(town *t, store_table table)
{
	store_txn txn;
	uint64_t n;

	store_begin(t->c.db, &txn, STORE_READ);
	n = store_count(&txn, table);
	store_abort(&txn);
	return n;
}

static void
every_row_that_follows_is_compared(void **state)
{
	enum { EACH = 6 };
	size_t i, k;
	span key;
	town t;

	open_town(&t, *state);
	for (i = 0; i < sizeof(follow) / sizeof(follow[0]); i++)
		for (k = 0; k < EACH; k++) {
			uint64_t n = rows_of(&t, follow[i]);

			if (n == 0)
				break;
			key = key_at(&t, follow[i], dice(&t.c.seed) % n);
			if (follow[i] != TABLE_DUE) { /* they have no payload */
				turn(&t, follow[i], key, 0, 1);
				found(&t, "");
			}
			key = key_at(&t, follow[i], dice(&t.c.seed) % n);
			drop(&t, follow[i], key);
			found(&t, "");
		}
	close_town(&t);
}

#define AT_A_PLACE(test) cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AT_A_PLACE(lights_were_told_until_when_it_says),
		AT_A_PLACE(nothing_else_stands_in_meta),
		AT_A_PLACE(the_log_has_its_leaves_alone),
		AT_A_PLACE(the_hub_has_the_key_of_leaf_0),
		AT_A_PLACE(a_rollup_is_as_of_a_size_since_its_change),
		AT_A_PLACE(every_row_that_follows_is_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
