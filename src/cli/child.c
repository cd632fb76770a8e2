/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/child.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/status.h"

int
in_child(int (*work)(void *ctx), void *ctx)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(work(ctx));
	while (child > 0 && waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return ms_exit_code(MS_BUG);
	if (child > 0 && WIFEXITED(status))
		return WEXITSTATUS(status);
	fputs("muster: the directory is damaged so badly that reading it ended the process; "
	      "restore it from a backup [MST-5010]\n",
		stderr);
	return ms_exit_code(MS_CORRUPT);
}
