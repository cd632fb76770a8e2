/* SPDX-License-Identifier: Apache-2.0 */
/* test_suggest.c - the nearest word is suggested, and no far one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/suggest.h"

/* What is suggested for WORD of the words in LIST, which ends with NULL. */
static const char *
nearest(span word, const char *const *list)
{
	suggestion s;

	suggest_begin(&s, word);
	for (; *list != NULL; list++)
		suggest_try(&s, *list);
	return s.best;
}

static void
the_nearest_word_is_suggested_and_no_far_one(void **state)
{
	static const char *const names[] = { "tjj", "kjj", "jingxinwei", "市统计局", "title",
		"sitting", NULL };
	static const struct {
		const char *word, *expected;
	} rows[] = {
		{ "tjjj", "tjj" },             /* one too many */
		{ "jingxinwe", "jingxinwei" }, /* one too few */
		{ "titel", "title" },          /* two neighbours swapped */
		{ "kitting", "sitting" },      /* another letter */
		{ "kittinn", "sitting" },      /* two, of seven */
		{ "kittenn", NULL },           /* three */
		{ "统计局", "市统计局" },
		{ "jjt", NULL },
		{ "ajj", "tjj" }, /* of equally near ones the first */
		{ "", NULL },
		{ "completely other", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got = nearest(span_str(rows[i].word), names);

		if (rows[i].expected == NULL ? got != NULL
					     : got == NULL || strcmp(got, rows[i].expected) != 0)
			fail_msg("%s: %s", rows[i].word, got == NULL ? "nothing" : got);
	}
	assert_null(nearest(span_str("tjj"), names + 6));
}

static void
a_long_word_gets_no_suggestion(void **state)
{
	char word[SUGGEST_WORD_MAX + 2];
	const char *const list[] = { word, NULL };

	(void)state;
	memset(word, 'a', sizeof(word));
	word[SUGGEST_WORD_MAX + 1] = '\0';
	assert_null(nearest(span_of(word, SUGGEST_WORD_MAX), list));
	assert_null(nearest(span_of(word, SUGGEST_WORD_MAX + 1), list));
	word[SUGGEST_WORD_MAX] = '\0';
	assert_ptr_equal(nearest(span_of(word, SUGGEST_WORD_MAX - 1), list), word);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_word_is_suggested_and_no_far_one),
		cmocka_unit_test(a_long_word_gets_no_suggestion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
