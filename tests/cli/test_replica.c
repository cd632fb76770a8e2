/* SPDX-License-Identifier: Apache-2.0 */
/* test_replica.c - a hub's directory folded by whoever reads it, also one whose hub states what is
 * not the hub's to state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/fs.h"
#include "base/random.h"
#include "cli/found.h"
#include "cli/hub_dir.h"
#include "cli/replica.h"
#include "tests/intake/intake_testing.h"

typedef struct scene {
	char base[64], dir[80];
} scene;

static void
is_done(ms_status s, const ms_error *err)
{
	if (s != MS_OK)
		fail_msg("%s", err->text);
}

static int
setup(void **state)
{
	static scene at;
	plan *p = load_plan();
	hub_settings settings;
	ms_error err = { 0 };

	random_u64();
	at = (scene){ .base = "/tmp/muster-replica-XXXXXX" };
	assert_non_null(mkdtemp(at.base));
	snprintf(at.dir, sizeof(at.dir), "%s/hub", at.base);
	is_done(found_settings(p, NULL, NULL, TEST_NOW, &settings, &err), &err);
	is_done(found_hub(at.dir, &settings, p, &err), &err);
	plan_free(p);
	*state = &at;
	return 0;
}

static int
teardown(void **state)
{
	scene *at = *state;

	fs_remove_tree(at->base, NULL);
	return 0;
}

/* Bulletins are observers': nobody could be named as the one who issued it. */
static void
a_bulletin_of_the_hub_itself_is_none(void **state)
{
	static const uint8_t sha[HASH_SIZE] = { 1 };
	const act stated = { .kind = ACT_ISSUE,
		.period = span_str("2012-Q2"),
		.u.issue = { .leaves = 1, .sha256 = span_of(sha, sizeof(sha)) } };
	scene *at = *state;
	hub_change c;
	replica r = { 0 };
	ms_error err = { 0 };
	uint64_t leaf, size;
	ms_status s;

	is_done(hub_change_begin(at->dir, &c, &err), &err);
	size = c.log.tree.size;
	s = hub_stream_state(&c.txn, &c.log, &c.d.keys, &stated, 1, c.now_us, &leaf, &err);
	is_done(hub_change_end(&c, s, &err), &err);
	is_done(replica_get(at->dir, NULL, &r, &err), &err);
	assert_int_equal(r.leaves, size + 1);
	assert_int_equal(r.n_issues, 0);
	replica_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bulletin_of_the_hub_itself_is_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
