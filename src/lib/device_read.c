/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/device_read.h"

#include <stdio.h>

#include "base/lang.h"
#include "base/random.h"

enum { WAITS_US = 2000000 };

/* ---- a device that has nothing to push ---- */

static ms_status
none_sealed(void *ctx, uint64_t *seq, ms_error *err)
{
	(void)ctx;
	(void)err;
	*seq = 1;
	return MS_OK;
}

static ms_status
no_header(void *ctx, uint64_t seq, hash32 *out, ms_error *err)
{
	(void)ctx;
	(void)seq;
	(void)err;
	*out = (hash32){ { 0 } };
	return MS_OK;
}

static ms_status
no_batch(void *ctx, uint64_t from, bool unreceipted, uplink_batch *out, ms_error *err)
{
	(void)ctx;
	(void)from;
	(void)unreceipted;
	(void)out;
	(void)err;
	return MS_NOT_FOUND;
}

static ms_status
no_receipts(void *ctx, const frame_receipt *list, size_t n, ms_error *err)
{
	(void)ctx;
	(void)list;
	(void)n;
	(void)err;
	return MS_OK;
}

/* ---- the hub's log ---- */

static void
take_verified(void *ctx, const checkpoint *c, span note)
{
	device_read *r = ctx;
	buf copy = { 0 };

	if (buf_add_span(&copy, note) != MS_OK) {
		buf_fini(&copy);
		return; /* the one before stays named */
	}
	buf_fini(&r->log.note);
	r->log.note = copy;
	r->moved = true;
	r->log.newest = *c;
	r->log.generation = generation_of(note, &r->log_key);
}

/* The command says what is wrong; here both checkpoints are kept. */
static void
alarm(void *ctx, const ms_error *why, span note)
{
	device_read *r = ctx;

	history_alarm(r->dir, why, buf_span(&r->log.note), note, &r->failure);
}

ms_status
device_read_keep(device_read *r, ms_error *err)
{
	ms_status s = MS_OK;

	if (r->moved)
		s = history_write(r->dir, &r->log_key, buf_span(&r->log.note), err);
	r->moved = r->moved && s != MS_OK;
	return s;
}

/* ---- when it ends ---- */

static void
end_with(device_read *r, ms_status status, unsigned code, const char *text)
{
	ms_fail(&r->failure, status, code, "%s", text);
	reactor_stop(r->reactor);
}

static void
out_of_patience(void *ctx, int64_t now_us)
{
	device_read *r = ctx;
	uplink_status s = uplink_look(r->link.uplink);

	(void)now_us;
	ms_fail(&r->failure, MS_UNREACHABLE, MST_WIRE_NO_ANSWER, "no answer from the hub at %s",
		r->link.endpoint);
	if (s.state == UPLINK_DOWN && s.code != 0)
		ms_error_remedy(&r->failure, "%s", tr(s.text));
	else
		ms_error_remedy(&r->failure,
			"does it run, and does the network let this machine reach it?");
	reactor_stop(r->reactor);
}

static void
tell_waiting(void *ctx, int64_t now_us)
{
	device_read *r = ctx;

	(void)now_us;
	r->waits(r->link.endpoint);
}

static void
watch_session(device_read *r, bool connected, int64_t now_us)
{
	if (r->waits != NULL && connected != r->connected)
		reactor_set_timer(
			r->reactor, tell_waiting, r, connected ? INT64_MAX : now_us + WAITS_US);
	r->connected = connected;
}

static void
link_changed(void *ctx, int64_t now_us)
{
	device_read *r = ctx;
	uplink_status s = uplink_look(r->link.uplink);

	watch_session(r, s.connected, now_us);
	if (s.state == UPLINK_WAITING && s.code == MST_WIRE_PENDING) {
		end_with(r, MS_DENIED, s.code, s.text);
	} else if (s.state == UPLINK_REFUSED || s.state == UPLINK_REVOKED ||
		   s.state == UPLINK_SPLIT) {
		end_with(r, MS_DENIED, s.code, s.text);
		if (s.state == UPLINK_SPLIT)
			ms_error_remedy(&r->failure,
				"both checkpoints are kept in %s/%s: show them to whoever "
				"supervises the hub",
				r->dir, HISTORY_ALARM_FILE);
	} else if (reader_look(r->link.reader) == READER_FAILED) {
		r->failure = *reader_trouble(r->link.reader);
		reactor_stop(r->reactor);
	} else if (s.connected && r->patience_us > 0) {
		reactor_set_timer(r->reactor, out_of_patience, r, now_us + r->patience_us);
	}
}

/* ---- the whole ---- */

static ms_status
start(device_read *r, ms_error *err)
{
	uplink_host host = { .ctx = r,
		.sealed_next = none_sealed,
		.header_before = no_header,
		.next = no_batch,
		.receipts = no_receipts,
		.verified = take_verified,
		.alarm = alarm };
	uplink_config config = { .roles = ROLE_READ,
		.hub = r->settings.hub,
		.device = r->settings.device,
		.software = r->software,
		.log_key = &r->log_key,
		.admin_key = &r->settings.admin_key,
		.verified = r->log.newest,
		.generation = r->log.generation,
		.seed = random_u64() };
	wire_out out = device_link_out(&r->link);
	ms_status s = reader_new(&r->wanted, &r->host, &out, &r->link.reader);

	r->link.reactor = r->reactor;
	r->link.changed = link_changed;
	r->link.ctx = r;
	if (s != MS_OK)
		return ms_fail(err, s, MST_NO_MEMORY, "no memory for the feed");
	return device_link_start(&r->link, &config, &host, err);
}

ms_status
device_read_run(device_read *r, ms_error *err)
{
	device_places places;
	home_keys keys;
	ms_status s = agent_settings_read(r->dir, &r->settings, err);

	if (s == MS_OK)
		s = log_key_parse(span_str(r->settings.log_key), &r->log_key, err);
	if (s == MS_OK)
		s = history_read(r->dir, &r->log_key, &r->log, err);
	if (s == MS_OK)
		s = home_keys_read(r->dir, STORE_AGENT, &keys, err);
	if (s != MS_OK)
		return s;
	s = device_link_set(&r->link, &r->settings, &keys, err);
	home_keys_fini(&keys);
	if (s == MS_OK)
		s = device_places_read(r->dir, &r->settings,
			sim_clock_now(&r->settings.clock, clock_real_us()), &places, err);
	if (s == MS_OK)
		device_link_places(&r->link, &places);
	if (s == MS_OK)
		s = reactor_new(&r->reactor, err);
	if (s == MS_OK)
		s = net_context_new(&r->link.net, err);
	if (s == MS_OK)
		s = start(r, err);
	if (s == MS_OK && r->patience_us > 0)
		reactor_set_timer(
			r->reactor, out_of_patience, r, reactor_now(r->reactor) + r->patience_us);
	if (s == MS_OK && r->waits != NULL)
		reactor_set_timer(r->reactor, tell_waiting, r, reactor_now(r->reactor) + WAITS_US);
	if (s == MS_OK)
		s = reactor_run(r->reactor, err);
	if (s == MS_OK && r->failure.status != MS_OK) {
		s = r->failure.status;
		if (err != NULL)
			*err = r->failure;
	}
	return s == MS_OK ? device_read_keep(r, err) : s;
}

ms_status
device_read_from_begin(void *ctx, uint64_t *cursor, ms_error *err)
{
	(void)ctx;
	(void)err;
	*cursor = 0;
	return MS_OK;
}

void
device_read_stop(device_read *r)
{
	reactor_stop(r->reactor);
}

int64_t
device_read_hub_time(const device_read *r)
{
	return uplink_look(r->link.uplink).hub_time_us;
}

void
device_read_fini(device_read *r)
{
	reader *reading = r->link.reader;
	net_context *net = r->link.net;

	device_link_fini(&r->link);
	reader_free(reading);
	reactor_free(r->reactor);
	net_context_free(net);
	history_fini(&r->log);
}
