/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_hub_log.c - what others need to check a hub's log: its key, and its newest checkpoint. */
#include <stdio.h>

#include "base/json.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "store/signer_home.h"

/* The settings of the hub in --dir. */
static ms_status
read_settings(int argc, char **argv, const char **dir, bool *json, hub_settings *out, ms_error *err)
{
	ms_status s = cli_dir_args(argc, argv, dir, json, err);

	return s == MS_OK ? hub_settings_read(*dir, out, err) : s;
}

int
cmd_hub_key(int argc, char **argv)
{
	const char *dir = NULL;
	bool json = false;
	hub_settings settings;
	ms_error err = { 0 };

	if (read_settings(argc, argv, &dir, &json, &settings, &err) != MS_OK)
		return cli_fail(&err);
	if (json)
		ask_print_object("muster/hub-key/1", json_pack("{s:s}", "key", settings.log_key));
	else
		puts(settings.log_key);
	return cli_end(0);
}

static void
print_checkpoint(const checkpoint *c, const buf *note)
{
	json_t *out = json_object();
	char root[2 * HASH_SIZE + 1];

	hash_hex(&c->root, root);
	json_set_number(out, "size", (int64_t)c->size);
	json_set_text(out, "root", root);
	json_set_span(out, "note", buf_span(note));
	ask_print_object("muster/hub-checkpoint/1", out);
}

int
cmd_hub_checkpoint(int argc, char **argv)
{
	char signer[HOME_PATH_MAX];
	const char *dir = NULL;
	bool json = false;
	hub_settings settings;
	ms_error err = { 0 };
	checkpoint last;
	uint32_t generation;
	buf note = { 0 };
	log_key key;
	ms_status s = read_settings(argc, argv, &dir, &json, &settings, &err);

	if (s == MS_OK)
		s = log_key_parse(span_str(settings.log_key), &key, &err);
	if (s == MS_OK)
		s = home_path(dir, HOME_SIGNER, signer, &err);
	if (s == MS_OK)
		s = signer_home_look(signer, &key, &last, &generation, &note, &err);
	if (s == MS_OK && last.size == 0)
		s = ms_fail(&err, MS_NOT_FOUND, MST_PROOF_NOTE,
			"nothing is signed yet: the hub has not run");
	if (s == MS_OK && json)
		print_checkpoint(&last, &note);
	else if (s == MS_OK)
		fputs(buf_cstr(&note), stdout);
	buf_fini(&note);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
