/* SPDX-License-Identifier: Apache-2.0 */
/* test_roster.c - devices, where their batches stand, forks, and plan versions. */
#include "tests/store/store_testing.h"

#include "store/plans.h"
#include "store/roster.h"

static device
make_device(uint64_t n, uint64_t key)
{
	device d = { .state = DEVICE_ACTIVE, .next_seq = n + 1, .enrolled_leaf = n };

	be64_put(d.id.at, n * 0x9E3779B97F4A7C15u);
	be64_put(d.curve_key, key);
	d.last_header.at[0] = (uint8_t)n;
	snprintf(d.unit, sizeof(d.unit), "unit-%u", (unsigned)n % 33);
	snprintf(d.name, sizeof(d.name), "unit-%u@office-%u", (unsigned)n % 33, (unsigned)n);
	return d;
}

/* How often D stands among the devices of its unit, which are no others'. */
static size_t
places_in_unit(const roster *r, const device *d)
{
	size_t n, i, found = 0;
	const uint32_t *of = roster_of_unit(r, d->unit, &n);

	for (i = 0; i < n; i++) {
		assert_string_equal(r->list[of[i]].unit, d->unit);
		found += &r->list[of[i]] == d;
	}
	return found;
}

/* LOADED has its devices as if they had come one by one. */
static void
is_in_order(const roster *loaded)
{
	roster once = { 0 };
	roster_order by;
	size_t i;

	for (i = 0; i < loaded->n; i++)
		assert_int_equal(roster_set(&once, &loaded->list[i]), MS_OK);
	for (by = 0; by < ROSTER_ORDERS; by++)
		assert_memory_equal(once.by[by], loaded->by[by], loaded->n * sizeof(*once.by[by]));
	roster_fini(&once);
}

static device *
find_old(const roster *r, const device *d, int64_t now_us)
{
	return roster_find_old_key(r, d->old_curve_key, now_us);
}

/* The roster against an array: random new devices, new keys and other names, found by id, key, the
 * key before, name and unit, also after loading. */
static void
every_device_is_found_by_id_key_name_and_unit(void **test)
{
	enum { MOST = 300 };
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	device model[MOST], once;
	bool there[MOST] = { false };
	uint64_t seed = 5, i;
	size_t n_of;
	roster r = { 0 }, loaded = { 0 };
	store_txn txn;
	int round;

	store_begin(s, &txn, STORE_WRITE);
	for (round = 0; round < 1500; round++) {
		uint64_t n = dice(&seed) % MOST;

		model[n] = make_device(n, n * 1000 + dice(&seed) % 3);
		be64_put(model[n].old_curve_key, n * 1000 + 500 + dice(&seed) % 3);
		model[n].old_until_us = dice(&seed) % 2 == 0 ? 0 : 10;
		snprintf(model[n].name, sizeof(model[n].name), "%u@of %u", (unsigned)n,
			(unsigned)(dice(&seed) % 3));
		snprintf(model[n].unit, sizeof(model[n].unit), "unit-%u",
			(unsigned)(dice(&seed) % 33));
		there[n] = true;
		assert_int_equal(roster_set(&r, &model[n]), MS_OK);
		device_save(&txn, &model[n]);
	}
	commit(&txn);
	store_begin(s, &txn, STORE_READ);
	assert_true(roster_load(&txn, &loaded));
	assert_int_equal(loaded.n, r.n);
	is_in_order(&loaded);
	for (i = 0; i < MOST; i++) {
		const roster *all[] = { &r, &loaded };
		size_t k;

		for (k = 0; k < 2 && there[i]; k++) {
			device *d = roster_find(all[k], &model[i].id);

			assert_non_null(d);
			assert_memory_equal(d->curve_key, model[i].curve_key, CURVE_PUBLIC_SIZE);
			assert_string_equal(d->unit, model[i].unit);
			assert_int_equal(d->next_seq, i + 1);
			assert_true(hash_equal(&d->last_header, &model[i].last_header));
			assert_ptr_equal(roster_find_key(all[k], model[i].curve_key), d);
			assert_ptr_equal(roster_find_name(all[k], model[i].name), d);
			assert_ptr_equal(find_old(all[k], &model[i], 10),
				model[i].old_until_us == 0 ? NULL : d);
			assert_null(find_old(all[k], &model[i], 11));
			assert_int_equal(places_in_unit(all[k], d), 1);
			assert_true(
				device_load(&txn, &model[i].id, &once) && once.enrolled_leaf == i);
		}
	}
	once = make_device(MOST + 1, 77777777);
	assert_null(roster_find(&r, &once.id));
	assert_null(roster_find_key(&r, once.curve_key));
	assert_null(roster_find_name(&r, "nobody"));
	assert_null(roster_of_unit(&r, "unit-", &n_of));
	assert_int_equal(n_of, 0);
	assert_false(device_load(&txn, &once.id, &once));
	commit(&txn);
	roster_fini(&r);
	roster_fini(&loaded);
	store_close(s);
}

static void
a_key_enrolled_again_beats_its_revoked_device(void **test)
{
	device old = make_device(1, 5), new_one = make_device(2, 5);
	roster r = { 0 };

	(void)test;
	old.state = DEVICE_REVOKED;
	roster_set(&r, &old);
	assert_int_equal(roster_find_key(&r, old.curve_key)->state, DEVICE_REVOKED);
	roster_set(&r, &new_one);
	assert_int_equal(roster_find_key(&r, old.curve_key)->next_seq, 3);
	new_one.state = DEVICE_REVOKED;
	roster_set(&r, &new_one);
	old.state = DEVICE_FROZEN;
	roster_set(&r, &old);
	assert_int_equal(roster_find_key(&r, old.curve_key)->state, DEVICE_FROZEN);
	assert_string_equal(device_state_name(DEVICE_FROZEN), "frozen");
	roster_fini(&r);
}

static void
batches_are_indexed_by_device_and_sequence(void **test)
{
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	device a = make_device(1, 1), b = make_device(2, 2);
	store_txn txn;
	uint64_t leaf;

	store_begin(s, &txn, STORE_WRITE);
	batch_index_put(&txn, &a.id, 1, 100);
	batch_index_put(&txn, &b.id, 1, 101);
	assert_true(batch_index_find(&txn, &b.id, 1, &leaf) && leaf == 101);
	assert_false(batch_index_find(&txn, &b.id, 2, &leaf));
	commit(&txn);
	store_close(s);
}

static void
a_forks_batch_is_kept_once(void **test)
{
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	sign_key key = test_key(1);
	uint64_t seed = 8;
	buf one = { 0 }, two = { 0 };
	batch_view a, b;
	evidence e = { 0 };
	store_txn txn;

	make_batch(&seed, &key, 5, (hash32){ 0 }, 2, 30, &one, &a);
	make_batch(&seed, &key, 5, (hash32){ 0 }, 3, 30, &two, &b);
	store_begin(s, &txn, STORE_WRITE);
	evidence_put(&txn, &a, 10);
	evidence_put(&txn, &a, 20);
	evidence_put(&txn, &b, 30);
	assert_int_equal(store_count(&txn, TABLE_EVIDENCE), 2);
	assert_true(evidence_next(&txn, &e));
	assert_int_equal(e.first_seq, 5);
	assert_true(
		e.hub_time_us == 10 ? span_equal(e.batch, a.bytes) : span_equal(e.batch, b.bytes));
	assert_true(evidence_next(&txn, &e));
	assert_false(evidence_next(&txn, &e));
	commit(&txn);
	buf_fini(&one);
	buf_fini(&two);
	store_close(s);
}

static void
plan_versions_come_in_the_order_of_their_leaves(void **test)
{
	place *p = *test;
	store *s = open_at(p->data, STORE_AGENT, 0);
	period q1 = { 2012, PERIOD_QUARTER, 1 }, q3 = { 2012, PERIOD_QUARTER, 3 };
	uint8_t *large = calloc(1, 300000);
	plan_row one = { .file = span_str("plan one"), .leaf = 3, .from_period = q1 };
	plan_row two = { .file = span_of(large, 300000), .leaf = 9, .from_period = q3 };
	plan_row out, *list;
	arena memory = { 0 };
	store_txn txn;
	size_t n;

	store_begin(s, &txn, STORE_WRITE);
	assert_null(plans_list(&txn, &memory, &n));
	assert_int_equal(plans_newest(&txn, &memory, &out, NULL), MS_CORRUPT);
	plans_put(&txn, &two);
	plans_put(&txn, &one);
	commit(&txn);
	store_begin(s, &txn, STORE_READ);
	assert_true(plans_get(&txn, &two.version, &memory, &out));
	assert_true(span_equal(out.file, two.file) && out.leaf == 9 &&
		    period_equal(out.from_period, q3));
	list = plans_list(&txn, &memory, &n);
	assert_true(list != NULL && n == 2 && list[0].leaf == 3 && list[1].leaf == 9);
	assert_int_equal(plans_newest(&txn, &memory, &out, NULL), MS_OK);
	assert_int_equal(out.leaf, 9);
	commit(&txn);
	arena_fini(&memory);
	free(large);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			every_device_is_found_by_id_key_name_and_unit, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_key_enrolled_again_beats_its_revoked_device, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			batches_are_indexed_by_device_and_sequence, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_forks_batch_is_kept_once, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(plan_versions_come_in_the_order_of_their_leaves,
			place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
