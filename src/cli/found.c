/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/found.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/random.h"
#include "cli/command.h"
#include "net/socket.h"
#include "store/admin_key.h"
#include "store/hub_stream.h"
#include "store/signer_home.h"

#define DEFAULT_LISTEN "tcp://*:7300"

static ms_status
make_keys(hub_settings *settings, home_keys *secret, hub_keys *keys, ms_error *err)
{
	ms_status s = random_bytes(secret->sign_seed, sizeof(secret->sign_seed), err);

	if (s == MS_OK)
		s = random_bytes(settings->id.at, ID_SIZE, err);
	if (s == MS_OK)
		s = random_bytes(settings->device.at, ID_SIZE, err);
	if (s == MS_OK)
		s = net_keypair(keys->curve_public, keys->curve_secret, err);
	if (s != MS_OK)
		return s;
	memcpy(secret->curve_secret, keys->curve_secret, sizeof(secret->curve_secret));
	sign_key_from_seed(secret->sign_seed, &keys->sign);
	keys->hub = settings->id;
	keys->device = settings->device;
	return MS_OK;
}

static ms_status
found_store(const char *dir, const hub_settings *settings, const hub_keys *keys, const plan *p,
	ms_error *err)
{
	store_options options = {
		.kind = STORE_HUB, .create = true, .map_bytes = settings->map_bytes
	};
	char data[HOME_PATH_MAX];
	store *db = NULL;
	ms_status s = home_path(dir, HOME_DATA, data, err);

	if (s == MS_OK)
		s = store_open(data, &options, &db, err);
	if (s == MS_OK)
		s = hub_stream_found(db, keys, &settings->clock, span_str(settings->origin), p,
			sim_clock_now(&settings->clock, clock_real_us()), err);
	store_close(db);
	return s;
}

static ms_status
found_signer(const char *dir, hub_settings *settings, ms_error *err)
{
	log_key key;
	ms_status s = signer_home_found(dir, settings->origin, &settings->admin_key, &key, err);

	if (s == MS_OK)
		log_key_print(&key, settings->log_key);
	return s;
}

static ms_status
found_admin(const char *dir, hub_settings *settings, hub_keys *keys, ms_error *err)
{
	char path[HOME_PATH_MAX];
	ms_status s = home_path(dir, ADMIN_KEY_FILE, path, err);

	if (s == MS_OK)
		s = admin_key_make(path, &settings->admin_key, err);
	keys->admin = settings->admin_key;
	return s;
}

static bool
has_file(const char *dir, const char *name)
{
	char path[HOME_PATH_MAX];

	return home_path(dir, name, path, NULL) == MS_OK && fs_exists(path);
}

/* What lies at DIR already? */
static ms_status
refuse_what_is_there(const char *dir, ms_error *err)
{
	ms_error ignored = { 0 };
	store_kind there;

	if (fs_exists(dir) && !fs_is_dir(dir))
		return ms_fail(err, MS_EXISTS, MST_FILE_EXISTS, "%s is a file", dir);
	if (has_file(dir, ADMIN_KEY_FILE) && !has_file(dir, HOME_HUB_KEY)) {
		ms_fail(err, MS_EXISTS, MST_FILE_EXISTS,
			"%s has no hub.key: muster hub init was interrupted there, or the key was "
			"lost",
			dir);
		ms_error_remedy(err, "remove the directory when no hub ever ran there, and give "
				     "the command again; else put hub.key back from a backup");
		return MS_EXISTS;
	}
	if (home_kind_of(dir, &there, &ignored) != MS_OK)
		return MS_OK;
	ms_fail(err, MS_EXISTS, MST_FILE_EXISTS,
		"%s is the directory of a hub or of an office already", dir);
	ms_error_remedy(err, "found the hub in another directory, which is made for it");
	return MS_EXISTS;
}

/* Settings and store first, the secret last: a directory with hub.key is a whole one. */
ms_status
found_hub(const char *dir, hub_settings *settings, const plan *p, ms_error *err)
{
	home_keys secret;
	hub_keys keys;
	ms_status s = refuse_what_is_there(dir, err);

	if (s != MS_OK)
		return s;
	s = fs_refuse_network(dir, err);
	if (s == MS_OK)
		s = fs_make_dirs(dir, 0750, err);
	if (s == MS_OK)
		s = make_keys(settings, &secret, &keys, err);
	if (s == MS_OK)
		s = found_admin(dir, settings, &keys, err);
	if (s == MS_OK)
		s = found_signer(dir, settings, err);
	if (s == MS_OK)
		s = hub_settings_write(dir, settings, err);
	if (s == MS_OK)
		s = home_file_write(dir, HOME_PLAN, p->bytes, err);
	if (s == MS_OK)
		s = found_store(dir, settings, &keys, p, err);
	if (s == MS_OK)
		s = home_keys_write(dir, STORE_HUB, &secret, err);
	home_keys_fini(&secret);
	sign_key_fini(&keys.sign);
	return s;
}

/* What devices are told when they are not told otherwise: where we listen, by this machine's name
 * when that is everywhere. */
static void
default_address(const char *listen, char out[HOME_NAME_MAX])
{
	static const char everywhere[] = "tcp://*";
	size_t n = sizeof(everywhere) - 1;
	char host[64];

	if (strncmp(listen, everywhere, n) != 0 || gethostname(host, sizeof(host)) != 0)
		snprintf(out, HOME_NAME_MAX, "%s", listen);
	else
		snprintf(out, HOME_NAME_MAX, "tcp://%.63s%.*s", host, 16, listen + n);
}

ms_status
found_settings(const plan *p, const char *listen, const char *address, const char *clock,
	hub_settings *settings, ms_error *err)
{
	char told[HOME_NAME_MAX];
	ms_status s = cli_check_address(listen, true, err);

	if (s == MS_OK)
		s = cli_check_address(address, false, err);
	if (s != MS_OK)
		return s;
	hub_settings_init(settings);
	snprintf(settings->listen, sizeof(settings->listen), "%s",
		listen == NULL ? DEFAULT_LISTEN : listen);
	default_address(settings->listen, told);
	snprintf(settings->address, sizeof(settings->address), "%s",
		address == NULL ? told : address);
	if (clock != NULL)
		s = sim_clock_parse(clock, clock_real_us(), &settings->clock, err);
	snprintf(settings->origin, sizeof(settings->origin), "%s%s",
		settings->clock.simulated ? NOTE_SIMULATED : NOTE_REAL, p->id);
	return s;
}
