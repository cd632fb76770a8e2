/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_hub_move.c - `muster hub move`: the hub's next address and key, told to everyone by a signed
 * leaf while it can still be reached at the old ones; `muster agent set-hub` for whoever missed it.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/random.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/hub_dir.h"
#include "lib/device_places.h"
#include "net/socket.h"
#include "store/hub_move.h"

enum { OVERLAP_DAYS = 30 };
static const int64_t day_us = INT64_C(86400) * 1000000;

typedef struct moving {
	const char *dir, *address, *listen, *from, *until;
	bool new_key, json;
	int64_t from_us, until_us;
	uint8_t key[CURVE_SECRET_SIZE];           /* with new_key: public */
	char told_key[2 * CURVE_SECRET_SIZE + 1]; /* the one that devices are told */
	uint64_t leaf;
} moving;

static ms_status
read_times(moving *m, int64_t now_us, ms_error *err)
{
	ms_status s;

	m->from_us = now_us;
	s = cli_time("--from", m->from, &m->from_us, err);
	m->until_us = (m->from_us > now_us ? m->from_us : now_us) + OVERLAP_DAYS * day_us;
	if (s == MS_OK)
		s = cli_time("--until", m->until, &m->until_us, err);
	if (s == MS_OK && (m->until_us <= now_us || m->until_us <= m->from_us))
		s = ms_fail(err, MS_USAGE, MST_HUB_MOVE,
			"--until is not later than the hub's time now, or than --from");
	return s;
}

static ms_status
fail_key(ms_error *err)
{
	ms_fail(err, MS_USAGE, MST_HUB_MOVE,
		"another key needs another address to listen at while the old one holds");
	ms_error_remedy(err, "name it with --listen tcp://*:PORT");
	return MS_USAGE;
}

/* The secret is on disk before anybody hears of the key. */
static ms_status
make_key(moving *m, ms_error *err)
{
	uint8_t secret[CURVE_SECRET_SIZE];
	ms_status s;

	if (!m->new_key)
		return MS_OK;
	s = net_keypair(m->key, secret, err);
	if (s == MS_OK)
		s = hub_curve_make(m->dir, m->key, secret, err);
	secret_wipe(secret, sizeof(secret));
	return s;
}

/* ---- a hub that runs ---- */

static void
take_leaf(void *ctx, const json_t *line)
{
	moving *m = ctx;

	m->leaf = (uint64_t)json_number_of(line, "leaf", 0);
	snprintf(m->told_key, sizeof(m->told_key), "%s", or_empty(json_text_of(line, "curve_key")));
}

static void
take_now(void *ctx, const json_t *line)
{
	const char *text = json_text_of(line, "hub_time");

	if (text != NULL)
		(void)time_parse(span_str(text), ctx, NULL);
}

static ms_status
move_running(moving *m, ms_error *err)
{
	char from[40], until[40], hex[2 * CURVE_SECRET_SIZE + 1];
	int64_t now_us = 0;
	ms_status s =
		hub_ask(m->dir, json_pack("{s:s}", "do", "status"), ASK_MS, take_now, &now_us, err);

	if (s == MS_OK)
		s = read_times(m, now_us, err);
	if (s == MS_OK)
		s = make_key(m, err);
	if (s != MS_OK)
		return s;
	text_hex(m->key, sizeof(m->key), hex);
	return hub_ask(m->dir,
		json_pack("{s:s,s:s,s:s*,s:s*,s:s,s:s}", "do", "move", "address", m->address,
			"listen", m->listen, "curve_key", m->new_key ? hex : NULL, "from",
			time_format(m->from_us, 0, from), "until",
			time_format(m->until_us, 0, until)),
		ASK_MS, take_leaf, m, err);
}

/* ---- one that does not ---- */

static ms_status
fill_move(const moving *m, const hub_dir *d, store_txn *txn, hub_move *out, int64_t now_us,
	ms_error *err)
{
	hub_move last;

	*out = (hub_move){ .from_us = m->from_us, .until_us = m->until_us };
	snprintf(out->address, sizeof(out->address), "%s", m->address);
	if (!hub_move_get(txn, &last)) {
		memcpy(last.now.listen, d->settings.listen, sizeof(last.now.listen));
		memcpy(last.now.curve_key, d->keys.curve_public, sizeof(last.now.curve_key));
		last.before = last.now;
	}
	if (m->new_key && hub_move_serves(&last, m->listen, now_us))
		return fail_key(err);
	hub_move_set(out, &last, m->listen, m->new_key ? m->key : NULL, now_us);
	return MS_OK;
}

static ms_status
move_stopped(moving *m, ms_error *err)
{
	hub_change c;
	hub_move move;
	ms_status s = hub_change_begin(m->dir, &c, err);

	if (s != MS_OK)
		return s;
	s = read_times(m, c.now_us, err);
	if (s == MS_OK)
		s = make_key(m, err);
	if (s == MS_OK)
		s = fill_move(m, &c.d, &c.txn, &move, c.now_us, err);
	if (s == MS_OK) {
		s = hub_move_apply(&c.txn, &c.log, &c.d.keys, c.d.plan, &move, c.now_us, err);
		m->leaf = move.leaf;
		text_hex(move.now.curve_key, sizeof(move.now.curve_key), m->told_key);
	}
	return hub_change_end(&c, s, err);
}

/* ---- the commands ---- */

static ms_status
check_words(const moving *m, ms_error *err)
{
	ms_status s;

	if (m->dir == NULL || m->address == NULL)
		return ms_fail(err, MS_USAGE, MST_CLI_WORDS, "--dir and --address are needed");
	s = cli_check_address(m->address, false, err);
	if (s == MS_OK)
		s = cli_check_address(m->listen, true, err);
	return s == MS_OK && m->new_key && m->listen == NULL ? fail_key(err) : s;
}

static void
print_move(const moving *m)
{
	char until[40];

	time_format(m->until_us, home_zone_min(m->dir), until);
	if (m->json) {
		json_t *out = json_pack("{s:I,s:s,s:s}", "leaf", (json_int_t)m->leaf, "until",
			until, "curve_key", m->told_key);

		json_set_clock(out, home_is_simulated(m->dir));
		ask_print_object("muster/hub-move/1", out);
	} else {
		printf(tr("Every agent that connects until %s learns of %s (leaf %llu). Keep the "
			  "hub "
			  "reachable where it was until then.\n"
			  "Whoever misses it: muster agent set-hub --dir DIR --address %s --key "
			  "%s\n"),
			until, m->address, (unsigned long long)m->leaf, m->address, m->told_key);
	}
}

int
cmd_hub_move(int argc, char **argv)
{
	moving m = { 0 };
	const cli_option options[] = { { "--dir", NULL, &m.dir }, { "--address", NULL, &m.address },
		{ "--listen", NULL, &m.listen }, { "--from", NULL, &m.from },
		{ "--until", NULL, &m.until }, { "--new-key", &m.new_key, NULL },
		{ "--json", &m.json, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	random_u64(); /* starts libsodium */
	if (s == MS_OK)
		s = check_words(&m, &err);
	if (s == MS_OK)
		s = hub_dir_is_served(m.dir) ? move_running(&m, &err) : move_stopped(&m, &err);
	if (s != MS_OK)
		return cli_fail(&err);
	print_move(&m);
	return cli_end(0);
}

static ms_status
set_hub(const char *dir, const char *address, const char *key_text, ms_error *err)
{
	uint8_t key[CURVE_SECRET_SIZE];
	agent_settings settings;
	long pid;
	ms_status s = cli_check_address(address, false, err);

	if (s == MS_OK && key_text != NULL && !text_unhex(span_str(key_text), key, sizeof(key)) &&
		!net_key_parse(span_str(key_text), key))
		s = ms_fail(err, MS_USAGE, MST_CLI_VALUE,
			"--key: expected the hub's public key, 64 hex digits or 40 of Z85");
	if (s == MS_OK)
		s = agent_settings_read(dir, &settings, err);
	if (s == MS_OK)
		s = device_places_set(dir, &settings, address, key_text == NULL ? NULL : key, err);
	if (s == MS_OK && home_is_locked(dir, &pid))
		s = daemon_ask(dir, json_pack("{s:s}", "do", "places"), ASK_MS, NULL, NULL, err);
	return s;
}

int
cmd_agent_set_hub(int argc, char **argv)
{
	const char *dir = NULL, *address = NULL, *key = NULL;
	bool json = false;
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--address", NULL, &address },
		{ "--key", NULL, &key }, { "--json", &json, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK && (dir == NULL || address == NULL))
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir and --address are needed");
	if (s == MS_OK)
		s = set_hub(dir, address, key, &err);
	if (s != MS_OK)
		return cli_fail(&err);
	if (json)
		ask_print_object("muster/agent-hub/1", json_pack("{s:s}", "address", address));
	else
		printf(tr("The hub is looked for at %s first; the addresses known before are kept "
			  "(%s/hub-places.conf).\n"),
			address, dir);
	return cli_end(0);
}
