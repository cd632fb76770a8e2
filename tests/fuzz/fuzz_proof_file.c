/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_proof_file.c - any bytes as a proof file: refused with a sentence, or something that is
 * written again as a proof of the same; and never believed without the log's signature. */
#include <stddef.h>
#include <stdint.h>

#include "wire/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As if the checkpoint were signed: what is inside is walked through. */
static void
walk(const frame_proof *p)
{
	checkpoint c = { .size = p->checkpoint.size, .root = p->checkpoint.root };
	ms_error err = { 0 };
	batch_header h;

	if (evidence_check_leaf(&p->act, &c, &h, &err) != MS_OK)
		MS_ASSERT(err.code != 0);
	if (evidence_check_leaf(&p->enrolment, &c, &h, &err) != MS_OK)
		MS_ASSERT(err.code != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	log_key key = { .origin = "muster/test" };
	arena memory = { 0 };
	ms_error err = { 0 };
	frame_proof p, back;
	buf again = { 0 };
	evidence e;

	if (proof_file_decode(span_of(data, size), &memory, &p, &err) == MS_OK) {
		walk(&p);
		MS_ASSERT(evidence_check(&p, &key, &memory, &e, &err) != MS_OK);
		if (proof_file_encode(&p, &memory, &again) == MS_OK)
			MS_ASSERT(proof_file_decode(buf_span(&again), &memory, &back, &err) ==
					  MS_OK &&
				  back.act.leaf == p.act.leaf);
	} else {
		MS_ASSERT(err.code != 0 && err.text[0] != '\0');
	}
	buf_fini(&again);
	arena_fini(&memory);
	return 0;
}
