/* SPDX-License-Identifier: Apache-2.0 */
/* test_daemon.c - signals by descriptor, word to systemd, log lines, random numbers. */
#include "base/daemon.h"

#include "tests/base/base_testing.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"

static void
signals_arrive_by_the_descriptor_and_kill_nobody(void **state)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };
	struct pollfd p = { .events = POLLIN };
	int ends[2];
	size_t i;

	(void)state;
	assert_int_equal(daemon_signals(&p.fd, NULL), MS_OK);
	assert_int_equal(daemon_signal_read(p.fd), 0);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		assert_int_equal(kill(getpid(), numbers[i]), 0);
		assert_int_equal(poll(&p, 1, 5000), 1);
		assert_int_equal(daemon_signal_read(p.fd), numbers[i]);
	}
	assert_int_equal(daemon_signal_read(p.fd), 0);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(write(ends[1], "x", 1), -1);
	close(ends[1]);
	close(p.fd);
}

static int
listen_as_systemd(struct sockaddr_un *address, socklen_t len)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)address, len), 0);
	return fd;
}

static void
systemd_hears_on_both_kinds_of_sockets(void **state)
{
	char dir[TEST_PATH], path[2 * TEST_PATH], text[64];
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	(void)state;
	make_dir(dir);
	path_in(dir, "notify", path);
	assert_true(strlen(path) < sizeof(address.sun_path));
	memcpy(address.sun_path, path, strlen(path));
	fd = listen_as_systemd(&address, sizeof(address));
	assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
	daemon_notify("READY=1");
	assert_int_equal(recv(fd, text, sizeof(text), 0), 7);
	assert_memory_equal(text, "READY=1", 7);
	close(fd);

	snprintf(path, sizeof(path), "@muster-test-%ld", (long)getpid());
	memset(address.sun_path, 0, sizeof(address.sun_path));
	memcpy(address.sun_path + 1, path + 1, strlen(path) - 1);
	fd = listen_as_systemd(
		&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)));
	assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
	daemon_notify("STOPPING=1");
	assert_int_equal(recv(fd, text, sizeof(text), 0), 10);
	close(fd);

	/* nobody there, or no systemd: nothing happens */
	daemon_notify("READY=1");
	assert_int_equal(setenv("NOTIFY_SOCKET", "relative", 1), 0);
	daemon_notify("READY=1");
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	daemon_notify("READY=1");
	remove_dir(dir);
}

static void
descriptors_are_raised_to_what_we_may(void **state)
{
	struct rlimit limit;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max > 256 ? 256 : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_true(daemon_raise_files() >= 3);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_true(limit.rlim_cur == limit.rlim_max);
}

static size_t
said(int fd, char *out, size_t room)
{
	ssize_t n = read(fd, out, room - 1);

	if (n < 0)
		n = 0;
	out[n] = '\0';
	return (size_t)n;
}

static void
a_log_line_is_one_line_with_time_name_and_level(void **state)
{
	char text[4096], rest[64];
	int64_t us;
	logger l;
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
	l = (logger){ .fd = ends[1], .level = LOG_INFO, .name = "muster-hub" };
	logger_say(&l, LOG_WARNING, "unit %s\nERROR forged\x1B[2J", "市统计局");
	said(ends[0], text, sizeof(text));
	assert_int_equal(time_parse(span_of(text, strcspn(text, " ")), &us, NULL), MS_OK);
	assert_in_range(clock_real_us() - us, 0, 60000000);
	assert_string_equal(
		strchr(text, ' '), " muster-hub warning: unit 市统计局 ERROR forged [2J\n");
	logger_say(&l, LOG_DEBUG, "not wanted");
	assert_int_equal(said(ends[0], rest, sizeof(rest)), 0);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	logger_say(&l, LOG_INFO, "%s", text);
	said(ends[0], text, sizeof(text));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	close(ends[0]);
	close(ends[1]);
}

static void
an_error_is_logged_with_its_code(void **state)
{
	ms_error err = { 0 };
	char text[4096];
	logger l;
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
	l = (logger){ .fd = ends[1], .level = LOG_ERROR, .name = "x" };
	ms_fail(&err, MS_IO, MST_FILE_READ, "cannot read");
	logger_error(&l, LOG_ERROR, &err);
	said(ends[0], text, sizeof(text));
	assert_non_null(strstr(text, "x error: cannot read [MST-1003]\n"));
	logger_error(&l, LOG_INFO, &err);
	assert_int_equal(said(ends[0], text, sizeof(text)), 0);
	close(ends[0]);
	close(ends[1]);
}

static void
random_bytes_fill_everything_and_differ(void **state)
{
	uint8_t a[64] = { 0 }, b[64] = { 0 }, zero[64] = { 0 };

	(void)state;
	assert_int_equal(random_bytes(a, sizeof(a), NULL), MS_OK);
	assert_int_equal(random_bytes(b, sizeof(b), NULL), MS_OK);
	assert_memory_not_equal(a, b, sizeof(a));
	assert_memory_not_equal(a + 56, zero, 8);
	assert_true(random_u64() != random_u64());
	secret_wipe(a, sizeof(a));
	assert_memory_equal(a, zero, sizeof(a));
}

static void
arguments_are_read_or_answered(void **state)
{
	static const struct {
		const char *argv[4];
		int argc;
		bool runs;
		int exit_code;
		const char *say, *wrong;
	} rows[] = {
		{ { "d", "--dir", "x" }, 3, true, 0, NULL, NULL },
		{ { "d", "--verbose", "--dir", "x" }, 4, true, 0, NULL, NULL },
		{ { "d" }, 1, false, 64, "usage", NULL },
		{ { "d", "--dir" }, 2, false, 64, "usage", "--dir" },
		{ { "d", "--help" }, 2, false, 0, "usage", NULL },
		{ { "d", "--version" }, 2, false, 0, "soft", NULL },
		{ { "d", "--what" }, 2, false, 64, "usage", "--what" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		daemon_arguments a;
		char words[4][16] = { "" }, *argv[4];
		int k;

		for (k = 0; k < rows[i].argc; k++) {
			snprintf(words[k], sizeof(words[k]), "%s", rows[i].argv[k]);
			argv[k] = words[k];
		}
		assert_int_equal(daemon_arguments_read(rows[i].argc, argv, "soft", "usage", &a),
			rows[i].runs);
		assert_int_equal(a.exit_code, rows[i].exit_code);
		if (rows[i].say != NULL)
			assert_string_equal(a.say, rows[i].say);
		if (rows[i].wrong != NULL)
			assert_string_equal(a.wrong, rows[i].wrong);
		else
			assert_null(a.wrong);
		if (rows[i].runs)
			assert_string_equal(a.dir, "x");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_are_read_or_answered),
		cmocka_unit_test(signals_arrive_by_the_descriptor_and_kill_nobody),
		cmocka_unit_test(systemd_hears_on_both_kinds_of_sockets),
		cmocka_unit_test(descriptors_are_raised_to_what_we_may),
		cmocka_unit_test(a_log_line_is_one_line_with_time_name_and_level),
		cmocka_unit_test(an_error_is_logged_with_its_code),
		cmocka_unit_test(random_bytes_fill_everything_and_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
