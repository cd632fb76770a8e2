/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_join_key.c - any text as a join key: refused with a sentence, or a key that prints as one
 * that reads the same. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "proof/join_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[JOIN_KEY_TEXT_SIZE];
	ms_error err = { 0 };
	join_key key, back;

	if (join_key_parse(span_of(data, size), &key, &err) == MS_OK) {
		MS_ASSERT(key.n_addresses >= 1 && key.n_addresses <= JOIN_ADDRESSES_MAX);
		join_key_print(&key, text);
		MS_ASSERT(join_key_parse(span_str(text), &back, &err) == MS_OK);
		MS_ASSERT(memcmp(&key, &back, sizeof(key)) == 0);
	} else {
		MS_ASSERT(err.code == MST_JOIN_KEY && err.text[0] != '\0' && err.remedy[0] != '\0');
	}
	return 0;
}
