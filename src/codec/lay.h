/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay.h - protobuf laid by hand for the two frames that carry many bytes (PUSH, FEED): the same bytes as protobuf-c packs, without a struct and a
 * copy per act. Tests hold the two to be equal.
 */
#ifndef CODEC_LAY_H
#define CODEC_LAY_H

#include "base/buf.h"

static inline size_t
lay_varint_size(uint64_t v)
{
	size_t n = 1;

	while (v >= 0x80) {
		v >>= 7;
		n++;
	}
	return n;
}

static inline void
lay_varint(buf *out, uint64_t v)
{
	uint8_t bytes[10];
	size_t n = 0;

	while (v >= 0x80) {
		bytes[n++] = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	bytes[n++] = (uint8_t)v;
	buf_add(out, bytes, n);
}

static inline uint64_t
lay_zigzag(int64_t v)
{
	return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0);
}

/* Fields with numbers below 16: the tag is one byte. */
static inline size_t
lay_number_size(uint64_t v)
{
	return 1 + lay_varint_size(v);
}

static inline void
lay_number(buf *out, unsigned field, uint64_t v)
{
	lay_varint(out, field << 3);
	lay_varint(out, v);
}

static inline size_t
lay_bytes_size(size_t len)
{
	return 1 + lay_varint_size(len) + len;
}

static inline void
lay_prefix(buf *out, unsigned field, size_t len)
{
	lay_varint(out, field << 3 | 2);
	lay_varint(out, len);
}

static inline void
lay_bytes(buf *out, unsigned field, span bytes)
{
	lay_prefix(out, field, bytes.len);
	buf_add_span(out, bytes);
}

#endif
