/* SPDX-License-Identifier: Apache-2.0 */
/* base_testing.h - what the tests of the base share: a directory of their own, and two words. */
#ifndef TESTS_BASE_TESTING_H
#define TESTS_BASE_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/span.h"

#define TEXT(literal) span_of(literal, sizeof(literal) - 1)

enum { TEST_PATH = 256 };

/* A fresh directory; remove_dir takes it away with what is in it. */
static inline void
make_dir(char out[TEST_PATH])
{
	const char *top = getenv("TMPDIR");

	snprintf(out, TEST_PATH, "%s/muster-base-XXXXXX", top == NULL ? "/tmp" : top);
	assert_non_null(mkdtemp(out));
}

static inline void
remove_dir(const char *dir)
{
	assert_int_equal(fs_remove_tree(dir, NULL), MS_OK);
}

static inline const char *
path_in(const char *dir, const char *name, char out[2 * TEST_PATH])
{
	snprintf(out, 2 * TEST_PATH, "%.250s/%.250s", dir, name);
	return out;
}

#endif
