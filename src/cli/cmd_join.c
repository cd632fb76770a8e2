/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_join.c - `muster join` on an office's server, and `muster agent rotate`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/random.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/join_dir.h"

#define KEY_VARIABLE "MUSTER_JOIN_KEY"
enum { PATIENCE_S = 15 };

/* From FILE, the environment, or the first line of stdin; never from the command line, which
 * everybody on the machine can see. */
static ms_status
read_key_text(const char *file, char out[JOIN_KEY_TEXT_SIZE + 2], ms_error *err)
{
	const char *given = getenv(KEY_VARIABLE);
	buf bytes = { 0 };
	ms_status s = MS_OK;

	out[0] = '\0';
	if (file != NULL) {
		s = fs_read(file, JOIN_KEY_TEXT_SIZE, &bytes, err);
		if (s == MS_INVALID)
			ms_error_remedy(err,
				"name the file with the line that `muster hub invite` printed");
		if (s == MS_OK)
			snprintf(out, JOIN_KEY_TEXT_SIZE + 2, "%s", buf_cstr(&bytes));
	} else if (given != NULL && given[0] != '\0') {
		snprintf(out, JOIN_KEY_TEXT_SIZE + 2, "%s", given);
	} else {
		if (isatty(STDIN_FILENO))
			fputs(tr("Join key: "), stderr);
		if (fgets(out, JOIN_KEY_TEXT_SIZE + 2, stdin) == NULL)
			out[0] = '\0';
	}
	if (bytes.at != NULL)
		secret_wipe(bytes.at, bytes.room);
	buf_fini(&bytes);
	return s;
}

static ms_status
read_key(const char *file, join_key *out, ms_error *err)
{
	static const char mark[] = "\xef\xbb\xbf"; /* a byte order mark, as editors put there */
	char text[JOIN_KEY_TEXT_SIZE + 2];
	ms_status s = read_key_text(file, text, err);
	const char *line = strncmp(text, mark, strlen(mark)) == 0 ? text + strlen(mark) : text;

	if (s == MS_OK && text[0] == '\0') {
		ms_fail(err, MS_USAGE, MST_JOIN_KEY, "no join key was given");
		ms_error_remedy(err,
			"type it at the prompt, or use --key-file FILE or the variable %s",
			KEY_VARIABLE);
		s = MS_USAGE;
	}
	if (s == MS_OK)
		s = join_key_parse(span_str(line), out, err);
	secret_wipe(text, sizeof(text));
	return s;
}

static int
print_json(const char *dir, const join_done *done, bool only_check)
{
	json_t *out = json_object();

	json_set_text(out, "unit", done->hub.unit);
	json_set_text(out, "device", done->hub.name);
	json_set_text(out, "hub", done->hub.address);
	json_set_text(out, "dir", dir);
	json_set_bool(out, "only_checked", only_check);
	json_set_bool(out, "was_joined", done->was_joined);
	json_set_bool(out, "took_over", done->took_over);
	json_set_number(out, "acts_taken", (int64_t)done->acts_taken);
	json_set_bool(out, "awaits_approval", done->hub.awaits_approval);
	json_set_clock(out, done->hub.clock.simulated);
	ask_print_object("muster/joined/1", out);
	return cli_end(0);
}

static int
print_text(const char *dir, const join_done *done, bool only_check)
{
	const joined *hub = &done->hub;

	if (only_check) {
		printf(tr("%s\nclock, address, hub key and folder are fine: %s would be %s at the "
			  "hub "
			  "at %s. Nothing was changed.\n"),
			done->was_joined ? tr("This directory has joined already.")
					 : tr("Checked:"),
			dir, hub->name, hub->address);
		return cli_end(0);
	}
	printf(tr("%s %s at the hub at %s.\n"), hub->name,
		done->was_joined ? tr("had joined already") : tr("has joined"), hub->address);
	if (done->took_over)
		printf(tr("It follows the device that was here before; %llu of its acts, which "
			  "the hub does not have, are sent again.\n"),
			(unsigned long long)done->acts_taken);
	if (hub->awaits_approval)
		puts(tr("It waits for the hub's administrator (muster hub approve); until then the "
			"agent keeps what it has to send."));
	printf(tr("Start it with: muster-agent --dir %s\n"), dir);
	return cli_end(0);
}

int
cmd_join(int argc, char **argv)
{
	const char *dir = NULL, *file = NULL, *wait = NULL;
	join_wish wish = { .patience_us = PATIENCE_S * INT64_C(1000000) };
	bool json = false;
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--key-file", NULL, &file },
		{ "--wait", NULL, &wait }, { "--dry-run", &wish.only_check, NULL },
		{ "--json", &json, NULL } };
	uint64_t seconds;
	ms_error err = { 0 };
	join_done done;
	join_key key;
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	random_u64(); /* starts libsodium */
	if (s == MS_OK && dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS,
			"--dir (this office's directory, which is made) is needed");
	if (s == MS_OK)
		s = cli_number("--wait", wait, 1, 3600, &seconds, &err);
	if (s == MS_OK && wait != NULL)
		wish.patience_us = (int64_t)seconds * 1000000;
	if (s == MS_OK)
		s = read_key(file, &key, &err);
	if (s != MS_OK)
		return cli_fail(&err);
	wish.key = &key;
	s = join_dir(dir, &wish, &done, &err);
	join_key_fini(&key);
	if (s != MS_OK)
		return cli_fail(&err);
	if (!done.was_joined)
		cli_tell_clock(dir); /* it had none when --dir was read */
	return json ? print_json(dir, &done, wish.only_check)
		    : print_text(dir, &done, wish.only_check);
}

/* What there is to say of the agent that runs in DIR; it would find the keys by itself. */
static const char *
tell_agent(const char *dir)
{
	ms_error err = { 0 };
	long pid;

	if (!home_is_locked(dir, &pid))
		return "";
	if (daemon_ask(dir, json_pack("{s:s}", "do", "keys"), ASK_MS, NULL, NULL, &err) == MS_OK)
		return tr(" Its agent uses the new ones.");
	return tr(" Its agent did not answer: restart it before then.");
}

int
cmd_agent_rotate(int argc, char **argv)
{
	const char *dir = NULL, *agent;
	bool json = false;
	char until[40];
	ms_error err = { 0 };
	joined done;
	ms_status s = cli_dir_args(argc, argv, &dir, &json, &err);

	random_u64();
	if (s == MS_OK)
		s = rotate_dir(dir, &done, &err);
	if (s != MS_OK)
		return cli_fail(&err);
	time_format(done.until_us, home_zone_min(dir), until);
	agent = tell_agent(dir);
	if (json) {
		json_t *out = json_pack("{s:s,s:s,s:s}", "unit", done.unit, "device", done.name,
			"old_until", until);

		json_set_clock(out, home_is_simulated(dir));
		ask_print_object("muster/rotated/1", out);
	} else {
		printf(tr("%s has new keys. What was sealed with the old ones is taken until "
			  "%s.%s\n"),
			done.name, until, agent);
	}
	return cli_end(0);
}
