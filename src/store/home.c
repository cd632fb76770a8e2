/* SPDX-License-Identifier: Apache-2.0 */
/*
 * home.c - a daemon's directory: its lock, its keys, its files. Settings are read in settings.c.
 *
 * The key file is three lines: "muster keys 1", "sign <64 hex digits>", "curve <64 hex digits>". It
 * is no settings file, so that no parser keeps copies of secrets in memory.
 */
#include "store/home.h"

#include <stdio.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/random.h"
#include "base/text.h"

enum { KEY_FILE_MAX = 1024 };
#define LOCK_NAME "lock"
#define KEY_HEAD "muster keys 1\nsign "
#define KEY_MIDDLE "\ncurve "
#define KEY_TAIL "\n"

ms_status
home_path(const char *dir, const char *name, char *out, ms_error *err)
{
	int n = snprintf(out, HOME_PATH_MAX, "%s/%s", dir, name);

	if (n < 0 || n >= HOME_PATH_MAX)
		return ms_fail(
			err, MS_INVALID, MST_HOME_PATH, "%s/%s: the path is too long", dir, name);
	return MS_OK;
}

static const char *
kind_text(store_kind kind)
{
	return kind == STORE_HUB ? "hub" : "agent";
}

ms_status
home_kind_of(const char *dir, store_kind *kind, ms_error *err)
{
	char path[HOME_PATH_MAX];

	if (home_path(dir, HOME_HUB_CONF, path, err) != MS_OK)
		return MS_INVALID;
	if (fs_exists(path)) {
		*kind = STORE_HUB;
		return MS_OK;
	}
	if (home_path(dir, HOME_AGENT_CONF, path, err) == MS_OK && fs_exists(path)) {
		*kind = STORE_AGENT;
		return MS_OK;
	}
	ms_fail(err, MS_NOT_FOUND, MST_HOME_MISSING,
		"%s is no directory of Muster, expected %s or %s in it", dir, HOME_HUB_CONF,
		HOME_AGENT_CONF);
	ms_error_remedy(err, "make one with `muster hub init` or `muster hub enroll`, or name "
			     "another with --dir");
	return MS_NOT_FOUND;
}

ms_status
home_open(const char *dir, store_kind kind, home *out, ms_error *err)
{
	char path[HOME_PATH_MAX];
	store_kind found = kind;
	ms_status s = home_kind_of(dir, &found, err);

	*out = (home){ .kind = kind, .lock_fd = -1 };
	if (s == MS_OK && found != kind)
		s = ms_fail(err, MS_NOT_FOUND, MST_HOME_MISSING,
			"%s is the directory of a muster %s, expected that of a %s", dir,
			kind_text(found), kind_text(kind));
	if (s == MS_OK && fs_is_network(dir))
		s = ms_fail(err, MS_CONFIG, MST_DIR_NETWORK,
			"%s lies on a network file system, expected a local disk", dir);
	if (s == MS_OK)
		s = home_path(dir, LOCK_NAME, path, err);
	if (s != MS_OK)
		return s;
	snprintf(out->dir, sizeof(out->dir), "%s", dir);
	return fs_lock(path, &out->lock_fd, err);
}

void
home_close(home *h)
{
	if (h->lock_fd >= 0)
		close(h->lock_fd);
	h->lock_fd = -1;
}

bool
home_is_locked(const char *dir, long *pid)
{
	char path[HOME_PATH_MAX];

	*pid = 0;
	return home_path(dir, LOCK_NAME, path, NULL) == MS_OK && fs_is_locked(path, pid);
}

/* ---- keys ---- */

static const char *
key_name(store_kind kind)
{
	return kind == STORE_HUB ? HOME_HUB_KEY : HOME_AGENT_KEY;
}

/* Take WORD off the front of *TEXT. */
static bool
expect(span *text, const char *word)
{
	size_t len = strlen(word);

	if (text->len < len || memcmp(text->at, word, len) != 0)
		return false;
	*text = span_of(text->at + len, text->len - len);
	return true;
}

static bool
expect_secret(span *text, uint8_t *out, size_t size)
{
	if (text->len < 2 * size || !text_unhex(span_of(text->at, 2 * size), out, size))
		return false;
	*text = span_of(text->at + 2 * size, text->len - 2 * size);
	return true;
}

ms_status
home_keys_read(const char *dir, store_kind kind, home_keys *out, ms_error *err)
{
	char path[HOME_PATH_MAX];
	buf bytes = { 0 };
	span left;
	ms_status s = home_path(dir, key_name(kind), path, err);

	*out = (home_keys){ 0 };
	if (s == MS_OK)
		s = fs_read_secret(path, KEY_FILE_MAX, &bytes, err);
	left = buf_span(&bytes);
	if (s == MS_OK &&
		!(expect(&left, KEY_HEAD) && expect_secret(&left, out->sign_seed, SIGN_SEED_SIZE) &&
			expect(&left, KEY_MIDDLE) &&
			expect_secret(&left, out->curve_secret, CURVE_SECRET_SIZE) &&
			expect(&left, KEY_TAIL) && left.len == 0)) {
		home_keys_fini(out);
		s = ms_fail(
			err, MS_CONFIG, MST_HOME_KEY, "%s is no key file of this release", path);
	}
	if (bytes.at != NULL)
		secret_wipe(bytes.at, bytes.room);
	buf_fini(&bytes);
	return s;
}

ms_status
home_keys_write(const char *dir, store_kind kind, const home_keys *keys, ms_error *err)
{
	char path[HOME_PATH_MAX], sign[2 * SIGN_SEED_SIZE + 1], curve[2 * CURVE_SECRET_SIZE + 1],
		text[256];
	ms_status s = home_path(dir, key_name(kind), path, err);

	if (s != MS_OK)
		return s;
	text_hex(keys->sign_seed, SIGN_SEED_SIZE, sign);
	text_hex(keys->curve_secret, CURVE_SECRET_SIZE, curve);
	snprintf(text, sizeof(text), KEY_HEAD "%s" KEY_MIDDLE "%s" KEY_TAIL, sign, curve);
	s = fs_write_secret(path, span_str(text), err);
	secret_wipe(sign, sizeof(sign));
	secret_wipe(curve, sizeof(curve));
	secret_wipe(text, sizeof(text));
	return s;
}

void
home_keys_fini(home_keys *keys)
{
	secret_wipe(keys, sizeof(*keys));
}

/* ---- files ---- */

ms_status
home_file_read(const char *dir, const char *name, size_t max, buf *out, ms_error *err)
{
	char path[HOME_PATH_MAX];
	ms_status s = home_path(dir, name, path, err);

	return s == MS_OK ? fs_read(path, max, out, err) : s;
}

ms_status
home_file_write(const char *dir, const char *name, span bytes, ms_error *err)
{
	char path[HOME_PATH_MAX];
	ms_status s = home_path(dir, name, path, err);

	return s == MS_OK ? fs_write_atomic(path, 0644, bytes, err) : s;
}

ms_status
home_plan_read(const char *dir, plan **out, ms_error *err)
{
	buf file = { 0 };
	ms_status s = home_file_read(dir, HOME_PLAN, PLAN_BYTES_MAX, &file, err);

	if (s == MS_OK)
		s = plan_load(buf_span(&file), HOME_PLAN, out, NULL, err);
	buf_fini(&file);
	return s;
}
