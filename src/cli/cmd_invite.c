/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_invite.c - how offices come to a hub: invites, approvals, and the way out of a fork. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/random.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/hub_dir.h"
#include "net/socket.h"
#include "plan/plan.h"
#include "proof/join_key.h"
#include "store/hub_roster.h"

enum { DEFAULT_SECONDS = 7 * 86400 };

/* ---- invite ---- */

static ms_status
parse_term(const char *text, int64_t *seconds, ms_error *err)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	size_t len = strlen(text), i;
	uint64_t n;

	for (i = 0; i < 3 && len > 1 && text[len - 1] != units[i].letter; i++)
		;
	if (len < 2 || i == 3 || !text_uint(span_of(text, len - 1), 1000000, &n) || n == 0 ||
		(int64_t)n * units[i].seconds > INVITE_SECONDS_MAX)
		return ms_fail(err, MS_USAGE, MST_INVITE_TERM,
			"--expires %s: expected like 30m, 12h or 7d, at most 366d", text);
	*seconds = (int64_t)n * units[i].seconds;
	return MS_OK;
}

/* "ADDR,ADDR" */
static ms_status
take_addresses(const char *at, join_key *key, ms_error *err)
{
	while (*at != '\0') {
		size_t len = strcspn(at, ",");

		if (key->n_addresses == JOIN_ADDRESSES_MAX || len > JOIN_ADDRESS_MAX ||
			!text_is_address(span_of((const uint8_t *)at, len), false))
			return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
				"--address: expected one to %d of the form tcp://HOST:PORT, with "
				"commas between them",
				JOIN_ADDRESSES_MAX);
		memcpy(key->addresses[key->n_addresses++], at, len);
		at += len + (at[len] == ',');
	}
	return MS_OK;
}

static ms_status
take_hub(const char *dir, const char *address, join_key *key, ms_error *err)
{
	hub_facts hub;
	ms_status s = hub_facts_read(dir, &hub, err);

	if (s != MS_OK)
		return s;
	memcpy(key->hub, hub.curve_public, sizeof(hub.curve_public));
	return take_addresses(address == NULL ? hub.address : address, key, err);
}

static void
take_expiry(void *ctx, const json_t *line)
{
	*(int64_t *)ctx = json_number_of(line, "expires_us", 0);
}

static ms_status
invite_running(const char *dir, const invite *in, int64_t *expires_us, ms_error *err)
{
	char hex[2 * CURVE_PUBLIC_SIZE + 1];

	text_hex(in->key, CURVE_PUBLIC_SIZE, hex);
	return hub_ask(dir,
		json_pack("{s:s,s:s,s:s,s:s,s:I,s:b,s:b}", "do", "invite", "unit", in->unit, "name",
			in->name, "key", hex, "seconds", (json_int_t)(in->expires_us / 1000000),
			"approve", in->approve, "replace", in->replace),
		ASK_MS, take_expiry, expires_us, err);
}

static ms_status
invite_stopped(const char *dir, invite *in, int64_t *expires_us, ms_error *err)
{
	hub_change c;
	ms_status s = hub_change_begin(dir, &c, err);

	if (s != MS_OK)
		return s;
	in->made_us = c.now_us;
	*expires_us = in->expires_us += in->made_us;
	hub_forget_invites(&c.txn, c.now_us);
	return hub_change_end(&c, hub_invite(&c.txn, &c.roster, in, err), err);
}

static ms_status
make_invite(const char *dir, invite *in, join_key *key, ms_error *err)
{
	ms_status s = net_keypair(in->key, key->secret, err);

	snprintf(key->unit, sizeof(key->unit), "%s", in->unit);
	if (s != MS_OK)
		return s;
	return hub_dir_is_served(dir) ? invite_running(dir, in, &key->expires_us, err)
				      : invite_stopped(dir, in, &key->expires_us, err);
}

static int
print_invite(const char *dir, const invite *in, const join_key *key, bool json)
{
	char text[JOIN_KEY_TEXT_SIZE], until[40];

	join_key_print(key, text);
	time_format(key->expires_us, home_zone_min(dir), until);
	if (json) {
		printf("{\"schema\":\"muster/invite/1\",\"unit\":\"%s\",\"device\":\"%s\","
		       "\"expires\":\"%s\"%s,\"approve\":%s,\"key\":\"%s\"}\n",
			in->unit, in->name, until,
			home_is_simulated(dir) ? ",\"simulated_clock\":true" : "",
			in->approve ? "true" : "false", text);
	} else {
		puts(text);
		fprintf(stderr,
			tr("For %s, once, until %s. Whoever has this line can join in its name: "
			   "send "
			   "it on a way you trust.\nOn the office's server: muster join --dir "
			   "DIR\n"),
			in->name, until);
	}
	secret_wipe(text, sizeof(text));
	return cli_end(0);
}

int
cmd_hub_invite(int argc, char **argv)
{
	const char *dir = NULL, *name = NULL, *address = NULL, *term = NULL, *unit;
	invite in = { 0 };
	bool json = false;
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--device", NULL, &name },
		{ "--address", NULL, &address }, { "--expires", NULL, &term },
		{ "--approve", &in.approve, NULL }, { "--replace", &in.replace, NULL },
		{ "--json", &json, NULL } };
	int64_t seconds = DEFAULT_SECONDS;
	join_key key = { 0 };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), &unit, 1, 1, NULL, &err);
	int code;

	random_u64();
	if (s == MS_OK && dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir (of the hub) is needed");
	if (s == MS_OK && term != NULL)
		s = parse_term(term, &seconds, &err);
	in.expires_us = seconds * 1000000;
	if (s == MS_OK)
		s = hub_dir_check_unit(dir, unit, &err);
	if (s == MS_OK)
		snprintf(in.unit, sizeof(in.unit), "%s", unit);
	if (s == MS_OK)
		s = cli_check_device(name, &err);
	snprintf(in.name, sizeof(in.name), "%s@%s", in.unit, name == NULL ? "office" : name);
	if (s == MS_OK)
		s = take_hub(dir, address, &key, &err);
	if (s == MS_OK)
		s = make_invite(dir, &in, &key, &err);
	code = s == MS_OK ? print_invite(dir, &in, &key, json) : cli_fail(&err);
	join_key_fini(&key);
	return code;
}

/* ---- approve ---- */

static ms_status
approve_stopped(const char *dir, const char *name, ms_error *err)
{
	hub_change c;
	device row;
	uint64_t leaf;
	ms_status s = hub_change_begin(dir, &c, err);

	if (s != MS_OK)
		return s;
	s = hub_approve(
		&c.txn, &c.log, &c.d.keys, &c.roster, span_str(name), c.now_us, &row, &leaf, err);
	return hub_change_end(&c, s, err);
}

int
cmd_hub_approve(int argc, char **argv)
{
	const char *dir = NULL, *name;
	bool json = false;
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--json", &json, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), &name, 1, 1, NULL, &err);

	if (s == MS_OK && dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	if (s == MS_OK && hub_dir_is_served(dir))
		s = hub_ask(dir, json_pack("{s:s,s:s}", "do", "approve", "name", name), ASK_MS,
			NULL, NULL, &err);
	else if (s == MS_OK)
		s = approve_stopped(dir, name, &err);
	if (s != MS_OK)
		return cli_fail(&err);
	if (json)
		ask_print_object("muster/approved/1", json_pack("{s:s}", "device", name));
	else
		printf(tr("%s is approved: what it has to send comes in within seconds.\n"), name);
	return cli_end(0);
}

/* ---- forks ---- */

static void
print_fork(const hub_dir *d, const evidence *e, const device *of, bool json)
{
	char when[40], hash[2 * HASH_SIZE + 1];

	time_format(e->hub_time_us, d->plan->zone_min, when);
	hash_hex(&e->header_hash, hash);
	if (json) {
		json_t *out = json_pack("{s:s,s:s,s:s,s:I,s:s,s:s,s:I}", "device", of->name, "unit",
			of->unit, "state", device_state_name(of->state), "first_seq",
			(json_int_t)e->first_seq, "header_hash", hash, "hub_time", when, "bytes",
			(json_int_t)e->batch.len);

		json_set_clock(out, d->settings.clock.simulated);
		ask_print_object("muster/hub-fork/1", out);
	} else {
		printf(tr("%s (%s): at %s a batch from act %llu on (%zu bytes, header %.16s...) "
			  "did "
			  "not fit to what is in the log\n"),
			of->name, tr(device_state_name(of->state)), when,
			(unsigned long long)e->first_seq, e->batch.len, hash);
	}
}

static void
print_way_out(const device *of)
{
	const char *name = strchr(of->name, '@');

	printf(tr("\nThe way out for %s: its directory ran twice, as a copy or from an old "
		  "backup.\n"
		  "  1. at the office: stop every agent of this device; keep the directory that "
		  "holds "
		  "the reports\n"
		  "  2. here:          muster hub invite %s --device %s --replace --dir ...\n"
		  "  3. at the office: muster join --dir DIR with that key, into the directory "
		  "that "
		  "was kept;\n"
		  "                    what had no receipt there is sent again by the new device\n"
		  "What is in the log stays valid, and both batches stay as evidence.\n"),
		of->name, of->unit, name == NULL ? "office" : name + 1);
}

static ms_status
list_forks(const hub_dir *d, bool json, ms_error *err)
{
	evidence e = { 0 };
	store_txn txn;
	device of, last = { 0 };
	ms_status s;
	size_t n = 0;

	store_begin(d->store, &txn, STORE_READ);
	for (; evidence_next(&txn, &e); n++) {
		if (!device_load(&txn, &e.device, &of))
			break;
		if (!json && n > 0 && memcmp(&last.id, &of.id, sizeof(of.id)) != 0 &&
			last.state == DEVICE_FROZEN)
			print_way_out(&last);
		print_fork(d, &e, &of, json);
		last = of;
	}
	s = store_status(&txn, err);
	store_abort(&txn);
	if (!json && n == 0)
		puts(tr("No device has two histories."));
	else if (!json && last.state == DEVICE_FROZEN)
		print_way_out(&last);
	return s;
}

int
cmd_hub_forks(int argc, char **argv)
{
	const char *dir = NULL;
	bool json = false;
	ms_error err = { 0 };
	hub_dir d;
	ms_status s = cli_dir_args(argc, argv, &dir, &json, &err);

	if (s == MS_OK)
		s = hub_dir_read(dir, &d, &err);
	if (s != MS_OK)
		return cli_fail(&err);
	s = list_forks(&d, json, &err);
	hub_dir_close(&d);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
