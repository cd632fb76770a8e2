/* SPDX-License-Identifier: Apache-2.0 */
/* agent.c - the directory is opened, the parts are started, the reactor turns, all is closed. */
#include "agent/agent.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/daemon.h"
#include "base/fs.h"

enum { PRUNE_ACTS = 1000, PRUNE_MORE_US = 1000000, TIDY_US = 600000000 };
static const int64_t day_us = INT64_C(86400) * 1000000;

/* ---- opening ---- */

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
	if (s == MS_OK)
		s = device_outbox_open(&a->out, a->store, &a->settings.outbox, err);
	a->out.box.log = &a->log_key;
	return s;
}

static ms_status
open_directory(agent *a, ms_error *err)
{
	ms_status s = home_open(a->dir, STORE_AGENT, &a->home, err);

	if (s == MS_OK)
		s = agent_settings_read(a->dir, &a->settings, err);
	if (s == MS_OK)
		agent_speak(a, NULL); /* the clerks' language; the log stays as it is written */
	if (s == MS_OK)
		s = agent_load_keys(a, err);
	if (s == MS_OK)
		s = agent_load_places(a, err);
	if (s == MS_OK)
		s = agent_load_plan(a, err);
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
	agent_follow_keys(a);
	reactor_set_timer(a->reactor, tidy, a, now_us + TIDY_US);
}

static void
signal_came(void *ctx, int64_t now_us)
{
	agent *a = ctx;
	int number = daemon_signal_read(a->signal_fd);

	(void)now_us;
	if (number == SIGTERM || number == SIGINT)
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
