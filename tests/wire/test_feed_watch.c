/* SPDX-License-Identifier: Apache-2.0 */
/* test_feed_watch.c - an entry that is left out, put in or changed after the hub stated a feed is
 * found at the statement; a hub that states no more is found too. */
#include "sealed_log.h"

#include "proof/feed_chain.h"
#include "wire/feed_watch.h"

enum { ENTRIES = 20, STATED = 12 /* entries before the statement */ };

#define HOUR INT64_C(3600000000)

typedef struct feed {
	scene scene;
	feed_entry entries[ENTRIES];
	feed_act acts[ENTRIES];
	uint8_t positions[ENTRIES];
} feed;

/* Entry STATED + 1 is the hub's statement. */
static feed *
feed_new(void)
{
	feed *f = calloc(1, sizeof(*f));
	hash32 chain = { { 0 } };
	size_t i;

	for (i = 0; i < ENTRIES; i++) {
		feed_entry *e = &f->entries[i];

		f->positions[i] = (uint8_t)(0x80 >> i % 8);
		f->acts[i].bytes = span_str("x");
		*e = (feed_entry){ .number = i + 1,
			.leaf = 3 * i + 1,
			.hub_time_us = HOUR + (int64_t)i * 1000000,
			.unit = span_str("kjj"),
			.acts = &f->acts[i],
			.n_acts = 1,
			.withheld = i == 4,
			.positions = span_of(&f->positions[i], i % 3 == 0 ? 0 : 1) };
		if (i == STATED) {
			act a = { .kind = ACT_HUB_FEEDS, .unit = span_str("jxw") };

			a.u.feeds = (hub_feeds){ .count = STATED,
				.chain = span_of(chain.at, HASH_SIZE) };
			f->acts[i].bytes = encoded(&f->scene, &a);
			e->unit = span_str("");
		}
		chain = feed_chain_next(&chain, e->number, e->leaf, e->positions);
	}
	return f;
}

static void
feed_free(feed *f)
{
	arena_fini(&f->scene.memory);
	free(f);
}

/* The code with which the watch stops; 0: it takes all. Number *AT is the entry. */
static unsigned
take_all(feed *f, size_t from, const hash32 *chain, uint64_t *at)
{
	arena memory = { 0 };
	ms_error err = { 0 };
	feed_watch w;
	size_t i;

	feed_watch_begin(&w, from, chain);
	for (i = from; i < ENTRIES && err.code == 0; i++) {
		*at = f->entries[i].number;
		feed_watch_take(&w, &f->entries[i], &memory, &err);
	}
	arena_fini(&memory);
	return err.code;
}

static void
what_was_stated_is_taken(void **test)
{
	feed *f = feed_new();
	hash32 zero = { { 0 } };
	uint64_t at;

	(void)test;
	assert_int_equal(take_all(f, 0, &zero, &at), 0);
	assert_int_equal(at, ENTRIES);
	assert_int_equal(take_all(f, 7, NULL, &at), 0); /* begins with the statement's */
	assert_int_equal(take_all(f, STATED + 1, NULL, &at), 0);
	feed_free(f);
}

static void
any_change_before_it_is_found_there(void **test)
{
	hash32 zero = { { 0 } };
	uint64_t at;
	size_t i, k;

	(void)test;
	for (i = 0; i < STATED; i++) {
		feed *f = feed_new();

		f->entries[i].leaf += 1; /* another one in its place */
		assert_int_equal(take_all(f, 0, &zero, &at), MST_WIRE_FEED_OMITTED);
		assert_int_equal(at, STATED + 1);
		f->entries[i].leaf -= 1;
		f->positions[i] ^= 1; /* an act of the batch more or less */
		f->entries[i].positions = span_of(&f->positions[i], 1);
		assert_int_equal(take_all(f, 0, &zero, &at), MST_WIRE_FEED_OMITTED);
		feed_free(f);
		f = feed_new(); /* left out, and the rest numbered anew */
		for (k = i; k + 1 < ENTRIES; k++) {
			f->entries[k] = f->entries[k + 1];
			f->entries[k].number = k + 1;
		}
		assert_int_equal(take_all(f, 0, &zero, &at), MST_WIRE_FEED_OMITTED);
		assert_int_equal(take_all(f, 0, NULL, &at), MST_WIRE_FEED_OMITTED); /* by count */
		assert_int_equal(at, STATED);
		feed_free(f);
	}
}

static void
a_hub_that_states_no_more_is_found(void **test)
{
	feed *f = feed_new();
	hash32 zero = { { 0 } };
	uint64_t at;
	size_t i;

	(void)test;
	for (i = STATED + 3; i < ENTRIES; i++)
		f->entries[i].hub_time_us += 3 * HOUR;
	assert_int_equal(take_all(f, 0, &zero, &at), MST_WIRE_FEED_UNSTATED);
	assert_int_equal(at, STATED + 4);
	for (i = STATED + 1; i < STATED + 3; i++)
		f->entries[i].leaf = 2; /* granted later: they are older than they came */
	assert_int_equal(take_all(f, 0, &zero, &at), 0);
	for (i = STATED + 1; i < STATED + 3; i++) /* newer than all before the statement */
		f->entries[i].leaf = f->entries[STATED].leaf - 1;
	assert_int_equal(take_all(f, 0, &zero, &at), 0);
	feed_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_stated_is_taken),
		cmocka_unit_test(any_change_before_it_is_found_there),
		cmocka_unit_test(a_hub_that_states_no_more_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
