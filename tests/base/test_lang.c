/* SPDX-License-Identifier: Apache-2.0 */
/* test_lang.c - people are addressed in the language they chose, on any machine. */
#include "tests/base/base_testing.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

/* The catalogues lie beside the programs in bin, and beside nothing else: see tests/system. */

static void
forget_locale(void)
{
	unsetenv("LC_ALL");
	unsetenv("LC_MESSAGES");
	unsetenv("LANG");
	unsetenv("LANGUAGE");
}

static void
nothing_chosen_is_the_code(void **state)
{
	(void)state;
	forget_locale();
	assert_true(lang_speak(""));
	assert_string_equal(lang_chosen(), "");
	assert_true(setenv("LC_ALL", "POSIX", 1) == 0 && lang_speak(""));
	assert_true(setenv("LC_ALL", "C.UTF-8", 1) == 0 && lang_speak(""));
	assert_string_equal(lang_chosen(), "");
	assert_string_equal(tr("无:"), "无:");
	assert_string_equal(tr(""), "");
}

static void
the_locale_chooses(void **state)
{
	(void)state;
	forget_locale();
	setenv("LANG", "en_GB.UTF-8", 1);
	setenv("LC_MESSAGES", "zh_CN.UTF-8", 1);
	assert_true(lang_speak(""));
	assert_string_equal(lang_chosen(), "zh");
	setenv("LC_ALL", "en_US", 1);
	assert_true(lang_speak(""));
	assert_string_equal(lang_chosen(), "en");
}

static void
a_word_chooses_and_others_are_refused(void **state)
{
	(void)state;
	forget_locale();
	assert_true(lang_speak("zh"));
	assert_string_equal(lang_chosen(), "zh");
	assert_false(lang_speak("fr"));
	assert_string_equal(lang_chosen(), "zh");
	assert_true(lang_speak("en"));
	assert_string_equal(lang_chosen(), "en");
	lang_rest();
	assert_string_equal(lang_chosen(), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_chosen_is_the_code),
		cmocka_unit_test(the_locale_chooses),
		cmocka_unit_test(a_word_chooses_and_others_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
