/* SPDX-License-Identifier: Apache-2.0 */
/* test_finder.c - of a name's addresses the one that answers is found, else why none does; a cut
 * handshake is told from one that the hub ends. */
#include "tests/net/net_testing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/finder.h"

enum { WAIT_MS = 20000 };

/* "one.test" and the like: what a name service would say, in its order. */
static const char *addresses[3];

int __real_getaddrinfo(
	const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **list);
int __wrap_getaddrinfo(
	const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **list);

int
__wrap_getaddrinfo(
	const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **list)
{
	size_t i;

	if (strstr(host, ".test") == NULL || (hints->ai_flags & AI_NUMERICHOST) != 0)
		return __real_getaddrinfo(host, port, hints, list);
	if (addresses[0] == NULL)
		return EAI_AGAIN;
	for (i = 0; i < 3 && addresses[i] != NULL; i++) {
		assert_int_equal(__real_getaddrinfo(addresses[i], port, hints, list), 0);
		while (*list != NULL)
			list = &(*list)->ai_next;
	}
	return 0;
}

static void
answers(const char *first, const char *second)
{
	addresses[0] = first;
	addresses[1] = second;
}

/* Listens at ADDRESS with ROOM for connections that wait, or, below 0, only takes a port there. */
static int
ear(const char *address, unsigned *port, int room)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)*port) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

	assert_true(fd >= 0);
	assert_int_equal(inet_pton(AF_INET, address, &at.sin_addr), 1);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	if (room >= 0)
		assert_int_equal(listen(fd, room), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

/* Nobody accepts here, and there is no room for more: what connects hears nothing. */
static void
fill_up(unsigned port, int lines[4])
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	size_t i;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (i = 0; i < 4; i++) {
		lines[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)!connect(lines[i], (struct sockaddr *)&at, sizeof(at));
	}
}

static finder_end
run(const char *host, unsigned port, char found[FINDER_ENDPOINT_MAX])
{
	char endpoint[64];

	snprintf(endpoint, sizeof(endpoint), "tcp://%s:%u", host, port);
	return finder_run(endpoint, WAIT_MS, found);
}

static void
the_address_that_answers_is_found(void **test)
{
	char found[FINDER_ENDPOINT_MAX], expected[64];
	unsigned port = 0;
	int fd = ear("127.0.0.2", &port, 16);

	(void)test;
	snprintf(expected, sizeof(expected), "tcp://127.0.0.2:%u", port);
	answers("127.0.0.1", "127.0.0.2");
	assert_int_equal(run("two.test", port, found), FINDER_FOUND);
	assert_string_equal(found, expected);
	answers("::1", "127.0.0.2");
	assert_int_equal(run("two.test", port, found), FINDER_FOUND);
	assert_string_equal(found, expected);
	answers("127.0.0.2", "127.0.0.1");
	assert_int_equal(run("two.test", port, found), FINDER_FOUND);
	assert_string_equal(found, expected);
	close(fd);
}

static void
a_silent_address_does_not_hide_one_that_answers(void **test)
{
	char found[FINDER_ENDPOINT_MAX], expected[64];
	unsigned port = 0;
	int silent = ear("127.0.0.1", &port, 0), fd = ear("127.0.0.2", &port, 16), lines[4];
	size_t i;

	(void)test;
	fill_up(port, lines);
	snprintf(expected, sizeof(expected), "tcp://127.0.0.2:%u", port);
	answers("127.0.0.1", "127.0.0.2");
	assert_int_equal(run("two.test", port, found), FINDER_FOUND);
	assert_string_equal(found, expected);
	answers("127.0.0.1", NULL);
	assert_int_equal(run("one.test", port, found), FINDER_SILENT);
	assert_string_equal(found, "");
	for (i = 0; i < 4; i++)
		close(lines[i]);
	close(silent);
	close(fd);
}

static void
why_none_answers_is_told(void **test)
{
	char found[FINDER_ENDPOINT_MAX];
	unsigned port = 0;
	int fd = ear("127.0.0.1", &port, -1);

	(void)test;
	answers(NULL, NULL);
	assert_int_equal(run("none.test", port, found), FINDER_NO_NAME);
	answers("127.0.0.1", "255.255.255.255");
	assert_int_equal(run("two.test", port, found), FINDER_REFUSED);
	answers("255.255.255.255", NULL);
	assert_int_equal(run("one.test", port, found), FINDER_NO_WAY);
	assert_string_equal(found, "");
	close(fd);
}

static void
numbers_are_told_from_names(void **test)
{
	(void)test;
	assert_true(finder_is_number("tcp://10.1.2.3:7300"));
	assert_true(finder_is_number("tcp://[fd00::1]:7300"));
	assert_true(finder_is_number("ipc:///somewhere"));
	assert_false(finder_is_number("tcp://hub.city.test:7300"));
	assert_false(finder_is_number("tcp://localhost:7300"));
}

static void
one_that_is_given_up_ends_by_itself(void **test)
{
	finder *f = NULL;

	(void)test;
	finder_free(NULL);
	answers("127.0.0.1", NULL);
	assert_int_equal(finder_start("tcp://one.test:1", &f, NULL), MS_OK);
	finder_free(f);
	assert_int_equal(finder_start("tcp://:1", &f, NULL), MS_IO);
	assert_int_equal(finder_start("tcp://one.test", &f, NULL), MS_IO);
}

/* ---- what a dealer makes of a connection that ends early ---- */

typedef struct hangs_up {
	int fd;
	bool resets;
} hangs_up;

static void
hang_up(void *ctx, int64_t now_us)
{
	hangs_up *h = ctx;
	struct linger at_once = { .l_onoff = 1 };
	int line = accept(h->fd, NULL, NULL);

	(void)now_us;
	if (line < 0)
		return;
	if (h->resets) {
		setsockopt(line, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	} else {
		uint8_t greeting[64]; /* unread, it would be a reset */
		struct pollfd come = { .fd = line, .events = POLLIN };

		while (poll(&come, 1, 5) > 0 && read(line, greeting, sizeof(greeting)) > 0)
			;
	}
	close(line);
}

static void
a_reset_is_no_refusal(void **test)
{
	key_pair key = new_key();
	unsigned port = 0;
	hangs_up h = { .fd = ear("127.0.0.1", &port, 16), .resets = true };
	network n;
	peer device;

	(void)test;
	network_init(&n, &key, 1);
	snprintf(n.endpoint, sizeof(n.endpoint), "tcp://127.0.0.1:%u", port);
	assert_int_equal(reactor_add_fd(n.reactor, h.fd, hang_up, &h), MS_OK);
	open_device(&n, &device, &key);
	WAIT_FOR(n.reactor, device.cut >= 3);
	assert_int_equal(device.no_trust + device.refused + device.no_hub, 0);
	h.resets = false;
	WAIT_FOR(n.reactor, device.no_trust >= 2);
	reactor_remove_fd(n.reactor, h.fd);
	close_peer(&n, &device);
	network_fini(&n);
	close(h.fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_address_that_answers_is_found),
		cmocka_unit_test(a_silent_address_does_not_hide_one_that_answers),
		cmocka_unit_test(why_none_answers_is_told),
		cmocka_unit_test(numbers_are_told_from_names),
		cmocka_unit_test(one_that_is_given_up_ends_by_itself),
		cmocka_unit_test(a_reset_is_no_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
