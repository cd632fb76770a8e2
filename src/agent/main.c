/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - muster-agent: open the directory, serve until a signal, close. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/agent.h"
#include "base/daemon.h"
#include "base/random.h"

static const char usage[] =
	"usage: muster-agent --dir DIR\n"
	"\n"
	"Send a unit's reports to the hub, in the foreground, until SIGTERM. DIR was made by\n"
	"`muster hub enroll`. Files dropped into DIR/reports are taken and answered.\n"
	"  --dir DIR    the agent's directory\n"
	"  --verbose    say more\n"
	"  --version    print the version and exit\n";

typedef struct arguments {
	const char *dir;
	bool verbose;
} arguments;

/* 0: go on; else exit with it - 1. */
static int
read_arguments(int argc, char **argv, arguments *out)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--dir") == 0 && i + 1 < argc) {
			out->dir = argv[++i];
		} else if (strcmp(argv[i], "--verbose") == 0) {
			out->verbose = true;
		} else if (strcmp(argv[i], "--version") == 0) {
			printf("%s\n", AGENT_SOFTWARE);
			return 1;
		} else if (strcmp(argv[i], "--help") == 0) {
			fputs(usage, stdout);
			return 1;
		} else {
			fprintf(stderr, "muster-agent: \"%s\" is not understood\n%s", argv[i],
				usage);
			return 1 + ms_exit_code(MS_USAGE);
		}
	}
	if (out->dir == NULL) {
		fputs(usage, stderr);
		return 1 + ms_exit_code(MS_USAGE);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	arguments args = { 0 };
	agent *a = calloc(1, sizeof(*a));
	ms_error err = { 0 };
	int rc = read_arguments(argc, argv, &args);
	ms_status s;

	if (rc != 0 || a == NULL) {
		free(a);
		return rc != 0 ? rc - 1 : ms_exit_code(MS_NO_MEMORY);
	}
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
