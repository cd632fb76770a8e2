/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang.c - gettext without the machine's locales: C.UTF-8 is built into the C library, and with any
 * locale but "C" the variable LANGUAGE decides which catalogue is read. Sentences: lang_tr.c.
 */
#include "base/lang.h"

#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"

#define DOMAIN "muster"
#define VARIABLE "LANGUAGE"

/* "" for "C" and "C.UTF-8": they name no language. */
static const char *
by_locale(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value == NULL || value[0] == '\0')
			continue;
		if (strcmp(value, "C") == 0 || strncmp(value, "C.", 2) == 0 ||
			strcmp(value, "POSIX") == 0)
			return "";
		return strncmp(value, "zh", 2) == 0 ? "zh" : "en";
	}
	return "";
}

static void
find_catalogues(void)
{
	char path[PATH_MAX];

	if (fs_beside_program("../share/locale", path, sizeof(path), NULL) != MS_OK)
		return;
	bindtextdomain(DOMAIN, path);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
}

bool
lang_speak(const char *wanted)
{
	const char *name, *before;

	if (wanted[0] == '\0')
		wanted = by_locale();
	if (wanted[0] == '\0')
		return true;
	if (strcmp(wanted, "zh") != 0 && strcmp(wanted, "en") != 0)
		return false;
	find_catalogues();
	setlocale(LC_CTYPE, "C.UTF-8");
	setlocale(LC_MESSAGES, "C.UTF-8");
	name = wanted[0] == 'z' ? "zh_CN" : "en";
	before = getenv(VARIABLE);
	if (before == NULL || strcmp(before, name) != 0)
		setenv(VARIABLE, name, 1);
	textdomain(DOMAIN);
	return true;
}

/* The process stays in the locale "C", which reads no catalogue. */
void
lang_offer(void)
{
	find_catalogues();
	setenv(VARIABLE, "zh_CN", 1);
	textdomain(DOMAIN);
}

void
lang_answer_in(const char *language)
{
	bool chinese = language != NULL && strcmp(language, "zh") == 0;
	locale_t spoken = LC_GLOBAL_LOCALE, before;

	if (chinese)
		spoken = newlocale(LC_MESSAGES_MASK, "C.UTF-8", (locale_t)0);
	if (spoken == (locale_t)0)
		return;
	before = uselocale(spoken);
	if (before != LC_GLOBAL_LOCALE)
		freelocale(before);
}

const char *
lang_wanted(void)
{
	const char *value = getenv("MUSTER_LANG");

	return value == NULL ? "" : value;
}

void
lang_rest(void)
{
	textdomain("");
}

const char *
lang_chosen(void)
{
	const char *value = getenv(VARIABLE);

	if (value == NULL || strcmp(textdomain(NULL), DOMAIN) != 0)
		return "";
	return value[0] == 'z' ? "zh" : "en";
}
