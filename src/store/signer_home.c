/* SPDX-License-Identifier: Apache-2.0 */
#include "store/signer_home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/random.h"
#include "base/text.h"

enum {
	PLACE_SIZE = 4096,
	PLACES = 2,
	AT_LENGTH = HASH_SIZE,
	AT_NOTE = AT_LENGTH + 2,
	KEY_FILE_MAX = 512,
};
#define SIGNER_KEY "signer.key"
#define SIGNER_SIGNED "signed"
#define SIGNER_LOCK "lock"
#define KEY_HEAD "# The key that signs the log's checkpoints. Keep it secret.\norigin "
#define KEY_ADMIN "\nadmin "
#define KEY_MIDDLE "\nseed "

/* ---- the key ---- */

static ms_status
write_key(const char *dir, const char *origin, const sign_public *admin,
	const uint8_t seed[SIGN_SEED_SIZE], ms_error *err)
{
	char path[HOME_PATH_MAX], hex[2 * SIGN_SEED_SIZE + 1], text[KEY_FILE_MAX];
	char admin_hex[2 * SIGN_PUBLIC_SIZE + 1];
	ms_status s = home_path(dir, SIGNER_KEY, path, err);

	if (s != MS_OK)
		return s;
	text_hex(seed, SIGN_SEED_SIZE, hex);
	text_hex(admin->at, SIGN_PUBLIC_SIZE, admin_hex);
	snprintf(text, sizeof(text), KEY_HEAD "%s" KEY_ADMIN "%s" KEY_MIDDLE "%s\n", origin,
		admin_hex, hex);
	s = fs_write_secret(path, span_str(text), err);
	secret_wipe(hex, sizeof(hex));
	secret_wipe(text, sizeof(text));
	return s;
}

/* Origin, administrator and seed of a key file. */
static bool
read_key_text(const char *text, signer_home *out, uint8_t seed[SIGN_SEED_SIZE])
{
	const char *at, *middle;
	size_t len;

	if (strncmp(text, KEY_HEAD, sizeof(KEY_HEAD) - 1) != 0)
		return false;
	at = text + sizeof(KEY_HEAD) - 1;
	middle = strstr(at, KEY_ADMIN);
	if (middle == NULL ||
		!note_origin_fits(span_of((const uint8_t *)at, (size_t)(middle - at))))
		return false;
	len = (size_t)(middle - at);
	memcpy(out->key.origin, at, len);
	out->key.origin[len] = '\0';
	at = middle + sizeof(KEY_ADMIN) - 1;
	middle = strstr(at, KEY_MIDDLE);
	if (middle == NULL || !text_unhex(span_of((const uint8_t *)at, (size_t)(middle - at)),
				      out->admin.at, SIGN_PUBLIC_SIZE))
		return false;
	at = middle + sizeof(KEY_MIDDLE) - 1;
	return strlen(at) == 2 * SIGN_SEED_SIZE + 1 && at[2 * SIGN_SEED_SIZE] == '\n' &&
	       text_unhex(span_of((const uint8_t *)at, 2 * SIGN_SEED_SIZE), seed, SIGN_SEED_SIZE);
}

static ms_status
read_key(const char *dir, signer_home *out, ms_error *err)
{
	uint8_t seed[SIGN_SEED_SIZE];
	char path[HOME_PATH_MAX];
	buf bytes = { 0 };
	ms_status s = home_path(dir, SIGNER_KEY, path, err);

	if (s == MS_OK)
		s = fs_read_secret(path, KEY_FILE_MAX, &bytes, err);
	if (s == MS_OK && !read_key_text(buf_cstr(&bytes), out, seed))
		s = ms_fail(
			err, MS_CONFIG, MST_HOME_KEY, "%s is no key file of this release", path);
	if (s == MS_OK) {
		sign_key_from_seed(seed, &out->secret);
		out->key.key = out->secret.public_key;
	}
	secret_wipe(seed, sizeof(seed));
	if (bytes.at != NULL)
		secret_wipe(bytes.at, bytes.room);
	buf_fini(&bytes);
	return s;
}

/* ---- founding ---- */

ms_status
signer_home_found(const char *hub_dir, const char *origin, const sign_public *admin, log_key *out,
	ms_error *err)
{
	static const uint8_t empty[PLACES * PLACE_SIZE];
	uint8_t seed[SIGN_SEED_SIZE];
	char dir[HOME_PATH_MAX], path[HOME_PATH_MAX];
	sign_key key;
	ms_status s = home_path(hub_dir, HOME_SIGNER, dir, err);

	if (s == MS_OK && !note_origin_fits(span_str(origin)))
		s = ms_fail(err, MS_INVALID, MST_HOME_SETTING,
			"\"%s\" cannot name a log: expected at most %d bytes without spaces and +",
			origin, NOTE_ORIGIN_MAX);
	if (s == MS_OK)
		s = random_bytes(seed, sizeof(seed), err);
	if (s == MS_OK)
		s = fs_make_dir(dir, 0700, err);
	if (s == MS_OK)
		s = write_key(dir, origin, admin, seed, err);
	if (s == MS_OK)
		s = home_path(dir, SIGNER_SIGNED, path, err);
	if (s == MS_OK)
		s = fs_write_atomic(path, 0644, span_of(empty, sizeof(empty)), err);
	if (s == MS_OK) {
		sign_key_from_seed(seed, &key);
		snprintf(out->origin, sizeof(out->origin), "%s", origin);
		out->key = key.public_key;
		sign_key_fini(&key);
	}
	secret_wipe(seed, sizeof(seed));
	return s;
}

/* ---- what was signed ---- */

/* The note at PLACE. False: there is none. *USED: there are bytes, good or not. */
static bool
read_place(const uint8_t *place, const log_key *key, checkpoint *out, span *note, bool *used)
{
	ms_error ignored = { 0 };
	hash32 hash;
	size_t len = be16_get(place + AT_LENGTH);

	*used = *used || memcmp(place, (uint8_t[HASH_SIZE]){ 0 }, HASH_SIZE) != 0;
	if (len == 0 || len > NOTE_BYTES_MAX)
		return false;
	hash = hash_of(span_of(place + AT_LENGTH, 2 + len));
	if (memcmp(hash.at, place, HASH_SIZE) != 0)
		return false;
	*note = span_of(place + AT_NOTE, len);
	return note_open(*note, key, out, &ignored) == MS_OK;
}

/* The newer of the two; *NEXT is the place of the other. */
static ms_status
read_signed(const char *dir, const log_key *key, checkpoint *last, buf *note, unsigned *next,
	ms_error *err)
{
	buf bytes = { 0 };
	bool used = false;
	unsigned i;
	ms_status s = home_file_read(dir, SIGNER_SIGNED, PLACES * PLACE_SIZE, &bytes, err);

	*last = (checkpoint){ 0 };
	*next = 0;
	if (s == MS_OK && bytes.len != PLACES * PLACE_SIZE)
		s = ms_fail(err, MS_CORRUPT, MST_STORE_CORRUPT,
			"%s/%s has another size than %d bytes", dir, SIGNER_SIGNED,
			PLACES * PLACE_SIZE);
	for (i = 0; s == MS_OK && i < PLACES; i++) {
		checkpoint c;
		span text;

		if (!read_place(bytes.at + (size_t)i * PLACE_SIZE, key, &c, &text, &used) ||
			c.size <= last->size)
			continue;
		*last = c;
		*next = 1 - i;
		buf_reset(note);
		s = buf_add_span(note, text);
	}
	if (s == MS_OK && used && last->size == 0)
		s = ms_fail(err, MS_CORRUPT, MST_STORE_CORRUPT,
			"%s/%s holds no checkpoint that its key signed, although one was written",
			dir, SIGNER_SIGNED);
	buf_fini(&bytes);
	return s;
}

ms_status
signer_home_look(const char *dir, const log_key *key, checkpoint *last, buf *out, ms_error *err)
{
	unsigned next;

	return read_signed(dir, key, last, out, &next, err);
}

/* ---- open and sign ---- */

ms_status
signer_home_open(const char *dir, signer_home *out, ms_error *err)
{
	char path[HOME_PATH_MAX];
	ms_status s;

	*out = (signer_home){ .fd = -1, .lock_fd = -1 };
	s = home_path(dir, SIGNER_LOCK, path, err);
	if (s == MS_OK)
		s = fs_lock(path, &out->lock_fd, err);
	if (s == MS_OK)
		s = read_key(dir, out, err);
	if (s == MS_OK)
		s = read_signed(dir, &out->key, &out->last, &out->note, &out->next, err);
	if (s == MS_OK)
		s = home_path(dir, SIGNER_SIGNED, path, err);
	if (s != MS_OK)
		return s;
	out->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	return out->fd < 0 ? fs_fail(err, errno, MST_FILE_OPEN, "open", path) : MS_OK;
}

void
signer_home_close(signer_home *h)
{
	if (h->fd >= 0)
		close(h->fd);
	if (h->lock_fd >= 0)
		close(h->lock_fd);
	sign_key_fini(&h->secret);
	buf_fini(&h->note);
	*h = (signer_home){ .fd = -1, .lock_fd = -1 };
}

ms_status
signer_home_sign(signer_home *h, const checkpoint *c, ms_error *err)
{
	uint8_t place[AT_NOTE + NOTE_BYTES_MAX] = { 0 };
	hash32 hash;
	ssize_t n;

	buf_reset(&h->note);
	if (note_sign(h->key.origin, &h->secret, c, &h->note) != MS_OK)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a checkpoint");
	MS_ASSERT(h->note.len <= NOTE_BYTES_MAX);
	be16_put(place + AT_LENGTH, (uint16_t)h->note.len);
	memcpy(place + AT_NOTE, h->note.at, h->note.len);
	hash = hash_of(span_of(place + AT_LENGTH, 2 + h->note.len));
	memcpy(place, hash.at, HASH_SIZE);
	n = pwrite(h->fd, place, AT_NOTE + h->note.len, (off_t)h->next * PLACE_SIZE);
	if (n != (ssize_t)(AT_NOTE + h->note.len) || fdatasync(h->fd) != 0)
		return fs_fail(err, n >= 0 ? EIO : errno, MST_STORE_COMMIT, "make durable",
			"what the signer signed");
	h->next = 1 - h->next;
	h->last = *c;
	return MS_OK;
}
