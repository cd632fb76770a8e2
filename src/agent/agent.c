/* SPDX-License-Identifier: Apache-2.0 */
/* agent.c - the directory is opened, the parts are started, the reactor turns, all is closed. */
#include "agent/agent.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "base/fs.h"
#include "base/lang.h"

enum { PRUNE_ACTS = 1000, PRUNE_MORE_US = 1000000, TIDY_US = 600000000 };
static const int64_t day_us = INT64_C(86400) * 1000000;

bool
agent_is_english(const agent *a)
{
	return strcmp(a->asker == NULL ? a->settings.language : a->asker, "en") == 0;
}

void
agent_speak(agent *a, const char *language)
{
	a->asker = language;
	if (language != NULL && lang_speak(language))
		return;
	a->asker = NULL;
	if (agent_is_english(a))
		lang_speak("en");
	else
		lang_rest();
}

int64_t
agent_now_us(const agent *a)
{
	int64_t now_us = sim_clock_now(&a->settings.clock, clock_real_us()), told_us;

	if (!a->settings.clock.simulated || a->settings.clock.rate != 0)
		return now_us;
	told_us = a->link.uplink == NULL ? 0 : uplink_look(a->link.uplink).hub_time_us;
	if (a->last_receipt_us > told_us)
		told_us = a->last_receipt_us;
	return told_us > now_us ? told_us : now_us;
}

int64_t
agent_hub_time_us(const agent *a)
{
	uplink_status s = { 0 };

	if (a->settings.clock.simulated && a->settings.clock.rate == 0)
		return agent_now_us(a);
	if (a->link.uplink != NULL)
		s = uplink_look(a->link.uplink);
	if (s.hub_time_us == 0)
		return agent_now_us(a);
	return s.hub_time_us + (reactor_now(a->reactor) - s.hub_time_at_us) *
				       (a->settings.clock.simulated ? a->settings.clock.rate : 1);
}

int64_t
agent_clock_off_us(const agent *a)
{
	int64_t off_us = agent_now_us(a) - agent_hub_time_us(a);
	int64_t allowed_us = a->settings.clock_alarm_s * INT64_C(1000000) *
			     (a->settings.clock.simulated ? a->settings.clock.rate : 1);

	if (off_us <= allowed_us && off_us >= -allowed_us)
		off_us = -a->receipt_ahead_us;
	return off_us > allowed_us || off_us < -allowed_us ? off_us : 0;
}

void
agent_storage_failed(agent *a, const ms_error *err)
{
	switch (err->status) {
	case MS_NO_SPACE:
		if (!a->storage_full)
			logger_error(&a->log, LOG_WARNING, err);
		a->storage_full = true;
		return;
	case MS_FULL:
	case MS_INVALID:
	case MS_NO_MEMORY:
		return; /* told to whoever asked */
	default:
		if (a->failure.status == MS_OK)
			a->failure = *err;
		reactor_stop(a->reactor);
	}
}

/* ---- the plan ---- */

static ms_status
use_plan(agent *a, plan *p, ms_error *err)
{
	int unit = plan_find_unit(p, span_str(a->settings.unit));

	if (unit < 0) {
		plan_free(p);
		ms_fail(err, MS_CONFIG, MST_UNIT_UNKNOWN, "the plan has no unit \"%s\"",
			a->settings.unit);
		ms_error_remedy(err, "ask the administrator of the hub");
		return MS_CONFIG;
	}
	plan_free(a->plan);
	a->plan = p;
	a->unit = (uint32_t)unit;
	return MS_OK;
}

ms_status
agent_take_plan(agent *a, span file, ms_error *err)
{
	plan *p = NULL;
	ms_status s = plan_load(file, "the hub's plan", &p, NULL, err);

	if (s == MS_OK)
		s = use_plan(a, p, err);
	return s == MS_OK ? home_file_write(a->dir, HOME_PLAN, file, err) : s;
}

static ms_status
load_plan(agent *a, ms_error *err)
{
	plan *p = NULL;
	ms_status s = home_plan_read(a->dir, &p, err);

	return s == MS_OK ? use_plan(a, p, err) : s;
}

/* ---- where the hub is ---- */

ms_status
agent_load_places(agent *a, ms_error *err)
{
	device_places places;
	ms_status s = device_places_read(a->dir, &a->settings, agent_now_us(a), &places, err);

	if (s == MS_OK)
		device_link_places(&a->link, &places);
	return s;
}

ms_status
agent_hub_moved(agent *a, const feed_entry *e, const act *notice, ms_error *err)
{
	ms_error why = { 0 };
	ms_status s = device_places_moved(a->dir, &a->settings, e, notice, &why);

	if (s == MS_EXISTS)
		return MS_OK;
	if (s == MS_DENIED) {
		logger_say(&a->log, LOG_ERROR, "ALARM: %s [MST-%04u]", why.text, why.code);
		return MS_OK;
	}
	if (s == MS_OK)
		s = agent_load_places(a, &why);
	if (s != MS_OK) {
		*err = why;
		return s;
	}
	logger_say(&a->log, LOG_INFO,
		"the hub says that it can be reached at %s too (leaf %llu); kept in %s/%s",
		a->link.places.list[0].address, (unsigned long long)e->leaf, a->dir,
		HOME_HUB_PLACES);
	return MS_OK;
}

/* ---- opening ---- */

static ms_status
load_keys(agent *a, ms_error *err)
{
	home_keys keys;
	ms_status s = home_keys_read(a->dir, STORE_AGENT, &keys, err);

	if (s != MS_OK)
		return s;
	sign_key_from_seed(keys.sign_seed, &a->sign);
	s = device_link_set(&a->link, &a->settings, &keys, err);
	home_keys_fini(&keys);
	return s == MS_OK ? agent_load_places(a, err) : s;
}

static ms_status
open_store(agent *a, ms_error *err)
{
	store_options options = {
		.kind = STORE_AGENT, .create = true, .map_bytes = a->settings.map_bytes
	};
	char data[HOME_PATH_MAX];
	ms_status s = home_path(a->dir, HOME_DATA, data, err);

	if (s == MS_OK)
		s = store_open(data, &options, &a->store, err);
	return s == MS_OK ? device_outbox_open(&a->out, a->store, &a->settings.outbox, err) : s;
}

/* For clerks; what goes to the log stays as it is written. */
static ms_status
choose_language(agent *a, ms_error *err)
{
	const char *wanted = a->settings.language;

	if (strcmp(wanted, "zh") == 0 || strcmp(wanted, "en") == 0) {
		agent_speak(a, NULL);
		return MS_OK;
	}
	ms_fail(err, MS_CONFIG, MST_HOME_SETTING, "language is \"%s\", expected zh or en", wanted);
	ms_error_place(err, "%s/%s", a->dir, HOME_AGENT_CONF);
	return MS_CONFIG;
}

static ms_status
open_directory(agent *a, ms_error *err)
{
	ms_status s = home_open(a->dir, STORE_AGENT, &a->home, err);

	if (s == MS_OK)
		s = agent_settings_read(a->dir, &a->settings, err);
	if (s == MS_OK)
		s = choose_language(a, err);
	if (s == MS_OK)
		s = load_keys(a, err);
	if (s == MS_OK)
		s = load_plan(a, err);
	return s == MS_OK ? open_store(a, err) : s;
}

/* ---- now and then ---- */

/* Acts are kept for keep_days after their receipt; small transactions, so that nobody waits. */
static void
prune(void *ctx, int64_t now_us)
{
	agent *a = ctx;
	int64_t before_us = agent_now_us(a) - (int64_t)a->settings.keep_days * day_us;
	uint64_t pruned;
	ms_error err = { 0 };
	store_txn txn;

	store_begin(a->store, &txn, STORE_WRITE);
	pruned = outbox_prune(&txn, &a->out.box, before_us, PRUNE_ACTS);
	if (pruned == 0)
		store_abort(&txn);
	else if (store_commit(&txn, &err) != MS_OK)
		agent_storage_failed(a, &err);
	reactor_set_timer(
		a->reactor, prune, a, now_us + (pruned == PRUNE_ACTS ? PRUNE_MORE_US : day_us));
}

static void
tidy(void *ctx, int64_t now_us)
{
	agent *a = ctx;

	store_tidy(a->store);
	reactor_set_timer(a->reactor, tidy, a, now_us + TIDY_US);
}

static void
signal_came(void *ctx, int64_t now_us)
{
	agent *a = ctx;

	(void)now_us;
	if (daemon_signal_read(a->signal_fd) != 0)
		reactor_stop(a->reactor);
}

static void
helper_ended(void *ctx)
{
	folder_scan_in(ctx, 0);
}

/* ---- the whole ---- */

static ms_status
start_parts(agent *a, ms_error *err)
{
	ms_error late = { 0 };
	ms_status s = desk_open(a, err);

	if (s == MS_OK)
		s = inbox_open(a, err);
	if (s == MS_OK)
		s = witness_load(a, err);
	if (s == MS_OK)
		s = push_open(a, err);
	if (s == MS_OK)
		s = folder_open(a, err);
	if (s != MS_OK)
		return s;
	a->helper = (helper){
		.scratch = a->dir, .reactor = a->reactor, .ended = helper_ended, .ctx = a
	};
	helper_open(&a->helper);
	forms_load(a);
	take_recover(a, &late);
	if (late.status != MS_OK)
		folder_trouble(a, &late);
	folder_scan_in(a, 0);
	push_wake(a);
	reactor_set_timer(a->reactor, prune, a, reactor_now(a->reactor) + PRUNE_MORE_US);
	reactor_set_timer(a->reactor, tidy, a, reactor_now(a->reactor) + TIDY_US);
	return MS_OK;
}

ms_status
agent_open(agent *a, ms_error *err)
{
	ms_status s;

	a->home.lock_fd = a->inotify_fd = a->watch = a->signal_fd = -1;
	s = open_directory(a, err);
	if (s == MS_OK)
		s = daemon_signals(&a->signal_fd, err);
	if (s == MS_OK)
		s = reactor_new(&a->reactor, err);
	if (s == MS_OK)
		s = net_context_new(&a->net, err);
	if (s == MS_OK)
		s = reactor_add_fd(a->reactor, a->signal_fd, signal_came, a);
	return s == MS_OK ? start_parts(a, err) : s;
}

ms_status
agent_run(agent *a, ms_error *err)
{
	ms_status s = reactor_run(a->reactor, err);

	if (a->failure.status == MS_OK)
		return s;
	*err = a->failure;
	return a->failure.status;
}

void
agent_close(agent *a)
{
	if (a->control != NULL)
		desk_close(a);
	folder_close(a);
	helper_close(&a->helper);
	push_close(a);
	reader_free(a->reader);
	if (a->signal_fd >= 0)
		close(a->signal_fd);
	reactor_free(a->reactor);
	net_context_free(a->net);
	plan_free(a->plan);
	store_close(a->store);
	buf_fini(&a->verified_note);
	sign_key_fini(&a->sign);
	home_close(&a->home);
}
