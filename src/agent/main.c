/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - muster-agent: open the directory, serve until a signal, close. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/agent.h"
#include "base/daemon.h"
#include "base/lang.h"
#include "base/process.h"
#include "base/random.h"

static const char usage[] =
	TR("usage: muster-agent --dir DIR\n"
	   "\n"
	   "Send a unit's reports to the hub, in the foreground, until SIGTERM. DIR was made by\n"
	   "`muster join`. Files dropped into DIR/reports are taken and answered.\n"
	   "  --dir DIR    the agent's directory\n"
	   "  --verbose    say more\n"
	   "  --version    print the version and exit\n");

int
main(int argc, char **argv)
{
	daemon_arguments args;
	ms_error err = { 0 };
	agent *a;
	ms_status s;

	process_begin();
	if (!daemon_arguments_read(argc, argv, AGENT_SOFTWARE "\n", usage, &args)) {
		if (args.wrong != NULL)
			fprintf(stderr, tr("%s: \"%s\" is not understood\n"), "muster-agent",
				args.wrong);
		fputs(tr(args.say), args.exit_code == 0 ? stdout : stderr);
		return args.exit_code;
	}
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return ms_exit_code(MS_NO_MEMORY);
	a->dir = args.dir;
	a->log = (logger){ .fd = STDERR_FILENO,
		.name = "muster-agent",
		.level = args.verbose ? LOG_DEBUG : LOG_INFO };
	random_u64(); /* starts libsodium before any thread */
	s = agent_open(a, &err);
	if (s == MS_OK) {
		logger_say(&a->log, LOG_INFO, "ready: unit %s, hub %s, folder %s%s",
			a->settings.unit, a->link.endpoint, a->folder,
			a->settings.clock.simulated ? ", simulated clock" : "");
		daemon_notify("READY=1");
		s = agent_run(a, &err);
		daemon_notify("STOPPING=1");
	}
	if (s != MS_OK)
		logger_error(&a->log, LOG_ERROR, &err);
	else
		logger_say(&a->log, LOG_INFO, "stopped");
	agent_close(a);
	free(a);
	return ms_exit_code(s);
}
