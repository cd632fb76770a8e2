/* SPDX-License-Identifier: Apache-2.0 */
/* test_store_sync.c - a sync that fails: what it was to make durable may be gone though the next
 * one succeeds, so it is never told as a full disk, after which work goes on. */
#include "tests/store/store_testing.h"

#include <errno.h>
#include <sys/syscall.h>

static int failing; /* what every sync of this process fails with; 0: it works */

/* In place of the C library's, also for LMDB. */
__attribute__((visibility("default"))) int
fdatasync(int fd)
{
	if (failing == 0)
		return (int)syscall(SYS_fdatasync, fd);
	errno = failing;
	return -1;
}

static void
fail_one(const place *p, int failure, unsigned n)
{
	store *s = open_at(p->data, STORE_HUB, 0);
	store_txn txn;
	ms_error e = { 0 };

	fill_rows(s, n, 1, 100);
	store_begin(s, &txn, STORE_WRITE);
	record_put(&txn, TABLE_SLOT, span_str("lost"), span_str("x"));
	failing = failure;
	assert_int_equal(store_commit(&txn, &e), MS_STORAGE);
	failing = 0;
	assert_int_equal(e.code, MST_STORE_COMMIT);
	store_close(s);
}

static void
a_failed_sync_is_never_told_as_a_full_disk(void **state)
{
	static const int failures[] = { EIO, ENOSPC, EDQUOT, EFBIG };
	const unsigned n = sizeof(failures) / sizeof(failures[0]);
	place *p = *state;
	store_txn txn;
	store *s;
	unsigned i;

	for (i = 0; i < n; i++)
		fail_one(p, failures[i], i);
	s = open_at(p->data, STORE_HUB, 0);
	store_begin(s, &txn, STORE_READ);
	assert_int_equal(store_count(&txn, TABLE_SLOT), n);
	commit(&txn);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_failed_sync_is_never_told_as_a_full_disk, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
