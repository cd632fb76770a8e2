/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - inside plan: the one form in which keys of key sets are compared: NFKC, trimmed, upper
 * case. Nothing is allocated: what is judged must not depend on the memory that there is. */
#ifndef PLAN_KEYS_H
#define PLAN_KEYS_H

#include "plan/act.h"

enum { KEY_FOLDED_MAX = 4 * REPORT_KEY_MAX };

/* The folded key in OUT, of one of at most REPORT_KEY_MAX bytes; an empty span when nothing is left
 * or it does not fit. */
span key_fold(span key, uint8_t out[KEY_FOLDED_MAX]);

#endif
