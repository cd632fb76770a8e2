/* SPDX-License-Identifier: Apache-2.0 */
/* test_history.c - what a directory keeps against a hub, the hub cannot take away again. */
#include "tests/store/store_testing.h"

#include "base/fs.h"
#include "store/history.h"

static span
read_alarm(const place *p, buf *out)
{
	buf_reset(out);
	assert_int_equal(home_file_read(p->dir, HISTORY_ALARM_FILE, 1 << 20, out, NULL), MS_OK);
	return buf_span(out);
}

static bool
holds(span text, const char *wanted)
{
	return memmem(text.at, text.len, wanted, strlen(wanted)) != NULL;
}

static ms_status
accuse(const place *p, const char *why, const char *shown)
{
	ms_error e = { .status = MS_DENIED, .code = MST_WIRE_HISTORY };

	snprintf(e.text, sizeof(e.text), "%s", why);
	return history_alarm(p->dir, &e, span_str("verified\n"), span_str(shown), NULL);
}

static void
a_contradiction_stays_whatever_the_hub_shows_later(void **test)
{
	place *p = *test;
	buf text = { 0 };
	char shown[32];
	int i;

	assert_false(history_has_alarm(p->dir));
	assert_int_equal(accuse(p, "the first", "proof of guilt\n"), MS_OK);
	assert_true(history_has_alarm(p->dir));
	assert_int_equal(accuse(p, "the first", "proof of guilt\n"), MS_EXISTS);
	assert_int_equal(accuse(p, "nothing", ""), MS_OK);
	assert_true(holds(read_alarm(p, &text), "proof of guilt"));
	assert_true(holds(buf_span(&text), "(nothing)"));
	for (i = 0; i < 10000; i++) {
		snprintf(shown, sizeof(shown), "other %d\n", i);
		if (accuse(p, "more", shown) != MS_OK)
			break;
	}
	assert_true(i > 10 && i < 10000);
	assert_int_equal(accuse(p, "more", shown), MS_FULL);
	assert_true(read_alarm(p, &text).len <= 64 << 10);
	assert_true(holds(buf_span(&text), "proof of guilt"));
	buf_fini(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_contradiction_stays_whatever_the_hub_shows_later,
			place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
