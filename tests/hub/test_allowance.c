/* SPDX-License-Identifier: Apache-2.0 */
/* test_allowance.c - with plenty of space nobody waits; when it gets short, who has brought most
 * waits first, and some is always left for the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hub/allowance.h"

#define MIB (UINT64_C(1) << 20)

static device_id
device_no(uint8_t n)
{
	device_id id = { { n } };

	return id;
}

static void
set_room(allowance *a, uint64_t free_bytes, uint64_t whole_bytes)
{
	a->room = (store_room){ .free_bytes = free_bytes, .whole_bytes = whole_bytes };
}

static void
with_plenty_of_space_nobody_waits(void **test)
{
	allowance a = { .reserve_percent = 10, .device_bytes = 64 * MIB };
	const device_id who = device_no(1);

	(void)test;
	allowance_add(&a, &who, UINT64_C(1) << 60);
	set_room(&a, 1000 * MIB, 10000 * MIB);
	assert_false(allowance_is_short(&a));
	assert_false(allowance_is_used_up(&a, &who));
	set_room(&a, 1000 * MIB - 100, 10000 * MIB);
	assert_true(allowance_is_short(&a));
	assert_true(allowance_is_used_up(&a, &who));
	a.reserve_percent = 0;
	set_room(&a, 0, 10000 * MIB);
	assert_false(allowance_is_used_up(&a, &who));
	allowance_fini(&a);
}

static void
the_less_is_left_the_less_may_be_brought(void **test)
{
	allowance a = { .reserve_percent = 10, .device_bytes = 64 * MIB };
	const device_id much = device_no(1), little = device_no(2), nothing = device_no(3);

	(void)test;
	allowance_add(&a, &much, 40 * MIB);
	allowance_add(&a, &little, MIB);
	set_room(&a, 900 * MIB, 10000 * MIB);
	assert_false(allowance_is_used_up(&a, &much));
	set_room(&a, 500 * MIB, 10000 * MIB);
	assert_true(allowance_is_used_up(&a, &much));
	assert_false(allowance_is_used_up(&a, &little));
	set_room(&a, 10 * MIB, 10000 * MIB);
	assert_true(allowance_is_used_up(&a, &little));
	set_room(&a, 0, 10000 * MIB);
	assert_false(allowance_is_used_up(&a, &nothing));
	allowance_fini(&a);
}

static void
what_was_not_new_does_not_count(void **test)
{
	allowance a = { .reserve_percent = 10, .device_bytes = MIB };
	const device_id who = device_no(1);

	(void)test;
	allowance_take_back(&a, &who, 5);
	assert_int_equal(allowance_brought(&a, &who), 0);
	allowance_add(&a, &who, 7);
	allowance_add(&a, &who, 5);
	allowance_take_back(&a, &who, 5);
	assert_int_equal(allowance_brought(&a, &who), 7);
	allowance_fini(&a);
}

/* N devices on a store whose map is as small as can be, each bringing all it may. */
static uint64_t
left_by(uint8_t n)
{
	allowance a = { .reserve_percent = 10, .device_bytes = 64 * MIB };
	const uint64_t batch = 10;
	bool goes_on = true;
	uint8_t i;

	set_room(&a, 16 * MIB / 10 - 1, 16 * MIB);
	while (goes_on) {
		goes_on = false;
		for (i = 0; i < n; i++) {
			const device_id who = device_no(i);

			if (allowance_is_used_up(&a, &who) || a.room.free_bytes < 2 * batch)
				continue;
			allowance_add(&a, &who, batch);
			a.room.free_bytes -= 2 * batch;
			goes_on = true;
		}
	}
	allowance_fini(&a);
	return a.room.free_bytes;
}

static void
something_is_left_for_those_who_bring_little(void **test)
{
	uint8_t n;

	(void)test;
	for (n = 1; n <= 64; n *= 2)
		assert_true(left_by(n) + 40u * n >= 16 * MIB / 10 / (1 + 2 * (uint64_t)n));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_plenty_of_space_nobody_waits),
		cmocka_unit_test(the_less_is_left_the_less_may_be_brought),
		cmocka_unit_test(what_was_not_new_does_not_count),
		cmocka_unit_test(something_is_left_for_those_who_bring_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
