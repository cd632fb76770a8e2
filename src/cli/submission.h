/* SPDX-License-Identifier: Apache-2.0 */
/* submission.h - a file or a sheet of one row through the running agent, and its answer row by row.
 */
#ifndef CLI_SUBMISSION_H
#define CLI_SUBMISSION_H

#include "base/buf.h"
#include "base/status.h"

typedef struct submission {
	const char *dir;
	const char *wait; /* seconds, as on the command line; NULL: nobody waits for receipts */
	bool json;        /* one JSON object a row */
	bool dry_run;     /* judge, and send nothing */
	bool is_file;     /* places are cells of it */
	/* What came of it. */
	unsigned wrong, queued;
} submission;

/* BYTES as if they lay in the folder under NAME. Prints the rows. */
ms_status submission_send(submission *s, const char *name, span bytes, ms_error *err);
/* The file at PATH. */
ms_status submission_send_file(submission *s, const char *path, ms_error *err);
/* The exit code of what was answered: 65 something is wrong, 75 waited for receipts in vain. */
int submission_exit_code(const submission *s);

#endif
