/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - muster: runs what only asks a running daemon, and becomes muster-work for all else.
 *
 * A script asks hundreds of times; loading what no question needs (ZeroMQ, LMDB, workbooks) would
 * cost it more than the answers.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/process.h"
#include "cli/command.h"

#define WORK "muster-work"
enum { PATH_ROOM = 4096 };

static const command *const quick[] = { unit_ask_commands, state_commands, hub_ask_commands, NULL };

/* Comes back only when that fails. */
static int
become_work(char **argv)
{
	char path[PATH_ROOM];
	ms_error err = { 0 };

	if (fs_beside_program(WORK, path, sizeof(path), &err) == MS_OK) {
		execv(path, argv);
		ms_fail(&err, MS_CONFIG, MST_DAEMON, "%s cannot be started (%s)", path,
			strerror(errno));
		ms_error_remedy(&err, "it is installed beside muster");
	}
	return cli_fail(&err);
}

int
main(int argc, char **argv)
{
	const command *c = NULL;

	process_begin();
	if (!cli_speak())
		return ms_exit_code(MS_USAGE);
	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		puts("muster " MUSTER_VERSION);
		return cli_end(0);
	}
	if (argc > 1)
		c = command_find(quick, argv[1], argc > 2 ? argv[2] : NULL);
	return c == NULL ? become_work(argv) : command_run(c, argc - 1, argv + 1);
}
