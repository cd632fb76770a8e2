/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/stick.h"

#include "base/hash.h"

enum { MAGIC_SIZE = 8, COUNT_AT = MAGIC_SIZE + 2 * ID_SIZE, HEAD_SIZE = COUNT_AT + 4, LENGTH = 4 };

static const char *const magics[] = {
	[STICK_BATCHES] = "MUBATCH\x01",
	[STICK_RECEIPTS] = "MURECPT\x01",
};

void
stick_begin(buf *out, stick_kind kind, const hub_id *hub, const device_id *id)
{
	buf_reset(out);
	buf_add(out, magics[kind], MAGIC_SIZE);
	buf_add(out, hub->at, ID_SIZE);
	buf_add(out, id->at, ID_SIZE);
	buf_add(out, "\0\0\0", LENGTH);
}

void
stick_add(buf *out, span piece)
{
	uint8_t length[LENGTH];

	be32_put(length, (uint32_t)piece.len);
	buf_add(out, length, sizeof(length));
	buf_add_span(out, piece);
	if (!out->failed)
		be32_put(out->at + COUNT_AT, be32_get(out->at + COUNT_AT) + 1);
}

bool
stick_has_room(const buf *out, span piece)
{
	return out->len + LENGTH + piece.len + HASH_SIZE <= STICK_BYTES_MAX;
}

ms_status
stick_end(buf *out, ms_error *err)
{
	hash32 sum;

	if (!out->failed && out->len + HASH_SIZE > STICK_BYTES_MAX) {
		ms_fail(err, MS_FULL, MST_STICK_LARGE, "the file would be larger than %d MiB",
			STICK_BYTES_MAX >> 20);
		ms_error_remedy(err, "take it in parts: import what is exported so far first");
		return MS_FULL;
	}
	if (!out->failed) {
		sum = hash_of(buf_span(out));
		buf_add(out, sum.at, HASH_SIZE);
	}
	return out->failed ? ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the file")
			   : MS_OK;
}

static ms_status
truncated(ms_error *err)
{
	ms_fail(err, MS_INVALID, MST_STICK_TRUNCATED, "the file is cut off: its end is missing");
	ms_error_remedy(err, "copy it again; nothing of it was taken");
	return MS_INVALID;
}

/* Do the pieces fill the file up to its hash? */
static ms_status
walk_pieces(const stick *s, ms_error *err)
{
	span left = s->left;
	uint32_t i, len;

	for (i = 0; i < s->count; i++) {
		if (left.len < LENGTH)
			return truncated(err);
		len = be32_get(left.at);
		if (left.len - LENGTH < len)
			return truncated(err);
		left = span_of(left.at + LENGTH + len, left.len - LENGTH - len);
	}
	if (left.len < HASH_SIZE)
		return truncated(err);
	if (left.len > HASH_SIZE)
		return ms_fail(err, MS_INVALID, MST_STICK_DAMAGED,
			"the file is damaged: there is more than it says");
	return MS_OK;
}

ms_status
stick_open(span file, stick_kind kind, stick *out, ms_error *err)
{
	ms_status s;
	hash32 sum;

	if (file.len < MAGIC_SIZE || memcmp(file.at, magics[kind], MAGIC_SIZE) != 0)
		return ms_fail(err, MS_INVALID, MST_STICK_FORM,
			"this is no file of %s of this release",
			kind == STICK_BATCHES ? "batches" : "receipts");
	if (file.len < HEAD_SIZE)
		return truncated(err);
	*out = (stick){ .count = be32_get(file.at + COUNT_AT),
		.left = span_of(file.at + HEAD_SIZE, file.len - HEAD_SIZE) };
	memcpy(out->hub.at, file.at + MAGIC_SIZE, ID_SIZE);
	memcpy(out->device.at, file.at + MAGIC_SIZE + ID_SIZE, ID_SIZE);
	s = walk_pieces(out, err);
	if (s != MS_OK)
		return s;
	sum = hash_of(span_of(file.at, file.len - HASH_SIZE));
	if (memcmp(sum.at, file.at + file.len - HASH_SIZE, HASH_SIZE) == 0)
		return MS_OK;
	ms_fail(err, MS_INVALID, MST_STICK_DAMAGED,
		"the file is damaged: its content is not what was written");
	ms_error_remedy(err, "copy it again; nothing of it was taken");
	return MS_INVALID;
}

bool
stick_next(stick *s, span *piece)
{
	uint32_t len;

	if (s->count == 0)
		return false;
	len = be32_get(s->left.at);
	*piece = span_of(s->left.at + LENGTH, len);
	s->left = span_of(piece->at + len, s->left.len - LENGTH - len);
	s->count--;
	return true;
}
