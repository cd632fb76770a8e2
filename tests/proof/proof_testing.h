/* SPDX-License-Identifier: Apache-2.0 */
/* proof_testing.h - hex, seeded numbers and the trees of RFC 6962 as its text defines them, for the
 * tests of proof. */
#ifndef TESTS_PROOF_TESTING_H
#define TESTS_PROOF_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "proof/batch.h"
#include "proof/tree.h"

static inline uint64_t
seeded(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	*state = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

static inline void
unhex(const char *text, uint8_t *out, size_t n)
{
	size_t i;

	assert_int_equal(strlen(text), 2 * n);
	for (i = 0; i < n; i++) {
		unsigned byte;

		assert_int_equal(sscanf(text + 2 * i, "%2x", &byte), 1);
		out[i] = (uint8_t)byte;
	}
}

static inline void
assert_hash(const hash32 *h, const char *hex)
{
	char text[2 * HASH_SIZE + 1];

	hash_hex(h, text);
	assert_string_equal(text, hex);
}

/* MTH(D[n]) of RFC 6962 2.1, word for word. */
static inline hash32
plain_root(const hash32 *leaves, size_t n)
{
	hash32 left, right;
	size_t k = 1;

	if (n == 0)
		return hash_of(span_str(""));
	if (n == 1)
		return leaves[0];
	while (2 * k < n)
		k *= 2;
	left = plain_root(leaves, k);
	right = plain_root(leaves + k, n - k);
	return tree_node(&left, &right);
}

/* PATH(m, D[n]) of RFC 6962 2.1.1. */
static inline unsigned
plain_path(const hash32 *leaves, size_t m, size_t n, hash32 *out)
{
	unsigned count;
	size_t k = 1;

	if (n == 1)
		return 0;
	while (2 * k < n)
		k *= 2;
	count = m < k ? plain_path(leaves, m, k, out) : plain_path(leaves + k, m - k, n - k, out);
	out[count] = m < k ? plain_root(leaves + k, n - k) : plain_root(leaves, k);
	return count + 1;
}

/* SUBPROOF(m, D[n], b) of RFC 6962 2.1.2. */
static inline unsigned
plain_subproof(const hash32 *leaves, size_t m, size_t n, bool whole, hash32 *out)
{
	unsigned count;
	size_t k = 1;

	if (m == n) {
		if (!whole)
			out[0] = plain_root(leaves, n);
		return whole ? 0 : 1;
	}
	while (2 * k < n)
		k *= 2;
	count = m <= k ? plain_subproof(leaves, m, k, whole, out)
		       : plain_subproof(leaves + k, m - k, n - k, false, out);
	out[count] = m <= k ? plain_root(leaves + k, n - k) : plain_root(leaves, k);
	return count + 1;
}

#endif
