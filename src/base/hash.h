/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - SHA-256 (nettle), the only hash in Muster. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/span.h"

enum { HASH_SIZE = 32 };

typedef struct hash32 {
	uint8_t at[HASH_SIZE];
} hash32;

/* SHA-256 over the parts one after the other. */
hash32 hash_of(span bytes);
hash32 hash_of2(span a, span b);
hash32 hash_of3(span a, span b, span c);

static inline bool
hash_equal(const hash32 *a, const hash32 *b)
{
	return memcmp(a->at, b->at, HASH_SIZE) == 0;
}

/* Is it the hash that stands where there is none? */
bool hash_is_zero(const hash32 *h);
/* 64 lower-case hex digits and a NUL. */
void hash_hex(const hash32 *h, char out[2 * HASH_SIZE + 1]);

#endif
