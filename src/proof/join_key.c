/* SPDX-License-Identifier: Apache-2.0 */
/* join_key.c - the key as text and back. */
#include "proof/join_key.h"

#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "base/hash.h"
#include "base/lang.h"

#define HEAD "muster-join-1."
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING
enum {
	CHECK_SIZE = 4,
	KEYS_AT = 8,
	TEXTS_AT = KEYS_AT + 64,
	BYTES_MAX = TEXTS_AT + 1 + JOIN_UNIT_MAX + JOIN_ADDRESSES_MAX * (1 + JOIN_ADDRESS_MAX) +
		    CHECK_SIZE,
};
_Static_assert(sizeof(HEAD) + sodium_base64_ENCODED_LEN(BYTES_MAX, BASE64) <= JOIN_KEY_TEXT_SIZE,
	"every key has room");

static size_t
put_text(uint8_t *out, const char *text)
{
	size_t len = strlen(text);

	out[0] = (uint8_t)len;
	memcpy(out + 1, text, len);
	return 1 + len;
}

void
join_key_print(const join_key *k, char out[JOIN_KEY_TEXT_SIZE])
{
	uint8_t bytes[BYTES_MAX];
	size_t len = TEXTS_AT, i, head = sizeof(HEAD) - 1;
	hash32 check;

	be64_put(bytes, (uint64_t)(k->expires_us / 1000000));
	memcpy(bytes + KEYS_AT, k->hub, 32);
	memcpy(bytes + KEYS_AT + 32, k->secret, 32);
	len += put_text(bytes + len, k->unit);
	for (i = 0; i < k->n_addresses; i++)
		len += put_text(bytes + len, k->addresses[i]);
	check = hash_of(span_of(bytes, len));
	memcpy(bytes + len, check.at, CHECK_SIZE);
	memcpy(out, HEAD, head);
	sodium_bin2base64(out + head, JOIN_KEY_TEXT_SIZE - head, bytes, len + CHECK_SIZE, BASE64);
	sodium_memzero(bytes, sizeof(bytes));
}

/* Take a text of 1..MAX printable ASCII characters off the front of *LEFT. */
static bool
take_text(span *left, size_t max, char *out)
{
	size_t len, i;

	if (left->len == 0 || left->at[0] == 0 || left->at[0] > max || left->at[0] >= left->len)
		return false;
	len = left->at[0];
	for (i = 1; i <= len; i++)
		if (left->at[i] <= 0x20 || left->at[i] >= 0x7f)
			return false;
	memcpy(out, left->at + 1, len);
	out[len] = '\0';
	*left = span_of(left->at + 1 + len, left->len - 1 - len);
	return true;
}

static bool
take_parts(span bytes, join_key *out)
{
	span left = span_of(bytes.at + TEXTS_AT, bytes.len - TEXTS_AT);
	uint64_t expires = be64_get(bytes.at);

	if (expires > INT64_MAX / 1000000)
		return false;
	out->expires_us = (int64_t)expires * 1000000;
	memcpy(out->hub, bytes.at + KEYS_AT, 32);
	memcpy(out->secret, bytes.at + KEYS_AT + 32, 32);
	if (!take_text(&left, JOIN_UNIT_MAX, out->unit))
		return false;
	while (left.len > 0 && out->n_addresses < JOIN_ADDRESSES_MAX &&
		take_text(&left, JOIN_ADDRESS_MAX, out->addresses[out->n_addresses]))
		out->n_addresses++;
	return left.len == 0 && out->n_addresses > 0;
}

static span
trim(span text)
{
	while (text.len > 0 && text.at[0] <= 0x20)
		text = span_of(text.at + 1, text.len - 1);
	while (text.len > 0 && text.at[text.len - 1] <= 0x20)
		text.len--;
	return text;
}

static ms_status
fails(ms_error *err, const char *what)
{
	ms_fail(err, MS_INVALID, MST_JOIN_KEY, "%s", tr(what));
	ms_error_remedy(err, "copy the whole line that `muster hub invite` printed");
	return MS_INVALID;
}

ms_status
join_key_parse(span text, join_key *out, ms_error *err)
{
	size_t head = sizeof(HEAD) - 1, len = 0;
	uint8_t bytes[BYTES_MAX];
	ms_status s = MS_OK;
	hash32 check;

	*out = (join_key){ 0 };
	text = trim(text);
	if (text.len < head || memcmp(text.at, HEAD, head) != 0)
		return fails(err, TR("this is no join key: it does not begin with muster-join-1."));
	if (sodium_base642bin(bytes, sizeof(bytes), (const char *)text.at + head, text.len - head,
		    NULL, &len, NULL, BASE64) != 0 ||
		len < TEXTS_AT + CHECK_SIZE)
		s = fails(err, TR("the join key is cut off or mistyped"));
	if (s == MS_OK) {
		check = hash_of(span_of(bytes, len - CHECK_SIZE));
		if (memcmp(check.at, bytes + len - CHECK_SIZE, CHECK_SIZE) != 0)
			s = fails(err,
				TR("the join key is cut off or mistyped: its check does not fit"));
	}
	if (s == MS_OK && !take_parts(span_of(bytes, len - CHECK_SIZE), out))
		s = fails(err, TR("the join key is of a form that this release does not know"));
	sodium_memzero(bytes, sizeof(bytes));
	if (s != MS_OK)
		join_key_fini(out);
	return s;
}

void
join_key_fini(join_key *k)
{
	sodium_memzero(k, sizeof(*k));
}
