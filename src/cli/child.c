/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/child.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ended.h"
#include "cli/command.h"

static ms_status
tell_signal(int how, ms_error *err)
{
	if (!ended_by_damage(how))
		return ended_fail(how, err);
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
	tell_signal(how, &err);
	return cli_fail(&err);
}
