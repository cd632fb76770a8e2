/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_hub_log.c - what others need to check a hub's log: its key, and its newest checkpoint. */
#include <stdio.h>

#include "cli/command.h"
#include "store/signer_home.h"

/* The settings of the hub in --dir. */
static ms_status
read_settings(int argc, char **argv, const char **dir, hub_settings *out, ms_error *err)
{
	const cli_option options[] = { { "--dir", NULL, dir } };
	ms_status s = cli_args(argc, argv, options, 1, NULL, 0, 0, NULL, err);

	if (s == MS_OK && *dir == NULL)
		s = ms_fail(err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	return s == MS_OK ? hub_settings_read(*dir, out, err) : s;
}

int
cmd_hub_key(int argc, char **argv)
{
	const char *dir = NULL;
	hub_settings settings;
	ms_error err = { 0 };

	if (read_settings(argc, argv, &dir, &settings, &err) != MS_OK)
		return cli_fail(&err);
	puts(settings.log_key);
	return cli_end(0);
}

int
cmd_hub_checkpoint(int argc, char **argv)
{
	char signer[HOME_PATH_MAX];
	const char *dir = NULL;
	hub_settings settings;
	ms_error err = { 0 };
	checkpoint last;
	uint32_t generation;
	buf note = { 0 };
	log_key key;
	ms_status s = read_settings(argc, argv, &dir, &settings, &err);

	if (s == MS_OK)
		s = log_key_parse(span_str(settings.log_key), &key, &err);
	if (s == MS_OK)
		s = home_path(dir, HOME_SIGNER, signer, &err);
	if (s == MS_OK)
		s = signer_home_look(signer, &key, &last, &generation, &note, &err);
	if (s == MS_OK && last.size == 0)
		s = ms_fail(&err, MS_NOT_FOUND, MST_PROOF_NOTE,
			"nothing is signed yet: the hub has not run");
	if (s == MS_OK)
		fputs(buf_cstr(&note), stdout);
	buf_fini(&note);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
