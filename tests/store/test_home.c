/* SPDX-License-Identifier: Apache-2.0 */
/* test_home.c - one daemon per directory, keys that nobody else reads, settings judged at
 * file:line. */
#include "tests/store/store_testing.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "store/home.h"

static hub_settings
some_hub(void)
{
	hub_settings s;

	hub_settings_init(&s);
	snprintf(s.listen, sizeof(s.listen), "tcp://127.0.0.1:7300");
	snprintf(s.origin, sizeof(s.origin), "muster.example/\"2012\"\\log");
	snprintf(s.log_key, sizeof(s.log_key),
		"muster.example+9798f260+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	memset(s.id.at, 0xab, ID_SIZE);
	memset(s.device.at, 0xcd, ID_SIZE);
	return s;
}

static agent_settings
some_agent(void)
{
	agent_settings s;

	agent_settings_init(&s);
	snprintf(s.log_key, sizeof(s.log_key),
		"muster.example+9798f260+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	snprintf(s.unit, sizeof(s.unit), "kjj");
	snprintf(s.name, sizeof(s.name), "kjj@office-3");
	memset(s.device.at, 1, ID_SIZE);
	memset(s.hub.at, 2, ID_SIZE);
	s.n_addresses = 2;
	snprintf(s.addresses[0], HOME_NAME_MAX, "tcp://127.0.0.1:7300");
	snprintf(s.addresses[1], HOME_NAME_MAX, "tcp://hub.example:7300");
	memset(s.hub_curve_key, 3, sizeof(s.hub_curve_key));
	memset(s.hub_sign_key.at, 4, SIGN_PUBLIC_SIZE);
	s.clock = (sim_clock){ .simulated = true,
		.start_us = 1325376000000000,
		.wall_us = 1700000000123456,
		.rate = 3600 };
	return s;
}

static void
what_is_written_is_read_again(void **test)
{
	place *p = *test;
	hub_settings hub = some_hub(), hub_again = { 0 };
	agent_settings agent = some_agent(), agent_again = { 0 };
	ms_error e = { 0 };

	if (hub_settings_write(p->dir, &hub, &e) != MS_OK ||
		hub_settings_read(p->dir, &hub_again, &e) != MS_OK)
		fail_msg("%s: %s", e.place, e.text);
	assert_string_equal(hub_again.origin, hub.origin);
	assert_int_equal(mkdir(p->data, 0700), 0);
	assert_string_equal(hub_again.address, hub.listen);
	assert_memory_equal(hub_again.id.at, hub.id.at, ID_SIZE);
	assert_int_equal(hub_again.turn_acts, hub.turn_acts);
	assert_int_equal(hub_again.slots_held, hub.slots_held);
	assert_false(hub_again.clock.simulated);
	assert_int_equal(hub_settings_write(p->dir, &hub, &e), MS_EXISTS);
	e = (ms_error){ 0 };
	assert_int_equal(agent_settings_read(p->dir, &agent_again, &e), MS_NOT_FOUND);
	assert_int_equal(e.code, MST_HOME_MISSING);
	e = (ms_error){ 0 };
	if (agent_settings_write(p->data, &agent, &e) != MS_OK ||
		agent_settings_read(p->data, &agent_again, &e) != MS_OK)
		fail_msg("%s: %s", e.place, e.text);
	assert_true(agent_again.clock.simulated);
	assert_int_equal(agent_again.clock.start_us, agent.clock.start_us);
	assert_int_equal(agent_again.clock.wall_us, agent.clock.wall_us);
	assert_int_equal(agent_again.clock.rate, agent.clock.rate);
	assert_false(home_is_simulated(p->dir));
	assert_true(home_is_simulated(p->data));
	assert_false(home_is_simulated("/nowhere"));
	assert_int_equal(agent_again.n_addresses, 2);
	assert_string_equal(agent_again.addresses[1], "tcp://hub.example:7300");
	assert_memory_equal(agent_again.hub_curve_key, agent.hub_curve_key, CURVE_SECRET_SIZE);
	assert_int_equal(agent_again.outbox.acts_max, agent.outbox.acts_max);
	assert_int_equal(agent_again.keep_days, agent.keep_days);
}

typedef struct wrong_row {
	const char *text, *place, *part;
} wrong_row;

static void
a_wrong_setting_is_named_at_its_line(void **test)
{
#define IDS                                                               \
	"hub = \"abababababababababababababababab\"\ndevice = "           \
	"\"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd\"\norigin = \"x\" log_key = " \
	"\"x+48f9887e+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"\n"
	static const wrong_row rows[] = {
		{ IDS, "hub.conf", "listen" },
		{ IDS "listen = \"tcp://*:1\"\nlisten = \"tcp://*:2\"\n", "hub.conf:5", "" },
		{ IDS "listen = \"tcp://*:1\"\nturn_act = \"5\"\n", "hub.conf:5", "turn_act" },
		{ IDS "listen = \"tcp://*:1\"\n\nturn_acts = \"5\"\n", "hub.conf:6", "256" },
		{ IDS "listen = \"tcp://*:1\"\nturn_acts = \"0512\"\n", "hub.conf:5", "turn_act" },
		{ IDS "listen = {\"a\", \"b\"}\n", "hub.conf:4", "" },
		{ "hub = \"xy\"\n", "hub.conf:1", "32" },
		{ IDS "listen = \"tcp://*:1\"\nclock_start = \"yesterday\"\n", "hub.conf:5",
			"clock_start" },
		{ IDS "listen = \"tcp://*:1\"\nclock_rate = \"1\"\n", "hub.conf", "clock_start" },
		{ IDS "listen = \"\n", "hub.conf", "" },
	};
	place *p = *test;
	char path[400];
	size_t i;

	snprintf(path, sizeof(path), "%s/hub.conf", p->dir);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hub_settings s;
		ms_error e = { 0 };

		assert_int_equal(fs_write_atomic(path, 0644, span_str(rows[i].text), &e), MS_OK);
		assert_int_equal(hub_settings_read(p->dir, &s, &e), MS_CONFIG);
		if (strstr(e.place, rows[i].place) == NULL || strstr(e.text, rows[i].part) == NULL)
			fail_msg("row %zu: %s: %s", i, e.place, e.text);
	}
}

static void
one_daemon_has_the_directory(void **test)
{
	place *p = *test;
	hub_settings hub = some_hub();
	home h, other;
	ms_error e = { 0 };
	store_kind kind;
	char expected[32];
	int status;
	pid_t child;
	long pid;

	assert_int_equal(home_open(p->dir, STORE_HUB, &h, &e), MS_NOT_FOUND);
	e = (ms_error){ 0 };
	assert_int_equal(hub_settings_write(p->dir, &hub, &e), MS_OK);
	assert_int_equal(home_open(p->dir, STORE_AGENT, &h, &e), MS_NOT_FOUND);
	assert_int_equal(home_kind_of(p->dir, &kind, NULL), MS_OK);
	assert_int_equal(kind, STORE_HUB);
	assert_false(home_is_locked(p->dir, &pid));
	e = (ms_error){ 0 };
	assert_int_equal(home_open(p->dir, STORE_HUB, &h, &e), MS_OK);
	snprintf(expected, sizeof(expected), "%ld", (long)getpid());
	child = fork();
	if (child == 0) {
		ms_status got = home_open(p->dir, STORE_HUB, &other, &e);

		_exit(got == MS_BUSY && strstr(e.text, expected) != NULL &&
					home_is_locked(p->dir, &pid) && pid == (long)getppid()
				? 0
				: 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	home_close(&h);
	assert_int_equal(home_open(p->dir, STORE_HUB, &h, &e), MS_OK);
	home_close(&h);
}

static void
keys_are_kept_from_others(void **test)
{
	place *p = *test;
	home_keys keys, again;
	ms_error e = { 0 };
	char path[400];
	struct stat st;

	memset(&keys, 0x5a, sizeof(keys));
	keys.curve_secret[0] = 1;
	assert_int_equal(home_keys_write(p->dir, STORE_HUB, &keys, &e), MS_OK);
	assert_int_equal(home_keys_write(p->dir, STORE_HUB, &keys, &e), MS_EXISTS);
	e = (ms_error){ 0 };
	assert_int_equal(home_keys_read(p->dir, STORE_HUB, &again, &e), MS_OK);
	assert_memory_equal(&again, &keys, sizeof(keys));
	snprintf(path, sizeof(path), "%s/hub.key", p->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(home_keys_read(p->dir, STORE_HUB, &again, &e), MS_DENIED);
	e = (ms_error){ 0 };
	assert_int_equal(
		fs_write_atomic(path, 0600, span_str("muster keys 1\nsign 00\n"), NULL), MS_OK);
	assert_int_equal(home_keys_read(p->dir, STORE_HUB, &again, &e), MS_CONFIG);
	assert_int_equal(home_keys_read(p->dir, STORE_AGENT, &again, NULL), MS_NOT_FOUND);
	home_keys_fini(&keys);
	assert_int_equal(keys.sign_seed[5], 0);
}

static void
a_path_that_is_too_long_is_refused(void **test)
{
	char dir[2000], out[HOME_PATH_MAX];

	(void)test;
	memset(dir, 'a', sizeof(dir));
	dir[sizeof(dir) - 1] = '\0';
	assert_int_equal(home_path(dir, "x", out, NULL), MS_INVALID);
	assert_int_equal(home_path("/d", "x", out, NULL), MS_OK);
	assert_string_equal(out, "/d/x");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_is_written_is_read_again, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_wrong_setting_is_named_at_its_line, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			one_daemon_has_the_directory, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			keys_are_kept_from_others, place_setup, place_teardown),
		cmocka_unit_test(a_path_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
