/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_witness.c - offices are witnesses of this log: what a device says that it has verified, in
 * HELLO and in the headers it signs, must be this log's history. What is not is told in the alarm
 * file, once of each device and once more with its signature, and stays in `muster hub status`
 * until somebody removes that file.
 */
#include "base/text.h"
#include "hub/hub.h"
#include "store/history.h"

enum { ALARM_BYTES_MAX = 256 << 10 };

static bool
is_our_history(front *f, const checkpoint *c)
{
	hash32 root;

	return c->size == 0 || (front_root_at(f, c->size, &root) && hash_equal(&root, &c->root));
}

/* Told before? It is from now on, whatever else the device names. Beyond the room for it the oldest
 * is told again. */
static bool
is_told(front *f, const contradiction *c)
{
	contradictions *told = &f->contradictions;
	size_t i, n = told->n < CONTRADICTIONS_MAX ? told->n : CONTRADICTIONS_MAX;

	for (i = 0; i < n; i++)
		if (memcmp(&told->list[i].device, &c->device, sizeof(c->device)) == 0 &&
			told->list[i].is_signed == c->is_signed &&
			told->list[i].is_lost == c->is_lost)
			return true;
	told->list[told->n++ % CONTRADICTIONS_MAX] = *c;
	return false;
}

/* What this log is at the size that C names. */
static ms_status
add_own(front *f, const checkpoint *c, buf *text)
{
	checkpoint own = { .size = c->size };
	ms_status s;

	if (!front_root_at(f, c->size, &own.root))
		return buf_addf(text, "This log has only %llu leaves.\n",
			(unsigned long long)f->signing.signed_now.size);
	s = buf_addf(text, "This log had at that size:\n\n");
	return s == MS_OK ? note_text(f->base->log_key.origin, &own, text) : s;
}

static ms_status
describe(front *f, const device *d, const checkpoint *c, const batch_view *batch, buf *text)
{
	char time[40], header[2 * BATCH_HEADER_SIZE + 1], sig[2 * SIGNATURE_SIZE + 1];
	ms_status s = buf_addf(text, "%s: device %s of %s has verified a log of\n\n",
		time_format(front_hub_time(f), f->base->plan->zone_min, time), d->name, d->unit);

	if (s == MS_OK)
		s = note_text(f->base->log_key.origin, c, text);
	if (s == MS_OK)
		s = buf_add(text, "\n", 1);
	if (s == MS_OK)
		s = add_own(f, c, text);
	if (s == MS_OK && batch != NULL) {
		text_hex(batch->header.at, BATCH_HEADER_SIZE, header);
		text_hex(batch->signature.at, SIGNATURE_SIZE, sig);
		s = buf_addf(text, "\nThe device has signed that, header and signature:\n%s\n%s\n",
			header, sig);
	}
	if (s == MS_OK)
		s = buf_addf(text, "\nNewest checkpoint of this hub:\n\n%.*s\n",
			(int)f->signing.note.len, (const char *)f->signing.note.at);
	return s;
}

static void
keep_alarm(front *f, const device *d, const checkpoint *c, const batch_view *batch)
{
	buf text = { 0 };
	ms_error err = { 0 };
	ms_status s =
		home_file_read(f->base->dir, HISTORY_ALARM_FILE, ALARM_BYTES_MAX, &text, &err);

	if (s == MS_NOT_FOUND)
		s = MS_OK;
	if (s == MS_OK)
		s = describe(f, d, c, batch, &text);
	if (s == MS_OK && text.len <= ALARM_BYTES_MAX)
		s = home_file_write(f->base->dir, HISTORY_ALARM_FILE, buf_span(&text), &err);
	if (s != MS_OK) {
		ms_fail(&err, s, MST_NO_MEMORY, "no memory for the alarm file");
		logger_error(&f->base->log, LOG_ERROR, &err);
	}
	buf_fini(&text);
}

bool
front_hear_witness(front *f, const device *d, const checkpoint *c, const batch_view *batch)
{
	contradiction found = { .device = d->id, .is_signed = batch != NULL };

	if (is_our_history(f, c))
		return true;
	found.is_lost = restore_order_lost(&f->base->order, 0, c);
	if (is_told(f, &found) && (found.is_lost || history_has_alarm(f->base->dir)))
		return found.is_lost;
	if (found.is_lost) {
		logger_say(&f->base->log, LOG_INFO,
			"device %s names %llu leaves of the history that was lost before "
			"generation %u of the log",
			d->name, (unsigned long long)c->size, f->base->order.generation);
		return true;
	}
	logger_say(&f->base->log, LOG_ERROR,
		"ALARM: device %s has verified a log of %llu leaves that is not this hub's "
		"history: one of them is not what it seems; see %s/%s [MST-%04d]",
		d->name, (unsigned long long)c->size, f->base->dir, HISTORY_ALARM_FILE,
		MST_PROOF_HISTORY);
	keep_alarm(f, d, c, batch);
	return false;
}

void
front_named_checkpoint(void *ctx, const session_facts *who, const frame_checkpoint *named)
{
	front *f = ctx;
	const device *d = roster_find(&f->roster, &who->device);
	checkpoint c = { .size = named->size, .root = named->root };

	if (d != NULL)
		front_hear_witness(f, d, &c, NULL);
}
