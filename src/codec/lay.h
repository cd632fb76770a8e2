/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay.h - inside codec: protobuf laid by hand for what is written often (PUSH, FEED, slots,
 * rollups): the same bytes as protobuf-c packs, without a struct and a copy per message. Tests hold
 * the two to be equal.
 *
 * Every lay_x writes at AT and returns the place behind; the caller has reserved what lay_x_size
 * says. Fields have numbers below 16, so a tag is one byte.
 */
#ifndef CODEC_LAY_H
#define CODEC_LAY_H

#include "base/span.h"

enum { LAY_NUMBER_MAX = 11 }; /* no number field is longer */

static inline size_t
lay_varint_size(uint64_t v)
{
	return (size_t)(70 - __builtin_clzll(v | 1)) / 7;
}

static inline uint8_t *
lay_varint(uint8_t *at, uint64_t v)
{
	while (v >= 0x80) {
		*at++ = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	*at++ = (uint8_t)v;
	return at;
}

static inline uint64_t
lay_zigzag(int64_t v)
{
	return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0);
}

static inline size_t
lay_number_size(uint64_t v)
{
	return 1 + lay_varint_size(v);
}

static inline uint8_t *
lay_number(uint8_t *at, unsigned field, uint64_t v)
{
	*at++ = (uint8_t)(field << 3);
	return lay_varint(at, v);
}

/* Left out when it is zero. */
static inline uint8_t *
lay_some(uint8_t *at, unsigned field, uint64_t v)
{
	return v == 0 ? at : lay_number(at, field, v);
}

/* A bytes, text or message field of LEN bytes, its tag and length included. */
static inline size_t
lay_bytes_size(size_t len)
{
	return 1 + lay_varint_size(len) + len;
}

/* Tag and length; the LEN bytes follow. */
static inline uint8_t *
lay_prefix(uint8_t *at, unsigned field, size_t len)
{
	*at++ = (uint8_t)(field << 3 | 2);
	return lay_varint(at, len);
}

static inline uint8_t *
lay_bytes(uint8_t *at, unsigned field, span bytes)
{
	at = lay_prefix(at, field, bytes.len);
	if (bytes.len > 0)
		memcpy(at, bytes.at, bytes.len);
	return at + bytes.len;
}

#endif
