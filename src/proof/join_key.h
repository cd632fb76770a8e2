/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join_key.h - all that a new office needs, in one line that can be read out, pasted or scanned.
 *
 *   "muster-join-1." and in base64url: expiry u64 (seconds, hub time) | the hub's CURVE key 32 |
 *   one-time CURVE secret 32 | unit (length u8, text) | 1 to 4 addresses (length u8, text) |
 *   the first 4 bytes of SHA-256 of all that
 */
#ifndef PROOF_JOIN_KEY_H
#define PROOF_JOIN_KEY_H

#include "base/span.h"
#include "base/status.h"

enum {
	JOIN_ADDRESSES_MAX = 4,
	JOIN_ADDRESS_MAX = 127,
	JOIN_UNIT_MAX = 63,
	JOIN_KEY_TEXT_SIZE = 1024,
};

typedef struct join_key {
	int64_t expires_us;
	uint8_t hub[32];    /* public */
	uint8_t secret[32]; /* whoever has it may join once */
	char unit[JOIN_UNIT_MAX + 1];
	char addresses[JOIN_ADDRESSES_MAX][JOIN_ADDRESS_MAX + 1];
	size_t n_addresses;
} join_key;

/* The line that people pass on, NUL-terminated. */
void join_key_print(const join_key *k, char out[JOIN_KEY_TEXT_SIZE]);
/* White space around it is ignored. MS_INVALID (MST_JOIN_KEY) says whether it is cut or mistyped,
 * or no join key at all. */
ms_status join_key_parse(span text, join_key *out, ms_error *err);
void join_key_fini(join_key *k); /* wipes it */

#endif
