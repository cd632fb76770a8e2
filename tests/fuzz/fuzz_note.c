/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_note.c - any bytes as a checkpoint and as a verification key: refused with a sentence, or
 * what the log's key has signed. */
#include <stddef.h>
#include <stdint.h>

#include "proof/generation.h"

#define KEY "muster/test+13c92847+Ac7MFQfcHd1ylZUcKQiI8JWtuQRNG3PWlubfBl1oO9T8"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
as_key(span bytes)
{
	char text[LOG_KEY_TEXT_SIZE];
	ms_error err = { 0 };
	log_key key, back;

	if (log_key_parse(bytes, &key, &err) != MS_OK) {
		MS_ASSERT(err.code != 0 && err.text[0] != '\0');
		return;
	}
	log_key_print(&key, text);
	MS_ASSERT(log_key_parse(span_str(text), &back, &err) == MS_OK);
	MS_ASSERT(memcmp(&back.key, &key.key, sizeof(key.key)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	span bytes = span_of(data, size);
	ms_error err = { 0 };
	uint32_t generation = 0;
	checkpoint c = { 0 };
	log_key key;

	as_key(bytes);
	MS_ASSERT(log_key_parse(span_str(KEY), &key, &err) == MS_OK);
	if (generation_open(bytes, &key, &c, &generation, &err) == MS_OK)
		MS_ASSERT(generation == generation_of(bytes, &key) && generation > 0);
	else
		MS_ASSERT(err.code != 0 && err.text[0] != '\0');
	return 0;
}
