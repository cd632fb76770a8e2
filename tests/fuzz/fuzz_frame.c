/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_frame.c - any bytes as a frame: refused with a sentence, or something that can be sent on.
 * What comes as a part of a rollup is taken, and goes on in parts with the same rows. */
#include <stddef.h>
#include <stdint.h>

#include "codec/frame.h"
#include "wire/rollup_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
rows_of(const feed_rollup *r)
{
	return r->n_figures + r->n_unit_targets + r->n_missing + r->n_returned;
}

static void
send_on(const feed_rollup *whole)
{
	rollup_sending out = { 0 };
	size_t rows = 0;
	feed_part part;

	MS_ASSERT(rollup_sending_begin(&out, whole) == MS_OK);
	while (out.is_open) {
		rollup_sending_next(&out, &part);
		rows += rows_of(&part.rollup);
	}
	MS_ASSERT(rows == rows_of(whole));
	rollup_sending_fini(&out);
}

static void
take_part(const feed_part *part)
{
	feed_rollup *whole;
	rollup_taking in = { 0 };
	ms_error err = { 0 };
	ms_status s = rollup_taking_add(&in, part, &whole, &err);

	MS_ASSERT((s == MS_OK) == (part->number == 0));
	MS_ASSERT((whole != NULL) == (s == MS_OK && !part->goes_on));
	MS_ASSERT(s == MS_OK || (err.code != 0 && err.text[0] != '\0'));
	if (whole != NULL)
		send_on(whole);
	rollup_taking_fini(&in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	arena memory = { 0 };
	ms_error err = { 0 };
	buf again = { 0 };
	frame f, back;

	if (frame_decode(span_of(data, size), &memory, &f, &err) == MS_OK) {
		ms_status s = frame_encode(&f, &memory, &again);

		if (f.kind == FRAME_FEED && f.u.feed.part != NULL)
			take_part(f.u.feed.part);

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
