/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack.h - inside store only: fixed integers, varints and length-prefixed bytes laid one after the
 * other, for the rows that are hot or tiny. Both sides are sticky: a packer that ran out of room
 * and an unpacker that ran out of bytes say so at the end.
 */
#ifndef STORE_PACK_H
#define STORE_PACK_H

#include "base/span.h"

typedef struct packer {
	uint8_t *at, *end;
	bool failed;
} packer;

typedef struct unpacker {
	const uint8_t *at, *end;
	bool failed;
} unpacker;

static inline void
pack_bytes(packer *p, const void *bytes, size_t len)
{
	if (p->failed || (size_t)(p->end - p->at) < len) {
		p->failed = true;
		return;
	}
	if (len > 0)
		memcpy(p->at, bytes, len);
	p->at += len;
}

static inline void
pack_u8(packer *p, uint8_t v)
{
	pack_bytes(p, &v, 1);
}

static inline void
pack_u64(packer *p, uint64_t v)
{
	uint8_t b[8];

	be64_put(b, v);
	pack_bytes(p, b, sizeof(b));
}

static inline void
pack_varint(packer *p, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		pack_u8(p, (uint8_t)(v | 0x80));
	pack_u8(p, (uint8_t)v);
}

static inline void
pack_text(packer *p, span text)
{
	pack_varint(p, text.len);
	pack_bytes(p, text.at, text.len);
}

static inline span
unpack_bytes(unpacker *u, size_t len)
{
	span out = { .at = u->at, .len = len };

	if (u->failed || (size_t)(u->end - u->at) < len) {
		u->failed = true;
		return (span){ 0 };
	}
	u->at += len;
	return out;
}

static inline uint8_t
unpack_u8(unpacker *u)
{
	span s = unpack_bytes(u, 1);

	return s.len == 1 ? s.at[0] : 0;
}

static inline uint64_t
unpack_u64(unpacker *u)
{
	span s = unpack_bytes(u, 8);

	return s.len == 8 ? be64_get(s.at) : 0;
}

static inline uint64_t
unpack_varint(unpacker *u)
{
	uint64_t v = 0;
	unsigned shift;

	for (shift = 0; shift < 64 && !u->failed; shift += 7) {
		uint8_t b = unpack_u8(u);

		v |= (uint64_t)(b & 0x7f) << shift;
		if (b < 0x80)
			return v;
	}
	u->failed = true;
	return 0;
}

static inline span
unpack_text(unpacker *u)
{
	uint64_t len = unpack_varint(u);

	if (len > (uint64_t)(u->end - u->at))
		u->failed = true;
	return u->failed ? (span){ 0 } : unpack_bytes(u, (size_t)len);
}

static inline unpacker
unpacker_of(span bytes)
{
	return (unpacker){ .at = bytes.at, .end = bytes.at + bytes.len };
}

/* Everything read, nothing left over? */
static inline bool
unpack_done(const unpacker *u)
{
	return !u->failed && u->at == u->end;
}

#endif
