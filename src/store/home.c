/* SPDX-License-Identifier: Apache-2.0 */
/*
 * home.c - a daemon's directory: its keys, its files. Its lock: home_lock.c; settings: settings.c.
 *
 * The key file is three lines: "muster keys 1", "sign <64 hex digits>", "curve <64 hex digits>". It
 * is no settings file, so that no parser keeps copies of secrets in memory.
 */
#include "store/home.h"

#include <stdio.h>

#include "base/fs.h"
#include "base/random.h"
#include "base/text.h"

enum { KEY_FILE_MAX = 1024 };
#define KEY_HEAD "muster keys 1\nsign "
#define KEY_MIDDLE "\ncurve "
#define KEY_TAIL "\n"

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
	if ((s == MS_NOT_FOUND || s == MS_CONFIG) && kind == STORE_AGENT && err != NULL &&
		err->remedy[0] == '\0')
		ms_error_remedy(err, "put it back as it was, or continue with new keys: muster hub "
				     "invite --replace at the hub, then muster join into this "
				     "directory");
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
	if (s == MS_DENIED)
		fs_name_owner_above(path, err);
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

	if (s == MS_OK)
		s = fs_write_atomic(path, 0644, bytes, err);
	if (s == MS_DENIED)
		fs_name_owner_above(path, err);
	return s;
}

ms_status
home_plan_read(const char *dir, plan **out, ms_error *err)
{
	char path[HOME_PATH_MAX];
	buf file = { 0 };
	store_kind kind;
	ms_status s = home_kind_of(dir, &kind, err);

	if (s == MS_OK)
		s = home_path(dir, HOME_PLAN, path, err);
	if (s == MS_OK)
		s = fs_read(path, PLAN_BYTES_MAX, &file, err);
	if (s == MS_OK)
		s = plan_load(buf_span(&file), path, out, NULL, err);
	if (s != MS_OK && s != MS_NO_MEMORY && err != NULL && err->remedy[0] == '\0')
		ms_error_remedy(err, "put it back as it was; the hub and every office of it have "
				     "the same");
	buf_fini(&file);
	return s;
}

int
home_zone_min(const char *dir)
{
	plan *p = NULL;
	int zone_min = home_plan_read(dir, &p, NULL) == MS_OK ? p->zone_min : 0;

	plan_free(p);
	return zone_min;
}
