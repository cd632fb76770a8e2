/* SPDX-License-Identifier: Apache-2.0 */
#include "store/hub_move.h"

#include <stdio.h>

#include "base/fs.h"
#include "base/random.h"
#include "base/text.h"
#include "store/feed.h"
#include "store/meta.h"
#include "store/pack.h"

#define KEY_PREFIX "curve-"
#define KEY_SUFFIX ".key"
#define KEY_HEAD "muster curve key 1\n"

enum { KEY_NAME_DIGITS = 16, ROW_MAX = 4 * HOME_NAME_MAX + 128 };

/* ---- the row ---- */

static void
take_text(unpacker *u, char out[HOME_NAME_MAX])
{
	span text = unpack_text(u);

	if (text.len >= HOME_NAME_MAX)
		u->failed = true;
	else
		snprintf(out, HOME_NAME_MAX, "%.*s", (int)text.len,
			text.len == 0 ? "" : (const char *)text.at);
}

static void
take_place(unpacker *u, hub_place *out)
{
	span key;

	take_text(u, out->listen);
	key = unpack_bytes(u, CURVE_SECRET_SIZE);
	if (key.at != NULL)
		memcpy(out->curve_key, key.at, CURVE_SECRET_SIZE);
}

bool
hub_move_get(store_txn *txn, hub_move *out)
{
	unpacker u;
	span row;

	*out = (hub_move){ .leaf = 0 };
	if (!meta_get(txn, HUB_MOVE_NAME, &row))
		return false;
	u = unpacker_of(row);
	take_text(&u, out->address);
	take_place(&u, &out->now);
	take_place(&u, &out->before);
	out->from_us = (int64_t)unpack_u64(&u);
	out->until_us = (int64_t)unpack_u64(&u);
	out->leaf = unpack_u64(&u);
	return unpack_done(&u) || store_fail(txn, MS_CORRUPT, MST_STORE_CORRUPT,
					  "the hub's move in META has another form");
}

static void
put_place(packer *p, const hub_place *place)
{
	pack_text(p, span_str(place->listen));
	pack_bytes(p, place->curve_key, CURVE_SECRET_SIZE);
}

static void
put_row(store_txn *txn, const hub_move *move)
{
	uint8_t row[ROW_MAX];
	packer p = { .at = row, .end = row + sizeof(row) };

	pack_text(&p, span_str(move->address));
	put_place(&p, &move->now);
	put_place(&p, &move->before);
	pack_u64(&p, (uint64_t)move->from_us);
	pack_u64(&p, (uint64_t)move->until_us);
	pack_u64(&p, move->leaf);
	MS_ASSERT(!p.failed);
	meta_put(txn, HUB_MOVE_NAME, span_of(row, (size_t)(p.at - row)));
}

bool
hub_move_overlaps(const hub_move *move, int64_t now_us)
{
	return now_us < move->until_us && strcmp(move->now.listen, move->before.listen) != 0;
}

bool
hub_move_serves(const hub_move *last, const char *listen, int64_t now_us)
{
	return strcmp(listen, last->now.listen) == 0 ||
	       (hub_move_overlaps(last, now_us) && strcmp(listen, last->before.listen) == 0);
}

void
hub_move_set(hub_move *move, const hub_move *last, const char *listen, const uint8_t *curve_key,
	int64_t now_us)
{
	bool overlaps = hub_move_overlaps(last, now_us);

	move->now = last->now;
	move->before = overlaps ? last->before : last->now;
	if (overlaps && listen != NULL && strcmp(listen, last->before.listen) == 0) {
		move->now = last->before; /* back, with the key that is served there */
		move->before = last->now;
	} else if (listen != NULL) {
		snprintf(move->now.listen, sizeof(move->now.listen), "%s", listen);
	}
	if (curve_key != NULL)
		memcpy(move->now.curve_key, curve_key, sizeof(move->now.curve_key));
}

ms_status
hub_move_apply(store_txn *txn, log_state *log, const hub_keys *keys, const plan *p, hub_move *move,
	int64_t now_us, ms_error *err)
{
	act a = { .kind = ACT_HUB_MOVED };
	ms_status s;

	a.u.moved = (hub_moved){ .address = span_str(move->address),
		.curve_key = span_of(move->now.curve_key, CURVE_SECRET_SIZE),
		.from_us = move->from_us,
		.until_us = move->until_us };
	s = hub_stream_state(txn, log, keys, &a, 1, now_us, &move->leaf, err);
	if (s != MS_OK)
		return s;
	feed_tell_all(txn, p, move->leaf);
	put_row(txn, move);
	return store_status(txn, err);
}

/* ---- keys ---- */

static ms_status
key_path(const char *dir, const uint8_t public_key[CURVE_SECRET_SIZE], char out[HOME_PATH_MAX],
	ms_error *err)
{
	char name[32 + KEY_NAME_DIGITS], hex[2 * CURVE_SECRET_SIZE + 1];

	text_hex(public_key, CURVE_SECRET_SIZE, hex);
	snprintf(name, sizeof(name), KEY_PREFIX "%.*s" KEY_SUFFIX, KEY_NAME_DIGITS, hex);
	return home_path(dir, name, out, err);
}

bool
hub_curve_is_key(const char *name)
{
	const size_t prefix = sizeof(KEY_PREFIX) - 1, suffix = sizeof(KEY_SUFFIX) - 1;
	size_t len = strlen(name);

	return len == prefix + KEY_NAME_DIGITS + suffix && strncmp(name, KEY_PREFIX, prefix) == 0 &&
	       strcmp(name + len - suffix, KEY_SUFFIX) == 0;
}

ms_status
hub_curve_make(const char *dir, uint8_t public_key[CURVE_SECRET_SIZE],
	const uint8_t secret[CURVE_SECRET_SIZE], ms_error *err)
{
	char path[HOME_PATH_MAX], text[128], hex[2 * CURVE_SECRET_SIZE + 1];
	ms_status s = key_path(dir, public_key, path, err);

	if (s != MS_OK)
		return s;
	text_hex(secret, CURVE_SECRET_SIZE, hex);
	snprintf(text, sizeof(text), KEY_HEAD "%s\n", hex);
	s = fs_write_secret(path, span_str(text), err);
	if (s == MS_DENIED)
		fs_name_owner_above(path, err);
	secret_wipe(hex, sizeof(hex));
	secret_wipe(text, sizeof(text));
	return s;
}

ms_status
hub_curve_read(const char *dir, const uint8_t public_key[CURVE_SECRET_SIZE],
	uint8_t secret[CURVE_SECRET_SIZE], ms_error *err)
{
	const size_t head = sizeof(KEY_HEAD) - 1;
	char path[HOME_PATH_MAX];
	buf bytes = { 0 };
	ms_status s = key_path(dir, public_key, path, err);

	if (s == MS_OK)
		s = fs_read_secret(path, 256, &bytes, err);
	if (s == MS_OK && (bytes.len != head + 2 * CURVE_SECRET_SIZE + 1 ||
				  memcmp(bytes.at, KEY_HEAD, head) != 0 ||
				  !text_unhex(span_of(bytes.at + head, 2 * CURVE_SECRET_SIZE),
					  secret, CURVE_SECRET_SIZE)))
		s = ms_fail(
			err, MS_CONFIG, MST_HOME_KEY, "%s is no key file of this release", path);
	if (bytes.at != NULL)
		secret_wipe(bytes.at, bytes.room);
	buf_fini(&bytes);
	return s;
}
