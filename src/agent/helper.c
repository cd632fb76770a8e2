/* SPDX-License-Identifier: Apache-2.0 */
/* helper.c - the child has no signal blocked and no descriptor of ours but 0 and 2: 1 is /dev/null,
 * since what it says of its result is for people, all others are closed on exec. */
#include "agent/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "store/home.h"

enum { ARGS_MAX = 16, OUTPUT_MAX = 64 << 20 };
#define PROGRAM "muster"
#define MARK ".muster-"

extern char **environ;

static int
spawn(const char *path, char *const *args, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	int failed;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	failed = posix_spawn(pid, path, &files, &attributes, args, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return failed;
}

/* What the exit code of a command means here; it has said why on stderr, which is ours too. */
static ms_status
judge_end(int state, const char *scratch, ms_error *err)
{
	ms_status s = WIFEXITED(state) && WEXITSTATUS(state) == ms_exit_code(MS_NO_SPACE)
			      ? MS_NO_SPACE
			      : MS_CANNOT_WRITE;

	if (WIFEXITED(state) && WEXITSTATUS(state) == 0)
		return MS_OK;
	ms_fail(err, s, MST_INTAKE_WORKBOOK, "a workbook could not be written in %s", scratch);
	ms_error_remedy(err, "the agent's log says why");
	return s;
}

static ms_status
run(const char *path, char *const *args, const char *scratch, ms_error *err)
{
	int state = 0, failed;
	pid_t pid;

	failed = spawn(path, args, &pid);
	if (failed != 0) {
		ms_fail(err, MS_CONFIG, MST_DAEMON, "%s cannot be started (%s)", path,
			strerror(failed));
		ms_error_remedy(err, "it is installed beside muster-agent");
		return MS_CONFIG;
	}
	while (waitpid(pid, &state, 0) < 0 && errno == EINTR)
		;
	return judge_end(state, scratch, err);
}

ms_status
helper_path(const char *scratch, const char *name, char *out, ms_error *err)
{
	char own[64];

	snprintf(own, sizeof(own), MARK "%ld-%s", (long)getpid(), name);
	return home_path(scratch, own, out, err);
}

void
helper_tidy(const char *scratch)
{
	fs_names names = { 0 };
	char path[HOME_PATH_MAX];
	size_t i;

	fs_list(scratch, &names, NULL);
	for (i = 0; i < names.n; i++)
		if (strncmp(names.list[i], MARK, strlen(MARK)) == 0 &&
			home_path(scratch, names.list[i], path, NULL) == MS_OK)
			fs_remove(path, NULL);
	fs_list_fini(&names);
}

ms_status
helper_write(const char *const *args, const char *scratch, buf *out, ms_error *err)
{
	char path[HOME_PATH_MAX], file[HOME_PATH_MAX], program[] = PROGRAM, option[] = "-o";
	char *list[ARGS_MAX] = { program };
	size_t n = 1;
	ms_status s = helper_path(scratch, "out.xlsx", file, err);

	if (s == MS_OK)
		s = fs_beside_program(PROGRAM, path, sizeof(path), err);
	if (s != MS_OK)
		return s;
	for (; *args != NULL; args++) {
		MS_ASSERT(n + 3 < ARGS_MAX);
		list[n++] = (char *)(uintptr_t)*args;
	}
	list[n++] = option;
	list[n] = file;
	s = run(path, list, scratch, err);
	if (s == MS_OK)
		s = fs_read(file, OUTPUT_MAX, out, err);
	fs_remove(file, NULL);
	return s;
}
