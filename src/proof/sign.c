/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/sign.h"

#include <sodium.h>

_Static_assert(SIGN_PUBLIC_SIZE == crypto_sign_PUBLICKEYBYTES, "Ed25519 public keys have 32 bytes");
_Static_assert(SIGNATURE_SIZE == crypto_sign_BYTES, "Ed25519 signatures have 64 bytes");

void
sign_key_from_seed(const uint8_t seed[SIGN_SEED_SIZE], sign_key *out)
{
	crypto_sign_seed_keypair(out->public_key.at, out->secret, seed);
}

void
sign_key_fini(sign_key *key)
{
	sodium_memzero(key, sizeof(*key));
}

void
sign_bytes(const sign_key *key, span bytes, signature *out)
{
	crypto_sign_detached(out->at, NULL, bytes.at, bytes.len, key->secret);
}

bool
sign_check(const sign_public *key, span bytes, const signature *sig)
{
	return crypto_sign_verify_detached(sig->at, bytes.at, bytes.len, key->at) == 0;
}
