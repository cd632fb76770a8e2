/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_act.c - any bytes as an act: malformed, or something that can be judged, printed, and stated
 * again. */
#include <stddef.h>
#include <stdint.h>

#include "codec/acts.h"
#include "codec/peek.h"
#include "plan/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Encoded again it need not be the same bytes (a bool may be given as false), but it is an act, and
 * the same one. */
static void
state_again(const act *a, arena *memory)
{
	act copy = *a, again;
	buf body = { 0 }, whole = { 0 };

	MS_ASSERT(act_encode_body(a, memory, &body) == MS_OK);
	copy.body = buf_span(&body);
	MS_ASSERT(act_encode(&copy, memory, &whole) == MS_OK);
	MS_ASSERT(act_decode(buf_span(&whole), memory, &again) == MS_OK);
	MS_ASSERT(whole.len > ACT_BYTES_MAX || !again.malformed);
	MS_ASSERT(again.malformed || (again.kind == a->kind && again.revision == a->revision));
	MS_ASSERT(again.malformed || judge_form(&again, NULL) == judge_form(a, NULL));
	buf_fini(&body);
	buf_fini(&whole);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	arena memory = { .limit = 4 << 20 };
	act_peek peek;
	buf json = { 0 };
	act a;

	peek_act(span_of(data, size), &peek);
	MS_ASSERT(act_decode(span_of(data, size), &memory, &a) == MS_OK);
	MS_ASSERT(a.malformed || (peek.kind == a.kind && span_equal(peek.unit, a.unit)));
	MS_ASSERT(act_to_json(&a, &memory, &json) == MS_OK);
	if (!a.malformed)
		state_again(&a, &memory);
	buf_fini(&json);
	arena_fini(&memory);
	return 0;
}
