/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canon.c - protobuf-c packs fields by ascending tag, varints in their shortest form, every field
 * that is present. So canonical bytes are: known tags in ascending order (a repeated field's
 * elements side by side), shortest varints within their type's range, declared enum numbers, clean
 * text, and the same of every message inside. Our messages have no packed, fixed-width or group
 * fields.
 */
#include "codec/canon.h"

#include <protobuf-c/protobuf-c.h>

#include "codec/walk.h"

static bool
number_fits(const ProtobufCFieldDescriptor *field, uint64_t v)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_BOOL:
		return v <= 1;
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_SINT32:
		return v <= UINT32_MAX;
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_SINT64:
		return true;
	case PROTOBUF_C_TYPE_ENUM:
		return v <= INT32_MAX &&
		       protobuf_c_enum_descriptor_get_value(field->descriptor, (int)v) != NULL;
	default:
		return false;
	}
}

static bool
bytes_fit(const ProtobufCFieldDescriptor *field, span bytes)
{
	if (field->type == PROTOBUF_C_TYPE_STRING)
		return text_is_clean(bytes);
	if (field->type == PROTOBUF_C_TYPE_MESSAGE)
		return canon_check(field->descriptor, bytes);
	return field->type == PROTOBUF_C_TYPE_BYTES;
}

/* Our tags are dense from 1, so the n-th field usually has tag n. */
static const ProtobufCFieldDescriptor *
find_field(const ProtobufCMessageDescriptor *descriptor, uint64_t tag)
{
	if (tag == 0 || tag > UINT32_MAX >> 3)
		return NULL;
	if (tag <= descriptor->n_fields && descriptor->fields[tag - 1].id == tag)
		return &descriptor->fields[tag - 1];
	return protobuf_c_message_descriptor_get_field(descriptor, (unsigned)tag);
}

bool
canon_check(const struct ProtobufCMessageDescriptor *descriptor, span bytes)
{
	const uint8_t *at = bytes.at, *end = bytes.at + bytes.len;
	uint64_t last = 0;

	while (at != end) {
		const ProtobufCFieldDescriptor *field;
		walk w = { .end = end };

		at = walk_field(&w, at);
		field = at == NULL ? NULL : find_field(descriptor, w.key >> 3);
		if (field == NULL || w.key >> 3 < last)
			return false;
		if (w.key >> 3 == last && field->label != PROTOBUF_C_LABEL_REPEATED)
			return false;
		last = w.key >> 3;
		if ((w.key & 7) == WALK_NUMBER ? !number_fits(field, w.number)
					       : !bytes_fit(field, w.bytes))
			return false;
	}
	return true;
}
