/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canon.c - protobuf-c packs fields by ascending tag, varints in their shortest form, every field that is present. So canonical bytes are:
 * known tags in ascending order (a repeated field's elements side by side), shortest varints within their type's range, declared enum
 * numbers, clean text, and the same of every message inside. Our messages have no packed, fixed-width or group fields.
 */
#include "codec/canon.h"

#include <protobuf-c/protobuf-c.h>

#include "base/text.h"

enum { WIRE_VARINT = 0, WIRE_BYTES = 2 };

/* A varint in its shortest form. */
static bool
varint(span *at, uint64_t *out)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < 10 && i < at->len; i++) {
		uint8_t byte = at->at[i];

		v |= (uint64_t)(byte & 0x7f) << (7 * i);
		if ((byte & 0x80) != 0)
			continue;
		if ((byte == 0 && i > 0) || (i == 9 && byte > 1))
			return false;
		*at = span_of(at->at + i + 1, at->len - i - 1);
		*out = v;
		return true;
	}
	return false;
}

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
		return v <= INT32_MAX && protobuf_c_enum_descriptor_get_value(field->descriptor, (int)v) != NULL;
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
	uint64_t last = 0, key, v;

	while (bytes.len > 0) {
		const ProtobufCFieldDescriptor *field;

		if (!varint(&bytes, &key))
			return false;
		field = find_field(descriptor, key >> 3);
		if (field == NULL || key >> 3 < last)
			return false;
		if (key >> 3 == last && field->label != PROTOBUF_C_LABEL_REPEATED)
			return false;
		last = key >> 3;
		if (!varint(&bytes, &v))
			return false;
		if ((key & 7) == WIRE_VARINT) {
			if (!number_fits(field, v))
				return false;
		} else if ((key & 7) == WIRE_BYTES) {
			if (v > bytes.len || !bytes_fit(field, span_of(bytes.at, (size_t)v)))
				return false;
			bytes = span_of(bytes.at + v, bytes.len - (size_t)v);
		} else {
			return false;
		}
	}
	return true;
}
