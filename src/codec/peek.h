/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peek.h - who an act is about, without decoding it: for routing at reading, where only item, unit
 * and kind count.
 */
#ifndef CODEC_PEEK_H
#define CODEC_PEEK_H

#include "plan/act.h"

typedef struct act_peek {
	act_kind kind;
	span item, unit, period; /* borrow from the bytes */
	uint32_t revision;
} act_peek;

/* False when the bytes are no message in canonical form. Tells nothing about the act's form or
 * truth. */
bool peek_act(span bytes, act_peek *out);

#endif
