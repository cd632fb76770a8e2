/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_json_report.c - any bytes as an office's file, CSV or JSON by its first character, judged by
 * the shipped plan: rows with sentences, good ones with a body that decodes, and an answer in the
 * file's charset.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "codec/acts.h"
#include "intake/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const plan *
the_plan(void)
{
	static plan *p;
	buf bytes = { 0 };
	char block[4096];
	size_t n;
	FILE *f;

	if (p != NULL)
		return p;
	f = fopen(MUSTER_SOURCE_DIR "/deploy/plans/shenyang-2012.conf", "rb");
	MS_ASSERT(f != NULL);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(&bytes, block, n);
	fclose(f);
	MS_ASSERT(plan_load(buf_span(&bytes), "plan", &p, NULL, NULL) == MS_OK);
	buf_fini(&bytes);
	return p;
}

static void
look_at(const intake_result *got)
{
	uint32_t i, k, good = 0;

	for (i = 0; i < got->n_rows; i++) {
		const intake_row *row = &got->rows[i];

		good += row->good;
		MS_ASSERT(row->good || row->n_problems > 0);
		MS_ASSERT(!row->good || (row->at.kind != PERIOD_NONE && row->act.body.at != NULL));
		for (k = 0; k < row->n_problems; k++)
			MS_ASSERT(row->problems[k].code != 0 && row->problems[k].text[0] != 0);
	}
	MS_ASSERT(good == got->n_good && (got->refused || got->n_rows > 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const plan *p = the_plan();
	intake_ask ask = {
		.plan = p, .now_us = plan_begin_us(p, p->last), .english = size % 2 == 0
	};
	arena memory = { .limit = 256 << 20 };
	answer_row *said;
	intake_result got = { 0 };
	ms_error err = { 0 };
	buf out = { 0 };

	ask.unit = (uint32_t)plan_find_unit(p, span_str("shenbei"));
	if (intake_read(&ask, "x.txt", span_of(data, size), &memory, &got, &err) == MS_OK) {
		look_at(&got);
		said = calloc(got.n_rows + 1, sizeof(*said));
		MS_ASSERT(
			said != NULL && answer_write(&got, said, p->zone_min, &out, &err) == MS_OK);
		free(said);
	} else {
		MS_ASSERT(err.code == MST_NO_MEMORY);
	}
	buf_fini(&out);
	arena_fini(&memory);
	return 0;
}
