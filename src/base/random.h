/* SPDX-License-Identifier: Apache-2.0 */
/* random.h - random bytes from the system (libsodium). */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "base/status.h"

#include <stddef.h>

/* Fill OUT with LEN bytes that nobody can guess. MS_IO: the system has none. */
ms_status random_bytes(void *out, size_t len, ms_error *err);
/* 0 when the system has none: only for jitter and seeds of tests. */
uint64_t random_u64(void);
/* Overwrite secrets so that the compiler keeps it. */
void secret_wipe(void *at, size_t len);

#endif
