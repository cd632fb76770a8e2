/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - inside plan: the one form in which keys of key sets are compared: NFKC, trimmed, upper
 * case. */
#ifndef PLAN_KEYS_H
#define PLAN_KEYS_H

#include "base/span.h"

/* The folded key in OUT (ROOM bytes); an empty span when nothing is left or it does not fit. */
span key_fold(span key, uint8_t *out, size_t room);

#endif
