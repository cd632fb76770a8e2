/* SPDX-License-Identifier: Apache-2.0 */
#include "store/clock_note.h"

#include <stdio.h>

#include "base/text.h"
#include "store/ledger_parts.h"
#include "store/meta.h"
#include "store/pack.h"

enum { NOTE_SIZE = 1 + 5 * 8 };
static const int64_t day_us = INT64_C(86400) * 1000000;

typedef struct note_name {
	char text[8 + 2 * ID_SIZE];
} note_name;

static const char *
name_of(const device_id *id, note_name *room)
{
	char hex[2 * ID_SIZE + 1] = "";

	if (id == NULL)
		return "clock";
	text_hex(id->at, ID_SIZE, hex);
	snprintf(room->text, sizeof(room->text), "clock/%s", hex);
	return room->text;
}

void
clock_note_get(store_txn *txn, const device_id *id, clock_note *out)
{
	note_name room;
	unpacker u;
	span row;

	*out = (clock_note){ 0 };
	if (!meta_get(txn, name_of(id, &room), &row))
		return;
	u = unpacker_of(row);
	out->finding = (clock_finding)unpack_u8(&u);
	out->before_us = (int64_t)unpack_u64(&u);
	out->after_us = (int64_t)unpack_u64(&u);
	out->leaf = unpack_u64(&u);
	out->day = (int64_t)unpack_u64(&u);
	out->told = unpack_u64(&u);
	if (!unpack_done(&u))
		store_fail(txn, MS_CORRUPT, MST_STORE_CORRUPT,
			"the note about a clock in META has another form");
}

static void
put_note(store_txn *txn, const device_id *id, const clock_note *note)
{
	uint8_t row[NOTE_SIZE];
	packer p = { .at = row, .end = row + sizeof(row) };
	note_name room;

	pack_u8(&p, (uint8_t)note->finding);
	pack_u64(&p, (uint64_t)note->before_us);
	pack_u64(&p, (uint64_t)note->after_us);
	pack_u64(&p, note->leaf);
	pack_u64(&p, (uint64_t)note->day);
	pack_u64(&p, note->told);
	meta_put(txn, name_of(id, &room), span_of(row, sizeof(row)));
}

/* Which device it is about; NULL: the hub itself. */
static const device_id *
device_of(const hub_clock *what, device_id *room)
{
	if (what->device.len != ID_SIZE)
		return NULL;
	memcpy(room->at, what->device.at, ID_SIZE);
	return room;
}

void
clock_note_take(store_txn *txn, const hub_clock *what, uint64_t leaf, int64_t hub_time_us)
{
	device_id room;
	const device_id *id = device_of(what, &room);
	int64_t day = hub_time_us / day_us;
	clock_note note;

	clock_note_get(txn, id, &note);
	note = (clock_note){ .finding = what->finding,
		.before_us = what->before_us,
		.after_us = what->after_us,
		.leaf = leaf,
		.day = day,
		.told = note.day == day ? note.told + 1 : 1 };
	put_note(txn, id, &note);
}

/* Of a device that was never heard of, agreement is no news. */
static bool
is_news(const clock_note *before, const hub_clock *what, int64_t day)
{
	clock_finding known = before->finding == CLOCK_NONE ? CLOCK_DEVICE_AGREES : before->finding;

	return what->finding != known && (before->day != day || before->told < CLOCK_NOTES_A_DAY);
}

ms_status
clock_note_state(ledger *l, store_txn *txn, log_state *log, const hub_keys *keys,
	const hub_clock *what, int unit, int64_t now_us, uint64_t *leaf, ms_error *err)
{
	device_id room;
	const device_id *id = device_of(what, &room);
	act a = { .kind = ACT_HUB_CLOCK, .u.clock = *what };
	ledger_batch b = { .acts = &a,
		.count = 1,
		.unit = PLAN_NO_UNIT,
		.hub_time_us = now_us,
		.verdicts = { VERDICT_STORED } };
	clock_note note;
	ms_status s;

	clock_note_get(txn, id, &note);
	if (id != NULL && !is_news(&note, what, now_us / day_us))
		return MS_EXISTS;
	if (unit != PLAN_NO_UNIT)
		a.unit = span_str(l->plan->units[unit].id);
	s = hub_stream_state(txn, log, keys, &a, 1, now_us, leaf, err);
	if (s != MS_OK)
		return s;
	b.leaf = *leaf;
	ledger_tell(l, txn, &b);
	clock_note_take(txn, what, *leaf, log->last_us);
	return store_status(txn, err);
}
