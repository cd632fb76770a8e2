/* SPDX-License-Identifier: Apache-2.0 */
/* lang_tr.c - a sentence in the language chosen. Apart from lang.c: errors are sentences too. */
#include "base/lang.h"

#include <libintl.h>

const char *
tr(const char *text)
{
	return text[0] == '\0' ? text : gettext(text);
}
