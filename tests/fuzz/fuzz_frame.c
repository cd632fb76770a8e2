/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_frame.c - any bytes as a frame: refused with a sentence, or something that can be sent on.
 */
#include <stddef.h>
#include <stdint.h>

#include "codec/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	arena memory = { 0 };
	ms_error err = { 0 };
	buf again = { 0 };
	frame f, back;

	if (frame_decode(span_of(data, size), &memory, &f, &err) == MS_OK) {
		ms_status s = frame_encode(&f, &memory, &again);

		MS_ASSERT(s == MS_OK || s == MS_FULL);
		MS_ASSERT(s == MS_FULL ||
			  frame_decode(buf_span(&again), &memory, &back, &err) == MS_OK);
		MS_ASSERT(s == MS_FULL || back.kind == f.kind);
	} else {
		MS_ASSERT(err.code != 0 && err.text[0] != '\0');
	}
	buf_fini(&again);
	arena_fini(&memory);
	return 0;
}
