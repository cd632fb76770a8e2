/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_corpus.c - sheets as offices make them, and wrong ones; what each gives, to the cell, stands
 * beside it. corpus/make.py writes those called x (workbooks), w (wrong ones) and c (text) and says
 * what is odd about each. Those called l are some of them saved anew by LibreOffice, those called f
 * are forms of `muster form`, written by libxlsxwriter.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/intake/sample_testing.h"

#define CORPUS MUSTER_SOURCE_DIR "/tests/intake/corpus"

static void
every_sheet_of_the_corpus_gives_what_stands_beside_it(void **state)
{
	plan *p = load_plan();

	(void)state;
	assert_true(check_folder(p, CORPUS, true) >= 110);
	plan_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sheet_of_the_corpus_gives_what_stands_beside_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
