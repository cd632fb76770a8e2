/* SPDX-License-Identifier: Apache-2.0 */
/* test_held.c - batches that were held come in the order in which they were sealed, each device's
 * own in the order in which they came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hub/held.h"

enum { JOBS = 700, DEVICES = 23 };

static void
hold(job **newest, job *j, uint8_t who, int64_t sealed_us)
{
	memset(&j->device, who, sizeof(j->device));
	j->batch.fields.device_time_us = sealed_us;
	j->next_free = *newest;
	*newest = j;
}

/* Who and when, one after the other. */
static void
assert_order(const job *list, const char *wanted)
{
	for (; *wanted != '\0'; wanted += 2, list = list->next_free) {
		assert_non_null(list);
		assert_int_equal(list->device.at[0], wanted[0]);
		assert_int_equal(list->batch.fields.device_time_us, wanted[1] - '0');
	}
	assert_null(list);
}

static void
what_was_sealed_first_comes_first(void **test)
{
	job *jobs = calloc(6, sizeof(*jobs)), *newest = NULL;

	(void)test;
	assert_null(held_in_order(NULL));
	hold(&newest, &jobs[0], 'a', 4);
	assert_order(held_in_order(newest), "a4");
	newest = NULL;
	hold(&newest, &jobs[0], 'a', 4);
	hold(&newest, &jobs[1], 'a', 6);
	hold(&newest, &jobs[2], 'c', 5);
	hold(&newest, &jobs[3], 'b', 1);
	hold(&newest, &jobs[4], 'b', 7);
	assert_order(held_in_order(newest), "b1a4c5a6b7");
	free(jobs);
}

static void
a_device_whose_clock_went_back_keeps_its_order(void **test)
{
	job *jobs = calloc(6, sizeof(*jobs)), *newest = NULL;

	(void)test;
	hold(&newest, &jobs[0], 'a', 5);
	hold(&newest, &jobs[1], 'b', 4);
	hold(&newest, &jobs[2], 'a', 2);
	hold(&newest, &jobs[3], 'b', 6);
	hold(&newest, &jobs[4], 'a', 3);
	assert_order(held_in_order(newest), "b4a5a2a3b6");
	free(jobs);
}

/* Jobs are known by their number, which is the order in which they came. */
static void
none_is_lost_and_all_are_in_order(void **test)
{
	job *jobs = calloc(JOBS, sizeof(*jobs)), *newest = NULL;
	int64_t newest_us[DEVICES] = { 0 }, sealed_us = 0;
	uint64_t seed = 11, last[DEVICES] = { 0 };
	const job *j;
	size_t n = 0, i;

	(void)test;
	for (i = 0; i < JOBS; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1;
		jobs[i].session = i + 1;
		hold(&newest, &jobs[i], (uint8_t)((seed >> 40) % DEVICES),
			(int64_t)((seed >> 33) % 97));
	}
	for (j = held_in_order(newest); j != NULL; j = j->next_free, n++) {
		uint8_t who = j->device.at[0];

		assert_true(j->session > last[who]);
		last[who] = j->session;
		if (j->batch.fields.device_time_us > newest_us[who])
			newest_us[who] = j->batch.fields.device_time_us;
		assert_true(newest_us[who] >= sealed_us);
		sealed_us = newest_us[who];
	}
	assert_int_equal(n, JOBS);
	free(jobs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_sealed_first_comes_first),
		cmocka_unit_test(a_device_whose_clock_went_back_keeps_its_order),
		cmocka_unit_test(none_is_lost_and_all_are_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
