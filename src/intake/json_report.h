/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_report.h - the JSON form: one object or a list of objects, for those who script.
 *
 *   {"item": "i06", "period": "2012-Q2", "report": {
 *      "progress_pct": 50, "self_status": "on_track",
 *      "done": "...", "problems": "...", "next_steps": "...", "help_needed": "...",
 *      "parts": [{"id": "c1", "state": "under_way", "note": "..."}],
 *      "values": [{"indicator": "i06.invest", "value": "45.20"},
 *                 {"indicator": "i06.parks", "mantissa": 5},
 *                 {"indicator": "i06.share", "num": "450.00", "den": "1000.00"},
 *                 {"indicator": "i06.projects", "keys": ["P1", "P2"]},
 *                 {"indicator": "...", "date": "2012-05-01"},
 *                 {"indicator": "...", "text": "..."},
 *                 {"indicator": "...", "nil": "the reason", "provisional": false}],
 *      "prepared_by": "...", "approved_by": "...", "phone": "...",
 *      "attachments": [{"name": "...", "size": 123, "sha256": "64 hex digits"}]}}
 *   {"item": "6", "period": "2012年二季度", "retract": "the reason"}
 *
 * A "value", "num" or "den" is a decimal judged by the plan's scale, a "mantissa" the integer at
 * that scale, a "date" the day on which a milestone was reached.
 * Members have the names of proto/act.proto; null or a missing member means not given; an unknown
 * one is an error at its path.
 */
#ifndef INTAKE_JSON_REPORT_H
#define INTAKE_JSON_REPORT_H

#include "intake/problems.h"

enum { JSON_ROWS_MAX = 10000 };

/* Judged rows of the JSON in TEXT (UTF-8) appended to ROWS (intake_row[]); whole-file problems go
 * to WHOLE. MS_NO_MEMORY. */
ms_status json_rows(const intake_ask *ask, span text, arena *memory, buf *rows, problems *whole);

#endif
