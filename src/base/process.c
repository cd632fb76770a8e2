/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static void
hold_standard(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
			(void)!open("/", O_RDONLY);
}

void
process_begin(void)
{
	hold_standard();
	signal(SIGCHLD, SIG_DFL);
}
