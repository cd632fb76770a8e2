/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cell_number.h - a number as clerks write it in a cell: digits in full width, thousands separators
 * where they stand right, the plan's own unit of measure behind it. All else is refused by what it
 * is; nothing is rounded or guessed. Internal to intake.
 */
#ifndef INTAKE_CELL_NUMBER_H
#define INTAKE_CELL_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/*
 * TEXT at SCALE, 0 or what is wrong: MST_CELL_MEASURE (another unit of measure than MEASURE, which
 * may be NULL), MST_CELL_THOUSANDS, MST_CELL_EXPONENT, MST_CELL_IS_DATE, MST_INTAKE_DECIMALS,
 * MST_REPORT_NUMBER (too large), or else MST_INTAKE_NUMBER.
 */
unsigned cell_number(span text, const char *measure, unsigned scale, int64_t *out);
/* A decimal number at SCALE, without anything around it: MST_INTAKE_NUMBER, MST_INTAKE_DECIMALS,
 * MST_REPORT_NUMBER. */
unsigned cell_decimal(span text, unsigned scale, int64_t *out);
/* The largest number that is taken at SCALE, for people. */
const char *cell_number_most(unsigned scale, char out[40]);
/* How many decimals a number at SCALE has, for people. */
const char *cell_number_decimals(unsigned scale, bool english, char out[40]);

#endif
