/* SPDX-License-Identifier: Apache-2.0 */
/* test_ended.c - a process that is killed from outside says nothing of what it read. */
#include "tests/base/base_testing.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ended.h"

/* What waitpid says of a process that NUMBER ended; 0: that ended with code 1. */
static int
end_of(int number)
{
	struct rlimit no_core = { 0, 0 };
	pid_t child = fork();
	int how = 0;

	assert_true(child >= 0);
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		signal(number, SIG_DFL);
		if (number != 0)
			raise(number);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &how, 0), child);
	return how;
}

static void
only_signals_of_damage_tell_of_damage(void **state)
{
	static const struct {
		int number;
		bool damage;
	} cases[] = { { 0, false }, { SIGSEGV, true }, { SIGBUS, true }, { SIGABRT, true },
		{ SIGFPE, true }, { SIGILL, true }, { SIGXCPU, true }, { SIGKILL, false },
		{ SIGTERM, false }, { SIGHUP, false } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int how = end_of(cases[i].number);
		ms_error e = { 0 };

		if (ended_by_damage(how) != cases[i].damage)
			fail_msg("signal %d", cases[i].number);
		if (cases[i].damage || cases[i].number == 0)
			continue;
		assert_int_equal(ended_fail(how, &e), MS_AGAIN);
		assert_int_equal(e.code, MST_CLI_CHILD);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_signals_of_damage_tell_of_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
