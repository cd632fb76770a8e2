/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_number.h - the number that was typed, out of the number that a spreadsheet stores.
 *
 * A spreadsheet stores the double nearest to what was typed, written with up to 17 digits: 45.2 is
 * stored as 45.200000000000003. What people see, and can type, has at most 15 digits.
 *   - a typed number: its 15 digits when they are the same double (from 10^-5 on), else every digit
 * as it is written, so that too many decimals are refused, not cut;
 *   - a number that a formula computed: its 15 digits, as the spreadsheet shows it.
 * All in whole numbers, no floating point. Internal to intake.
 */
#ifndef INTAKE_XLSX_NUMBER_H
#define INTAKE_XLSX_NUMBER_H

#include "base/span.h"

enum { XLSX_NUMBER_SIZE = 80 };

/* STORED as plain decimal, moved left by SHIFT decimals (a percent: 2), without an exponent. False:
 * no number, or one too large or small for that. */
bool xlsx_number(span stored, bool computed, int shift, char out[XLSX_NUMBER_SIZE]);

/* STORED as "4.52E+03", the way a cell with such a format shows it. */
bool xlsx_exponent(span stored, char out[XLSX_NUMBER_SIZE]);

/* A serial number of days as "2012-05-01", with " 08:30" or ":15" where there is a time; only the
 * time when it is less than a day. BASE_1904: days are counted from 1904. */
bool xlsx_date(span stored, bool base_1904, char out[XLSX_NUMBER_SIZE]);

#endif
