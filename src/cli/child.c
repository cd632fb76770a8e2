/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"

/* What a process that follows damaged pages dies of. Any other signal, such as the kernel's when
 * memory is short, says nothing of what was read. */
static bool
tells_of_damage(int number)
{
	return number == SIGSEGV || number == SIGBUS || number == SIGABRT || number == SIGFPE ||
	       number == SIGILL || number == SIGXCPU;
}

static ms_status
tell_signal(int number, ms_error *err)
{
	if (!tells_of_damage(number))
		return ms_fail(err, MS_AGAIN, MST_CLI_CHILD,
			"the process that reads the directory was ended by signal %d: nothing is "
			"known of the directory",
			number);
	ms_fail(err, MS_CORRUPT, MST_STORE_CORRUPT,
		"the directory is damaged so badly that reading it ended the process");
	ms_error_remedy(err,
		"restore the directory from a backup, or refill it from the other side's history");
	return MS_CORRUPT;
}

int
in_child(int (*work)(void *ctx), void *ctx)
{
	ms_error err = { 0 };
	pid_t child;
	int how = 0;

	signal(SIGCHLD, SIG_DFL); /* ignored by who started us, it would lose the exit code */
	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(work(ctx));
	if (child < 0) {
		ms_fail(&err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for another process");
		return cli_fail(&err);
	}
	while (waitpid(child, &how, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(how))
		return WEXITSTATUS(how);
	tell_signal(WTERMSIG(how), &err);
	return cli_fail(&err);
}
