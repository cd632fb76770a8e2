/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings.c - hub.conf and agent.conf: one table row per setting, for reading and for writing.
 *
 * Values are collected as texts with their lines (base/conf.h) and judged here, so that a wrong one
 * is named at file:line with what was expected. A file is written once, with a comment per setting;
 * people edit it afterwards.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/conf.h"
#include "base/fs.h"
#include "base/lang.h"
#include "base/text.h"
#include "store/home.h"

enum { FILE_MAX = 64 << 10 };

typedef enum setting_kind {
	SET_TEXT, /* char[size] */
	SET_HEX,  /* uint8_t[size] */
	SET_BOOL, /* yes or no */
	SET_U32,
	SET_U64,
	SET_RATE,  /* int64_t >= 0 */
	SET_TIME,  /* int64_t microseconds, RFC 3339 */
	SET_TEXTS, /* char[HOME_ADDRESSES_MAX][size], with a uint32_t count at count_at */
} setting_kind;

/* What a text must be. */
typedef enum setting_form {
	ANY_TEXT,
	LISTEN_ADDRESS,
	DEVICE_ADDRESS,
	LOG_KEY,
	FOLDER,
	LANGUAGE,
	SYNCHRONISED
} setting_form;

typedef struct setting {
	const char *name, *comment;
	setting_kind kind;
	setting_form form;
	bool required;
	size_t at, size, count_at;
	uint64_t min, max;
} setting;

#define TEXT_OF(type, member) \
	.kind = SET_TEXT, .at = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define HEX_OF(type, member) \
	.kind = SET_HEX, .at = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define BOOL_OF(type, member) .kind = SET_BOOL, .at = offsetof(type, member)
#define NUMBER_OF(type, member, u, low, high) \
	.kind = u, .at = offsetof(type, member), .min = low, .max = high

static const setting hub_table[] = {
	{ "listen", "where devices connect: tcp://HOST:PORT, HOST may be *",
		TEXT_OF(hub_settings, listen), .form = LISTEN_ADDRESS, .required = true },
	{ "address", "what devices are told to connect to; listen when empty",
		TEXT_OF(hub_settings, address), .form = DEVICE_ADDRESS },
	{ "origin", "name of the log, in every checkpoint; never change it",
		TEXT_OF(hub_settings, origin), .required = true },
	{ "log_key", "what checks the log's checkpoints; give it to whoever shall verify",
		TEXT_OF(hub_settings, log_key), .form = LOG_KEY, .required = true },
	{ "admin_key", "who may let the log go on from a backup; never change it",
		HEX_OF(hub_settings, admin_key) },
	{ "hub", "this hub's id; never change it", HEX_OF(hub_settings, id), .required = true },
	{ "device", "the hub's own stream in the log; never change it",
		HEX_OF(hub_settings, device), .required = true },
	{ "approve_devices", "yes: whoever joins counts only after muster hub approve",
		BOOL_OF(hub_settings, approve_devices) },
	{ "map_bytes", "address space reserved for the store; the disk is used as needed",
		NUMBER_OF(hub_settings, map_bytes, SET_U64, 16 << 20, 16ull << 40) },
	{ "sessions_max", "connections at most",
		NUMBER_OF(hub_settings, sessions_max, SET_U32, 8, 100000) },
	{ "strangers_max", "of these, at most, that have said nothing yet; beyond it they are cut",
		NUMBER_OF(hub_settings, strangers_max, SET_U32, 8, 100000) },
	{ "unread_bytes", "bytes of one connection that make no whole message; beyond it it is cut",
		NUMBER_OF(hub_settings, unread_bytes, SET_U64, 4 << 20, 1ull << 30) },
	{ "reserve_percent",
		"with less free than this, of the disk or the map, space is short; 0: never",
		NUMBER_OF(hub_settings, reserve_percent, SET_U32, 0, 90) },
	{ "allowance_bytes",
		"what a device may have brought since the start, when space gets short",
		NUMBER_OF(hub_settings, allowance_bytes, SET_U64, 64 << 10, 1ull << 50) },
	{ "turn_acts", "acts that one transaction takes at most",
		NUMBER_OF(hub_settings, turn_acts, SET_U32, 256, 1 << 20) },
	{ "slots_held", "slots kept in memory at most, about 1 KiB each; the others are read",
		NUMBER_OF(hub_settings, slots_held, SET_U32, 1000, 100000000) },
	{ "refill_wait_ms",
		"how long a restored log waits for old batches of all, to take them in order",
		NUMBER_OF(hub_settings, refill_wait_ms, SET_U32, 0, 60000) },
	{ "credit_bytes", "bytes of batches without receipt, of all devices together",
		NUMBER_OF(hub_settings, credit_bytes, SET_U64, 1 << 20, 16ull << 30) },
	{ "awake_us", "how long cores are kept from halting after a lone report; 0: not at all",
		NUMBER_OF(hub_settings, awake_us, SET_U32, 0, 100000) },
	{ "clock_alarm_s", "a clock moved, or found wrong, by more seconds is an alarm and a leaf",
		NUMBER_OF(hub_settings, clock_alarm_s, SET_U32, 1, 86400) },
	{ "clock_start", "this directory lives in simulated time, for ever",
		NUMBER_OF(hub_settings, clock.start_us, SET_TIME, 0, 0) },
	{ "clock_wall", NULL, NUMBER_OF(hub_settings, clock.wall_us, SET_TIME, 0, 0) },
	{ "clock_rate", NULL, NUMBER_OF(hub_settings, clock.rate, SET_RATE, 0, 10000000) },
};

static const setting agent_table[] = {
	{ "unit", "the unit this office reports for", TEXT_OF(agent_settings, unit),
		.required = true },
	{ "name", "name of this device", TEXT_OF(agent_settings, name), .required = true },
	{ "device", "id of this device", HEX_OF(agent_settings, device), .required = true },
	{ "hub", "id of the hub", HEX_OF(agent_settings, hub), .required = true },
	{ "addresses", "where the hub is, tried in turn", .kind = SET_TEXTS, .form = DEVICE_ADDRESS,
		.at = offsetof(agent_settings, addresses), .size = HOME_NAME_MAX,
		.count_at = offsetof(agent_settings, n_addresses), .required = true },
	{ "hub_curve_key", "the hub's public keys", HEX_OF(agent_settings, hub_curve_key),
		.required = true },
	{ "hub_sign_key", NULL, HEX_OF(agent_settings, hub_sign_key), .required = true },
	{ "log_key", "what checks the checkpoints of the hub's log; never change it",
		TEXT_OF(agent_settings, log_key), .form = LOG_KEY, .required = true },
	{ "admin_key", "the key of the hub's administrator; never change it",
		HEX_OF(agent_settings, admin_key) },
	{ "folder", "watched folder; relative to this directory, or absolute",
		TEXT_OF(agent_settings, folder), .form = FOLDER },
	{ "keep_days", "how long acts with a receipt are kept; receipts are kept for ever",
		NUMBER_OF(agent_settings, keep_days, SET_U32, 1, 36500) },
	{ "outbox_acts", "acts without receipt at most; then new reports are refused",
		NUMBER_OF(agent_settings, outbox.acts_max, SET_U64, 1, 100000000) },
	{ "outbox_bytes", "and their bytes",
		NUMBER_OF(agent_settings, outbox.bytes_max, SET_U64, 64 << 10, 1ull << 40) },
	{ "map_bytes", "address space reserved for the store; the disk is used as needed",
		NUMBER_OF(agent_settings, map_bytes, SET_U64, 1 << 20, 1ull << 40) },
	{ "batch_acts", "acts in one batch at most",
		NUMBER_OF(agent_settings, batch_acts, SET_U32, 1, BATCH_ACTS_MAX) },
	{ "linger_ms", "how long a batch waits for more acts",
		NUMBER_OF(agent_settings, linger_ms, SET_U32, 0, 60000) },
	{ "rescan_s", "how often the folder is looked through, besides being told of changes",
		NUMBER_OF(agent_settings, rescan_s, SET_U32, 1, 86400) },
	{ "language", "of answers and notices in the folder: zh or en",
		TEXT_OF(agent_settings, language), .form = LANGUAGE },
	{ "clock_alarm_s", "when the hub's clock differs by more seconds, it is told",
		NUMBER_OF(agent_settings, clock_alarm_s, SET_U32, 1, 86400) },
	{ "clock_synchronised", "is this machine's clock synchronised: yes, no, or auto (asks it)",
		TEXT_OF(agent_settings, clock_synchronised), .form = SYNCHRONISED },
	{ "clock_start", "the hub lives in simulated time",
		NUMBER_OF(agent_settings, clock.start_us, SET_TIME, 0, 0) },
	{ "clock_wall", NULL, NUMBER_OF(agent_settings, clock.wall_us, SET_TIME, 0, 0) },
	{ "clock_rate", NULL, NUMBER_OF(agent_settings, clock.rate, SET_RATE, 0, 10000000) },
};

static const setting places_table[] = {
	{ "addresses", "where the hub is, newest first; those of agent.conf come after them",
		.kind = SET_TEXTS, .form = DEVICE_ADDRESS, .at = offsetof(hub_places, addresses),
		.size = HOME_NAME_MAX, .count_at = offsetof(hub_places, n_addresses),
		.required = true },
	{ "curve_keys", "its public key at each", .kind = SET_TEXTS,
		.at = offsetof(hub_places, curve_keys), .size = HOME_NAME_MAX,
		.count_at = offsetof(hub_places, n_keys), .required = true },
	{ "leaf", "of the notice in the hub's log; 0: set by hand",
		NUMBER_OF(hub_places, leaf, SET_U64, 0, INT64_MAX) },
	{ "from", "the first address is good from then on",
		NUMBER_OF(hub_places, from_us, SET_TIME, 0, 0) },
	{ "until", "the others are not used after then; 1970: always",
		NUMBER_OF(hub_places, until_us, SET_TIME, 0, 0) },
};

typedef struct form {
	const char *file, *head;
	const setting *rows;
	size_t n;
} form;

static const form hub_form = { HOME_HUB_CONF, "# Settings of a muster hub. Edit and restart.\n",
	hub_table, sizeof(hub_table) / sizeof(hub_table[0]) };
static const form agent_form = { HOME_AGENT_CONF,
	"# Settings of a muster agent. Edit and restart.\n", agent_table,
	sizeof(agent_table) / sizeof(agent_table[0]) };

static const form places_form = { HOME_HUB_PLACES,
	"# Written by muster when the hub moves (or by muster agent set-hub), not by people.\n",
	places_table, sizeof(places_table) / sizeof(places_table[0]) };

/* ---- writing ---- */

static bool
is_clock(const setting *row)
{
	return row->kind == SET_TIME || row->kind == SET_RATE;
}

/* A text as libconfuse reads it between double quotes. */
static void
add_quoted(buf *out, const char *text)
{
	buf_add_text(out, "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_add_text(out, "\\");
		buf_add(out, text, 1);
	}
	buf_add_text(out, "\"");
}

static void
add_texts(buf *out, const char *first, size_t size, uint32_t n)
{
	uint32_t i;

	buf_add_text(out, "{");
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_add_text(out, ", ");
		add_quoted(out, first + i * size);
	}
	buf_add_text(out, "}");
}

static void
add_value(buf *out, const setting *row, const uint8_t *base)
{
	const uint8_t *at = base + row->at;
	char text[2 * 64 + 1];
	uint64_t number;
	uint32_t small;
	int64_t time;

	switch (row->kind) {
	case SET_TEXT:
		add_quoted(out, (const char *)at);
		break;
	case SET_HEX:
		MS_ASSERT(row->size <= 64);
		text_hex(at, row->size, text);
		add_quoted(out, text);
		break;
	case SET_BOOL:
		buf_add_text(out, *at != 0 ? "yes" : "no");
		break;
	case SET_U32:
		memcpy(&small, at, sizeof(small));
		buf_addf(out, "%" PRIu32, small);
		break;
	case SET_U64:
	case SET_RATE:
		memcpy(&number, at, sizeof(number));
		buf_addf(out, "%" PRIu64, number);
		break;
	case SET_TIME:
		memcpy(&time, at, sizeof(time));
		add_quoted(out, time_format(time, 0, text));
		break;
	case SET_TEXTS:
		memcpy(&small, base + row->count_at, sizeof(small));
		add_texts(out, (const char *)at, row->size, small);
		break;
	}
}

/* SIMULATED: with the rows of a clock. Of the settings that people edit none is overwritten. */
static ms_status
write_form(const form *f, const char *dir, const void *settings, bool simulated, ms_error *err)
{
	char path[HOME_PATH_MAX];
	buf text = { 0 };
	ms_status s = home_path(dir, f->file, path, err);
	size_t i;

	if (s == MS_OK && f != &places_form && fs_exists(path))
		s = ms_fail(err, MS_EXISTS, MST_HOME_EXISTS, "%s is there already", path);
	buf_add_text(&text, f->head);
	for (i = 0; i < f->n; i++) {
		const setting *row = &f->rows[i];

		if (is_clock(row) && !simulated)
			continue;
		if (row->comment != NULL)
			buf_addf(&text, "\n# %s\n", row->comment);
		buf_addf(&text, "%s = ", row->name);
		add_value(&text, row, settings);
		buf_add_text(&text, "\n");
	}
	if (s == MS_OK && text.failed)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
	if (s == MS_OK)
		s = fs_write_atomic(path, 0644, buf_span(&text), err);
	if (s == MS_DENIED)
		fs_name_owner_above(path, err);
	buf_fini(&text);
	return s;
}

/* ---- reading ---- */

static bool wrong(ms_error *err, const char *path, const setting *row, unsigned line,
	const char *format, ...) __attribute__((format(printf, 5, 6)));

static bool
wrong(ms_error *err, const char *path, const setting *row, unsigned line, const char *format, ...)
{
	char expected[256];
	va_list args;

	va_start(args, format);
	vsnprintf(expected, sizeof(expected), tr(format), args);
	va_end(args);
	ms_fail(err, MS_CONFIG, MST_HOME_SETTING, "%s: expected %s", row->name, expected);
	if (line != 0)
		ms_error_place(err, "%s:%u", path, line);
	else
		ms_error_place(err, "%s", path);
	return false;
}

/* Is TEXT one of those that the form has? */
static bool
judge_words(const char *path, const setting *row, const conf_value *v, ms_error *err)
{
	const char *t = v->text;

	if (row->form == FOLDER && (t[0] == '\0' || strcmp(t, ".") == 0 || strcmp(t, "./") == 0))
		return wrong(err, path, row, v->line,
			"a folder of its own, such as \"reports\", found \"%.60s\"", t);
	if (row->form == LANGUAGE && strcmp(t, "zh") != 0 && strcmp(t, "en") != 0)
		return wrong(err, path, row, v->line, "zh or en, found \"%.60s\"", t);
	if (row->form == SYNCHRONISED && strcmp(t, "auto") != 0 && strcmp(t, "yes") != 0 &&
		strcmp(t, "no") != 0)
		return wrong(err, path, row, v->line, "yes, no or auto, found \"%.60s\"", t);
	return true;
}

static bool
take_text(const char *path, const setting *row, const conf_value *v, uint8_t *at, ms_error *err)
{
	size_t len = strlen(v->text);
	log_key key;

	if (len >= row->size)
		return wrong(err, path, row, v->line, "at most %zu bytes", row->size - 1);
	if (row->required && len == 0)
		return wrong(err, path, row, v->line, "a value that is not empty");
	if (row->form == LOG_KEY && log_key_parse(span_str(v->text), &key, NULL) != MS_OK)
		return wrong(err, path, row, v->line,
			"the verification key of a log, NAME+HASH+KEY, as `muster hub key` prints "
			"it, found \"%.60s\"",
			v->text);
	if ((row->form == LISTEN_ADDRESS || row->form == DEVICE_ADDRESS) && len > 0 &&
		!text_is_address(span_str(v->text), row->form == LISTEN_ADDRESS))
		return wrong(err, path, row, v->line,
			"tcp://HOST:PORT with a port from 1 to 65535, found \"%.60s\"", v->text);
	memcpy(at, v->text, len + 1);
	return judge_words(path, row, v, err);
}

static bool
take_number(const char *path, const setting *row, const conf_value *v, uint8_t *at, ms_error *err)
{
	uint64_t number;
	uint32_t small;

	if (!text_uint(span_str(v->text), row->max, &number) || number < row->min)
		return wrong(err, path, row, v->line,
			"a whole number from %" PRIu64 " to %" PRIu64 ", found \"%.60s\"", row->min,
			row->max, v->text);
	small = (uint32_t)number;
	if (row->kind == SET_U32)
		memcpy(at, &small, sizeof(small));
	else
		memcpy(at, &number, sizeof(number));
	return true;
}

static bool
take_bool(const char *path, const setting *row, const conf_value *v, uint8_t *at, ms_error *err)
{
	bool yes = strcmp(v->text, "yes") == 0;

	if (!yes && strcmp(v->text, "no") != 0)
		return wrong(err, path, row, v->line, "yes or no, found \"%.60s\"", v->text);
	memcpy(at, &yes, sizeof(yes));
	return true;
}

static bool
take_value(const char *path, const setting *row, const conf_value *v, uint8_t *at, ms_error *err)
{
	int64_t time;

	switch (row->kind) {
	case SET_HEX:
		return text_unhex(span_str(v->text), at, row->size) ||
		       wrong(err, path, row, v->line, "%zu hex digits", 2 * row->size);
	case SET_TIME:
		if (time_parse(span_str(v->text), &time, NULL) != MS_OK)
			return wrong(err, path, row, v->line,
				"a time like 2012-07-01T08:00:00+08:00, found \"%.60s\"", v->text);
		memcpy(at, &time, sizeof(time));
		return true;
	case SET_BOOL:
		return take_bool(path, row, v, at, err);
	case SET_U32:
	case SET_U64:
	case SET_RATE:
		return take_number(path, row, v, at, err);
	case SET_TEXT:
	case SET_TEXTS:
		break;
	}
	return take_text(path, row, v, at, err);
}

static bool
take_option(
	const char *path, const setting *row, const conf_option *o, uint8_t *base, ms_error *err)
{
	uint32_t n = (uint32_t)o->n_values, i;

	if (row->kind != SET_TEXTS)
		return o->n_values == 1 ? take_value(path, row, &o->values[0], base + row->at, err)
					: wrong(err, path, row, o->line, "one value, found %zu",
						  o->n_values);
	if (o->n_values < 1 || o->n_values > HOME_ADDRESSES_MAX)
		return wrong(err, path, row, o->line, "1 to %d values, found %zu",
			HOME_ADDRESSES_MAX, o->n_values);
	for (i = 0; i < n; i++)
		if (!take_value(path, row, &o->values[i], base + row->at + i * row->size, err))
			return false;
	memcpy(base + row->count_at, &n, sizeof(n));
	return true;
}

/* A simulated clock is whole or not there at all. */
static ms_status
take_clock(const char *path, const conf_section *s, sim_clock *clock, ms_error *err)
{
	bool start = conf_find(s, "clock_start") != NULL, wall = conf_find(s, "clock_wall") != NULL,
	     rate = conf_find(s, "clock_rate") != NULL;

	clock->simulated = start;
	if (start == wall && start == rate)
		return MS_OK;
	ms_fail(err, MS_CONFIG, MST_HOME_SETTING,
		"clock_start, clock_wall and clock_rate: expected all three or none");
	ms_error_place(err, "%s", path);
	ms_error_remedy(
		err, "put back what `init` or `enroll` wrote; a directory's clock never changes");
	return MS_CONFIG;
}

enum { FORM_ROWS_MAX = 32 };

/* What stands there first, then what does not. */
static ms_status
take_rows(const form *f, const char *path, const conf_section *s, void *settings, ms_error *err)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		const conf_option *o = conf_find(s, f->rows[i].name);

		if (o != NULL && !take_option(path, &f->rows[i], o, settings, err))
			return MS_CONFIG;
	}
	for (i = 0; i < f->n; i++)
		if (f->rows[i].required && conf_find(s, f->rows[i].name) == NULL) {
			wrong(err, path, &f->rows[i], 0, "a value, it is not set");
			return MS_CONFIG;
		}
	return MS_OK;
}

static ms_status
read_form(const form *f, const char *dir, void *settings, sim_clock *clock, ms_error *err)
{
	conf_rule rules[FORM_ROWS_MAX + 1] = { { 0 } };
	char path[HOME_PATH_MAX];
	arena memory = { 0 };
	buf text = { 0 };
	conf_section *s = NULL;
	ms_status status = home_path(dir, f->file, path, err);
	size_t i;

	MS_ASSERT(f->n <= FORM_ROWS_MAX);
	for (i = 0; i < f->n; i++)
		rules[i] = (conf_rule){ .name = f->rows[i].name,
			.kind = f->rows[i].kind == SET_TEXTS ? CONF_LIST : CONF_TEXT };
	if (status == MS_OK)
		status = fs_read(path, FILE_MAX, &text, err);
	if (status == MS_OK)
		status = conf_parse(buf_span(&text), path, rules, &memory, &s, err);
	if (status == MS_OK)
		status = take_rows(f, path, s, settings, err);
	if (status == MS_OK)
		status = take_clock(path, s, clock, err);
	buf_fini(&text);
	arena_fini(&memory);
	return status;
}

/* ---- the two files ---- */

void
hub_settings_init(hub_settings *out)
{
	*out = (hub_settings){ .map_bytes = 64ull << 30,
		.sessions_max = 20000,  /* a city of 10,000 devices, each read beside its agent */
		.strangers_max = 10000, /* when the hub starts again they come all at once */
		.unread_bytes = 8 << 20,
		.turn_acts = 8192,
		.reserve_percent = 10,
		.allowance_bytes = 64 << 20,
		.slots_held = 50000,
		.clock_alarm_s = 60,
		.refill_wait_ms = 3000,
		.awake_us = 1000,
		.credit_bytes = 64 << 20 };
}

ms_status
hub_settings_read(const char *dir, hub_settings *out, ms_error *err)
{
	ms_status s;

	hub_settings_init(out);
	s = home_expect(dir, STORE_HUB, err);
	if (s == MS_OK)
		s = read_form(&hub_form, dir, out, &out->clock, err);
	if (s == MS_OK && out->address[0] == '\0')
		memcpy(out->address, out->listen, sizeof(out->address));
	return s;
}

ms_status
hub_settings_write(const char *dir, const hub_settings *s, ms_error *err)
{
	return write_form(&hub_form, dir, s, s->clock.simulated, err);
}

void
agent_settings_init(agent_settings *out)
{
	*out = (agent_settings){ .folder = "reports",
		.keep_days = 400,
		.outbox = { 200000, 256 << 20 },
		.map_bytes = 1 << 30,
		.batch_acts = BATCH_ACTS_MAX,
		.linger_ms = 5,
		.rescan_s = 60,
		.language = "zh",
		.clock_alarm_s = 60,
		.clock_synchronised = "auto" };
}

ms_status
agent_settings_read(const char *dir, agent_settings *out, ms_error *err)
{
	ms_status s;

	agent_settings_init(out);
	s = home_expect(dir, STORE_AGENT, err);
	if (s == MS_OK)
		s = read_form(&agent_form, dir, out, &out->clock, err);
	return s;
}

ms_status
agent_settings_write(const char *dir, const agent_settings *s, ms_error *err)
{
	return write_form(&agent_form, dir, s, s->clock.simulated, err);
}

ms_status
hub_places_read(const char *dir, hub_places *out, ms_error *err)
{
	char path[HOME_PATH_MAX];
	sim_clock none;
	ms_status s = home_path(dir, HOME_HUB_PLACES, path, err);

	*out = (hub_places){ .leaf = 0 };
	if (s != MS_OK || !fs_exists(path))
		return s;
	s = read_form(&places_form, dir, out, &none, err);
	if (s == MS_OK && out->n_keys != out->n_addresses) {
		ms_fail(err, MS_CONFIG, MST_HOME_SETTING,
			"curve_keys: expected one for each address");
		ms_error_place(err, "%s", path);
		s = MS_CONFIG;
	}
	return s;
}

ms_status
hub_places_write(const char *dir, const hub_places *p, ms_error *err)
{
	return write_form(&places_form, dir, p, true, err);
}
