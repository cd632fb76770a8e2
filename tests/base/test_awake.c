/* SPDX-License-Identifier: Apache-2.0 */
/* test_awake.c - the threads that keep cores awake are of the idle class, and sleep when nobody
 * wants them. */
#include "base/awake.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base_testing.h"

#define LONG_US (INT64_C(3600) * 1000000)
#define PATIENCE_US (INT64_C(60) * 1000000)

/* Threads of this process of the idle class that are in STATE ('R', 'S'); 0: in any. */
static int
idle_threads(char state)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *e;
	int n = 0;

	assert_non_null(tasks);
	while ((e = readdir(tasks)) != NULL) {
		char path[300], line[512] = "";
		const char *behind;
		FILE *f;

		if (e->d_name[0] == '.' ||
			sched_getscheduler((pid_t)strtol(e->d_name, NULL, 10)) != SCHED_IDLE)
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%s/stat", e->d_name);
		f = fopen(path, "r");
		if (f == NULL)
			continue;
		behind = fgets(line, sizeof(line), f) == NULL ? NULL : strrchr(line, ')');
		fclose(f);
		n += behind != NULL && (state == 0 || behind[2] == state);
	}
	closedir(tasks);
	return n;
}

/* Until N threads of the idle class are in STATE. */
static void
wait_for(char state, int n)
{
	int64_t until_us = clock_monotonic_us() + PATIENCE_US;

	while (idle_threads(state) != n)
		assert_true(clock_monotonic_us() < until_us);
}

static int
how_many(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 2 : 1;
}

static void
they_run_while_they_are_wanted(void **state)
{
	awake *a = awake_new();
	int n = how_many(), round;

	(void)state;
	assert_non_null(a);
	wait_for('S', n);
	for (round = 0; round < 3; round++) {
		awake_for(a, LONG_US);
		wait_for('R', n);
		awake_for(a, 0);
		wait_for('S', n);
	}
	awake_free(a);
	wait_for(0, 0);
}

static void
their_end_does_not_wait_for_their_time(void **state)
{
	awake *a = awake_new();

	(void)state;
	awake_for(a, LONG_US);
	wait_for('R', how_many());
	awake_free(a);
	wait_for(0, 0);
}

static void
nothing_is_kept_awake_by_nothing(void **state)
{
	(void)state;
	awake_for(NULL, LONG_US);
	awake_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_run_while_they_are_wanted),
		cmocka_unit_test(their_end_does_not_wait_for_their_time),
		cmocka_unit_test(nothing_is_kept_awake_by_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
