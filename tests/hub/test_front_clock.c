/* SPDX-License-Identifier: Apache-2.0 */
/* test_front_clock.c - an alarm about a clock names the leaf that has it, or says why none does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hub/hub.h"

/* What the front says when J comes back from the writer. */
static void
assert_said(job *j, const char *wanted)
{
	front *f = calloc(1, sizeof(*f));
	hub_base *base = calloc(1, sizeof(*base));
	char text[2048];
	int ends[2];
	ssize_t n;

	assert_int_equal(pipe(ends), 0);
	f->base = base;
	base->log = (logger){ .fd = ends[1], .level = LOG_INFO, .name = "test" };
	front_clock_found(f, j);
	close(ends[1]);
	n = read(ends[0], text, sizeof(text) - 1);
	assert_true(n >= 0);
	text[n] = '\0';
	if (*wanted == '\0' ? n > 0 : strstr(text, wanted) == NULL)
		fail_msg("\"%s\" is not in: %s", wanted, text);
	if (j->outcome != OUTCOME_DONE && strstr(text, "leaf 0") != NULL)
		fail_msg("there is no leaf: %s", text);
	close(ends[0]);
	free(base);
	free(f);
}

static void
what_is_in_the_log_is_named_by_its_leaf(void **test)
{
	job *j = calloc(1, sizeof(*j));

	(void)test;
	j->outcome = OUTCOME_DONE;
	j->leaf = 17;
	j->found = (hub_clock){ .finding = CLOCK_STEPPED, .after_us = 90000000 };
	assert_said(j, "moved by +90 s");
	assert_said(j, "(leaf 17) [MST-4250]");
	j->found = (hub_clock){ .finding = CLOCK_WENT_BACK, .before_us = 90000000 };
	assert_said(j, "(leaf 17) [MST-4251]");
	j->found.finding = CLOCK_DEVICE_OFF;
	assert_said(j, "(leaf 17) [MST-4252]");
	j->leaf = 0; /* the log says so already */
	assert_said(j, "");
	free(j);
}

static void
what_could_not_be_written_is_an_alarm_all_the_same(void **test)
{
	job *j = calloc(1, sizeof(*j));

	(void)test;
	j->outcome = OUTCOME_FAILED;
	ms_fail(&j->error, MS_NO_SPACE, MST_STORE_SPACE, "the storage is full");
	j->found.finding = CLOCK_STEPPED;
	assert_said(j, "(it could not be put into the log: the storage is full) [MST-4250]");
	j->found.finding = CLOCK_WENT_BACK;
	assert_said(j, "(it could not be put into the log: the storage is full) [MST-4251]");
	j->found.finding = CLOCK_DEVICE_OFF;
	j->leaf = 17; /* of the transaction that came to nothing */
	assert_said(j, "clock: it could not be put into the log: the storage is full");
	free(j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_in_the_log_is_named_by_its_leaf),
		cmocka_unit_test(what_could_not_be_written_is_an_alarm_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
