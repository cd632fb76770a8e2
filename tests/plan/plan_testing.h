/* SPDX-License-Identifier: Apache-2.0 */
/* plan_testing.h - the plan file that is shipped, for tests. */
#ifndef PLAN_TESTING_H
#define PLAN_TESTING_H

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "plan/plan.h"

#ifndef MUSTER_SOURCE_DIR
#define MUSTER_SOURCE_DIR "."
#endif

/* Fails the test when the file cannot be read. */
static inline void
read_plan_2012(buf *bytes)
{
	FILE *f = fopen(MUSTER_SOURCE_DIR "/deploy/plans/shenyang-2012.conf", "rb");
	char block[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(bytes, block, n);
	assert_false(ferror(f) || bytes->failed);
	fclose(f);
}

#endif
