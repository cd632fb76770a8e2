/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_omission.c - any bytes as the proof of an omission: refused with a sentence, or written
 * again as they say; and of the one log whose key is known (seed 1, 0, 0, ...) nothing is ever
 * proven but what the samples prove, which tests/wire/test_omission.c makes. */
#include <stddef.h>
#include <stdint.h>

#include "wire/omission.h"

enum { LEAF = 5, POSITION = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_again(const frame_omission *o, arena *memory)
{
	buf again = { 0 };
	frame_omission back;
	ms_error err = { 0 };

	if (omission_file_encode(o, memory, &again) == MS_OK) {
		MS_ASSERT(omission_file_is(buf_span(&again)));
		MS_ASSERT(omission_file_decode(buf_span(&again), memory, &back, &err) == MS_OK);
		MS_ASSERT(span_equal(back.entries, o->entries) && span_equal(back.plan, o->plan) &&
			  span_equal(back.stated.act.header, o->stated.act.header));
	}
	buf_fini(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[SIGN_SEED_SIZE] = { 1 };
	log_key key = { .origin = "muster/test" };
	arena memory = { 0 };
	ms_error err = { 0 };
	frame_omission o;
	omission found;
	sign_key secret;

	sign_key_from_seed(seed, &secret);
	key.key = secret.public_key;
	if (omission_file_decode(span_of(data, size), &memory, &o, &err) != MS_OK) {
		MS_ASSERT(err.code != 0 && err.text[0] != '\0');
	} else if (omission_check(&o, &key, &memory, &found, &err) == MS_OK) {
		MS_ASSERT(found.act.leaf == LEAF && found.act.position == POSITION);
		write_again(&o, &memory);
	} else {
		MS_ASSERT(err.code != 0 && err.text[0] != '\0');
		write_again(&o, &memory);
	}
	arena_fini(&memory);
	return 0;
}
