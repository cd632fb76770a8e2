/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/note.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

enum { KEY_HASH_SIZE = 4, ED25519 = 1, SIGNED_SIZE = KEY_HASH_SIZE + SIGNATURE_SIZE };
#define MARK "\xe2\x80\x94 " /* em dash, space */
#define BASE64 sodium_base64_VARIANT_ORIGINAL

bool
note_origin_fits(span origin)
{
	size_t i;

	if (origin.len == 0 || origin.len > NOTE_ORIGIN_MAX || !text_is_clean(origin))
		return false;
	for (i = 0; i < origin.len; i++)
		if (origin.at[i] <= ' ' || origin.at[i] == '+')
			return false;
	return true;
}

bool
note_origin_is_simulated(const char *origin)
{
	return strncmp(origin, NOTE_SIMULATED, strlen(NOTE_SIMULATED)) == 0;
}

/* ---- keys ---- */

static void
key_hash(const char *origin, const sign_public *key, uint8_t out[KEY_HASH_SIZE])
{
	uint8_t bytes[NOTE_ORIGIN_MAX + 2 + SIGN_PUBLIC_SIZE];
	size_t n = strlen(origin);
	hash32 hash;

	memcpy(bytes, origin, n);
	bytes[n++] = '\n';
	bytes[n++] = ED25519;
	memcpy(bytes + n, key->at, SIGN_PUBLIC_SIZE);
	hash = hash_of(span_of(bytes, n + SIGN_PUBLIC_SIZE));
	memcpy(out, hash.at, KEY_HASH_SIZE);
}

void
log_key_print(const log_key *key, char out[LOG_KEY_TEXT_SIZE])
{
	uint8_t hash[KEY_HASH_SIZE], typed[1 + SIGN_PUBLIC_SIZE] = { ED25519 };
	char hex[2 * KEY_HASH_SIZE + 1], text[sodium_base64_ENCODED_LEN(sizeof(typed), BASE64)];

	key_hash(key->origin, &key->key, hash);
	text_hex(hash, sizeof(hash), hex);
	memcpy(typed + 1, key->key.at, SIGN_PUBLIC_SIZE);
	sodium_bin2base64(text, sizeof(text), typed, sizeof(typed), BASE64);
	snprintf(out, LOG_KEY_TEXT_SIZE, "%s+%s+%s", key->origin, hex, text);
}

static bool
is_ascii(span text)
{
	size_t i = 0;

	while (i < text.len && text.at[i] < 0x80)
		i++;
	return i == text.len;
}

/* Exactly N bytes of base64? libsodium takes 0xaf for "/" and 0xab for "+". */
static bool
unbase64(span text, uint8_t *out, size_t n)
{
	const char *end;
	size_t got;

	return is_ascii(text) &&
	       sodium_base642bin(
		       out, n, (const char *)text.at, text.len, NULL, &got, &end, BASE64) == 0 &&
	       got == n && end == (const char *)text.at + text.len;
}

/* Cut TEXT at the first BYTE; false when there is none. */
static bool
cut(span *text, uint8_t byte, span *before)
{
	const uint8_t *at = text->len == 0 ? NULL : memchr(text->at, byte, text->len);

	if (at == NULL)
		return false;
	*before = span_of(text->at, (size_t)(at - text->at));
	*text = span_of(at + 1, text->len - before->len - 1);
	return true;
}

ms_status
log_key_parse(span text, log_key *out, ms_error *err)
{
	uint8_t typed[1 + SIGN_PUBLIC_SIZE], told[KEY_HASH_SIZE], hash[KEY_HASH_SIZE];
	span rest = text, origin, hex;

	if (!cut(&rest, '+', &origin) || !cut(&rest, '+', &hex) || !note_origin_fits(origin) ||
		!text_unhex(hex, told, sizeof(told)) || !unbase64(rest, typed, sizeof(typed)) ||
		typed[0] != ED25519)
		return ms_fail(err, MS_INVALID, MST_PROOF_KEY,
			"this is no verification key of a log: expected NAME+HASH+KEY, as `muster "
			"hub "
			"key` prints it");
	memcpy(out->origin, origin.at, origin.len);
	out->origin[origin.len] = '\0';
	memcpy(out->key.at, typed + 1, SIGN_PUBLIC_SIZE);
	key_hash(out->origin, &out->key, hash);
	if (memcmp(hash, told, sizeof(hash)) != 0)
		return ms_fail(err, MS_INVALID, MST_PROOF_KEY,
			"the verification key of \"%s\" was mistyped: its name, hash and key do "
			"not fit "
			"together",
			out->origin);
	return MS_OK;
}

/* ---- signing ---- */

ms_status
note_text(const char *origin, const checkpoint *c, buf *out)
{
	char root[sodium_base64_ENCODED_LEN(HASH_SIZE, BASE64)];

	sodium_bin2base64(root, sizeof(root), c->root.at, HASH_SIZE, BASE64);
	return buf_addf(out, "%s\n%llu\n%s\n", origin, (unsigned long long)c->size, root);
}

ms_status
note_sign(const char *origin, const sign_key *key, const checkpoint *c, buf *out)
{
	char text[sodium_base64_ENCODED_LEN(SIGNED_SIZE, BASE64)];
	uint8_t bytes[SIGNED_SIZE];
	size_t before = out->len;
	signature sig;
	ms_status s;

	s = note_text(origin, c, out);
	if (s != MS_OK)
		return s;
	sign_bytes(key, span_of(out->at + before, out->len - before), &sig);
	key_hash(origin, &key->public_key, bytes);
	memcpy(bytes + KEY_HASH_SIZE, sig.at, SIGNATURE_SIZE);
	sodium_bin2base64(text, sizeof(text), bytes, sizeof(bytes), BASE64);
	return buf_addf(out, "\n" MARK "%s %s\n", origin, text);
}

/* ---- opening ---- */

static ms_status
no_note(ms_error *err, const char *what)
{
	return ms_fail(
		err, MS_INVALID, MST_PROOF_NOTE, "this is no checkpoint of a log: %s", tr(what));
}

/* The text up to and with its last newline, and the signature lines behind the empty line. */
static bool
split(span note, span *text, span *signatures)
{
	size_t i;

	if (note.len > NOTE_BYTES_MAX)
		return false;
	for (i = note.len; i >= 2; i--)
		if (note.at[i - 1] == '\n' && note.at[i - 2] == '\n') {
			*text = span_of(note.at, i - 1);
			*signatures = span_of(note.at + i, note.len - i);
			return true;
		}
	return false;
}

static bool
is_signed(span text, span signatures, const log_key *key)
{
	uint8_t hash[KEY_HASH_SIZE], bytes[SIGNED_SIZE];
	span line, mark, name;
	signature sig;

	key_hash(key->origin, &key->key, hash);
	while (cut(&signatures, '\n', &line)) {
		if (!cut(&line, ' ', &mark) || !cut(&line, ' ', &name) ||
			!span_equal(name, span_str(key->origin)) ||
			!unbase64(line, bytes, sizeof(bytes)) ||
			memcmp(bytes, hash, KEY_HASH_SIZE) != 0)
			continue;
		memcpy(sig.at, bytes + KEY_HASH_SIZE, SIGNATURE_SIZE);
		if (sign_check(&key->key, text, &sig))
			return true;
	}
	return false;
}

static ms_status
read_text(span text, span *origin, checkpoint *out, ms_error *err)
{
	span size, root;

	if (!cut(&text, '\n', origin) || !cut(&text, '\n', &size) || !cut(&text, '\n', &root))
		return no_note(err, TR("it has fewer than three lines"));
	if (!text_uint(size, INT64_MAX, &out->size))
		return no_note(err, TR("its second line is no number of leaves"));
	if (!unbase64(root, out->root.at, HASH_SIZE))
		return no_note(err, TR("its third line is no root"));
	return MS_OK;
}

ms_status
note_open(span note, const log_key *key, checkpoint *out, ms_error *err)
{
	span text = { 0 }, signatures = { 0 }, origin = { 0 };
	checkpoint c = { 0 };
	ms_status s;

	if (!split(note, &text, &signatures))
		return no_note(err, TR("it has no empty line before its signatures"));
	s = read_text(text, &origin, &c, err);
	if (s != MS_OK)
		return s;
	if (!span_equal(origin, span_str(key->origin)))
		return ms_fail(err, MS_DENIED, MST_PROOF_NOTE,
			"the checkpoint is of another log than \"%s\"", key->origin);
	if (!is_signed(text, signatures, key))
		return ms_fail(err, MS_DENIED, MST_PROOF_NOTE,
			"the checkpoint of %llu leaves is not signed by the key of \"%s\"",
			(unsigned long long)c.size, key->origin);
	*out = c;
	return MS_OK;
}

bool
note_is_plain(span note, const log_key *key)
{
	const size_t code_len = sodium_base64_ENCODED_LEN(SIGNED_SIZE, BASE64); /* and "\n" */
	char head[NOTE_ORIGIN_MAX + 16];
	size_t n = (size_t)snprintf(head, sizeof(head), MARK "%s ", key->origin);
	span text, signatures;

	return split(note, &text, &signatures) && signatures.len == n + code_len &&
	       memcmp(signatures.at, head, n) == 0;
}
