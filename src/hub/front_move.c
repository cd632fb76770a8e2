/* SPDX-License-Identifier: Apache-2.0 */
/* front_move.c - where devices are told to go, and what the administrator says of another place. */
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "hub/hub.h"
#include "net/control_json.h"

/* ---- the place ---- */

static void
set_key(json_t *out, const uint8_t key[CURVE_SECRET_SIZE])
{
	char hex[2 * CURVE_SECRET_SIZE + 1];

	text_hex(key, CURVE_SECRET_SIZE, hex);
	json_set_text(out, "curve_key", hex);
}

/* Where devices are told to go, and the key there. */
void
front_add_place(const front *f, json_t *out)
{
	const hub_settings *settings = &f->base->settings;
	const char *fixed = settings->address[0] == '\0' ? settings->listen : settings->address;

	json_set_text(out, "address", f->moved ? f->move.address : fixed);
	set_key(out, f->moved ? f->move.now.curve_key : f->base->keys.curve_public);
}

void
front_show_place(front *f, control_call *call, const json_t *request)
{
	json_t *out = json_object();

	(void)request;
	if (f->moved)
		front_add_place(f, out);
	control_last_json(call, out);
}

/* ---- moving ---- */

static void
moved(front *f, job *j)
{
	hub_place was = f->moved ? f->move.now : front_first_place(f);
	json_t *out = front_job_answer(f, j);

	if (out == NULL)
		return;
	json_set_number(out, "leaf", (int64_t)j->move.leaf);
	set_key(out, j->move.now.curve_key);
	front_end_answer(j, out);
	front_begin_anew(f, strcmp(j->move.now.listen, was.listen) == 0
				    ? "ready where it was, devices are told another address"
				    : "ready at another place too");
}

static ms_status
bad_move(ms_error *err, const char *text)
{
	return ms_fail(err, MS_USAGE, MST_HUB_MOVE, "%s", tr(text));
}

static ms_status
take_words(const front *f, const json_t *request, hub_move *out, ms_error *err)
{
	const char *address = json_text_of(request, "address"),
		   *from = json_text_of(request, "from"), *until = json_text_of(request, "until");

	*out = (hub_move){ .from_us = front_hub_time(f) };
	if (address == NULL || strlen(address) >= sizeof(out->address) || until == NULL ||
		time_parse(span_str(until), &out->until_us, NULL) != MS_OK ||
		(from != NULL && time_parse(span_str(from), &out->from_us, NULL) != MS_OK))
		return bad_move(err, TR("a move has an address, and times like "
					"2012-07-05T08:30:00+08:00"));
	if (out->until_us <= front_hub_time(f) || out->until_us <= out->from_us)
		return bad_move(err, TR("until is not later than now, or than from"));
	memcpy(out->address, address, strlen(address) + 1);
	return MS_OK;
}

static ms_status
take_place(front *f, const json_t *request, hub_move *out, ms_error *err)
{
	const char *listen = json_text_of(request, "listen"),
		   *hex = json_text_of(request, "curve_key");
	hub_move last = { .now = front_first_place(f), .before = front_first_place(f) };
	uint8_t key[CURVE_SECRET_SIZE];
	net_socket *trial = NULL;
	bool served;
	ms_status s;

	if (f->moved)
		last = f->move;
	if ((listen != NULL && strlen(listen) >= sizeof(out->now.listen)) ||
		(hex != NULL && !text_unhex(span_str(hex), key, sizeof(key))))
		return bad_move(err, TR("the address to listen at, or its key, has another form"));
	served = listen == NULL || hub_move_serves(&last, listen, front_hub_time(f));
	if (served && hex != NULL) {
		ms_fail(err, MS_USAGE, MST_HUB_MOVE,
			"another key needs another address to listen at while the old one holds");
		ms_error_remedy(err, "name it with --listen tcp://*:PORT");
		return MS_USAGE;
	}
	hub_move_set(out, &last, listen, hex == NULL ? NULL : key, front_hub_time(f));
	if (served)
		return MS_OK;
	/* What cannot be listened at must not be told. */
	s = front_open_place(f, &out->now, &trial, err);
	net_socket_close(trial);
	return s;
}

void
front_do_move(front *f, control_call *call, const json_t *request)
{
	ms_error err = { 0 };
	hub_move move;
	job *j;

	if (take_words(f, request, &move, &err) != MS_OK ||
		take_place(f, request, &move, &err) != MS_OK) {
		control_refuse(call, &err);
		return;
	}
	j = front_call_job(f, call, JOB_MOVE, moved);
	if (j == NULL)
		return;
	j->move = move;
	front_send_job(f, j);
}
