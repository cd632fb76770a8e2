/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts_json.c - acts as JSON for people and --json: the proto's field names in the proto's order,
 * enums by name, bytes as hex, the body in place of its bytes. Printed straight from the canonical
 * bytes by protobuf-c's descriptors.
 */
#include "act.pb-c.h"
#include "codec/acts.h"
#include "codec/acts_parts.h"
#include "codec/canon.h"
#include "codec/walk.h"

static void
put_hex(buf *out, span bytes)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	buf_add_text(out, "\"");
	for (i = 0; i < bytes.len; i++) {
		char pair[2] = { digits[bytes.at[i] >> 4], digits[bytes.at[i] & 15] };

		buf_add(out, pair, sizeof(pair));
	}
	buf_add_text(out, "\"");
}

/* Clean text (base/text.h): of what JSON escapes only these four occur. */
static void
put_text(buf *out, span text)
{
	size_t i, from = 0;

	buf_add_text(out, "\"");
	for (i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];
		const char *escaped = c == '"'    ? "\\\""
				      : c == '\\' ? "\\\\"
				      : c == '\n' ? "\\n"
				      : c == '\t' ? "\\t"
						  : NULL;

		if (escaped == NULL)
			continue;
		buf_add(out, text.at + from, i - from);
		buf_add_text(out, escaped);
		from = i + 1;
	}
	buf_add(out, text.at + from, text.len - from);
	buf_add_text(out, "\"");
}

static void put_message(
	buf *out, const ProtobufCMessageDescriptor *descriptor, span bytes, const act *a);

static void
put_number(buf *out, const ProtobufCFieldDescriptor *field, const walk *w)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_BOOL:
		buf_add_text(out, w->number != 0 ? "true" : "false");
		break;
	case PROTOBUF_C_TYPE_ENUM:
		buf_addf(out, "\"%s\"",
			protobuf_c_enum_descriptor_get_value(field->descriptor, (int)w->number)
				->name);
		break;
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SINT64:
		buf_addf(out, "%lld", (long long)walk_s64(w));
		break;
	default:
		buf_addf(out, "%llu", (unsigned long long)w->number);
		break;
	}
}

/* A is the act around the field, NULL deeper down. */
static void
put_value(buf *out, const ProtobufCFieldDescriptor *field, const walk *w, const act *a)
{
	if ((w->key & 7) == WALK_NUMBER)
		put_number(out, field, w);
	else if (field->type == PROTOBUF_C_TYPE_STRING)
		put_text(out, w->bytes);
	else if (field->type == PROTOBUF_C_TYPE_MESSAGE)
		put_message(out, field->descriptor, w->bytes, NULL);
	else if (a != NULL && w->bytes.at == a->body.at)
		put_message(out, body_descriptor(a->kind), w->bytes, NULL);
	else
		put_hex(out, w->bytes);
}

static void
put_message(buf *out, const ProtobufCMessageDescriptor *descriptor, span bytes, const act *a)
{
	walk w = walk_over(bytes);
	const char *comma = "";

	buf_add_text(out, "{");
	while (walk_next(&w)) {
		const ProtobufCFieldDescriptor *field =
			protobuf_c_message_descriptor_get_field(descriptor, (unsigned)(w.key >> 3));
		bool many = field->label == PROTOBUF_C_LABEL_REPEATED;
		size_t n = many ? walk_count(&w) : 1, i;

		buf_addf(out, "%s\"%s\":%s", comma, field->name, many ? "[" : "");
		for (i = 0; i < n; i++) {
			if (i > 0) {
				buf_add_text(out, ",");
				walk_again(&w);
			}
			put_value(out, field, &w, a);
		}
		if (many)
			buf_add_text(out, "]");
		comma = ",";
	}
	buf_add_text(out, "}");
}

ms_status
act_to_json(const act *a, arena *memory, buf *out)
{
	(void)memory;
	if (a->malformed) {
		buf_add_text(out, "{\"malformed\":");
		put_hex(out, a->bytes);
		buf_add_text(out, "}");
	} else {
		/* An act decoded well is canonical; one put together by hand has no bytes. */
		if (a->bytes.at == NULL || body_descriptor(a->kind) == NULL || a->body.at == NULL ||
			!canon_check(&muster__act__descriptor, a->bytes) ||
			!canon_check(body_descriptor(a->kind), a->body))
			return MS_BUG;
		put_message(out, &muster__act__descriptor, a->bytes, a);
	}
	return out->failed ? MS_NO_MEMORY : MS_OK;
}
