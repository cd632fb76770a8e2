/* SPDX-License-Identifier: Apache-2.0 */
#include "store/signer_home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/lang.h"
#include "base/random.h"
#include "base/text.h"

enum {
	PLACE_SIZE = 4096,
	PLACES = 2,
	AT_LENGTH = HASH_SIZE,
	AT_NOTE = AT_LENGTH + 2,
	KEY_FILE_MAX = 512,
};
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

/* What the two places hold: the newest note. */
typedef struct signed_file {
	checkpoint last;
	uint32_t generation;
	unsigned next; /* the place to write */
	bool used;     /* there are bytes, good or not */
} signed_file;

/* The note at PLACE. False: there is none. */
static bool
read_place(const uint8_t *place, const log_key *key, signed_file *out, span *note)
{
	ms_error ignored = { 0 };
	hash32 hash;
	size_t len = be16_get(place + AT_LENGTH);

	if (len == 0 || len > NOTE_BYTES_MAX)
		return false;
	hash = hash_of(span_of(place + AT_LENGTH, 2 + len));
	if (memcmp(hash.at, place, HASH_SIZE) != 0)
		return false;
	*note = span_of(place + AT_NOTE, len);
	return generation_open(*note, key, &out->last, &out->generation, &ignored) == MS_OK;
}

static bool
is_newer(const signed_file *a, const signed_file *b)
{
	return a->generation > b->generation ||
	       (a->generation == b->generation && a->last.size > b->last.size);
}

static ms_status
forgot(const char *dir, ms_error *err)
{
	*err = (ms_error){ 0 };
	ms_fail(err, MS_NOT_FOUND, MST_RESTORE_NEEDED,
		"%s/%s is missing, in which the signer keeps what it signed last: this directory "
		"was put back from a backup",
		dir, SIGNER_SIGNED);
	ms_error_remedy(err, "put the signer's own directory back, or, when it is lost, let the "
			     "log go on from here with `muster hub restored`");
	return MS_NOT_FOUND;
}

static ms_status
read_signed(const char *dir, const log_key *key, signed_file *out, buf *note, ms_error *err)
{
	buf bytes = { 0 };
	unsigned i;
	ms_status s = home_file_read(dir, SIGNER_SIGNED, PLACES * PLACE_SIZE, &bytes, err);

	*out = (signed_file){ .generation = 1 };
	if (s == MS_NOT_FOUND)
		s = forgot(dir, err);
	if (s == MS_OK && bytes.len != PLACES * PLACE_SIZE)
		s = ms_fail(err, MS_CORRUPT, MST_STORE_CORRUPT,
			"%s/%s has another size than %d bytes", dir, SIGNER_SIGNED,
			PLACES * PLACE_SIZE);
	for (i = 0; s == MS_OK && i < PLACES; i++) {
		const uint8_t *place = bytes.at + (size_t)i * PLACE_SIZE;
		signed_file found = { 0 };
		span text;

		out->used = out->used || memcmp(place, (uint8_t[HASH_SIZE]){ 0 }, HASH_SIZE) != 0;
		if (!read_place(place, key, &found, &text) || !is_newer(&found, out))
			continue;
		out->last = found.last;
		out->generation = found.generation;
		out->next = 1 - i;
		buf_reset(note);
		s = buf_add_span(note, text);
	}
	if (s == MS_OK && out->used && out->last.size == 0)
		s = ms_fail(err, MS_CORRUPT, MST_STORE_CORRUPT,
			"%s/%s holds no checkpoint that its key signed, although one was written",
			dir, SIGNER_SIGNED);
	buf_fini(&bytes);
	return s;
}

ms_status
signer_home_look(const char *dir, const log_key *key, checkpoint *last, uint32_t *generation,
	buf *out, ms_error *err)
{
	signed_file found;
	ms_status s = read_signed(dir, key, &found, out, err);

	*last = found.last;
	*generation = found.generation;
	return s;
}

/* ---- the administrator's orders ---- */

enum { ORDERS_MAX = GENERATIONS_MAX * 8192 };

static ms_status
read_orders(const char *dir, buf *out, ms_error *err)
{
	char path[HOME_PATH_MAX];
	ms_status s = home_path(dir, SIGNER_ORDERS, path, err);

	return s == MS_OK && fs_exists(path) ? fs_read(path, ORDERS_MAX, out, err) : s;
}

/* Cut the next order and its signature off LEFT. */
static bool
cut_order(span *left, span *order, span *sig)
{
	size_t len = left->len < 2 ? SIZE_MAX : be16_get(left->at);

	if (len == SIZE_MAX || left->len - 2 < len + SIGNATURE_SIZE)
		return false;
	*order = span_of(left->at + 2, len);
	*sig = span_of(order->at + len, SIGNATURE_SIZE);
	*left = span_of(sig->at + SIGNATURE_SIZE, left->len - 2 - len - SIGNATURE_SIZE);
	return true;
}

/* Every order of ADMIN (NULL: whoever signed it) for the log of ORIGIN (NULL: any), in turn; the
 * last one, or one of generation 1 when there is none. */
static ms_status
follow_orders(const char *dir, const sign_public *admin, const char *origin, restore_order *newest,
	ms_error *err)
{
	buf bytes = { 0 };
	ms_status s = read_orders(dir, &bytes, err);
	span left = buf_span(&bytes), order, sig;

	*newest = (restore_order){ .generation = 1 };
	while (s == MS_OK && left.len > 0) {
		uint32_t before = newest->generation;

		if (!cut_order(&left, &order, &sig) || !restore_order_read(order, newest) ||
			newest->generation <= before ||
			(origin != NULL && strcmp(newest->origin, origin) != 0))
			s = ms_fail(err, MS_CORRUPT, MST_RESTORE_ORDER,
				"%s/%s: what follows generation %u is no order for this log", dir,
				SIGNER_ORDERS, before);
		else if (admin != NULL && !restore_order_is_signed(order, sig, admin))
			s = ms_fail(err, MS_DENIED, MST_RESTORE_ORDER,
				"%s/%s: the order that opens generation %u of the log is not "
				"signed by the hub's administrator",
				dir, SIGNER_ORDERS, newest->generation);
	}
	buf_fini(&bytes);
	return s;
}

ms_status
signer_home_orders(const char *dir, restore_order *newest, ms_error *err)
{
	return follow_orders(dir, NULL, NULL, newest, err);
}

ms_status
signer_home_order(const char *dir, span order, const signature *sig, ms_error *err)
{
	static const uint8_t empty[PLACES * PLACE_SIZE];
	char path[HOME_PATH_MAX];
	uint8_t len[2];
	buf bytes = { 0 };
	ms_status s = read_orders(dir, &bytes, err);

	be16_put(len, (uint16_t)order.len);
	if (s == MS_OK && (buf_add(&bytes, len, sizeof(len)) != MS_OK ||
				  buf_add_span(&bytes, order) != MS_OK ||
				  buf_add(&bytes, sig->at, SIGNATURE_SIZE) != MS_OK))
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for an order");
	if (s == MS_OK)
		s = home_file_write(dir, SIGNER_ORDERS, buf_span(&bytes), err);
	if (s == MS_OK)
		s = home_path(dir, SIGNER_SIGNED, path, err);
	if (s == MS_OK && !fs_exists(path))
		s = fs_write_atomic(path, 0644, span_of(empty, sizeof(empty)), err);
	buf_fini(&bytes);
	return s;
}

/* ---- open and sign ---- */

/* Nothing of the newest generation is signed yet: it goes on from where its order says, if that
 * knows what was signed last. */
static ms_status
begin_generation(signer_home *h, const signed_file *f, const restore_order *order, ms_error *err)
{
	const checkpoint *lost = &order->lost[order->generation - 2].last;

	if (f->last.size > 0 && f->generation + 1 == order->generation &&
		(f->last.size > lost->size ||
			(f->last.size == lost->size && !hash_equal(&f->last.root, &lost->root))))
		return ms_fail(err, MS_DENIED, MST_RESTORE_ORDER,
			"the order that opens generation %u of the log names another end of the "
			"one before than the %llu leaves that were signed",
			order->generation, (unsigned long long)f->last.size);
	h->last = order->restored;
	buf_reset(&h->note);
	return MS_OK;
}

static ms_status
open_signed(const char *dir, signer_home *out, ms_error *err)
{
	const log_key first = out->key;
	restore_order newest;
	signed_file file;
	ms_status s = follow_orders(dir, &out->admin, first.origin, &newest, err);

	out->generation = newest.generation;
	if (s == MS_OK && !generation_key(&first, out->generation, &out->key))
		s = ms_fail(err, MS_CORRUPT, MST_RESTORE_ORDER, "%s: too many generations", dir);
	if (s == MS_OK)
		s = read_signed(dir, &first, &file, &out->note, err);
	if (s != MS_OK)
		return s;
	out->next = file.next;
	out->last = file.last;
	if (file.generation > out->generation)
		return ms_fail(err, MS_CORRUPT, MST_RESTORE_ORDER,
			"%s: generation %u of the log was signed, but its order is missing in %s",
			dir, file.generation, SIGNER_ORDERS);
	return file.generation == out->generation ? MS_OK
						  : begin_generation(out, &file, &newest, err);
}

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
		s = open_signed(dir, out, err);
	if (s == MS_OK)
		s = home_path(dir, SIGNER_SIGNED, path, err);
	if (s != MS_OK)
		return s;
	out->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	return out->fd < 0 ? fs_fail(err, errno, MST_FILE_OPEN, TR("open"), path) : MS_OK;
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
		return fs_fail(err, n >= 0 ? EIO : errno, MST_STORE_COMMIT, TR("make durable"),
			"what the signer signed");
	h->next = 1 - h->next;
	h->last = *c;
	return MS_OK;
}
