/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/hub_dir.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/suggest.h"
#include "base/text.h"
#include "cli/ask.h"
#include "net/socket.h"
#include "store/hub_move.h"
#include "store/plans.h"

bool
hub_dir_is_served(const char *dir)
{
	long pid;

	return home_is_locked(dir, &pid);
}

/* The plan, and with keys whether they are those of the log. */
static ms_status
load_stored(hub_dir *d, bool with_keys, ms_error *err)
{
	arena memory = { 0 };
	store_txn txn;
	plan_row row;
	ms_status s;

	store_begin(d->store, &txn, STORE_READ);
	s = with_keys ? hub_stream_fits(&txn, d->dir, &d->keys, &d->settings, err) : MS_OK;
	if (s == MS_OK)
		s = plans_newest(&txn, &memory, &row, err);
	if (s == MS_OK)
		s = plan_load(row.file, "the stored plan", &d->plan, NULL, err);
	store_abort(&txn);
	arena_fini(&memory);
	return s;
}

static ms_status
load_keys(hub_dir *d, ms_error *err)
{
	home_keys secret;
	ms_status s = home_keys_read(d->dir, STORE_HUB, &secret, err);

	if (s != MS_OK)
		return s;
	d->keys.hub = d->settings.id;
	d->keys.device = d->settings.device;
	sign_key_from_seed(secret.sign_seed, &d->keys.sign);
	memcpy(d->keys.curve_secret, secret.curve_secret, sizeof(d->keys.curve_secret));
	home_keys_fini(&secret);
	return net_public_of(d->keys.curve_secret, d->keys.curve_public, err);
}

static ms_status
open_with(hub_dir *d, bool read_only, ms_error *err)
{
	store_options options = { .kind = STORE_HUB, .read_only = read_only };
	char data[HOME_PATH_MAX];
	ms_status s = hub_settings_read(d->dir, &d->settings, err);

	random_u64(); /* starts libsodium */
	if (s == MS_OK && !read_only)
		s = load_keys(d, err);
	if (s == MS_OK)
		s = home_path(d->dir, HOME_DATA, data, err);
	options.map_bytes = d->settings.map_bytes;
	if (s == MS_OK)
		s = store_open(data, &options, &d->store, err);
	if (s == MS_OK)
		s = load_stored(d, !read_only, err);
	if (s != MS_OK)
		hub_dir_close(d);
	return s;
}

ms_status
hub_dir_open(const char *dir, hub_dir *out, ms_error *err)
{
	ms_status s;

	*out = (hub_dir){ .dir = dir, .home.lock_fd = -1 };
	s = home_open(dir, STORE_HUB, &out->home, err);
	return s == MS_OK ? open_with(out, false, err) : s;
}

ms_status
hub_dir_read(const char *dir, hub_dir *out, ms_error *err)
{
	*out = (hub_dir){ .dir = dir, .home.lock_fd = -1 };
	return open_with(out, true, err);
}

void
hub_dir_close(hub_dir *d)
{
	plan_free(d->plan);
	store_close(d->store);
	sign_key_fini(&d->keys.sign);
	secret_wipe(&d->keys, sizeof(d->keys));
	if (d->home.lock_fd >= 0)
		home_close(&d->home);
	*d = (hub_dir){ .home.lock_fd = -1 };
}

int64_t
hub_dir_now(const hub_dir *d, const log_state *log)
{
	int64_t now = sim_clock_now(&d->settings.clock, clock_real_us());

	return d->settings.clock.simulated && now < log->manual_clock_us ? log->manual_clock_us
									 : now;
}

/* ---- one change ---- */

ms_status
hub_change_end(hub_change *c, ms_status s, ms_error *err)
{
	if (s == MS_OK) {
		log_state_save(&c->txn, &c->log);
		s = store_commit(&c->txn, err);
	} else {
		store_abort(&c->txn);
	}
	roster_fini(&c->roster);
	hub_dir_close(&c->d);
	return s;
}

ms_status
hub_change_begin(const char *dir, hub_change *out, ms_error *err)
{
	ms_status s = hub_dir_open(dir, &out->d, err);

	if (s != MS_OK)
		return s;
	store_begin(out->d.store, &out->txn, STORE_WRITE);
	log_state_load(&out->txn, &out->log);
	roster_load(&out->txn, &out->roster);
	out->now_us = hub_dir_now(&out->d, &out->log);
	s = store_status(&out->txn, err);
	return s == MS_OK ? s : hub_change_end(out, s, err);
}

/* ---- what new devices are told ---- */

static ms_status
place_of_store(const char *dir, hub_move *out, ms_error *err)
{
	hub_dir d;
	store_txn txn;
	ms_status s = hub_dir_read(dir, &d, err);

	if (s != MS_OK)
		return s;
	store_begin(d.store, &txn, STORE_READ);
	hub_move_get(&txn, out);
	s = store_status(&txn, err);
	store_abort(&txn);
	hub_dir_close(&d);
	return s;
}

static void
take_place(void *ctx, const json_t *line)
{
	const char *address = json_text_of(line, "address"), *key = json_text_of(line, "curve_key");
	hub_move *out = ctx;

	if (address != NULL && strlen(address) < sizeof(out->address) && key != NULL &&
		text_unhex(span_str(key), out->now.curve_key, sizeof(out->now.curve_key)))
		snprintf(out->address, sizeof(out->address), "%s", address);
}

/* When the hub has moved, where to: ADDRESS and KEY are changed. */
static ms_status
take_move(
	const char *dir, char address[HOME_NAME_MAX], uint8_t key[CURVE_PUBLIC_SIZE], ms_error *err)
{
	hub_move move = { .leaf = 0 };
	ms_status s;

	if (hub_dir_is_served(dir))
		s = hub_ask(dir, json_pack("{s:s}", "do", "place"), ASK_MS, take_place, &move, err);
	else
		s = place_of_store(dir, &move, err);
	if (s == MS_OK && move.address[0] != '\0') {
		memcpy(address, move.address, sizeof(move.address));
		memcpy(key, move.now.curve_key, sizeof(move.now.curve_key));
	}
	return s;
}

ms_status
hub_facts_read(const char *dir, hub_facts *out, ms_error *err)
{
	home_keys secret;
	sign_key sign;
	ms_status s = hub_settings_read(dir, &out->settings, err);

	if (s == MS_OK)
		s = home_keys_read(dir, STORE_HUB, &secret, err);
	if (s != MS_OK)
		return s;
	memcpy(out->address,
		out->settings.address[0] != '\0' ? out->settings.address : out->settings.listen,
		sizeof(out->address));
	sign_key_from_seed(secret.sign_seed, &sign);
	out->sign_key = sign.public_key;
	s = net_public_of(secret.curve_secret, out->curve_public, err);
	if (s == MS_OK)
		s = take_move(dir, out->address, out->curve_public, err);
	sign_key_fini(&sign);
	home_keys_fini(&secret);
	return s;
}

/* By a name or alias of it, or spelt nearly so; PLAN_NO_UNIT: none is near. */
static int
nearest_unit(const plan *p, span text)
{
	int near = plan_match_unit(p, text);
	suggestion s;
	uint32_t u;

	suggest_begin(&s, text);
	for (u = 0; near < 0 && u < p->n_units; u++) {
		suggest_try(&s, p->units[u].id);
		suggest_try(&s, p->units[u].name);
	}
	for (u = 0; near < 0 && s.best != NULL && u < p->n_units; u++)
		if (s.best == p->units[u].id || s.best == p->units[u].name)
			near = (int)u;
	return near;
}

ms_status
hub_dir_check_unit(const char *dir, const char *unit, ms_error *err)
{
	plan *p = NULL;
	ms_status s = home_plan_read(dir, &p, err);

	if (s == MS_OK && plan_find_unit(p, span_str(unit)) < 0) {
		int near = nearest_unit(p, span_str(unit));

		s = ms_fail(
			err, MS_NOT_FOUND, MST_UNIT_UNKNOWN, "the plan has no unit \"%s\"", unit);
		if (near >= 0)
			ms_error_remedy(err, "did you mean \"%s\"?", p->units[near].id);
	}
	plan_free(p);
	return s;
}
