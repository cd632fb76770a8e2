/* SPDX-License-Identifier: Apache-2.0 */
/* peek.c - a walk over the top-level fields of Act (act.proto). */
#include "codec/peek.h"

enum {
	FIELD_KIND = 2,
	FIELD_ITEM = 7,
	FIELD_UNIT = 8,
	FIELD_PERIOD = 9,
	FIELD_REVISION = 10,
	WIRE_VARINT = 0,
	WIRE_BYTES = 2
};

static bool
varint(span *at, uint64_t *out)
{
	uint64_t v = 0;
	unsigned shift;

	for (shift = 0; shift < 64 && at->len > 0; shift += 7) {
		uint8_t byte = at->at[0];

		*at = span_of(at->at + 1, at->len - 1);
		v |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0) {
			*out = v;
			return true;
		}
	}
	return false;
}

static void
keep_bytes(act_peek *out, uint64_t field, span bytes)
{
	if (field == FIELD_ITEM)
		out->item = bytes;
	else if (field == FIELD_UNIT)
		out->unit = bytes;
	else if (field == FIELD_PERIOD)
		out->period = bytes;
}

bool
peek_act(span bytes, act_peek *out)
{
	uint64_t tag, number;

	*out = (act_peek){ 0 };
	while (bytes.len > 0) {
		if (!varint(&bytes, &tag) || !varint(&bytes, &number))
			return false;
		if ((tag & 7) == WIRE_BYTES) {
			if (number > bytes.len)
				return false;
			keep_bytes(out, tag >> 3, span_of(bytes.at, (size_t)number));
			bytes = span_of(bytes.at + number, bytes.len - (size_t)number);
		} else if ((tag & 7) != WIRE_VARINT) {
			return false;
		} else if (tag >> 3 == FIELD_KIND) {
			out->kind = (act_kind)number;
		} else if (tag >> 3 == FIELD_REVISION) {
			out->revision = (uint32_t)number;
		}
	}
	return true;
}
