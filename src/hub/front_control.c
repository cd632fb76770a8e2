/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_control.c - what the administrator's commands ask of a running hub. One JSON object in, one
 * or more out; a failure is {"error": {"status", "code", "place", "text", "remedy"}}. Any request
 * may name the "language" of the answer.
 */
#include "base/fs.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "hub/hub.h"
#include "net/control_json.h"
#include "store/history.h"

enum { DEVICES_PIECE = 64 /* of an answer: 1-2 ms, after which others have their turn */ };

static void
refuse(control_call *call, const char *text)
{
	ms_error err = { 0 };

	ms_fail(&err, MS_INVALID, MST_CONTROL_REQUEST, "%s", tr(text));
	control_refuse(call, &err);
}

/* ---- questions ---- */

/* How many devices wait for people, and for what. */
static void
show_waiting(front *f, json_t *out)
{
	int64_t frozen = 0, pending = 0, troubled = 0;
	size_t i;

	for (i = 0; i < f->roster.n; i++) {
		const device *d = &f->roster.list[i];

		frozen += d->state == DEVICE_FROZEN;
		pending += d->state == DEVICE_PENDING;
		troubled += d->state == DEVICE_ACTIVE &&
			    registry_told_by(f->registry, &d->id).trouble != 0;
	}
	json_set_number(out, "frozen", frozen);
	json_set_number(out, "pending", pending);
	json_set_number(out, "troubled", troubled);
}

static void
do_status(front *f, control_call *call, const json_t *request)
{
	json_t *out = json_object();

	(void)request;
	json_set_text(out, "software", HUB_SOFTWARE);
	json_set_text(out, "listen", front_listening_on(f));
	front_add_place(f, out);
	json_set_time(out, "moved_until", f->base->plan->zone_min,
		f->listeners[1].router == NULL ? 0 : f->move.until_us);
	json_set_number(out, "size", (int64_t)f->log_size);
	json_set_number(out, "sessions", (int64_t)registry_count(f->registry));
	json_set_number(out, "devices", (int64_t)f->roster.n - 1);
	json_set_number(out, "refused_handshakes", (int64_t)zap_refused(f->zap));
	json_set_time(out, "hub_time", f->base->plan->zone_min, front_hub_time(f));
	front_show_space(f, out);
	front_show_stall(f, out);
	json_set_bool(out, "simulated_clock", f->base->settings.clock.simulated);
	front_show_clock(f, out);
	show_waiting(f, out);
	if (history_has_alarm(f->base->dir))
		json_set(out, "alarm", json_sprintf("%s/%s", f->base->dir, HISTORY_ALARM_FILE));
	control_last_json(call, out);
}

static const char *const link_words[] = {
	[LINK_CONNECTED] = "connected", [LINK_SILENT] = "silent", [LINK_NEVER] = "never seen"
};

static json_t *
show_device(front *f, const device *d, uint32_t unit)
{
	registry_told told = registry_told_by(f->registry, &d->id);
	json_t *out = json_object();
	int64_t seen_us;
	unit_link link = front_device_link(f, d, unit, &seen_us);

	json_set_text(out, "unit", d->unit);
	json_set_text(out, "device", d->name);
	json_set_text(out, "state", device_state_name(d->state));
	json_set_text(out, "link", link_words[link]);
	front_set_time(f, out, "last_seen", seen_us);
	json_set_number(out, "acts", (int64_t)d->next_seq - 1);
	json_set(out, "software",
		told.software[0] == '\0' ? json_null() : json_string(told.software));
	json_set(out, "queue", told.has_pinged ? json_integer(told.queue_depth) : json_null());
	json_set(out, "clock_off_ms",
		told.has_pinged ? json_integer(told.off_us / 1000) : json_null());
	json_set(out, "trouble", told.trouble != 0 ? json_integer(told.trouble) : json_null());
	front_show_brought(f, d, out);
	return out;
}

/* Of all devices those from AT on, which keep their places. */
static void
show_devices(void *ctx, control_call *call, uint64_t at)
{
	front *f = ctx;
	uint64_t end = f->roster.n - at > DEVICES_PIECE ? at + DEVICES_PIECE : f->roster.n;

	for (; at < end && !control_is_gone(call); at++) {
		const device *d = &f->roster.list[at];
		int unit = plan_find_unit(f->base->plan, span_str(d->unit));

		if (unit >= 0)
			control_answer_json(call, show_device(f, d, (uint32_t)unit));
	}
	if (at < f->roster.n)
		control_go_on(call, show_devices, at);
	else
		control_end(call);
}

static void
do_units(front *f, control_call *call, const json_t *request)
{
	(void)request;
	show_devices(f, call, 0);
}

/* ---- what is answered to a change, when it is durable ---- */

static void
answer_device(front *f, job *j, uint64_t leaf)
{
	json_t *out = front_job_answer(f, j);
	char hex[2 * ID_SIZE + 1];

	if (out == NULL)
		return;
	text_hex(j->device_row.id.at, ID_SIZE, hex);
	json_set_text(out, "device", j->device_row.name);
	json_set_text(out, "id", hex);
	json_set_number(out, "leaf", (int64_t)leaf);
	front_end_answer(j, out);
}

static void
enrolled(front *f, job *j)
{
	answer_device(f, j, j->device_row.enrolled_leaf);
}

static void
revoked(front *f, job *j)
{
	answer_device(f, j, j->device_row.revoked_leaf);
}

static void
approved(front *f, job *j)
{
	answer_device(f, j, j->leaf);
}

static void
invited(front *f, job *j)
{
	json_t *out = front_job_answer(f, j);

	if (out == NULL)
		return;
	json_set_text(out, "device", j->invite.name);
	json_set_number(out, "expires_us", j->invite.expires_us);
	front_end_answer(j, out);
}

static void
withdrawn(front *f, job *j)
{
	json_t *out = front_job_answer(f, j);

	if (out == NULL)
		return;
	json_set_number(out, "withdrawn", (int64_t)j->withdrawn);
	front_end_answer(j, out);
}

static void
clock_moved(front *f, job *j)
{
	json_t *out = front_job_answer(f, j);

	if (out == NULL)
		return;
	if (j->hub_time_us > f->manual_clock_us)
		f->manual_clock_us = j->hub_time_us;
	front_end_answer(j, out);
}

/* From now on by the new version: the whole hub begins anew, which takes milliseconds. Whoever
 * hears of it finds it in the directory. */
static void
plan_changed(front *f, job *j)
{
	json_t *out = front_job_answer(f, j);
	ms_error err = { 0 };

	if (out == NULL)
		return;
	if (home_file_write(f->base->dir, HOME_PLAN, j->next->bytes, &err) != MS_OK)
		logger_error(&f->base->log, LOG_WARNING, &err); /* done at the next start */
	json_set_number(out, "leaf", (int64_t)j->leaf);
	front_end_answer(j, out);
	front_begin_anew(f, "ready with a new version of the plan");
}

/* ---- changes: jobs for the writer ---- */

static void
refuse_job(front *f, job *j, const char *text)
{
	control_call *call = j->call;

	job_pool_put(&f->pool, j);
	refuse(call, text);
}

static bool
copy_text(char *out, size_t size, const char *text)
{
	if (text == NULL || text[0] == '\0' || strlen(text) >= size ||
		!text_is_clean(span_str(text)))
		return false;
	memcpy(out, text, strlen(text) + 1);
	return true;
}

static bool
take_hex(const json_t *request, const char *name, uint8_t *out, size_t n)
{
	const char *hex = json_text_of(request, name);

	return hex != NULL && text_unhex(span_str(hex), out, n);
}

static void
do_enrol(front *f, control_call *call, const json_t *request)
{
	job *j = front_call_job(f, call, JOB_ENROL, enrolled);

	if (j == NULL)
		return;
	if (!copy_text(j->device_row.unit, sizeof(j->device_row.unit),
		    json_text_of(request, "unit")) ||
		!copy_text(j->device_row.name, sizeof(j->device_row.name),
			json_text_of(request, "name")) ||
		!take_hex(request, "id", j->device_row.id.at, ID_SIZE) ||
		!take_hex(request, "sign_key", j->device_row.sign_key.at, SIGN_PUBLIC_SIZE) ||
		!take_hex(request, "curve_key", j->device_row.curve_key, CURVE_PUBLIC_SIZE)) {
		refuse_job(f, j, TR("an enrolment names unit, name, id, sign_key and curve_key"));
		return;
	}
	front_send_job(f, j);
}

/* What concerns the device of a name, and needs no more. */
static void
send_named(front *f, control_call *call, const json_t *request, job_kind kind, front_job_done *done)
{
	job *j = front_call_job(f, call, kind, done);

	if (j == NULL)
		return;
	if (!copy_text(j->device_row.name, sizeof(j->device_row.name),
		    json_text_of(request, "name"))) {
		refuse_job(f, j, TR("the request names no device"));
		return;
	}
	front_send_job(f, j);
}

static void
do_approve(front *f, control_call *call, const json_t *request)
{
	send_named(f, call, request, JOB_APPROVE, approved);
}

static void
do_withdraw(front *f, control_call *call, const json_t *request)
{
	send_named(f, call, request, JOB_WITHDRAW, withdrawn);
}

static void
do_invite(front *f, control_call *call, const json_t *request)
{
	int64_t seconds = json_number_of(request, "seconds", 0);
	job *j = front_call_job(f, call, JOB_INVITE, invited);

	if (j == NULL)
		return;
	j->invite = (invite){ .approve = json_bool_of(request, "approve"),
		.replace = json_bool_of(request, "replace") };
	if (!copy_text(j->invite.unit, sizeof(j->invite.unit), json_text_of(request, "unit")) ||
		!copy_text(j->invite.name, sizeof(j->invite.name), json_text_of(request, "name")) ||
		!take_hex(request, "key", j->invite.key, CURVE_PUBLIC_SIZE) || seconds <= 0 ||
		seconds > INVITE_SECONDS_MAX) {
		refuse_job(f, j, TR("an invite names unit, name, key and seconds"));
		return;
	}
	j->invite.expires_us = seconds * 1000000;
	front_send_job(f, j);
}

static void
do_revoke(front *f, control_call *call, const json_t *request)
{
	const char *reason = json_text_of(request, "reason");
	job *j = front_call_job(f, call, JOB_REVOKE, revoked);

	if (j == NULL)
		return;
	if (!copy_text(j->device_row.name, sizeof(j->device_row.name),
		    json_text_of(request, "name")) ||
		(reason != NULL && !copy_text(j->reason, sizeof(j->reason), reason))) {
		refuse_job(f, j,
			TR("a revocation names the device, and perhaps a reason of at most 127 "
			   "bytes"));
		return;
	}
	front_send_job(f, j);
}

static void
do_clock(front *f, control_call *call, const json_t *request)
{
	const sim_clock *clock = &f->base->settings.clock;
	const char *text = json_text_of(request, "time");
	int64_t us;
	job *j;

	if (!clock->simulated || clock->rate != 0) {
		refuse(call,
			TR("only a directory made with --clock TIME,0 has a clock that is moved "
			   "by hand"));
		return;
	}
	if (text == NULL || time_parse(span_str(text), &us, NULL) != MS_OK ||
		us < front_hub_time(f)) {
		refuse(call, TR("the clock moves forward only, to a time like "
				"2012-07-05T08:30:00+08:00"));
		return;
	}
	j = front_call_job(f, call, JOB_CLOCK, clock_moved);
	if (j == NULL)
		return;
	j->hub_time_us = us;
	front_send_job(f, j);
}

/* The file lies where the hub can read it without waiting; the new version is read here, and judged
 * by the writer. */
static ms_status
load_next(front *f, const char *file, period from, plan **out, ms_error *err)
{
	buf version = { 0 };
	ms_status s = fs_read_regular(file, PLAN_BYTES_MAX, &version, err);

	if (s == MS_OK)
		s = plan_follow(f->base->plan, buf_span(&version), file, from, out, err);
	buf_fini(&version);
	return s;
}

static void
do_plan(front *f, control_call *call, const json_t *request)
{
	const char *file = json_text_of(request, "file"), *from = json_text_of(request, "from"),
		   *after = json_text_of(request, "after");
	ms_error err = { 0 };
	plan *next = NULL;
	period at;
	job *j;

	if (file == NULL || from == NULL || !period_parse(span_str(from), &at)) {
		refuse(call,
			TR("a new version of the plan has a file and a period from which on it "
			   "judges"));
		return;
	}
	if (load_next(f, file, at, &next, &err) != MS_OK) {
		control_refuse(call, &err);
		return;
	}
	j = front_call_job(f, call, JOB_PLAN, plan_changed);
	if (j == NULL) {
		plan_free(next);
		return;
	}
	j->next = next;
	snprintf(j->plan_after, sizeof(j->plan_after), "%s", after == NULL ? "" : after);
	front_send_job(f, j);
}

static const struct {
	const char *name;
	void (*fn)(front *f, control_call *call, const json_t *request);
} verbs[] = {
	{ "status", do_status },
	{ "units", do_units },
	{ "enrol", do_enrol },
	{ "revoke", do_revoke },
	{ "invite", do_invite },
	{ "withdraw", do_withdraw },
	{ "approve", do_approve },
	{ "clock", do_clock },
	{ "plan", do_plan },
	{ "import", front_import },
	{ "move", front_do_move },
	{ "place", front_show_place },
};

static void
answer(front *f, control_call *call, const json_t *request)
{
	const char *verb = json_text_of(request, "do");
	size_t i;

	for (i = 0; verb != NULL && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, verb) == 0) {
			verbs[i].fn(f, call, request);
			return;
		}
	refuse(call, TR("the hub does not know this request; is the command of another version?"));
}

void
front_answer_control(void *ctx, control_call *call, span request)
{
	json_t *object = NULL;
	front *f = ctx;

	if (json_parse(request, "request", &object, NULL) == MS_OK && json_is_object(object)) {
		f->asker = json_text_of(object, "language");
		lang_answer_in(f->asker);
		answer(f, call, object);
		lang_answer_in(NULL);
		f->asker = NULL;
	} else {
		refuse(call, TR("the request is no JSON object"));
	}
	json_decref(object);
}
