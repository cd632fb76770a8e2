/* SPDX-License-Identifier: Apache-2.0 */
/* span.h - borrowed bytes: a place and a length, nothing owned. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct span {
	const uint8_t *at;
	size_t len;
} span;

static inline span
span_of(const void *at, size_t len)
{
	return (span){ .at = at, .len = len };
}

/* The bytes of a C string without its NUL; an empty span for NULL. */
static inline span
span_str(const char *text)
{
	return (span){ .at = (const uint8_t *)text, .len = text == NULL ? 0 : strlen(text) };
}

static inline bool
span_equal(span a, span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Order of bytes, a shorter prefix first: <0, 0, >0. */
static inline int
span_compare(span a, span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.at, b.at, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* Big-endian integers, so that the order of keys is the order of numbers. */
static inline void
be16_put(uint8_t *at, uint16_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static inline void
be32_put(uint8_t *at, uint32_t v)
{
	be16_put(at, (uint16_t)(v >> 16));
	be16_put(at + 2, (uint16_t)v);
}

static inline void
be64_put(uint8_t *at, uint64_t v)
{
	be32_put(at, (uint32_t)(v >> 32));
	be32_put(at + 4, (uint32_t)v);
}

static inline uint16_t
be16_get(const uint8_t *at)
{
	return (uint16_t)((unsigned)at[0] << 8 | at[1]);
}

static inline uint32_t
be32_get(const uint8_t *at)
{
	return (uint32_t)be16_get(at) << 16 | be16_get(at + 2);
}

static inline uint64_t
be64_get(const uint8_t *at)
{
	return (uint64_t)be32_get(at) << 32 | be32_get(at + 4);
}

#endif
