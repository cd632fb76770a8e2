/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cells.h - the text of one cell as a typed value: strict, never rounded, never guessed. Each
 * function returns 0 or the MST code of what is wrong. Digits and signs are taken in full width too
 * (NFKC).
 */
#ifndef INTAKE_CELLS_H
#define INTAKE_CELLS_H

#include "intake/problems.h"

/* 0..100, a % behind it is allowed: the codes of cell_number. */
unsigned cell_percent(span text, uint32_t *out);
/* 正常 on_track, 有风险 at_risk, 受阻 blocked, 已完成 done: MST_INTAKE_WORD. */
unsigned cell_status(span text, self_status *out);
/* 报送 report, 撤回 retract: MST_INTAKE_ACTION. */
unsigned cell_action(span text, act_kind *out);
/* 2012-05-01, 2012/5/1, 2012年5月1日, in days since 1970-01-01: MST_INTAKE_DATE. */
unsigned cell_date(span text, int32_t *out);
/* 未开始 not_started, 进行中 under_way, 已完成 done: MST_INTAKE_WORD. */
unsigned cell_part_state(span text, part_state *out);
/* The word that those two take, for the forms we write; "" for NONE. */
const char *cell_status_word(self_status status, bool english);
const char *cell_part_word(part_state state, bool english);
/* The id of the item's part that TEXT names by id or name; TEXT itself when there is none. */
span cell_part_id(const plan_item *item, span text);

/*
 * "id=state:note; id=state", ids or names of the item's parts. A part that the item has not keeps
 * its text as id: judge_report names it. MST_INTAKE_PART, MST_INTAKE_WORD; *WHERE is the entry at
 * fault. Failures of memory go to P.
 */
unsigned cell_parts(problems *p, const plan_item *item, span text, report *out, span *where);
/* "name|size|sha256; ...": MST_INTAKE_ATTACHMENT. */
unsigned cell_attachments(problems *p, span text, report *out, span *where);

/* 64 hex digits as 32 bytes in P's arena. False: they are not. */
bool cell_hash(problems *p, span hex, span *out);

/* Is TEXT like 1.38E+10, what a spreadsheet leaves of a long number that is none, as a phone's? */
bool cell_is_spoilt(span text);
/* Is TEXT a dash or a stroke, with which people fill cells that ask nothing of a row? */
bool cell_is_dash(span text);
/* Would TEXT be read from a cell as one key of IN? */
bool cell_is_one_key(const plan_indicator *in, span text);

/* Take 暂: or provisional: off the front of TEXT. Was it there? */
bool cell_take_provisional(span *text);

/*
 * A cell of an indicator's column, by the type of the indicator: "45.20", "455.00/1080.00", "P1;P2"
 * or "P1,P2" or "P1、P2", also with blanks between where the plan says how a key looks (空 or none:
 * no keys), a date or 0 or 1, a text; 无:reason or nil:reason for any; 暂:... or
 * provisional:... in front of a value marks it provisional. OUT->indicator is set.
 */
unsigned cell_value(problems *p, const plan_indicator *indicator, span text, report_value *out);

#endif
