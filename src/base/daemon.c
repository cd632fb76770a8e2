/* SPDX-License-Identifier: Apache-2.0 */
/* daemon.c - arguments, signals, systemd and limits; nothing here runs after start-up but
 * daemon_notify. */
#include "base/daemon.h"

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/lang.h"

bool
daemon_arguments_read(
	int argc, char **argv, const char *software, const char *usage, daemon_arguments *out)
{
	int i;

	*out = (daemon_arguments){ 0 };
	for (i = 1; i < argc && out->say == NULL; i++) {
		if (strcmp(argv[i], "--dir") == 0 && i + 1 < argc) {
			out->dir = argv[++i];
		} else if (strcmp(argv[i], "--verbose") == 0) {
			out->verbose = true;
		} else if (strcmp(argv[i], "--version") == 0) {
			out->say = software;
		} else {
			out->say = usage;
			out->wrong = strcmp(argv[i], "--help") == 0 ? NULL : argv[i];
		}
	}
	if (out->say == NULL && out->dir == NULL) {
		out->say = usage;
		out->exit_code = ms_exit_code(MS_USAGE);
	}
	if (out->wrong != NULL)
		out->exit_code = ms_exit_code(MS_USAGE);
	if (out->say != NULL)
		lang_speak(lang_wanted());
	return out->say == NULL;
}

ms_status
daemon_signals(int *fd, ms_error *err)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	/* Someone opens a file while we ask whether it is being written (fs_writers_of). */
	signal(SIGIO, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return ms_fail(err, MS_IO, MST_DAEMON, "cannot block signals");
	*fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return *fd < 0 ? ms_fail(err, MS_IO, MST_DAEMON, "cannot receive signals") : MS_OK;
}

int
daemon_signal_read(int fd)
{
	struct signalfd_siginfo info;

	return read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info) ? (int)info.ssi_signo : 0;
}

void
daemon_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = path == NULL ? 0 : strlen(path);
	int fd;

	if (len == 0 || len >= sizeof(address.sun_path) || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(address.sun_path, path, len);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
}

uint64_t
daemon_raise_files(void)
{
	struct rlimit limit;
	rlim_t before;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return UINT64_MAX;
	before = limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}
