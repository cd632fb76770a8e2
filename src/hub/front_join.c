/* SPDX-License-Identifier: Apache-2.0 */
/* front_join.c - JOIN becomes a job of the writer, its outcome JOINED or a refusal by name. */
#include "base/clock.h"
#include "base/random.h"
#include "hub/hub.h"

/* ---- the answer ---- */

static const wire_refusal refusals[JOIN_REFUSAL_COUNT] = {
	[JOIN_UNKNOWN] = WIRE_UNKNOWN_KEY,
	[JOIN_USED] = WIRE_JOIN_USED,
	[JOIN_EXPIRED] = WIRE_JOIN_EXPIRED,
	[JOIN_OTHER_UNIT] = WIRE_JOIN_UNIT,
	[JOIN_CLOCK_OFF] = WIRE_JOIN_CLOCK,
	[JOIN_NAME_TAKEN] = WIRE_JOIN_NAME,
	[JOIN_BAD_KEYS] = WIRE_JOIN_KEYS,
	[JOIN_BAD_SIGNATURE] = WIRE_ROTATE_SIGNATURE,
	[JOIN_TOO_EARLY] = WIRE_ROTATE_EARLY,
};

static frame
joined_frame(front *f, const job *j, arena *memory)
{
	static const device_id none;
	const hub_settings *set = &f->base->settings;
	const device *d = &j->joined.row;
	frame reply = { .kind = FRAME_JOINED };

	reply.u.joined = (frame_joined){
		.unit = span_str(d->unit),
		.name = span_str(d->name),
		.hub = span_of(set->id.at, ID_SIZE),
		.sign_key = span_of(f->base->keys.sign.public_key.at, SIGN_PUBLIC_SIZE),
		.log_key = span_str(set->log_key),
		.admin_key = span_of(set->admin_key.at, SIGN_PUBLIC_SIZE),
		.simulated = set->clock.simulated,
		.clock_start_us = set->clock.start_us,
		.clock_wall_us = set->clock.wall_us,
		.clock_rate = set->clock.rate,
		.plan_version = span_of(f->base->plan->version.at, HASH_SIZE),
		.hub_time_us = front_hub_time(f),
		.awaits_approval = d->state == DEVICE_PENDING,
		.until_us = j->joined.until_us,
	};
	if (memcmp(d->id.at, none.at, ID_SIZE) != 0)
		reply.u.joined.device = span_of(d->id.at, ID_SIZE);
	front_show_order(f, memory, &reply.u.joined.order, &reply.u.joined.order_signature);
	return reply;
}

static void
log_joined(front *f, const job *j)
{
	const device *d = &j->joined.row;

	if (!j->joined.changed)
		return;
	if (j->ask.rotates)
		logger_say(&f->base->log, LOG_INFO, "device %s has other keys (leaf %llu)", d->name,
			(unsigned long long)d->key_leaf);
	else
		logger_say(&f->base->log, LOG_INFO, "device %s has joined (leaf %llu)%s%s", d->name,
			(unsigned long long)d->enrolled_leaf,
			j->joined.replaced ? " in place of the one before, which is revoked" : "",
			d->state == DEVICE_PENDING ? ": it waits for `muster hub approve`" : "");
}

static void
joined(front *f, job *j)
{
	session *s = registry_by_number(f->registry, j->session);
	arena memory = { 0 };
	frame reply;

	if (j->outcome == OUTCOME_DONE)
		log_joined(f, j);
	if (s == NULL)
		return;
	if (j->outcome != OUTCOME_DONE)
		reply = wire_refusal_frame(FRAME_ERROR, WIRE_BUSY, j->error.text, 1000);
	else if (j->joined.refusal != JOIN_OK)
		reply = wire_refusal_frame(FRAME_ERROR, refusals[j->joined.refusal], NULL, 0);
	else
		reply = joined_frame(f, j, &memory);
	session_joined(s, &reply);
	arena_fini(&memory);
}

/* ---- the question ---- */

static bool
take_key(span from, uint8_t *out)
{
	static const uint8_t none[CURVE_PUBLIC_SIZE];

	if (from.len != CURVE_PUBLIC_SIZE || memcmp(from.at, none, sizeof(none)) == 0)
		return false;
	memcpy(out, from.at, CURVE_PUBLIC_SIZE);
	return true;
}

static bool
take_ask(const front *f, const session_facts *who, const device_id *from, const frame_join *asked,
	join_ask *out)
{
	*out = (join_ask){ .rotates = from != NULL,
		.only_check = asked->only_check,
		.approve = f->base->settings.approve_devices,
		.off_us = time_between(clock_real_us(), asked->device_time_us) };
	if (!net_key_parse(who->user, out->with) || !take_key(asked->sign_key, out->sign_key.at) ||
		!take_key(asked->curve_key, out->curve_key) || asked->unit.len > PLAN_ID_MAX ||
		(from != NULL && asked->signature.len != SIGNATURE_SIZE))
		return false;
	if (asked->unit.len > 0)
		memcpy(out->unit, asked->unit.at, asked->unit.len);
	if (from == NULL)
		return random_bytes(out->device.at, ID_SIZE, NULL) == MS_OK;
	out->device = *from;
	memcpy(out->signature.at, asked->signature.at, SIGNATURE_SIZE);
	return true;
}

ms_status
front_join(void *ctx, const session_facts *who, const device_id *from, const frame_join *asked)
{
	front *f = ctx;
	job *j = front_new_job(f, JOB_JOIN);

	if (j == NULL)
		return MS_FULL;
	if (!take_ask(f, who, from, asked, &j->ask)) {
		job_pool_put(&f->pool, j);
		return MS_INVALID;
	}
	j->session = who->number;
	j->done = joined;
	front_send_job(f, j);
	return MS_OK;
}
