/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ended.h"

#include <signal.h>
#include <sys/wait.h>

bool
ended_by_damage(int how)
{
	int number = WIFSIGNALED(how) ? WTERMSIG(how) : 0;

	return number == SIGSEGV || number == SIGBUS || number == SIGABRT || number == SIGFPE ||
	       number == SIGILL || number == SIGXCPU;
}

ms_status
ended_fail(int how, ms_error *err)
{
	return ms_fail(err, MS_AGAIN, MST_CLI_CHILD,
		"the process that reads the directory was ended by signal %d: nothing is known of "
		"the directory",
		WTERMSIG(how));
}
