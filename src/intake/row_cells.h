/* SPDX-License-Identifier: Apache-2.0 */
/* row_cells.h - the cells of a row before they are read one by one: what is as last period is put
 * where it belongs, and the two halves of a ratio become one cell. Internal to intake. */
#ifndef INTAKE_ROW_CELLS_H
#define INTAKE_ROW_CELLS_H

#include "intake/columns.h"
#include "intake/problems.h"

typedef struct row_cells {
	const plan *plan;
	int item; /* index, -1: not known */
	const column *columns;
	uint32_t n;
	span *cells; /* N of them, changed in place */
} row_cells;

/* Every empty cell takes what its last period's column has; but 进展情况 is told anew each time.
 * How many were taken. */
uint32_t row_carry(const row_cells *r);

/* Where both halves of a ratio are right by themselves, the numerator's cell becomes "num/den" and
 * the denominator's empty. MS_NO_MEMORY. */
ms_status row_join_halves(const row_cells *r, arena *memory);
/* What is wrong with column AT, a half that was not joined: 0 when the fault is the other half's.
 */
unsigned row_judge_half(const row_cells *r, uint32_t at);

#endif
