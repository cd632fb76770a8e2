/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_plan.c - any bytes as a plan file: a plan or a list of mistakes, and the questions to a plan
 * that loads have answers. */
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ask(const plan *p)
{
	buf text = { 0 };
	period at;

	for (uint32_t i = 0; i < p->n_items; i++) {
		plan_match_item(p, span_str(p->items[i].title));
		for (unsigned n = 0; plan_item_period(p, i, n, &at); n++) {
			MS_ASSERT(plan_has_period(p, i, at));
			MS_ASSERT(plan_deadline_us(p, i, at) <= plan_lock_us(p, i, at));
			MS_ASSERT(plan_expected(p, i, at) <= p->n_units);
		}
	}
	for (uint32_t u = 0; u < p->n_units; u++) {
		MS_ASSERT(plan_find_unit(p, span_str(p->units[u].id)) == (int)u);
		plan_match_unit(p, span_str(p->units[u].name));
	}
	MS_ASSERT(plan_print(p, -1, 0, &text) == MS_OK);
	MS_ASSERT(p->n_items == 0 || plan_print(p, 0, 60, &text) == MS_OK);
	buf_fini(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	plan_problems problems = { 0 };
	ms_error err = { 0 };
	plan *p = NULL;
	ms_status s = plan_load(span_of(data, size), "plan.conf", &p, &problems, &err);

	MS_ASSERT(s == MS_OK || (p == NULL && err.code != 0));
	if (s == MS_OK) {
		MS_ASSERT(problems.mistakes == 0);
		ask(p);
	}
	plan_problems_fini(&problems);
	plan_free(p);
	return 0;
}
