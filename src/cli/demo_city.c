/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo_city.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "base/fs.h"
#include "cli/ask.h"
#include "cli/demo_process.h"
#include "cli/enrol.h"
#include "cli/found.h"
#include "cli/places.h"

enum { PATIENCE_US = 60000000, STEP_MS = 4, QUESTION_MS = 5000 };

const char *
city_hub_dir(const demo_city *c, char *out)
{
	snprintf(out, HOME_PATH_MAX, "%s/hub", c->dir);
	return out;
}

const char *
city_unit_dir(const demo_city *c, uint32_t unit, char *out)
{
	snprintf(out, HOME_PATH_MAX, "%s/units/%s", c->dir, c->year->plan->units[unit].id);
	return out;
}

/* ---- processes ---- */

static ms_status
start_daemon(const demo_city *c, const char *program, const char *dir, const char *name, pid_t *pid,
	ms_error *err)
{
	char words[3][HOME_PATH_MAX], log[HOME_PATH_MAX];
	char *const argv[] = { words[0], words[1], words[2], NULL };

	snprintf(words[0], HOME_PATH_MAX, "%s", program);
	snprintf(words[1], HOME_PATH_MAX, "--dir");
	snprintf(words[2], HOME_PATH_MAX, "%s", dir);
	snprintf(log, sizeof(log), "%s/log/%s", c->dir, name);
	return process_start(argv, log, pid, err);
}

static ms_status
start_hub(demo_city *c, ms_error *err)
{
	char dir[HOME_PATH_MAX];

	return start_daemon(c, c->hub_program, city_hub_dir(c, dir), "hub", &c->hub, err);
}

static ms_status
start_agent(demo_city *c, uint32_t unit, ms_error *err)
{
	char dir[HOME_PATH_MAX];

	return start_daemon(c, c->agent_program, city_unit_dir(c, unit, dir),
		c->year->plan->units[unit].id, &c->agents[unit], err);
}

static void
say_ended(const demo_city *c, const char *name, int code)
{
	char text[160];

	snprintf(text, sizeof(text), "%s ended (%s %d): started again", name,
		code > 128 ? "signal" : "exit code", code > 128 ? code - 128 : code);
	c->say(c->ctx, text);
}

/* One look: a signal for us, a child that is gone. */
static ms_status
tend(demo_city *c, ms_error *err)
{
	const plan *p = c->year->plan;
	ms_status s = MS_OK;
	uint32_t u;
	int code;

	if (daemon_signal_read(c->signals) != 0)
		return MS_AGAIN;
	if (c->hub > 0 && (code = process_ended(c->hub)) >= 0) {
		say_ended(c, "the hub", code);
		s = start_hub(c, err);
	}
	for (u = 0; s == MS_OK && u < p->n_units; u++) {
		char name[80];

		if (c->agents[u] == 0 || (code = process_ended(c->agents[u])) < 0)
			continue;
		snprintf(name, sizeof(name), "the agent of %s", p->units[u].id);
		say_ended(c, name, code);
		s = start_agent(c, u, err);
	}
	return s;
}

ms_status
city_pause(demo_city *c, int ms, ms_error *err)
{
	struct pollfd signals = { .fd = c->signals, .events = POLLIN };
	int64_t end_us = clock_monotonic_us() + ms * INT64_C(1000);
	ms_status s;

	do {
		poll(&signals, 1, ms < 0 || ms > 200 ? 200 : ms);
		s = tend(c, err);
	} while (s == MS_OK && (ms < 0 || clock_monotonic_us() < end_us));
	return s;
}

/* ---- waiting ---- */

typedef bool condition(demo_city *c, uint32_t unit);

static ms_status
wait_until(demo_city *c, condition *holds, uint32_t unit, const char *what, ms_error *err)
{
	int64_t end_us = clock_monotonic_us() + PATIENCE_US;
	ms_status s;

	while (!holds(c, unit)) {
		s = city_pause(c, STEP_MS, err);
		if (s != MS_OK)
			return s;
		if (clock_monotonic_us() < end_us)
			continue;
		ms_fail(err, MS_TIMEOUT, MST_DAEMON, "waited a minute in vain: %s", what);
		ms_error_remedy(err, "what the processes say is in %s/log", c->dir);
		return MS_TIMEOUT;
	}
	return MS_OK;
}

typedef struct numbers {
	int64_t sessions, without_receipt, waiting_files;
} numbers;

static void
take_numbers(void *ctx, const json_t *line)
{
	numbers *n = ctx;

	n->sessions = json_number_of(line, "sessions", -1);
	n->without_receipt = json_number_of(json_object_get(line, "queue"), "without_receipt", -1);
	n->waiting_files = json_number_of(json_object_get(line, "folder"), "waiting_files", -1);
}

static bool
ask_numbers(const char *dir, numbers *out)
{
	return daemon_ask(dir, json_pack("{s:s}", "do", "status"), QUESTION_MS, take_numbers, out,
		       NULL) == MS_OK;
}

static bool
hub_answers(demo_city *c, uint32_t unit)
{
	char dir[HOME_PATH_MAX];
	numbers n;

	(void)unit;
	return ask_numbers(city_hub_dir(c, dir), &n);
}

static bool
all_are_connected(demo_city *c, uint32_t unit)
{
	char dir[HOME_PATH_MAX];
	numbers n;

	(void)unit;
	return ask_numbers(city_hub_dir(c, dir), &n) && n.sessions >= c->year->plan->n_units;
}

static bool
has_receipts(demo_city *c, uint32_t unit)
{
	char dir[HOME_PATH_MAX];
	numbers n;

	return ask_numbers(city_unit_dir(c, unit, dir), &n) && n.without_receipt == 0 &&
	       n.waiting_files == 0;
}

/* ---- founding ---- */

static ms_status
found(demo_city *c, ms_error *err)
{
	const plan *p = c->year->plan;
	char dir[HOME_PATH_MAX], listen[HOME_NAME_MAX], when[40], clock[64];
	hub_settings settings;
	ms_status s;

	c->hub_port = process_free_port();
	c->line_port = process_free_port();
	snprintf(listen, sizeof(listen), "tcp://127.0.0.1:%u", c->hub_port);
	snprintf(clock, sizeof(clock), "%s,0", time_format(c->year->start_us, p->zone_min, when));
	s = found_settings(p, listen, NULL, clock, &settings, err);
	return s == MS_OK ? found_hub(city_hub_dir(c, dir), &settings, p, err) : s;
}

static ms_status
enrol_all(demo_city *c, ms_error *err)
{
	char hub[HOME_PATH_MAX], dir[HOME_PATH_MAX], line[HOME_NAME_MAX];
	ms_status s = MS_OK;
	enrolled result;
	uint32_t u;

	snprintf(line, sizeof(line), "tcp://127.0.0.1:%u", c->line_port);
	for (u = 0; s == MS_OK && u < c->year->plan->n_units; u++)
		s = enrol_device(city_hub_dir(c, hub), c->year->plan->units[u].id, NULL,
			city_unit_dir(c, u, dir), u == c->year->cut_unit ? line : NULL, &result,
			err);
	return s;
}

static ms_status
make_dirs(const demo_city *c, ms_error *err)
{
	static const char *const names[] = { "units", "log" };
	char path[HOME_PATH_MAX];
	ms_status s = fs_make_dirs(c->dir, 0700, err);
	size_t i;

	for (i = 0; s == MS_OK && i < sizeof(names) / sizeof(names[0]); i++) {
		s = home_path(c->dir, names[i], path, err);
		if (s == MS_OK)
			s = fs_make_dir(path, 0700, err);
	}
	return s;
}

static ms_status
start_all(demo_city *c, ms_error *err)
{
	ms_status s = start_hub(c, err);
	uint32_t u;

	if (s == MS_OK)
		s = wait_until(c, hub_answers, 0, "the hub does not answer", err);
	if (s == MS_OK)
		s = line_start(c->line_port, c->hub_port, &c->line, err);
	for (u = 0; s == MS_OK && u < c->year->plan->n_units; u++)
		s = start_agent(c, u, err);
	return s == MS_OK ? wait_until(c, all_are_connected, 0, "not every agent is connected", err)
			  : s;
}

ms_status
city_open(demo_city *c, ms_error *err)
{
	ms_status s = place_program("muster-hub", c->hub_program, err);

	if (s == MS_OK)
		s = place_program("muster-agent", c->agent_program, err);
	c->now_us = c->year->start_us;
	c->agents = calloc(c->year->plan->n_units, sizeof(*c->agents));
	if (s == MS_OK && c->agents == NULL)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the demo");
	if (s == MS_OK)
		s = make_dirs(c, err);
	if (s == MS_OK)
		s = found(c, err);
	if (s == MS_OK)
		s = enrol_all(c, err);
	return s == MS_OK ? start_all(c, err) : s;
}

void
city_close(demo_city *c)
{
	uint32_t u;

	for (u = 0; c->agents != NULL && u < c->year->plan->n_units; u++)
		process_ask_to_stop(c->agents[u]);
	for (u = 0; c->agents != NULL && u < c->year->plan->n_units; u++)
		process_stop(&c->agents[u]);
	process_stop(&c->hub);
	process_kill(&c->line);
	free(c->agents);
	c->agents = NULL;
}

/* ---- what happens ---- */

ms_status
city_set_clock(demo_city *c, int64_t at_us, ms_error *err)
{
	int64_t end_us = clock_monotonic_us() + PATIENCE_US;
	char dir[HOME_PATH_MAX], when[40];
	ms_error failure;
	ms_status s;

	if (at_us <= c->now_us)
		return MS_OK;
	time_format(at_us, c->year->plan->zone_min, when);
	do { /* the hub may just have been killed */
		failure = (ms_error){ 0 };
		s = daemon_ask(city_hub_dir(c, dir),
			json_pack("{s:s,s:s}", "do", "clock", "time", when), QUESTION_MS, NULL,
			NULL, &failure);
		if (s != MS_UNREACHABLE || clock_monotonic_us() > end_us)
			break;
		s = city_pause(c, STEP_MS, err);
	} while (s == MS_OK);
	if (s == MS_OK)
		c->now_us = at_us;
	else if (failure.status != MS_OK && err != NULL)
		*err = failure;
	return s;
}

ms_status
city_drop(demo_city *c, uint32_t unit, const char *name, span bytes, ms_error *err)
{
	char dir[HOME_PATH_MAX], hidden[HOME_PATH_MAX + 96], path[HOME_PATH_MAX + 96];
	bool connected = !c->line_down || unit != c->year->cut_unit;
	int64_t end_us = clock_monotonic_us() + PATIENCE_US;
	ms_status s;

	city_unit_dir(c, unit, dir);
	snprintf(hidden, sizeof(hidden), "%s/reports/.%s.part", dir, name);
	snprintf(path, sizeof(path), "%s/reports/%s", dir, name);
	s = fs_write_atomic(hidden, 0600, bytes, err);
	if (s == MS_OK)
		s = fs_move(hidden, path, err);
	while (s == MS_OK && fs_exists(path)) {
		if (clock_monotonic_us() > end_us)
			return ms_fail(err, MS_TIMEOUT, MST_DAEMON, "nobody takes %s", path);
		s = city_pause(c, STEP_MS, err);
	}
	return s == MS_OK && connected
		       ? wait_until(c, has_receipts, unit, "reports have no receipt", err)
		       : s;
}

ms_status
city_cut(demo_city *c, ms_error *err)
{
	(void)err;
	process_kill(&c->line);
	c->line_down = true;
	return MS_OK;
}

ms_status
city_mend(demo_city *c, ms_error *err)
{
	ms_status s = line_start(c->line_port, c->hub_port, &c->line, err);

	c->line_down = false;
	return s == MS_OK ? wait_until(c, has_receipts, c->year->cut_unit,
				    "the office that was cut off has no receipts", err)
			  : s;
}
