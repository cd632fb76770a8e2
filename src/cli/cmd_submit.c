/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_submit.c - `muster submit`: a file as the watched folder takes it, answered on the terminal.
 */
#include "cli/command.h"
#include "cli/submission.h"

int
cmd_submit(int argc, char **argv)
{
	submission sent = { .dir = NULL };
	const char *file = NULL;
	const cli_option options[] = { { "--dir", NULL, &sent.dir }, { "--wait", NULL, &sent.wait },
		{ "--dry-run", &sent.dry_run, NULL }, { "--json", &sent.json, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), &file, 1, 1, NULL, &err);

	if (s == MS_OK && sent.dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	if (s == MS_OK && sent.dry_run && sent.wait != NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS,
			"--dry-run sends nothing: there is no receipt to wait for");
	if (s == MS_OK)
		s = submission_send_file(&sent, file, &err);
	return s == MS_OK ? cli_end(submission_exit_code(&sent)) : cli_fail(&err);
}
