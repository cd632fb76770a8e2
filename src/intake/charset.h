/* SPDX-License-Identifier: Apache-2.0 */
/*
 * charset.h - which charset a file of an office is in, and its text as UTF-8.
 *
 * Taken: UTF-8 with or without BOM, UTF-16 with BOM (as Excel saves "Unicode text"), GB18030. A BOM
 * decides; without one, bytes that are UTF-8 are UTF-8, else they must be GB18030. Very short files
 * can be both: see charset.c for the rule.
 */
#ifndef INTAKE_CHARSET_H
#define INTAKE_CHARSET_H

#include "base/buf.h"

typedef enum charset {
	CHARSET_NONE = 0,
	CHARSET_UTF8,
	CHARSET_UTF8_BOM,
	CHARSET_UTF16LE, /* always with BOM */
	CHARSET_UTF16BE, /* always with BOM */
	CHARSET_GB18030,
} charset;

/* "UTF-8", "UTF-8 with BOM", "UTF-16LE", ... for people. */
const char *charset_name(charset c);

/*
 * The text of BYTES as UTF-8 without BOM, appended to OUT; the charset found goes to *USED
 * (CHARSET_NONE when none fits). MS_INVALID: an invalid character or one cut off at the end (byte
 * offset and line are named), or a NUL. MS_NO_MEMORY.
 */
ms_status charset_to_utf8(span bytes, charset *used, buf *out, ms_error *err);

/* UTF-8 TEXT in the charset TO, with its BOM where it has one, appended to OUT. */
ms_status charset_from_utf8(span text, charset to, buf *out, ms_error *err);

#endif
