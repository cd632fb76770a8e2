/* SPDX-License-Identifier: Apache-2.0 */
/* enrol.c - the directory is written first: a leaf in the log stays for ever, a directory that no
 * leaf knows can be thrown away. While nobody knows whether there is a leaf, it stays. */
#include "cli/enrol.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/random.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/hub_dir.h"
#include "net/socket.h"

typedef struct fresh_device {
	home_keys secret;
	device row;
} fresh_device;

static ms_status
make_device(const char *unit, const char *name, fresh_device *out, ms_error *err)
{
	sign_key sign;
	ms_status s = random_bytes(out->secret.sign_seed, sizeof(out->secret.sign_seed), err);

	out->row = (device){ .next_seq = 1 };
	if (s == MS_OK)
		s = random_bytes(out->row.id.at, ID_SIZE, err);
	if (s == MS_OK)
		s = net_keypair(out->row.curve_key, out->secret.curve_secret, err);
	if (s != MS_OK)
		return s;
	sign_key_from_seed(out->secret.sign_seed, &sign);
	out->row.sign_key = sign.public_key;
	sign_key_fini(&sign);
	snprintf(out->row.unit, sizeof(out->row.unit), "%s", unit);
	snprintf(out->row.name, sizeof(out->row.name), "%s@%s", unit, name);
	return MS_OK;
}

/* ---- the hub's side ---- */

static void
take_leaf(void *ctx, const json_t *line)
{
	enrolled *result = ctx;

	result->leaf = (uint64_t)json_number_of(line, "leaf", 0);
}

static ms_status
enrol_running(const char *hub_home, const device *row, enrolled *result, ms_error *err)
{
	char sign_hex[2 * SIGN_PUBLIC_SIZE + 1], curve_hex[2 * CURVE_PUBLIC_SIZE + 1];

	text_hex(row->sign_key.at, SIGN_PUBLIC_SIZE, sign_hex);
	text_hex(row->curve_key, CURVE_PUBLIC_SIZE, curve_hex);
	return hub_ask(hub_home,
		json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "do", "enrol", "unit", row->unit, "name",
			row->name, "id", result->id, "sign_key", sign_hex, "curve_key", curve_hex),
		ASK_MS, take_leaf, result, err);
}

static ms_status
enrol_stopped(const char *dir, device *row, enrolled *result, ms_error *err)
{
	hub_change c;
	ms_status s = hub_change_begin(dir, &c, err);

	if (s != MS_OK)
		return s;
	s = hub_stream_enrol(&c.txn, &c.log, &c.d.keys, &c.roster, row, NULL, c.now_us, err);
	result->leaf = row->enrolled_leaf;
	return hub_change_end(&c, s, err);
}

/* ---- the device's directory ---- */

static void
fill_agent(const hub_facts *hub, const device *row, const char *address, agent_settings *out)
{
	agent_settings_init(out);
	memcpy(out->unit, row->unit, sizeof(out->unit));
	memcpy(out->name, row->name, sizeof(row->name));
	out->device = row->id;
	out->hub = hub->settings.id;
	snprintf(out->addresses[0], sizeof(out->addresses[0]), "%s",
		address != NULL ? address : hub->address);
	out->n_addresses = 1;
	memcpy(out->hub_curve_key, hub->curve_public, sizeof(out->hub_curve_key));
	out->hub_sign_key = hub->sign_key;
	memcpy(out->log_key, hub->settings.log_key, sizeof(out->log_key));
	out->admin_key = hub->settings.admin_key;
	out->clock = hub->settings.clock;
}

static ms_status
write_directory(const char *hub_home, const hub_facts *hub, const fresh_device *fresh,
	const char *address, const char *out, ms_error *err)
{
	agent_settings settings;
	buf plan_file = { 0 };
	ms_status s = home_file_read(hub_home, HOME_PLAN, PLAN_BYTES_MAX, &plan_file, err);

	fill_agent(hub, &fresh->row, address, &settings);
	if (s == MS_OK)
		s = fs_make_dirs(out, 0700, err);
	if (s == MS_OK)
		s = agent_settings_write(out, &settings, err);
	if (s == MS_OK)
		s = home_keys_write(out, STORE_AGENT, &fresh->secret, err);
	if (s == MS_OK)
		s = home_file_write(out, HOME_PLAN, buf_span(&plan_file), err);
	buf_fini(&plan_file);
	return s;
}

/* Was the running hub asked, and its answer lost? What it refuses has another code. */
static bool
is_unknown(const ms_error *failed)
{
	return failed->code == MST_CONTROL && failed->status != MS_DENIED;
}

static ms_status
fail_unknown(const enrolled *result, const char *out, ms_status s, ms_error *err)
{
	ms_fail(err, s, MST_CONTROL,
		"the hub did not answer: whether %s is enrolled is not known, so %s stays",
		result->name, out);
	ms_error_remedy(err, "if muster hub units shows the device, the directory is good; if not, "
			     "remove it and "
			     "try again");
	return s;
}

static ms_status
enrol_at_hub(const char *hub_home, device *row, const char *out, enrolled *result, ms_error *err)
{
	ms_error failed = { 0 };
	ms_status s = hub_dir_is_served(hub_home) ? enrol_running(hub_home, row, result, &failed)
						  : enrol_stopped(hub_home, row, result, &failed);

	if (s == MS_OK)
		return s;
	if (is_unknown(&failed))
		return fail_unknown(result, out, s, err);
	fs_remove_tree(out, NULL);
	if (err != NULL)
		*err = failed;
	return s;
}

ms_status
enrol_device(const char *hub_home, const char *unit, const char *name, const char *out,
	const char *address, enrolled *result, ms_error *err)
{
	fresh_device fresh;
	hub_facts hub;
	ms_status s;

	random_u64();
	if (fs_exists(out))
		return ms_fail(err, MS_EXISTS, MST_FILE_EXISTS, "%s is there already", out);
	s = cli_check_device(name, err);
	if (s == MS_OK)
		s = cli_check_address(address, false, err);
	if (s == MS_OK)
		s = hub_dir_check_unit(hub_home, unit, err);
	if (s == MS_OK)
		s = hub_facts_read(hub_home, &hub, err);
	if (s == MS_OK)
		s = make_device(unit, name == NULL ? "office" : name, &fresh, err);
	if (s != MS_OK)
		return s;
	memcpy(result->name, fresh.row.name, sizeof(result->name));
	text_hex(fresh.row.id.at, ID_SIZE, result->id);
	s = write_directory(hub_home, &hub, &fresh, address, out, err);
	if (s == MS_OK)
		s = enrol_at_hub(hub_home, &fresh.row, out, result, err);
	else
		fs_remove_tree(out, NULL);
	home_keys_fini(&fresh.secret);
	return s;
}
