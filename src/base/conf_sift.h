/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf_sift.h - names that a settings or plan file should not have, all of them in one run.
 *
 * libconfuse stops at the first name it does not know. So that every mistake of a file can be told
 * at once, those names are found before, told one by one, and blanked out with what belongs to
 * them; conf_parse then reads the rest.
 */
#ifndef BASE_CONF_SIFT_H
#define BASE_CONF_SIFT_H

#include "base/conf.h"

typedef enum conf_stray_kind {
	CONF_UNKNOWN = 1, /* no such option or section here */
	CONF_TWICE,       /* an option that is set already */
	CONF_TITLE_TWICE, /* a section whose title stands already */
} conf_stray_kind;

typedef struct conf_stray {
	conf_stray_kind kind;
	unsigned line, first_line; /* first_line: of the one that stands already */
	span name, title;          /* borrowed from the text */
	const conf_rule *rules;    /* what could stand here instead */
} conf_stray;

/*
 * Tell every stray of TEXT to NOTE and overwrite it with spaces (line ends stay, so lines keep
 * their numbers). Ends without a word at what is no longer the form of such a file: conf_parse says
 * what is wrong there. MS_NO_MEMORY.
 */
ms_status conf_sift(char *text, size_t len, const conf_rule *rules,
	void (*note)(void *ctx, const conf_stray *stray), void *ctx);

#endif
