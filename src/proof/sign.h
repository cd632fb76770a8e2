/* SPDX-License-Identifier: Apache-2.0 */
/* sign.h - Ed25519 signatures (libsodium) over bytes that begin with their own domain string. Pure.
 */
#ifndef PROOF_SIGN_H
#define PROOF_SIGN_H

#include "base/span.h"
#include "base/status.h"

enum { SIGN_PUBLIC_SIZE = 32, SIGN_SEED_SIZE = 32, SIGNATURE_SIZE = 64 };

typedef struct sign_public {
	uint8_t at[SIGN_PUBLIC_SIZE];
} sign_public;

typedef struct sign_key {
	uint8_t secret[64];
	sign_public public_key;
} sign_key;

typedef struct signature {
	uint8_t at[SIGNATURE_SIZE];
} signature;

/* Ed25519. The key of SEED, for ever the same one. */
void sign_key_from_seed(const uint8_t seed[SIGN_SEED_SIZE], sign_key *out);
void sign_key_fini(sign_key *key); /* wipes it */
void sign_bytes(const sign_key *key, span bytes, signature *out);
/* Has the holder of KEY signed just these bytes? */
bool sign_check(const sign_public *key, span bytes, const signature *sig);

#endif
