/* SPDX-License-Identifier: Apache-2.0 */
/* test_device_places.c - a device goes where its hub's own signature sends it, and nowhere else. */
#include "tests/store/store_testing.h"

#include "lib/device_places.h"

typedef struct notice {
	buf batch;
	feed_entry entry;
	act act;
	uint8_t key[CURVE_SECRET_SIZE];
} notice;

static void
hub_key(sign_key *out, uint8_t first)
{
	uint8_t seed[SIGN_SEED_SIZE] = { first };

	sign_key_from_seed(seed, out);
}

static agent_settings
settings_of(void)
{
	agent_settings s;
	sign_key key;

	agent_settings_init(&s);
	memset(s.hub.at, 2, ID_SIZE);
	s.n_addresses = 2;
	snprintf(s.addresses[0], HOME_NAME_MAX, "tcp://a:1");
	snprintf(s.addresses[1], HOME_NAME_MAX, "tcp://b:2");
	memset(s.hub_curve_key, 3, sizeof(s.hub_curve_key));
	hub_key(&key, 9);
	s.hub_sign_key = key.public_key;
	return s;
}

/* The notice in LEAF that the hub is at ADDRESS from FROM, alone from UNTIL on; signed by the key
 * of SIGNER, for the hub of id HUB. */
static void
say(notice *n, uint64_t leaf, const char *address, int64_t from, int64_t until, uint8_t signer,
	uint8_t hub)
{
	batch_header header = { .first_seq = 7, .schema = BATCH_SCHEMA };
	span bytes = span_str("the act");
	sign_key key;

	memset(header.hub.at, hub, ID_SIZE);
	hub_key(&key, signer);
	buf_reset(&n->batch);
	assert_int_equal(batch_seal(&header, &bytes, 1, &key, &n->batch, NULL), MS_OK);
	n->entry = (feed_entry){ .leaf = leaf,
		.header = span_of(n->batch.at, BATCH_HEADER_SIZE),
		.signature = span_of(n->batch.at + BATCH_HEADER_SIZE, SIGNATURE_SIZE) };
	memset(n->key, (int)leaf, sizeof(n->key));
	n->act = (act){ .kind = ACT_HUB_MOVED };
	n->act.u.moved = (hub_moved){ .address = span_str(address),
		.curve_key = span_of(n->key, sizeof(n->key)),
		.from_us = from,
		.until_us = until };
}

static ms_status
take(const place *p, const notice *n, ms_error *err)
{
	agent_settings s = settings_of();

	return device_places_moved(p->dir, &s, &n->entry, &n->act, err);
}

/* The addresses at NOW, joined. */
static void
assert_places(const place *p, int64_t now_us, const char *wanted)
{
	agent_settings s = settings_of();
	device_places found;
	char text[1024] = "";
	size_t len = 0;
	uint32_t i;

	assert_int_equal(device_places_read(p->dir, &s, now_us, &found, NULL), MS_OK);
	for (i = 0; i < found.n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i == 0 ? "" : " ",
			found.list[i].address + strlen("tcp://"));
	assert_string_equal(text, wanted);
}

static void
a_notice_holds_beside_the_old_places_and_then_alone(void **test)
{
	place *p = *test;
	notice n = { 0 };

	assert_places(p, 50, "a:1 b:2");
	say(&n, 12, "tcp://c:3", 100, 200, 9, 2);
	assert_int_equal(take(p, &n, NULL), MS_OK);
	assert_places(p, 99, "a:1 b:2 c:3");
	assert_places(p, 100, "c:3 a:1 b:2");
	assert_places(p, 200, "c:3");
	say(&n, 20, "tcp://d:4", 150, 300, 9, 2);
	assert_int_equal(take(p, &n, NULL), MS_OK);
	assert_places(p, 250, "d:4 c:3 a:1 b:2");
	assert_places(p, 300, "d:4");
	buf_fini(&n.batch);
}

static void
an_older_notice_and_the_same_again_change_nothing(void **test)
{
	place *p = *test;
	notice n = { 0 };

	say(&n, 20, "tcp://d:4", 0, 300, 9, 2);
	assert_int_equal(take(p, &n, NULL), MS_OK);
	assert_int_equal(take(p, &n, NULL), MS_EXISTS);
	say(&n, 12, "tcp://c:3", 0, 300, 9, 2);
	assert_int_equal(take(p, &n, NULL), MS_EXISTS);
	assert_places(p, 10, "d:4 a:1 b:2");
	buf_fini(&n.batch);
}

static void
what_the_hub_has_not_signed_is_not_believed(void **test)
{
	place *p = *test;
	notice n = { 0 };
	ms_error err = { 0 };

	say(&n, 12, "tcp://evil:3", 0, 1, 8, 2); /* another key */
	assert_int_equal(take(p, &n, &err), MS_DENIED);
	assert_int_equal(err.code, MST_HUB_MOVE_NOTICE);
	say(&n, 12, "tcp://evil:3", 0, 1, 9, 5); /* another hub */
	assert_int_equal(take(p, &n, NULL), MS_DENIED);
	say(&n, 12, "tcp://evil:3", 0, 1, 9, 2);
	n.entry.signature.len = 0;
	assert_int_equal(take(p, &n, NULL), MS_DENIED);
	say(&n, 12, "tcp://evil:3", 0, 1, 9, 2);
	n.act.u.moved.curve_key.len = 31;
	assert_int_equal(take(p, &n, NULL), MS_DENIED);
	assert_places(p, 10, "a:1 b:2");
	buf_fini(&n.batch);
}

/* The hub's own word, but no settings file could hold it, or no socket be opened with it. */
static void
what_is_no_address_is_not_kept(void **test)
{
	static const char *const words[] = { "tcp://${HOME}:3", "tcp://c", "tcp://*:3", "c:3",
		"ipc:///tmp/x" };
	place *p = *test;
	notice n = { 0 };
	ms_error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		say(&n, 12, words[i], 0, 1, 9, 2);
		assert_int_equal(take(p, &n, &err), MS_DENIED);
		assert_int_equal(err.code, MST_HUB_MOVE_NOTICE);
		assert_places(p, 10, "a:1 b:2");
	}
	buf_fini(&n.batch);
}

static void
what_is_set_by_hand_comes_first_and_the_next_notice_counts_again(void **test)
{
	place *p = *test;
	agent_settings s = settings_of();
	notice n = { 0 };

	say(&n, 12, "tcp://c:3", 0, 100, 9, 2);
	assert_int_equal(take(p, &n, NULL), MS_OK);
	assert_int_equal(device_places_set(p->dir, &s, "tcp://e:5", NULL, NULL), MS_OK);
	assert_places(p, 500, "e:5 c:3 a:1 b:2");
	assert_int_equal(device_places_set(p->dir, &s, "tcp://c:3", n.key, NULL), MS_OK);
	assert_places(p, 500, "c:3 e:5 a:1 b:2");
	say(&n, 30, "tcp://f:6", 0, 400, 9, 2);
	assert_int_equal(take(p, &n, NULL), MS_OK);
	assert_places(p, 500, "f:6");
	buf_fini(&n.batch);
}

static void
many_moves_keep_the_newest(void **test)
{
	place *p = *test;
	notice n = { 0 };
	char address[32];
	uint64_t i;

	for (i = 1; i <= 9; i++) {
		snprintf(address, sizeof(address), "tcp://h:%d", (int)i);
		say(&n, i, address, 0, 1000, 9, 2);
		assert_int_equal(take(p, &n, NULL), MS_OK);
	}
	assert_places(p, 10, "h:9 h:8 h:7 h:6 a:1 b:2");
	buf_fini(&n.batch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_notice_holds_beside_the_old_places_and_then_alone,
			place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(an_older_notice_and_the_same_again_change_nothing,
			place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			what_the_hub_has_not_signed_is_not_believed, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_no_address_is_not_kept, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_set_by_hand_comes_first_and_the_next_notice_counts_again,
			place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			many_moves_keep_the_newest, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
