/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_roster_act.c - any bytes as an act of the hub about a device: malformed, or facts that
 * can be stated anew. */
#include <stddef.h>
#include <stdint.h>

#include "codec/acts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_about_device(const act *a)
{
	return !a->malformed && (a->kind == ACT_HUB_ENROLMENT || a->kind == ACT_HUB_REVOCATION ||
					(a->kind >= ACT_HUB_APPROVAL && a->kind <= ACT_HUB_FREEZE));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	arena memory = { 0 };
	buf body = { 0 }, whole = { 0 };
	act a, again;

	if (act_decode(span_of(data, size), &memory, &a) == MS_OK && is_about_device(&a)) {
		again = a;
		MS_ASSERT(act_encode_body(&again, &memory, &body) == MS_OK);
		again.body = buf_span(&body);
		MS_ASSERT(act_encode(&again, &memory, &whole) == MS_OK);
		/* A member that is there without bytes has no other place to be told from one that
		 * is not. */
		MS_ASSERT(act_decode(buf_span(&whole), &memory, &again) == MS_OK);
		MS_ASSERT(!again.malformed && again.kind == a.kind && again.schema == a.schema);
	}
	buf_fini(&body);
	buf_fini(&whole);
	arena_fini(&memory);
	return 0;
}
