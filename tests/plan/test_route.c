/* SPDX-License-Identifier: Apache-2.0 */
/* test_route.c - who may see whose act: deny by default. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "small_plan.h"

static int
setup(void **state)
{
	*state = load_small_plan();
	return 0;
}

static int
teardown(void **state)
{
	plan_free(*state);
	return 0;
}

/* READERS: those of fgw kjj tjj east west late gone that see it, as their first letters. */
static void
expect_readers(
	const plan *p, const char *item, const char *author, const char *part, const char *readers)
{
	report_part named = { .id = span_str(part) };
	size_t n = part == NULL ? 0 : 1;

	for (uint32_t u = 0; u < p->n_units; u++) {
		bool wanted = strchr(readers, p->units[u].id[0]) != NULL;

		if (route_visible(p, u,
			    (slot_at){ .item = item_at(p, item), .unit = unit_at(p, author) }, 0,
			    n == 0 ? NULL : &named, n) != wanted)
			fail_msg("%s of %s (part %s) is %s for %s", item, author,
				part == NULL ? "-" : part, wanted ? "hidden" : "shown",
				p->units[u].id);
	}
}

static void
leads_and_observers_see_a_joint_item_and_reporters_do_not(void **state)
{
	expect_readers(*state, "i01", "east", NULL, "fkte");
	expect_readers(*state, "i01", "west", "c1", "fktw");
	expect_readers(*state, "i01", "fgw", NULL, "fkt");
}

static void
a_split_lead_never_sees_another_lead(void **state)
{
	expect_readers(*state, "i02", "east", NULL, "te");
	expect_readers(*state, "i02", "east", "s1", "te");
	expect_readers(*state, "i02", "west", "s1", "tw");
}

static void
a_split_lead_sees_what_names_its_part_or_no_part(void **state)
{
	expect_readers(*state, "i02", "fgw", NULL, "ftew");
	expect_readers(*state, "i02", "fgw", "s1", "fte");
	expect_readers(*state, "i02", "fgw", "s2", "ftw");
	expect_readers(*state, "i02", "fgw", "unknown", "ft");
}

static void
several_parts_reach_all_their_owners(void **state)
{
	report_part both[] = { { .id = span_str("s2") }, { .id = span_str("s1") } };
	const plan *p = *state;
	slot_at at = { .item = 1, .unit = unit_at(p, "fgw") };

	assert_true(route_visible(p, unit_at(p, "east"), at, 0, both, 2));
	assert_true(route_visible(p, unit_at(p, "west"), at, 0, both, 2));
	assert_false(route_visible(p, unit_at(p, "kjj"), at, 0, both, 2));
}

static void
an_act_without_item_or_unit_is_for_whom_it_concerns(void **state)
{
	const plan *p = *state;
	slot_at adjusted = { .item = AT_ALL, .unit = unit_at(p, "east") };
	slot_at item = { .item = item_at(p, "i02"), .unit = AT_ALL };
	slot_at all = { .item = AT_ALL, .unit = AT_ALL };

	assert_true(route_visible_many(p, unit_at(p, "east"), ACT_ADJUSTMENT, adjusted, 0));
	assert_true(route_visible_many(p, unit_at(p, "tjj"), ACT_ADJUSTMENT, adjusted, 0));
	assert_false(route_visible_many(p, unit_at(p, "west"), ACT_ADJUSTMENT, adjusted, 0));
	assert_false(route_visible_many(p, unit_at(p, "kjj"), ACT_ADJUSTMENT, adjusted, 0));
	/* kjj leads an item on which east reports, late leads nothing. */
	assert_true(route_visible_many(p, unit_at(p, "kjj"), ACT_EXTENSION_GRANT, adjusted, 0));
	assert_false(route_visible_many(p, unit_at(p, "late"), ACT_EXTENSION_GRANT, adjusted, 0));
	assert_true(route_visible_many(p, unit_at(p, "west"), ACT_EXTENSION_GRANT, item, 0));
	assert_true(route_visible_many(p, unit_at(p, "fgw"), ACT_EXTENSION_GRANT, item, 0));
	assert_false(route_visible_many(p, unit_at(p, "kjj"), ACT_EXTENSION_GRANT, item, 0));
	assert_true(route_visible_many(p, unit_at(p, "kjj"), ACT_EXTENSION_GRANT, all, 0));
}

/* Everything of the slot, or of the item where AUTHOR is NULL. */
static void
expect_whole(const plan *p, const char *item, const char *author, const char *readers)
{
	slot_at at = { .item = item_at(p, item),
		.unit = author == NULL ? AT_ALL : unit_at(p, author) };

	for (uint32_t u = 0; u < p->n_units; u++)
		if (route_sees_whole(p, u, at, 0) != (strchr(readers, p->units[u].id[0]) != NULL))
			fail_msg("%s of %s for %s", item, author == NULL ? "all" : author,
				p->units[u].id);
}

static void
a_split_lead_sees_its_own_slot_whole_and_no_item(void **state)
{
	expect_whole(*state, "i01", NULL, "fkt");
	expect_whole(*state, "i01", "east", "fkte");
	expect_whole(*state, "i02", NULL, "t");
	expect_whole(*state, "i02", "east", "te");
	expect_whole(*state, "i02", "fgw", "ft");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leads_and_observers_see_a_joint_item_and_reporters_do_not),
		cmocka_unit_test(a_split_lead_never_sees_another_lead),
		cmocka_unit_test(a_split_lead_sees_what_names_its_part_or_no_part),
		cmocka_unit_test(a_split_lead_sees_its_own_slot_whole_and_no_item),
		cmocka_unit_test(several_parts_reach_all_their_owners),
		cmocka_unit_test(an_act_without_item_or_unit_is_for_whom_it_concerns),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
