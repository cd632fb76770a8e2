/* SPDX-License-Identifier: Apache-2.0 */
#include "store/admin_key.h"

#include <stdio.h>

#include "base/fs.h"
#include "base/random.h"
#include "base/text.h"

enum { FILE_MAX = 512 };
#define HEAD "# The key of a hub's administrator. Keep it offline and secret.\nadmin seed "

ms_status
admin_key_make(const char *path, sign_public *out, ms_error *err)
{
	char hex[2 * SIGN_SEED_SIZE + 1], text[FILE_MAX];
	uint8_t seed[SIGN_SEED_SIZE];
	sign_key key;
	ms_status s = random_bytes(seed, sizeof(seed), err);

	if (s != MS_OK)
		return s;
	text_hex(seed, sizeof(seed), hex);
	snprintf(text, sizeof(text), HEAD "%s\n", hex);
	s = fs_write_secret(path, span_str(text), err);
	if (s == MS_OK) {
		sign_key_from_seed(seed, &key);
		*out = key.public_key;
		sign_key_fini(&key);
	}
	secret_wipe(seed, sizeof(seed));
	secret_wipe(hex, sizeof(hex));
	secret_wipe(text, sizeof(text));
	return s;
}

ms_status
admin_key_read(const char *path, sign_key *out, ms_error *err)
{
	const size_t head = sizeof(HEAD) - 1, len = head + 2 * SIGN_SEED_SIZE;
	uint8_t seed[SIGN_SEED_SIZE];
	buf bytes = { 0 };
	ms_status s = fs_read_secret(path, FILE_MAX, &bytes, err);

	if (s == MS_OK &&
		(bytes.len != len + 1 || memcmp(bytes.at, HEAD, head) != 0 ||
			bytes.at[len] != '\n' ||
			!text_unhex(span_of(bytes.at + head, len - head), seed, sizeof(seed))))
		s = ms_fail(err, MS_CONFIG, MST_HOME_KEY,
			"%s is no key of a hub's administrator (expected: %s as `muster hub init` "
			"wrote it)",
			path, ADMIN_KEY_FILE);
	if (s == MS_OK)
		sign_key_from_seed(seed, out);
	secret_wipe(seed, sizeof(seed));
	if (bytes.at != NULL)
		secret_wipe(bytes.at, bytes.room);
	buf_fini(&bytes);
	return s;
}
