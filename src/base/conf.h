/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf.h - settings and plan files: sections, options and values as texts with their lines.
 * libconfuse reads them, the caller judges them.
 *
 *   name = value    name = { "one", "two" }    section { ... }    section "title" { ... }
 *
 * Refused with file:line: what libconfuse cannot read, a name that the schema does not have (with
 * the nearest one), `${` and `+=`, an option or a section's title given twice, invalid UTF-8, NUL.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

typedef enum conf_kind {
	CONF_TEXT = 1, /* one value */
	CONF_LIST,     /* any number of values */
	CONF_SECTION,  /* without a title; may stand more than once: the caller judges */
	CONF_TITLED,   /* with a title, each title once */
} conf_kind;

/* What may stand in a section. A row without a name ends the list. */
typedef struct conf_rule {
	const char *name;
	conf_kind kind;
	const struct conf_rule *inner; /* of sections */
} conf_rule;

typedef struct conf_value {
	const char *text;
	unsigned line; /* where it ends */
} conf_value;

typedef struct conf_option {
	const char *name;
	unsigned line; /* of its first value */
	conf_value *values;
	size_t n_values;
} conf_option;

typedef struct conf_section {
	const char *name, *title; /* title NULL where there is none */
	unsigned line;            /* where it begins */
	conf_option *options;     /* those that are set, in the schema's order */
	size_t n_options;
	struct conf_section *sections; /* in the file's order within each name */
	size_t n_sections;
} conf_section;

/* Parse BYTES (FILE names them in errors) by RULES. Everything in OUT lives in MEMORY. MS_CONFIG,
 * MS_NO_MEMORY. */
ms_status conf_parse(span bytes, const char *file, const conf_rule *rules, arena *memory,
	conf_section **out, ms_error *err);

/* The option NAME of the section, or NULL when it is not set. */
const conf_option *conf_find(const conf_section *s, const char *name);

#endif
