/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join_dir.c - in an old directory the new device is made whole in DIR/joining; then the old one's
 * files move to DIR/before-<its id> and the new ones take their places, the settings last. Which
 * files are where tells how far that went.
 */
#include "cli/join_dir.h"
#include "cli/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/random.h"
#include "base/text.h"
#include "net/socket.h"
#include "store/outbox.h"
#include "store/takeover.h"

#define JOINING "joining"
enum { ROTATION_PATIENCE_US = 15000000, RECEIPTS_STEP_US = 100000, RECEIPTS_STEPS = 100 };

/* ---- keys ---- */

static ms_status
make_keys(const char *dir, home_keys *out, ms_error *err)
{
	uint8_t public_key[CURVE_PUBLIC_SIZE];
	ms_status s = random_bytes(out->sign_seed, sizeof(out->sign_seed), err);

	if (s == MS_OK)
		s = net_keypair(public_key, out->curve_secret, err);
	return s == MS_OK && dir != NULL ? home_keys_write(dir, STORE_AGENT, out, err) : s;
}

static bool
has_file(const char *dir, const char *name)
{
	char path[HOME_PATH_MAX];

	return home_path(dir, name, path, NULL) == MS_OK && fs_exists(path);
}

/* Those that lie there from a try before, else new ones. A file cut off by a crash was used for
 * nothing yet. */
static ms_status
keys_of(const char *dir, home_keys *out, ms_error *err)
{
	char path[HOME_PATH_MAX];
	ms_error failure = { 0 };
	ms_status s = home_path(dir, HOME_AGENT_KEY, path, err);

	if (s != MS_OK)
		return s;
	if (!fs_exists(path))
		return make_keys(dir, out, err);
	s = home_keys_read(dir, STORE_AGENT, out, &failure);
	if (s == MS_CONFIG && failure.code == MST_HOME_KEY) {
		s = fs_remove(path, err);
		return s == MS_OK ? make_keys(dir, out, err) : s;
	}
	if (s != MS_OK && err != NULL)
		*err = failure;
	return s;
}

/* ---- asking the hub ---- */

static ms_status
ask_hub(const join_wish *wish, const home_keys *keys, const agent_settings *before, bool only_check,
	joined *out, buf *plan_file, ms_error *err)
{
	joiner_ask ask = { .unit = before == NULL ? NULL : before->unit,
		.admin = before == NULL ? NULL : &before->admin_key,
		.only_check = only_check,
		.keys = *keys,
		.patience_us = wish->patience_us,
		.waits = cli_tell_waiting };
	ms_status s;
	size_t i;

	for (i = 0; i < wish->key->n_addresses; i++) {
		device_place *p = &ask.places.list[ask.places.n++];

		snprintf(p->address, sizeof(p->address), "%s", wish->key->addresses[i]);
		memcpy(p->curve_key, wish->key->hub, CURVE_PUBLIC_SIZE);
	}
	memcpy(ask.secret, wish->key->secret, CURVE_SECRET_SIZE);
	s = joiner_run(&ask, out, plan_file, err);
	secret_wipe(&ask, sizeof(ask));
	return s;
}

/* ---- writing ---- */

static void
fill_settings(const join_wish *wish, const joined *hub, agent_settings *out)
{
	size_t i;

	memcpy(out->unit, hub->unit, sizeof(out->unit));
	memcpy(out->name, hub->name, sizeof(hub->name));
	out->device = hub->device;
	out->hub = hub->hub;
	for (i = 0; i < wish->key->n_addresses; i++)
		snprintf(out->addresses[i], sizeof(out->addresses[i]), "%s",
			wish->key->addresses[i]);
	out->n_addresses = (uint32_t)wish->key->n_addresses;
	memcpy(out->hub_curve_key, wish->key->hub, sizeof(out->hub_curve_key));
	out->hub_sign_key = hub->hub_sign_key;
	memcpy(out->log_key, hub->log_key, sizeof(out->log_key));
	out->admin_key = hub->admin_key;
	out->clock = hub->clock;
}

/* The device whose place another one takes. */
typedef struct predecessor {
	const char *dir;
	const agent_settings *settings;
} predecessor;

static ms_status
open_data(const char *dir, const agent_settings *settings, bool create, store **out, ms_error *err)
{
	store_options options = {
		.kind = STORE_AGENT, .create = create, .map_bytes = settings->map_bytes
	};
	char data[HOME_PATH_MAX];
	ms_status s = home_path(dir, HOME_DATA, data, err);

	return s == MS_OK ? store_open(data, &options, out, err) : s;
}

/* What the hub does not have of the device BEFORE. Into a new store each time: a crash may have
 * come after the commit. */
static ms_status
take_acts(const char *dir, const predecessor *before, const restore_order *order, uint64_t *n,
	ms_error *err)
{
	char data[HOME_PATH_MAX];
	store *old = NULL, *fresh = NULL;
	log_key key;
	ms_status s = home_path(dir, HOME_DATA, data, err);

	*n = 0;
	if (s != MS_OK || !has_file(before->dir, HOME_DATA))
		return s;
	s = log_key_parse(span_str(before->settings->log_key), &key, err);
	if (s == MS_OK && fs_exists(data))
		s = fs_remove_tree(data, err);
	if (s == MS_OK)
		s = open_data(before->dir, before->settings, false, &old, err);
	if (s == MS_OK)
		s = open_data(dir, before->settings, true, &fresh, err);
	if (s == MS_OK)
		s = takeover_acts(old, fresh, &key, order, n, err);
	store_close(fresh);
	store_close(old);
	return s;
}

/* JOIN for DIR, whose settings are BASE but for what the hub says, after the device BEFORE (NULL:
 * none); the settings are written last. */
static ms_status
join_fresh(const char *dir, const join_wish *wish, const predecessor *before, agent_settings *base,
	join_done *out, ms_error *err)
{
	home_keys keys;
	buf plan_file = { 0 };
	ms_status s = keys_of(dir, &keys, err);

	if (s == MS_OK)
		s = ask_hub(wish, &keys, before == NULL ? NULL : before->settings, false, &out->hub,
			&plan_file, err);
	home_keys_fini(&keys);
	if (s == MS_OK && before != NULL)
		s = take_acts(dir, before, &out->hub.order, &out->acts_taken, err);
	if (s == MS_OK)
		s = home_file_write(dir, HOME_PLAN, buf_span(&plan_file), err);
	if (s == MS_OK) {
		fill_settings(wish, &out->hub, base);
		s = agent_settings_write(dir, base, err);
	}
	buf_fini(&plan_file);
	return s;
}

/* ---- a directory that is another device's ---- */

/* Move NAME from FROM to TO, unless that is done. */
static ms_status
move_file(const char *from, const char *to, const char *name, ms_error *err)
{
	char source[HOME_PATH_MAX], target[HOME_PATH_MAX];
	ms_status s = home_path(from, name, source, err);

	if (s == MS_OK)
		s = home_path(to, name, target, err);
	if (s != MS_OK || !fs_exists(source) || fs_exists(target))
		return s;
	return fs_move(source, target, err);
}

static ms_status
move_files(const char *from, const char *to, ms_error *err)
{
	static const char *const names[] = { HOME_AGENT_KEY, HOME_DATA, HOME_PLAN, "cursors",
		HOME_HUB_PLACES, HOME_AGENT_CONF };
	ms_status s = MS_OK;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]) && s == MS_OK; i++)
		s = move_file(from, to, names[i], err);
	return s;
}

/* DIR/joining is whole: change places. The old device's files are kept beside. */
static ms_status
change_places(const char *dir, const char *joining, ms_error *err)
{
	char before[HOME_PATH_MAX], name[64], hex[2 * ID_SIZE + 1];
	agent_settings fresh;
	ms_status s = agent_settings_read(joining, &fresh, err);

	if (s != MS_OK)
		return s;
	text_hex(fresh.device.at, ID_SIZE, hex);
	snprintf(name, sizeof(name), "before-%s", hex);
	s = home_path(dir, name, before, err);
	if (s == MS_OK)
		s = fs_make_dir(before, 0700, err);
	if (s == MS_OK)
		s = move_files(dir, before, err);
	if (s == MS_OK)
		s = move_files(joining, dir, err);
	return s == MS_OK ? fs_remove_tree(joining, err) : s;
}

/* One hub may have several keys, one after the other; its id is for ever. */
static ms_status
refuse_other_hub(const char *dir, const joined *hub, const agent_settings *old, ms_error *err)
{
	if (memcmp(&old->hub, &hub->hub, sizeof(old->hub)) == 0)
		return MS_OK;
	ms_fail(err, MS_DENIED, MST_JOIN_OTHER_HUB,
		"%s belongs to device %s of another hub than the one the key is from", dir,
		old->name);
	ms_error_remedy(err, "take another directory (--dir)");
	return MS_DENIED;
}

static ms_status
refuse_other_unit(const char *dir, const join_wish *wish, const agent_settings *old, ms_error *err)
{
	if (strcmp(old->unit, wish->key->unit) == 0)
		return MS_OK;
	ms_fail(err, MS_DENIED, MST_JOIN_UNIT,
		"%s belongs to unit \"%s\", the join key is for unit \"%s\"", dir, old->unit,
		wish->key->unit);
	ms_error_remedy(err, "take the key of this office's unit, or another directory (--dir)");
	return MS_DENIED;
}

/* Has this very key made the device that lies here? Asked without changing anything. */
static ms_status
look_if_joined(const char *dir, const join_wish *wish, const agent_settings *old, join_done *out,
	ms_error *err)
{
	home_keys keys;
	ms_error failure = { 0 };
	ms_status s = home_keys_read(dir, STORE_AGENT, &keys, err);

	if (s != MS_OK)
		return s;
	s = ask_hub(wish, &keys, old, true, &out->hub, NULL, &failure);
	home_keys_fini(&keys);
	out->was_joined = s == MS_OK && out->hub.is_device;
	/* Used, perhaps by the keys that lie in DIR/joining. */
	if (s == MS_DENIED && failure.code == MST_JOIN_USED && has_file(dir, JOINING))
		return MS_OK;
	if (s != MS_OK && err != NULL)
		*err = failure;
	return s == MS_OK ? refuse_other_hub(dir, &out->hub, old, err) : s;
}

static ms_status
follow_device(const char *dir, const join_wish *wish, join_done *out, ms_error *err)
{
	agent_settings settings, old;
	predecessor before = { .dir = dir, .settings = &old };
	char joining[HOME_PATH_MAX];
	ms_status s = agent_settings_read(dir, &settings, err);

	if (s == MS_OK)
		s = home_path(dir, JOINING, joining, err);
	if (s == MS_OK)
		s = refuse_other_unit(dir, wish, &settings, err);
	if (s == MS_OK)
		s = look_if_joined(dir, wish, &settings, out, err);
	if (s != MS_OK || out->was_joined || wish->only_check)
		return s;
	out->took_over = true;
	old = settings;
	s = fs_make_dir(joining, 0700, err);
	if (s == MS_OK && !has_file(joining, HOME_AGENT_CONF))
		s = join_fresh(joining, wish, &before, &settings, out, err);
	return s == MS_OK ? change_places(dir, joining, err) : s;
}

/* ---- a new directory ---- */

/* A file that a crash kept from its name, and that was used for nothing. */
static bool
is_left_over(const char *name)
{
	static const char *const written[] = { "." HOME_AGENT_KEY ".", "." HOME_PLAN ".",
		"." HOME_AGENT_CONF "." };
	size_t i;

	for (i = 0; i < sizeof(written) / sizeof(written[0]); i++)
		if (strncmp(name, written[i], strlen(written[i])) == 0)
			return true;
	return false;
}

static ms_status
remove_left_over(const char *dir, const char *name, ms_error *err)
{
	char path[HOME_PATH_MAX];
	ms_status s = home_path(dir, name, path, err);

	return s == MS_OK ? fs_remove(path, err) : s;
}

/* What may lie in a directory that is on its way. */
static ms_status
refuse_full(const char *dir, ms_error *err)
{
	static const char *const own[] = { HOME_AGENT_KEY, HOME_PLAN, "lock" };
	fs_names names;
	ms_status s = fs_list(dir, &names, err);
	size_t i, k;

	for (i = 0; s == MS_OK && i < names.n; i++) {
		if (is_left_over(names.list[i])) {
			s = remove_left_over(dir, names.list[i], err);
			continue;
		}
		for (k = 0; k < 3 && strncmp(names.list[i], own[k], strlen(own[k])) != 0; k++)
			;
		if (k == 3) {
			s = ms_fail(err, MS_EXISTS, MST_JOIN_FOLDER,
				"%s is not empty, and no directory of Muster: \"%s\" lies in it",
				dir, names.list[i]);
			ms_error_remedy(err, "name another with --dir; it is made when it is "
					     "missing");
		}
	}
	fs_list_fini(&names);
	return s;
}

/* Can it be made and is it on a local disk? */
static ms_status
check_place(const char *dir, bool only_check, ms_error *err)
{
	ms_status s = fs_refuse_network(dir, err);

	if (s != MS_OK || (!fs_exists(dir) && only_check))
		return s;
	if (!fs_exists(dir))
		s = fs_make_dirs(dir, 0700, err);
	if (s == MS_OK && !fs_is_dir(dir))
		s = ms_fail(err, MS_EXISTS, MST_JOIN_FOLDER, "%s is no directory", dir);
	if (s == MS_OK && access(dir, W_OK | X_OK) != 0)
		s = ms_fail(err, MS_CANNOT_WRITE, MST_JOIN_FOLDER, "%s cannot be written to", dir);
	if (s == MS_OK && has_file(dir, HOME_HUB_CONF))
		s = ms_fail(err, MS_EXISTS, MST_JOIN_FOLDER, "%s is the directory of a hub", dir);
	return s;
}

static ms_status
check_new(const char *dir, const join_wish *wish, join_done *out, ms_error *err)
{
	home_keys keys;
	ms_status s = has_file(dir, HOME_AGENT_KEY) ? home_keys_read(dir, STORE_AGENT, &keys, err)
						    : make_keys(NULL, &keys, err);

	if (s == MS_OK)
		s = ask_hub(wish, &keys, NULL, true, &out->hub, NULL, err);
	home_keys_fini(&keys);
	return s;
}

static ms_status
join_locked(const char *dir, const join_wish *wish, join_done *out, ms_error *err)
{
	char joining[HOME_PATH_MAX];
	agent_settings settings;
	ms_status s = home_path(dir, JOINING, joining, err);

	if (s != MS_OK)
		return s;
	if (has_file(joining, HOME_AGENT_CONF) &&
		!wish->only_check) { /* cut off while changing places */
		out->took_over = true;
		s = change_places(dir, joining, err);
	}
	if (s != MS_OK)
		return s;
	if (has_file(dir, HOME_AGENT_CONF))
		return follow_device(dir, wish, out, err);
	s = refuse_full(dir, err);
	if (s != MS_OK)
		return s;
	if (wish->only_check)
		return check_new(dir, wish, out, err);
	agent_settings_init(&settings);
	return join_fresh(dir, wish, NULL, &settings, out, err);
}

ms_status
join_dir(const char *dir, const join_wish *wish, join_done *out, ms_error *err)
{
	char lock[HOME_PATH_MAX];
	int fd = -1;
	ms_status s = check_place(dir, wish->only_check, err);

	*out = (join_done){ 0 };
	if (s == MS_OK && !fs_exists(dir))
		return check_new(dir, wish, out, err);
	if (s == MS_OK)
		s = home_path(dir, "lock", lock, err);
	if (s == MS_OK)
		s = fs_lock(lock, &fd, err);
	if (s == MS_BUSY)
		ms_error_remedy(err, "stop the agent first");
	if (s == MS_OK)
		s = join_locked(dir, wish, out, err);
	if (fd >= 0)
		close(fd);
	return s;
}

/* ---- other keys ---- */

static ms_status
count_unreceipted(store *data, uint64_t *n, ms_error *err)
{
	static const outbox_limits limits = { 0 };
	outbox box;
	store_txn txn;
	ms_status s;

	store_begin(data, &txn, STORE_READ);
	outbox_open(&txn, &limits, &box);
	s = store_status(&txn, err);
	store_abort(&txn);
	*n = s == MS_OK ? outbox_queue(&box).sent_batches : 0;
	return s;
}

/* What the old key has signed has to arrive while it counts, and nobody knows whether it will. A
 * running agent has a moment to deliver it. */
static ms_status
wait_for_receipts(const char *dir, const agent_settings *settings, ms_error *err)
{
	store_options options = {
		.kind = STORE_AGENT, .read_only = true, .map_bytes = settings->map_bytes
	};
	char path[HOME_PATH_MAX];
	uint64_t waiting = 0;
	store *data = NULL;
	int steps = 0;
	ms_status s = home_path(dir, HOME_DATA, path, err);

	if (s == MS_OK && fs_is_dir(path))
		s = store_open(path, &options, &data, err);
	if (s == MS_OK && data != NULL)
		s = count_unreceipted(data, &waiting, err);
	while (s == MS_OK && waiting > 0 && steps++ < RECEIPTS_STEPS) {
		usleep(RECEIPTS_STEP_US);
		s = count_unreceipted(data, &waiting, err);
	}
	store_close(data);
	if (s != MS_OK || waiting == 0)
		return s;
	s = ms_fail(err, MS_TIMEOUT, MST_JOIN_UNSENT,
		"batches that the keys in use have signed and that have no receipt: %llu",
		(unsigned long long)waiting);
	ms_error_remedy(err,
		"with other keys the hub would take them for two weeks only: let the agent send "
		"them first, muster status shows when all have arrived");
	return s;
}

/* DIR/next holds the new key file until the hub has it; then it takes the place of the old one.
 * WITH connects: one of the two. */
static ms_status
ask_rotation(const char *dir, const agent_settings *set, const home_keys *old,
	const home_keys *fresh, const home_keys *with, joined *out, ms_error *err)
{
	joiner_ask ask = { .keys = *fresh,
		.rotates_at = &set->hub,
		.device = &set->device,
		.patience_us = ROTATION_PATIENCE_US,
		.waits = cli_tell_waiting };
	int64_t now_us = sim_clock_now(&set->clock, clock_real_us());
	sign_key before;
	ms_status s = device_places_read(dir, set, now_us, &ask.places, err);

	sign_key_from_seed(old->sign_seed, &before);
	ask.key_before = &before;
	memcpy(ask.secret, with->curve_secret, CURVE_SECRET_SIZE);
	if (s == MS_OK)
		s = joiner_run(&ask, out, NULL, err);
	secret_wipe(&ask, sizeof(ask));
	sign_key_fini(&before);
	return s;
}

static ms_status
take_next(const char *dir, const char *next, ms_error *err)
{
	char from[HOME_PATH_MAX], to[HOME_PATH_MAX];
	ms_status s = home_path(next, HOME_AGENT_KEY, from, err);

	if (s == MS_OK)
		s = home_path(dir, HOME_AGENT_KEY, to, err);
	if (s == MS_OK && rename(from, to) != 0)
		s = ms_fail(err, MS_IO, MST_FILE_WRITE, "cannot put %s into its place", from);
	if (s == MS_OK)
		s = fs_sync_dir(dir, err);
	return s == MS_OK ? fs_remove_tree(next, err) : s;
}

/* Of a try that was cut off the hub may have kept the new keys so long ago that it knows the old
 * ones no more. */
static ms_status
ask_again(const char *dir, const agent_settings *set, const home_keys *old, const home_keys *fresh,
	bool tried_before, joined *out, ms_error *err)
{
	ms_error ignored = { 0 };
	ms_status s = ask_rotation(dir, set, old, fresh, old, out, err);

	if (s == MS_DENIED && tried_before &&
		ask_rotation(dir, set, old, fresh, fresh, out, &ignored) == MS_OK) {
		*err = (ms_error){ 0 };
		return MS_OK;
	}
	return s;
}

ms_status
rotate_dir(const char *dir, joined *out, ms_error *err)
{
	agent_settings settings;
	home_keys old = { 0 }, fresh = { 0 };
	char next[HOME_PATH_MAX];
	bool tried_before = false;
	ms_status s = agent_settings_read(dir, &settings, err);

	if (s == MS_OK)
		s = home_keys_read(dir, STORE_AGENT, &old, err);
	if (s == MS_OK)
		s = home_path(dir, HOME_NEXT_KEYS, next, err);
	if (s == MS_OK)
		tried_before = has_file(next, HOME_AGENT_KEY);
	/* The hub may have those keys already: the two weeks run. */
	if (s == MS_OK && !tried_before)
		s = wait_for_receipts(dir, &settings, err);
	if (s == MS_OK)
		s = fs_make_dir(next, 0700, err);
	if (s == MS_OK)
		s = keys_of(next, &fresh, err);
	if (s == MS_OK)
		s = ask_again(dir, &settings, &old, &fresh, tried_before, out, err);
	if (s == MS_OK)
		s = take_next(dir, next, err);
	else if (err->code == MST_ROTATE_EARLY) /* so the hub does not have these */
		fs_remove_tree(next, NULL);
	home_keys_fini(&old);
	home_keys_fini(&fresh);
	return s;
}
