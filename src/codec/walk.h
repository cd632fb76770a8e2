/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.h - inside codec: protobuf read from the bytes themselves, field by field, in canonical form
 * only (canon.h).
 *
 * The hub reads every act once, and its own rows at every commit; unpacking them into protobuf-c's
 * structs and converting those took three times as long. protobuf-c stays the reference: tests hold
 * every reader here to what it unpacks and packs again. All texts and bytes borrow from what is
 * walked.
 */
#ifndef CODEC_WALK_H
#define CODEC_WALK_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/text.h"

enum { WALK_NUMBER = 0, WALK_BYTES = 2 };

/* A field's number and wire type in one, for the cases of a switch. */
#define NUMBER_FIELD(n) ((n) << 3 | WALK_NUMBER)
#define BYTES_FIELD(n) ((n) << 3 | WALK_BYTES)

/* One message being read. After walk_next said true: key, and number or bytes. */
typedef struct walk {
	const uint8_t *at, *end;
	uint64_t key;
	uint64_t number;
	span bytes;
	bool bad; /* not canonical: sticky */
} walk;

/* A varint of at most ten bytes; STRICT: in its shortest form. NULL: none. Else the place behind
 * it. */
static inline const uint8_t *
walk_varint(const uint8_t *at, const uint8_t *end, bool strict, uint64_t *out)
{
	uint64_t v = 0;
	unsigned shift;

	if (at < end && *at < 0x80) {
		*out = *at;
		return at + 1;
	}
	for (shift = 0; shift < 70 && at < end; shift += 7) {
		uint8_t byte = *at++;

		if (strict && shift == 63 && byte > 1)
			return NULL;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*out = v;
			return strict && byte == 0 ? NULL : at;
		}
	}
	return NULL;
}

static inline walk
walk_over(span bytes)
{
	return (walk){ .at = bytes.at, .end = bytes.len == 0 ? bytes.at : bytes.at + bytes.len };
}

/* Key and value at AT into W; NULL when they are not canonical. */
static inline const uint8_t *
walk_field(walk *w, const uint8_t *at)
{
	at = walk_varint(at, w->end, true, &w->key);
	if (at == NULL)
		return NULL;
	at = walk_varint(at, w->end, true, &w->number);
	if (at == NULL || (w->key & 7) == WALK_NUMBER)
		return at;
	if ((w->key & 7) != WALK_BYTES || w->number > (uint64_t)(w->end - at))
		return NULL;
	w->bytes = span_of(at, (size_t)w->number);
	return at + w->number;
}

/* The next field; fields stand in ascending order, so a singular one cannot come twice. False: the
 * end, or bad. */
static inline bool
walk_next(walk *w)
{
	uint64_t last = w->key;
	const uint8_t *at;

	if (w->bad || w->at == w->end)
		return false;
	at = walk_field(w, w->at);
	w->bad = at == NULL || w->key >> 3 <= last >> 3;
	if (!w->bad)
		w->at = at;
	return !w->bad;
}

/* After the first element of a repeated field (bytes, texts, messages): how many there are in all,
 * side by side. */
static inline size_t
walk_count(const walk *w)
{
	walk ahead = *w;
	size_t n = 1;

	while (ahead.at != ahead.end) {
		ahead.at = walk_field(&ahead, ahead.at);
		if (ahead.at == NULL || ahead.key != w->key)
			break;
		n++;
	}
	return n;
}

/* The next element of the same repeated field; walk_count said that there is one. */
static inline void
walk_again(walk *w)
{
	w->at = walk_field(w, w->at);
}

/* ---- values: what does not fit the type makes the walk bad ---- */

static inline span
walk_text(walk *w)
{
	size_t i = 0;

	/* Names and ids are short and plain. */
	if (w->bytes.len <= 16)
		while (i < w->bytes.len && w->bytes.at[i] >= 0x20 && w->bytes.at[i] < 0x7f)
			i++;
	if (i < w->bytes.len && !text_is_clean(w->bytes))
		w->bad = true;
	return w->bytes;
}

static inline uint32_t
walk_u32(walk *w)
{
	w->bad |= w->number > UINT32_MAX;
	return (uint32_t)w->number;
}

static inline bool
walk_bool(walk *w)
{
	w->bad |= w->number > 1;
	return w->number != 0;
}

/* An enum whose numbers are 0..MAX without gaps. */
static inline uint32_t
walk_enum(walk *w, uint32_t max)
{
	w->bad |= w->number > max;
	return (uint32_t)w->number;
}

static inline int64_t
walk_s64(const walk *w)
{
	return (int64_t)(w->number >> 1) ^ -(int64_t)(w->number & 1);
}

static inline int32_t
walk_s32(walk *w)
{
	w->bad |= w->number > UINT32_MAX;
	return (int32_t)walk_s64(w);
}

static inline hash32
walk_hash(walk *w)
{
	hash32 h = { { 0 } };

	if (w->bytes.len == HASH_SIZE)
		memcpy(h.at, w->bytes.at, HASH_SIZE);
	else
		w->bad = true;
	return h;
}

#endif
