/* SPDX-License-Identifier: Apache-2.0 */
/*
 * push.c - a device that says what a test wants it to say, for the system tests: revisions in any
 * order, other units' slots, malformed bytes, spoilt batches.
 *
 *   push --dir DEVICE [--spoil BYTE] < acts
 *
 * Each line of stdin is an act; all of them go in one batch:
 *   {"unit","item","period","revision", "kind": "report" (or "retraction", with "reason"),
 *    "schema", "report": {"progress", "done", "values": {"i06.invest": 4250, "i06.share": [1, 2],
 *    "i06.parks": {"nil": "why"}, "i06.projects": {"keys": ["P1"]}}}}
 *   {"act": {NAME: {...}}}, any act as `muster replay` takes it
 *   {"raw": "hex of a whole act"}
 * An answer line each: {"verdict", "record", "hub_time_us"}. --spoil changes one byte of the sealed
 * batch. Exit code 0: receipted; 65: the hub refuses the batch, its words are in {"refused"}.
 * The stream's state is DEVICE/push.state; the device has no agent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "base/text.h"
#include "codec/acts.h"
#include "intake/act_json.h"
#include "lib/device_link.h"
#include "store/home.h"

enum { LINE_MAX_BYTES = 1 << 20, PATIENCE_US = 60000000 };

typedef struct pusher {
	device_link link;
	plan *plan;
	arena memory;
	span acts[BATCH_ACTS_MAX];
	uint16_t n;
	buf batch;
	hash32 header_hash, before;
	uint64_t first_seq, next_seq;
	char state[HOME_PATH_MAX];
	int64_t end_us;
	int exit_code;
} pusher;

static void
die(const char *what, const ms_error *err)
{
	fprintf(stderr, "push: %s: %s\n", what, err == NULL ? "" : err->text);
	exit(70);
}

/* ---- acts from JSON ---- */

static void
read_value(pusher *p, const char *id, json_t *given, report_value *v)
{
	json_t *keys = json_object_get(given, "keys");
	const char *nil = json_text_of(given, "nil"), *text = json_text_of(given, "text");
	size_t i;

	*v = (report_value){ .indicator = span_str(id) };
	if (json_is_integer(given)) {
		v->has_mantissa = true;
		v->mantissa = json_integer_value(given);
	} else if (json_is_array(given)) {
		v->has_ratio = true;
		v->num = json_integer_value(json_array_get(given, 0));
		v->den = json_integer_value(json_array_get(given, 1));
	} else if (keys != NULL) {
		v->has_keys = true;
		v->n_keys = json_array_size(keys);
		v->keys = arena_alloc(&p->memory, (v->n_keys + 1) * sizeof(*v->keys));
		for (i = 0; i < v->n_keys; i++)
			v->keys[i] = span_str(json_string_value(json_array_get(keys, i)));
	} else if (nil != NULL) {
		v->is_nil = true;
		v->nil_reason = span_str(nil);
	} else if (text != NULL) {
		v->has_text = true;
		v->text = span_str(text);
	}
}

static void
read_report(pusher *p, json_t *given, report *r)
{
	json_t *values = json_object_get(given, "values"), *value;
	const char *id, *done = json_text_of(given, "done");

	*r = (report){ .has_progress = json_object_get(given, "progress") != NULL,
		.progress_pct = (uint32_t)json_number_of(given, "progress", 0),
		.done = span_str(done) };
	r->values = arena_alloc(&p->memory, (json_object_size(values) + 1) * sizeof(*r->values));
	json_object_foreach(values, id, value) read_value(p, id, value, &r->values[r->n_values++]);
}

static span
bytes_of_hex(pusher *p, const char *hex)
{
	size_t n = strlen(hex) / 2;
	uint8_t *bytes = arena_alloc(&p->memory, n + 1);

	if (!text_unhex(span_str(hex), bytes, n))
		die("raw is no hex", NULL);
	return span_of(bytes, n);
}

/* The act as people write it, put over A. */
static void
take_stated(pusher *p, json_t *wrapped, act *a)
{
	act stated;
	ms_error err = { 0 };

	if (act_of_json(wrapped, &p->memory, &stated, &err) != MS_OK || stated.malformed)
		die("no act of a right form", &err);
	a->kind = stated.kind;
	a->schema = act_schema_of(a->kind);
	a->item = stated.item;
	a->unit = stated.unit;
	a->period = stated.period;
	a->revision = stated.revision;
	a->u = stated.u;
}

static span
read_act(pusher *p, json_t *line)
{
	const char *kind = json_text_of(line, "kind"), *raw = json_text_of(line, "raw");
	uint8_t salt[ACT_SALT_SIZE];
	act a = { .schema = (uint32_t)json_number_of(line, "schema", ACT_SCHEMA),
		.kind = kind != NULL && strcmp(kind, "retraction") == 0 ? ACT_RETRACTION
									: ACT_REPORT,
		.created_us = clock_real_us(),
		.plan = span_str(p->plan->id),
		.plan_version = span_of(p->plan->version.at, HASH_SIZE),
		.item = span_str(json_text_of(line, "item")),
		.unit = span_str(json_text_of(line, "unit")),
		.period = span_str(json_text_of(line, "period")),
		.revision = (uint32_t)json_number_of(line, "revision", 1) };
	buf body = { 0 }, whole = { 0 };
	span copy;

	if (raw != NULL)
		return bytes_of_hex(p, raw);
	if (random_bytes(salt, sizeof(salt), NULL) != MS_OK)
		die("no random numbers", NULL);
	a.salt = span_of(salt, sizeof(salt));
	if (json_object_get(line, "act") != NULL)
		take_stated(p, json_object_get(line, "act"), &a);
	else if (a.kind == ACT_RETRACTION)
		a.u.retraction.reason = span_str(json_text_of(line, "reason"));
	else
		read_report(p, json_object_get(line, "report"), &a.u.report);
	if (act_encode_body(&a, &p->memory, &body) != MS_OK)
		die("the act cannot be encoded", NULL);
	a.body = buf_span(&body);
	if (act_encode(&a, &p->memory, &whole) != MS_OK)
		die("the act cannot be encoded", NULL);
	copy = arena_copy(&p->memory, buf_span(&whole));
	buf_fini(&body);
	buf_fini(&whole);
	return copy;
}

static void
read_acts(pusher *p)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	ms_error err = { 0 };

	while (p->n < BATCH_ACTS_MAX && (n = getline(&line, &room, stdin)) > 0) {
		json_t *object;

		if (json_parse(span_of(line, (size_t)n), "stdin", &object, &err) != MS_OK)
			die("stdin", &err);
		p->acts[p->n++] = read_act(p, object);
		json_decref(object);
	}
	free(line);
}

/* ---- the stream ---- */

static void
load_state(pusher *p)
{
	FILE *f = fopen(p->state, "r");
	char hex[2 * HASH_SIZE + 1];

	p->first_seq = 1;
	if (f == NULL)
		return;
	if (fscanf(f, "%lu %64s", &p->first_seq, hex) != 2 ||
		!text_unhex(span_str(hex), p->before.at, HASH_SIZE))
		die("push.state is damaged", NULL);
	fclose(f);
}

static void
save_state(const pusher *p)
{
	FILE *f = fopen(p->state, "w");
	char hex[2 * HASH_SIZE + 1];

	text_hex(p->header_hash.at, HASH_SIZE, hex);
	if (f == NULL || fprintf(f, "%lu %s\n", p->next_seq, hex) < 0 || fclose(f) != 0)
		die("push.state cannot be written", NULL);
}

static void
seal(pusher *p, const agent_settings *settings, const home_keys *keys, const char *spoil)
{
	batch_header header = { .hub = settings->hub,
		.device = settings->device,
		.first_seq = p->first_seq,
		.schema = 1,
		.prev = p->before,
		.device_time_us = clock_real_us() };
	ms_error err = { 0 };
	sign_key key;

	sign_key_from_seed(keys->sign_seed, &key);
	if (batch_seal(&header, p->acts, p->n, &key, &p->batch, &err) != MS_OK)
		die("the batch cannot be sealed", &err);
	sign_key_fini(&key);
	p->header_hash = batch_header_hash(span_of(p->batch.at, BATCH_HEADER_SIZE));
	p->next_seq = p->first_seq + p->n;
	if (spoil != NULL)
		p->batch.at[(size_t)strtol(spoil, NULL, 10) % p->batch.len] ^= 1;
}

static ms_status
sealed_next(void *ctx, uint64_t *seq, ms_error *err)
{
	(void)err;
	*seq = ((pusher *)ctx)->next_seq;
	return MS_OK;
}

static ms_status
header_before(void *ctx, uint64_t seq, hash32 *out, ms_error *err)
{
	const pusher *p = ctx;

	(void)err;
	*out = seq == p->next_seq ? p->header_hash : p->before;
	return seq == p->next_seq || seq == p->first_seq ? MS_OK : MS_NOT_FOUND;
}

static ms_status
next_batch(void *ctx, uint64_t from, bool unreceipted, uplink_batch *out, ms_error *err)
{
	pusher *p = ctx;

	(void)unreceipted;
	(void)err;
	if (from > p->first_seq)
		return MS_NOT_FOUND;
	*out = (uplink_batch){ .first_seq = p->first_seq,
		.count = p->n,
		.header_hash = p->header_hash,
		.bytes = buf_span(&p->batch) };
	return MS_OK;
}

static ms_status
take_receipts(void *ctx, const frame_receipt *list, size_t n, ms_error *err)
{
	pusher *p = ctx;
	size_t i, k;

	(void)err;
	for (i = 0; i < n; i++) {
		if (list[i].first_seq != p->first_seq)
			continue;
		for (k = 0; k < list[i].verdicts.len; k++)
			printf("{\"verdict\":\"%s\",\"record\":\"%llu/%zu\",\"hub_time_us\":%lld}"
			       "\n",
				verdict_name((verdict)list[i].verdicts.at[k]),
				(unsigned long long)list[i].leaf, k,
				(long long)list[i].hub_time_us);
		save_state(p);
		reactor_stop(p->link.reactor);
	}
	return MS_OK;
}

/* The hub's refusal, or its silence, ends the run. */
static void
look(void *ctx, int64_t now_us)
{
	pusher *p = ctx;
	uplink_status s = uplink_look(p->link.uplink);
	bool refused = s.state == UPLINK_QUARANTINE || s.state == UPLINK_REVOKED ||
		       s.state == UPLINK_REFUSED || s.state == UPLINK_FROZEN ||
		       s.state == UPLINK_BEHIND;

	if (!refused && now_us < p->end_us)
		return;
	printf("{\"refused\":\"%s\",\"state\":\"%s\",\"code\":%u}\n", s.text,
		uplink_state_name(s.state), s.code);
	p->exit_code = refused ? 65 : 69;
	reactor_stop(p->link.reactor);
}

int
main(int argc, char **argv)
{
	uplink_host host = { .sealed_next = sealed_next,
		.header_before = header_before,
		.next = next_batch,
		.receipts = take_receipts };
	uplink_config config = { .roles = ROLE_PUSH, .software = "push" };
	static agent_settings settings;
	pusher p = { 0 };
	home_keys keys;
	ms_error err = { 0 };
	const char *dir = argc > 2 && strcmp(argv[1], "--dir") == 0 ? argv[2] : NULL;
	const char *spoil = argc > 4 && strcmp(argv[3], "--spoil") == 0 ? argv[4] : NULL;

	if (dir == NULL)
		die("--dir DEVICE is needed", NULL);
	config.seed = random_u64();
	if (agent_settings_read(dir, &settings, &err) != MS_OK ||
		home_keys_read(dir, STORE_AGENT, &keys, &err) != MS_OK ||
		home_plan_read(dir, &p.plan, &err) != MS_OK ||
		home_path(dir, "push.state", p.state, &err) != MS_OK)
		die(dir, &err);
	load_state(&p);
	read_acts(&p);
	seal(&p, &settings, &keys, spoil);
	host.ctx = p.link.ctx = &p;
	config.hub = settings.hub;
	config.device = settings.device;
	p.link.changed = look;
	if (device_link_set(&p.link, &settings, &keys, &err) != MS_OK ||
		reactor_new(&p.link.reactor, &err) != MS_OK ||
		net_context_new(&p.link.net, &err) != MS_OK)
		die("no connection", &err);
	p.end_us = reactor_now(p.link.reactor) + PATIENCE_US;
	if (device_link_start(&p.link, &config, &host, &err) != MS_OK ||
		reactor_run(p.link.reactor, &err) != MS_OK)
		die("no connection", &err);
	device_link_fini(&p.link);
	net_context_free(p.link.net);
	reactor_free(p.link.reactor);
	plan_free(p.plan);
	arena_fini(&p.memory);
	buf_fini(&p.batch);
	return p.exit_code;
}
