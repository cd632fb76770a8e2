/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_styles.h - what the number formats of a workbook make of a stored number: a date, a percent,
 * a number in E notation, thousands of it, or the number with words around it ("亿元"). How many
 * decimals a format shows changes no value. Internal to intake.
 */
#ifndef INTAKE_XLSX_STYLES_H
#define INTAKE_XLSX_STYLES_H

#include "base/arena.h"
#include "intake/xlsx_package.h"

typedef enum style_kind {
	STYLE_PLAIN = 0,
	STYLE_DATE,
	STYLE_PERCENT,
	STYLE_EXPONENT, /* shown in E notation */
	STYLE_SCALED,   /* shown in thousands or millions of what is stored */
	STYLE_TEXT,
} style_kind;

typedef struct number_style {
	style_kind kind;
	const char *before, *behind; /* words around the number, "" = none */
} number_style;

typedef struct xlsx_styles {
	number_style *list;
	uint32_t n;
} xlsx_styles;

/* What the format CODE ("0.00%", "yyyy-mm-dd") shows. Texts lie in MEMORY. */
ms_status style_of_code(span code, arena *memory, number_style *out);

/* The styles of the part NAME, as the cells count them. */
ms_status xlsx_styles_read(
	package *p, const char *name, arena *memory, xlsx_styles *out, ms_error *err);

#endif
