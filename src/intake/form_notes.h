/* SPDX-License-Identifier: Apache-2.0 */
/* form_notes.h - the second sheet of a form: each item's text and what is asked of the unit.
 * Internal to intake. */
#ifndef INTAKE_FORM_NOTES_H
#define INTAKE_FORM_NOTES_H

#include "intake/form.h"
#include "intake/workbook.h"

void form_notes(workbook *w, const form_ask *ask, const form_row *rows, size_t n);
/* How a value of the indicator is written, in a sentence of at most 240 bytes. */
void form_value_hint(const plan_indicator *in, bool english, char out[241]);

#endif
