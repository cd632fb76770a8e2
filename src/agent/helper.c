/* SPDX-License-Identifier: Apache-2.0 */
/* helper.c - the child has no signal blocked and no descriptor of ours but 0 to 2: its input in
 * memory, a pipe whose end tells of its own, and our stderr. All others are closed on exec. */
#include "agent/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "store/home.h"

enum { ARGS_MAX = 16, OUTPUT_MAX = 64 << 20, PATIENCE_US = 300000000 };
#define PROGRAM "muster"
#define MARK ".muster-"

extern char **environ;

/* ---- the process ---- */

static int
spawn(const char *path, char *const *args, int in, int out, pid_t *pid)
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
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	failed = posix_spawn(pid, path, &files, &attributes, args, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return failed;
}

/* INPUT as a file that has no name. -1 with errno. */
static int
open_input(span input)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	while (fd >= 0 && input.len > 0) {
		ssize_t n = write(fd, input.at, input.len);

		if (n < 0) {
			close(fd);
			return -1;
		}
		input = span_of(input.at + n, input.len - (size_t)n);
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

static void
overdue(void *ctx, int64_t now_us)
{
	(void)now_us;
	kill(((helper *)ctx)->pid, SIGKILL);
}

static void
reap(helper *h)
{
	reactor_set_timer(h->reactor, overdue, h, INT64_MAX);
	reactor_remove_fd(h->reactor, h->out);
	close(h->out);
	while (waitpid(h->pid, &h->state, 0) < 0 && errno == EINTR)
		;
	h->pid = 0;
	h->has_ended = true;
}

static void
ended(void *ctx, int64_t now_us)
{
	helper *h = ctx;
	char room[256];

	(void)now_us;
	if (read(h->out, room, sizeof(room)) > 0)
		return; /* what it says of its result is for people */
	reap(h);
	h->ended(h->ctx);
}

static ms_status
watch(helper *h, int out, ms_error *err)
{
	ms_status s = reactor_add_fd(h->reactor, out, ended, h);

	h->out = out;
	h->has_ended = false;
	if (s != MS_OK) {
		kill(h->pid, SIGKILL);
		reap(h);
		return ms_fail(err, s, MST_NO_MEMORY, "no memory for another process");
	}
	reactor_set_timer(h->reactor, overdue, h, reactor_now(h->reactor) + PATIENCE_US);
	return s;
}

static ms_status
start(helper *h, const char *path, char *const *args, span input, ms_error *err)
{
	int in = open_input(input), pipe_of[2] = { -1, -1 }, failed;

	failed = in < 0 || pipe2(pipe_of, O_CLOEXEC) != 0 ? errno : 0;
	if (failed == 0)
		failed = spawn(path, args, in, pipe_of[1], &h->pid);
	if (in >= 0)
		close(in);
	if (pipe_of[1] >= 0)
		close(pipe_of[1]);
	if (failed == 0)
		return watch(h, pipe_of[0], err);
	if (pipe_of[0] >= 0)
		close(pipe_of[0]);
	h->pid = 0;
	ms_fail(err, MS_CONFIG, MST_DAEMON, "%s cannot be started (%s)", path, strerror(failed));
	ms_error_remedy(err, "it is installed beside muster-agent");
	return MS_CONFIG;
}

/* ---- what it writes ---- */

static ms_status
path_of(const helper *h, char out[HOME_PATH_MAX], ms_error *err)
{
	char own[64];

	snprintf(own, sizeof(own), MARK "%ld-out.xlsx", (long)getpid());
	return home_path(h->scratch, own, out, err);
}

/* What the exit code of a command means here; it has said why on stderr, which is ours too. */
static ms_status
collect(const helper *h, const char *file, buf *out, ms_error *err)
{
	int code = WIFEXITED(h->state) ? WEXITSTATUS(h->state) : -1;
	ms_status s = code == ms_exit_code(MS_NO_SPACE) ? MS_NO_SPACE : MS_CANNOT_WRITE;

	if (code == 0) {
		s = fs_read(file, OUTPUT_MAX, out, err);
		fs_remove(file, NULL);
		return s;
	}
	ms_fail(err, s, MST_INTAKE_WORKBOOK, "a workbook could not be written in %s", h->scratch);
	ms_error_remedy(err, "the agent's log says why");
	return s;
}

static hash32
job_of(const char *const *args, span input)
{
	hash32 job = hash_of(input);

	for (; *args != NULL; args++)
		job = hash_of2(span_of(job.at, HASH_SIZE), span_str(*args));
	return job;
}

ms_status
helper_write(helper *h, const char *const *args, span input, buf *out, ms_error *err)
{
	char path[HOME_PATH_MAX], file[HOME_PATH_MAX], program[] = PROGRAM, option[] = "-o";
	hash32 job = job_of(args, input);
	char *list[ARGS_MAX] = { program };
	size_t n = 1;
	ms_status s = path_of(h, file, err);

	if (s != MS_OK || helper_is_busy(h))
		return s == MS_OK ? MS_AGAIN : s;
	if (h->has_ended && hash_equal(&job, &h->job)) {
		h->has_ended = false;
		return collect(h, file, out, err);
	}
	s = fs_beside_program(PROGRAM, path, sizeof(path), err);
	if (s != MS_OK)
		return s;
	for (; *args != NULL; args++) {
		MS_ASSERT(n + 3 < ARGS_MAX);
		list[n++] = (char *)(uintptr_t)*args;
	}
	list[n++] = option;
	list[n] = file;
	h->job = job;
	s = start(h, path, list, input, err);
	return s == MS_OK ? MS_AGAIN : s;
}

bool
helper_is_busy(const helper *h)
{
	return h->pid != 0;
}

/* ---- before and after ---- */

void
helper_open(helper *h)
{
	fs_names names = { 0 };
	char path[HOME_PATH_MAX];
	size_t i;

	fs_list(h->scratch, &names, NULL);
	for (i = 0; i < names.n; i++)
		if (strncmp(names.list[i], MARK, strlen(MARK)) == 0 &&
			home_path(h->scratch, names.list[i], path, NULL) == MS_OK)
			fs_remove(path, NULL);
	fs_list_fini(&names);
}

void
helper_close(helper *h)
{
	if (!helper_is_busy(h))
		return;
	kill(h->pid, SIGKILL);
	reap(h);
}
