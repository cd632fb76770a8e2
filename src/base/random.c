/* SPDX-License-Identifier: Apache-2.0 */
/* random.c - libsodium asks getrandom(2) and needs no seed of ours. */
#include "base/random.h"

#include <sodium.h>

ms_status
random_bytes(void *out, size_t len, ms_error *err)
{
	if (sodium_init() < 0)
		return ms_fail(err, MS_IO, MST_RANDOM, "the system gives no random numbers");
	randombytes_buf(out, len);
	return MS_OK;
}

uint64_t
random_u64(void)
{
	uint64_t v = 0;

	random_bytes(&v, sizeof(v), NULL);
	return v;
}

void
secret_wipe(void *at, size_t len)
{
	sodium_memzero(at, len);
}
