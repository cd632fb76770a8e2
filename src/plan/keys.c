/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/keys.h"

#include "base/text.h"

/* Keys are codes: upper case means A to Z; other scripts of codes have no case. */
static uint8_t
upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

static span
fold_ascii(span key, uint8_t *out, size_t room)
{
	size_t i;

	key = text_trim(key);
	if (key.len > room)
		return (span){ 0 };
	for (i = 0; i < key.len; i++)
		out[i] = upper(key.at[i]);
	return span_of(out, key.len);
}

span
key_fold(span key, uint8_t *out, size_t room)
{
	buf wide = { 0 };
	span folded = { 0 };

	if (text_is_ascii(key))
		return fold_ascii(key, out, room);
	if (text_nfkc(key, &wide) == MS_OK)
		folded = fold_ascii(buf_span(&wide), out, room);
	buf_fini(&wide);
	return folded;
}
