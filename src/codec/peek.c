/* SPDX-License-Identifier: Apache-2.0 */
/* peek.c - a walk over the top-level fields of Act (act.proto). */
#include "codec/peek.h"

#include "codec/walk.h"

bool
peek_act(span bytes, act_peek *out)
{
	walk w = walk_over(bytes);

	*out = (act_peek){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case NUMBER_FIELD(2):
			out->kind = (act_kind)w.number;
			break;
		case BYTES_FIELD(7):
			out->item = w.bytes;
			break;
		case BYTES_FIELD(8):
			out->unit = w.bytes;
			break;
		case BYTES_FIELD(9):
			out->period = w.bytes;
			break;
		case NUMBER_FIELD(10):
			out->revision = walk_u32(&w);
			break;
		default:
			break;
		}
	return !w.bad;
}
