/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_xml.h - one part of a package as a stream of XML events. Names come without their namespace
 * prefix. A document type, and so every entity declaration, refuses the part; depth and the length
 * of one tag are bounded. Internal to intake.
 */
#ifndef INTAKE_XLSX_XML_H
#define INTAKE_XLSX_XML_H

#include "intake/xlsx_package.h"

enum { XML_DEPTH_MAX = 64, XML_TAG_BYTES_MAX = 256 << 10 };

/* Any of them may be NULL. What they return other than MS_OK ends the reading with that status. */
typedef struct xml_events {
	ms_status (*start)(
		void *ctx, const char *name, const char *const *attributes, ms_error *err);
	ms_status (*end)(void *ctx, const char *name, ms_error *err);
	ms_status (*text)(void *ctx, span text, ms_error *err);
	void *ctx;
} xml_events;

/* The part NAME. MS_INVALID when it is no well-formed XML; see package_read for the others. */
ms_status xml_read(package *p, const char *name, const xml_events *events, ms_error *err);

/* The value of the attribute WANTED (without prefix), or NULL. */
const char *xml_attribute(const char *const *attributes, const char *wanted);
/* The same as a whole number up to MAX; ELSE_VALUE when it is not there or none. */
uint32_t xml_number(
	const char *const *attributes, const char *wanted, uint32_t max, uint32_t else_value);
/* The same as a truth: "1", "true", "on". */
bool xml_truth(const char *const *attributes, const char *wanted);

#endif
