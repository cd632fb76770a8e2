/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/keys.h"

#include "base/text.h"

/* Keys are codes: upper case means A to Z; other scripts of codes have no case. */
static uint8_t
upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

span
key_fold(span key, uint8_t out[KEY_FOLDED_MAX])
{
	int32_t room[6 * REPORT_KEY_MAX + 1];
	size_t i;

	if (!text_is_ascii(key))
		key = text_nfkc_within(key, room, sizeof(room) / sizeof(room[0]));
	key = text_trim(key);
	if (key.len > KEY_FOLDED_MAX)
		return (span){ 0 };
	for (i = 0; i < key.len; i++)
		out[i] = upper(key.at[i]);
	return span_of(out, key.len);
}
