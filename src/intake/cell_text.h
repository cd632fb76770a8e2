/* SPDX-License-Identifier: Apache-2.0 */
/* cell_text.h - a typed value as the text of one cell: what cells.h reads back as the same value.
 */
#ifndef INTAKE_CELL_TEXT_H
#define INTAKE_CELL_TEXT_H

#include "base/buf.h"
#include "plan/act.h"
#include "plan/plan.h"

/* "45.20", "455.00/1080.00", "P1;P2", "2012-05-01", 无:reason, with 暂: in front when provisional;
 * appended to OUT. */
void cell_text_value(const plan_indicator *in, const report_value *v, bool english, buf *out);
/* "c1=进行中:note; c2=已完成"; a ; or a line break within a note becomes a comma. */
void cell_text_parts(const report *r, bool english, buf *out);
/* "name|size|SHA-256; ..."; a ; | or a line break within a name becomes a comma. */
void cell_text_attachments(const report *r, buf *out);

#endif
