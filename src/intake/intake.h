/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intake.h - a file from an office's folder, judged row by row with the very rules of the hub.
 *
 * A file is a sheet, CSV or .xlsx (one row a report or retraction, columns by Chinese or English
 * names, see columns.h and sheet_rows.h), or JSON (one object or a list, see json_report.h). Which
 * of them is told by the bytes; CSV and JSON by the name's ending, else by the first character. A
 * kind that cannot be read is refused with the way to save it anew. Pure: no file is opened, the
 * time is an argument.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "base/arena.h"
#include "base/buf.h"
#include "intake/charset.h"
#include "plan/act.h"
#include "plan/plan.h"

enum {
	INTAKE_BYTES_MAX = 16 << 20,
	INTAKE_TEXT_MAX = 8 << 20, /* of CSV and JSON, which are read as a whole */
	INTAKE_PROBLEMS_MAX = 32   /* kept per row */
};

typedef enum intake_form { INTAKE_CSV = 1, INTAKE_JSON, INTAKE_XLSX } intake_form;

/* What the file is judged by. */
typedef struct intake_ask {
	const plan *plan;
	uint32_t unit;      /* index of the unit whose folder it is */
	int64_t now_us;     /* a period that has not begun is refused */
	uint64_t bytes_max; /* 0 = INTAKE_BYTES_MAX, INTAKE_TEXT_MAX */
	bool english;       /* language of the sentences; Chinese otherwise */
	/* The unit's own report on ITEM for AT, in MEMORY, to hold values against; false: not
	 * known. May be NULL. */
	void *ctx;
	bool (*report_of)(void *ctx, uint32_t item, period at, arena *memory, report *out);
} intake_ask;

/* One thing to mend or to know. Texts are never NULL, but may be empty. */
typedef struct intake_problem {
	bool warning;       /* the row is taken all the same */
	unsigned code;      /* MST-3nnn or MST-6nnn */
	const char *column; /* header of the column as the file has it; JSON: path of the member; ""
			       = the whole row */
	const char *cell;   /* of a sheet, "C7"; "" = the row or file as a whole, or no sheet */
	const char *field;  /* the field of the report: "progress_pct", "values[i06.parks]" */
	const char *value;  /* what was given, shortened */
	const char *text;   /* what is wrong */
	const char *expected; /* what would be right */
	const char *remedy;   /* how to mend it */
} intake_problem;

typedef struct intake_row {
	uint32_t row; /* row of the sheet, from 1; JSON: place in the list from 1; 0 = the file as a
			 whole */
	bool good;    /* no problem but warnings: ACT is to be sent */
	const char *item, *period; /* as the file has them */
	int item_index;            /* -1: not known */
	period at;                 /* PERIOD_NONE: not known */
	period meant;              /* what PERIOD names, also where the item is not known or has no
				      such period; PERIOD_NONE: nothing that is in the plan */
	/*
	 * Report or retraction, all set but revision, created_us, salt and bytes; good rows only.
	 * body and body_hash are the content: an equal hash is an unchanged report. Borrows from
	 * the arena and from the plan.
	 */
	act act;
	intake_problem *problems;
	uint32_t n_problems;
} intake_row;

typedef struct intake_result {
	intake_form form;
	charset charset;   /* CHARSET_NONE: none fitted */
	char delimiter;    /* CSV */
	const char *sheet; /* XLSX: name of the sheet that was read; "" = none, or no .xlsx */
	bool refused; /* nothing of the file is taken: rows[0] is the only one, its number is 0 */
	intake_row *rows;
	uint32_t n_rows, n_good;
	period when;  /* of rows that are none of the above: not filled, or of a file that is
			 refused; PERIOD_NONE: not known */
	bool several; /* there are others beside WHEN */
	bool english;
} intake_result;

/*
 * Judge the file named FILE (its ending tells the form) with these BYTES. Bad data is no error: it
 * is in OUT. Two rows for one slot: the later one is bad. A row in which only item and period are
 * filled is passed over. MS_NO_MEMORY otherwise. Everything in OUT lies in MEMORY.
 */
ms_status intake_read(const intake_ask *ask, const char *file, span bytes, arena *memory,
	intake_result *out, ms_error *err);

/* The result for a file too large to read, so that it is answered without reading it: FILE_BYTES is
 * its size. */
ms_status intake_too_large(const intake_ask *ask, const char *file, uint64_t file_bytes,
	arena *memory, intake_result *out, ms_error *err);

/*
 * Is it a name that the folder takes: .csv, .tsv, .txt, .json, .xlsx, .xlsm, in any case, and what
 * clerks drop by mistake, to be told how to save it (.xls, .et, .ods, .docx, .pdf, pictures, .zip)?
 * Hidden and temporary files, lock files of an office program, files on their way and answers are
 * not.
 */
bool intake_takes_name(const char *file);
/* Is it none of these, so that a clerk may wait in vain for its answer? */
bool intake_leaves_name(const char *file);

#endif
