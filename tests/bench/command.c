/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command.c - how long a command takes, from its start to its end, each time after a rest.
 *
 *   command RUNS PAUSE PROGRAM ARG...   RUNS times, PAUSE seconds before each; an ARG of "{}" is
 *                                       the number of the run. What it prints is thrown away.
 *
 * One JSON object on stdout; ends with 1 as soon as a run does not end with 0.
 */
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ARGS_MAX = 64, RUNS_MAX = 10000 };

extern char **environ;

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
run_once(const char *program, char **args, posix_spawn_file_actions_t *quiet)
{
	double before = now_us();
	int status;
	pid_t pid;

	if (posix_spawn(&pid, program, quiet, NULL, args, environ) != 0 ||
		waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "command: %s has failed\n", program);
		exit(1);
	}
	return now_us() - before;
}

/* The arguments of run N. */
static char **
args_of(char **given, int n)
{
	static char *args[ARGS_MAX + 1], number[16];
	int i;

	snprintf(number, sizeof(number), "%d", n);
	for (i = 0; given[i] != NULL; i++)
		args[i] = strcmp(given[i], "{}") == 0 ? number : given[i];
	args[i] = NULL;
	return args;
}

int
main(int argc, char **argv)
{
	static double took[RUNS_MAX];
	int runs = argc < 4 ? 0 : (int)strtoul(argv[1], NULL, 10), i;
	posix_spawn_file_actions_t quiet;

	if (runs < 1 || runs > RUNS_MAX || argc - 3 > ARGS_MAX) {
		fputs("usage: command RUNS PAUSE PROGRAM ARG...\n", stderr);
		return 64;
	}
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	for (i = 0; i < runs; i++) {
		poll(NULL, 0, (int)(strtod(argv[2], NULL) * 1000));
		took[i] = run_once(argv[3], args_of(argv + 3, i), &quiet);
	}
	posix_spawn_file_actions_destroy(&quiet);
	qsort(took, (size_t)runs, sizeof(*took), by_value);
	printf("{\"runs\":%d,\"p50_us\":%.0f}\n", runs, took[runs / 2]);
	return 0;
}
