/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - muster-hub: open the directory, serve until a signal, close. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/daemon.h"
#include "base/fs.h"
#include "base/lang.h"
#include "base/process.h"
#include "base/random.h"
#include "hub/hub.h"
#include "store/admin_key.h"
#include "store/plans.h"

static const char usage[] = TR(
	"usage: muster-hub --dir DIR\n"
	"\n"
	"Serve the hub whose directory `muster hub init` made, in the foreground, until SIGTERM.\n"
	"  --dir DIR    the hub's directory\n"
	"  --verbose    say more\n"
	"  --version    print the version and exit\n");

static ms_status
load_keys(hub_base *base, ms_error *err)
{
	home_keys secret;
	ms_status s = home_keys_read(base->dir, STORE_HUB, &secret, err);

	if (s != MS_OK)
		return s;
	base->keys.hub = base->settings.id;
	base->keys.device = base->settings.device;
	sign_key_from_seed(secret.sign_seed, &base->keys.sign);
	memcpy(base->keys.curve_secret, secret.curve_secret, CURVE_SECRET_SIZE);
	home_keys_fini(&secret);
	return net_public_of(base->keys.curve_secret, base->keys.curve_public, err);
}

static ms_status
load_plan(hub_base *base, store_txn *txn, ms_error *err)
{
	arena memory = { 0 };
	plan_row row;
	ms_status s = plans_newest(txn, &memory, &row, err);

	if (s == MS_OK)
		s = plan_load(row.file, "the stored plan", &base->plan, NULL, err);
	if (s == MS_OK)
		base->plan_leaf = row.leaf;
	arena_fini(&memory);
	return s;
}

/* What enrolments hand out; a crash may have come between the commit and the file, or somebody's
 * hand. */
static ms_status
mend_plan_file(const hub_base *base, ms_error *err)
{
	buf file = { 0 };
	ms_error ignored = { 0 };
	bool is_good =
		home_file_read(base->dir, HOME_PLAN, PLAN_BYTES_MAX, &file, &ignored) == MS_OK &&
		span_equal(buf_span(&file), base->plan->bytes);

	buf_fini(&file);
	return is_good ? MS_OK : home_file_write(base->dir, HOME_PLAN, base->plan->bytes, err);
}

static ms_status
load_generation(hub_base *base, store_txn *txn, ms_error *err)
{
	log_record record;
	log_state log;

	log_state_load(txn, &log);
	base->restore_leaf = log.restore_leaf;
	if (log.generation > 1 && log_read(txn, log.restore_leaf, &record))
		base->restored_us = record.hub_time_us;
	restored_load(txn, &log, &base->order);
	return store_status(txn, err);
}

static ms_status
load_stored(hub_base *base, ms_error *err)
{
	store_txn txn;
	ms_status s;

	store_begin(base->store, &txn, STORE_READ);
	s = hub_stream_fits(&txn, base->dir, &base->keys, &base->settings, err);
	if (s == MS_OK)
		s = load_plan(base, &txn, err);
	if (s == MS_OK)
		s = load_generation(base, &txn, err);
	store_abort(&txn);
	return s;
}

static ms_status
open_base(hub_base *base, ms_error *err)
{
	store_options options = { .kind = STORE_HUB };
	char data[HOME_PATH_MAX];
	ms_status s = home_open(base->dir, STORE_HUB, &base->home, err);

	if (s != MS_OK)
		return s;
	s = hub_settings_read(base->dir, &base->settings, err);
	if (s == MS_OK)
		s = home_serving_begin(base->dir, err);
	base->serving = s == MS_OK;
	if (s == MS_OK)
		s = load_keys(base, err);
	if (s == MS_OK)
		s = home_path(base->dir, HOME_DATA, data, err);
	base->allowance.reserve_percent = base->settings.reserve_percent;
	base->allowance.device_bytes = base->settings.allowance_bytes;
	options.map_bytes = base->settings.map_bytes;
	if (s == MS_OK)
		s = store_open(data, &options, &base->store, err);
	if (s == MS_OK)
		s = load_stored(base, err);
	if (s == MS_OK)
		s = hub_start_signer(base, err);
	return s == MS_OK ? mend_plan_file(base, err) : s;
}

static void
close_base(hub_base *base)
{
	control_close(base->control);
	signer_link_stop(&base->signer);
	buf_fini(&base->note);
	allowance_fini(&base->allowance);
	plan_free(base->plan);
	store_close(base->store);
	sign_key_fini(&base->keys.sign);
	secret_wipe(&base->keys, sizeof(base->keys));
	if (base->serving)
		home_serving_end(base->dir);
	if (base->home.lock_fd >= 0)
		home_close(&base->home);
}

/* A real hub's is kept elsewhere. */
static void
warn_of_admin_key(hub_base *base)
{
	char path[HOME_PATH_MAX];

	if (!base->settings.clock.simulated &&
		home_path(base->dir, ADMIN_KEY_FILE, path, NULL) == MS_OK && fs_exists(path))
		logger_say(&base->log, LOG_WARNING,
			"%s still lies on this machine: move it to where it is safe", path);
}

enum { FILES_BESIDE = 256 /* for everything but one connection of each device */ };

/* Without descriptors ZeroMQ lets nobody in and says nothing. */
static void
warn_of_files(const hub_base *base, const front *f)
{
	uint64_t needed = f->roster.n + FILES_BESIDE;

	if (base->files < needed)
		logger_say(&base->log, LOG_WARNING,
			"only %llu descriptors may be open, and %llu enrolled devices need %llu: "
			"those that connect last would not get in. Raise the limit: LimitNOFILE= "
			"in the service, or ulimit -Hn where the hub is started [MST-%04d]",
			(unsigned long long)base->files, (unsigned long long)f->roster.n,
			(unsigned long long)needed, MST_HUB_FILES);
}

/* *ANEW: the plan or the place has changed. */
static ms_status
serve_plan(hub_base *base, int signal_fd, bool *anew, ms_error *err)
{
	front *f = NULL;
	ms_status s = hub_sign_log(base, err);

	if (s == MS_OK)
		s = front_open(base, signal_fd, &f, err);

	if (s != MS_OK)
		return s;
	logger_say(&base->log, LOG_INFO, "%s: listening on %s, plan %s, log of %llu leaves%s",
		*anew ? base->ready : "ready", front_listening_on(f), base->plan->id,
		(unsigned long long)f->log_size,
		base->settings.clock.simulated ? ", simulated clock" : "");
	warn_of_admin_key(base);
	warn_of_files(base, f);
	daemon_notify("READY=1");
	s = front_run(f, err);
	*anew = s == MS_OK && f->begin_anew;
	daemon_notify(*anew ? "RELOADING=1" : "STOPPING=1");
	front_close(f);
	return s;
}

static ms_status
reload_plan(hub_base *base, ms_error *err)
{
	store_txn txn;
	ms_status s;

	plan_free(base->plan);
	base->plan = NULL;
	store_begin(base->store, &txn, STORE_READ);
	s = load_plan(base, &txn, err);
	store_abort(&txn);
	return s;
}

static ms_status
serve(hub_base *base, ms_error *err)
{
	bool anew = false;
	int signal_fd;
	ms_status s = daemon_signals(&signal_fd, err);

	if (s != MS_OK)
		return s;
	do {
		if (anew)
			s = reload_plan(base, err);
		if (s == MS_OK)
			s = serve_plan(base, signal_fd, &anew, err);
	} while (s == MS_OK && anew);
	close(signal_fd);
	return s;
}

int
main(int argc, char **argv)
{
	daemon_arguments args;
	hub_base base = { .log = { .fd = STDERR_FILENO, .name = "muster-hub" },
		.home.lock_fd = -1,
		.signer.fd = -1 };
	ms_error err = { 0 };
	ms_status s;

	process_begin();
	if (!daemon_arguments_read(argc, argv, HUB_SOFTWARE "\n", usage, &args)) {
		if (args.wrong != NULL)
			fprintf(stderr, tr("%s: \"%s\" is not understood\n"), "muster-hub",
				args.wrong);
		fputs(tr(args.say), args.exit_code == 0 ? stdout : stderr);
		return args.exit_code;
	}
	base.dir = args.dir;
	base.log.level = args.verbose ? LOG_DEBUG : LOG_INFO;
	base.files = daemon_raise_files();
	lang_offer();
	random_u64(); /* starts libsodium before any thread */
	s = open_base(&base, &err);
	if (s == MS_OK)
		s = serve(&base, &err);
	if (s != MS_OK)
		logger_error(&base.log, LOG_ERROR, &err);
	else
		logger_say(&base.log, LOG_INFO, "stopped");
	close_base(&base);
	return ms_exit_code(s);
}
