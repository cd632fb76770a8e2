/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/lang.h"

enum { STOP_MS = 10000, STEP_MS = 5, NOT_STARTED = 127, KILLED_BY = 128 };

pid_t
process_fork(void)
{
	pid_t parent = getpid(), pid;
	sigset_t none;

	fflush(NULL);
	pid = fork();
	if (pid != 0)
		return pid;
	setpgid(0, 0); /* the terminal's Ctrl-C is for the demo, which ends its children in order */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(NOT_STARTED);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	return 0;
}

static void
send_output_to(const char *log)
{
	int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (out < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0)
		_exit(NOT_STARTED);
}

ms_status
process_start(char *const argv[], const char *log, pid_t *pid, ms_error *err)
{
	*pid = process_fork();
	if (*pid < 0) {
		*pid = 0;
		return fs_fail(err, errno, MST_DAEMON, TR("start"), argv[0]);
	}
	if (*pid > 0)
		return MS_OK;
	if (log != NULL)
		send_output_to(log);
	execv(argv[0], argv);
	_exit(NOT_STARTED);
}

int
process_ended(pid_t pid)
{
	int how;

	if (waitpid(pid, &how, WNOHANG) != pid)
		return -1;
	return WIFEXITED(how) ? WEXITSTATUS(how) : KILLED_BY + WTERMSIG(how);
}

void
process_ask_to_stop(pid_t pid)
{
	if (pid > 0)
		kill(pid, SIGTERM);
}

void
process_kill(pid_t *pid)
{
	if (*pid > 0) {
		kill(*pid, SIGKILL);
		waitpid(*pid, NULL, 0);
	}
	*pid = 0;
}

void
process_stop(pid_t *pid)
{
	int waited;

	process_ask_to_stop(*pid);
	for (waited = 0; *pid > 0 && waited < STOP_MS; waited += STEP_MS) {
		if (process_ended(*pid) >= 0)
			*pid = 0;
		else
			usleep(STEP_MS * 1000);
	}
	process_kill(pid);
}
