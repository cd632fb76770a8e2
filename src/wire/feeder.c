/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feeder.c - one subscription: what goes into the next FEED frame.
 *
 * Every frame says after which number it goes on, so that a reader sees a gap even where numbers
 * are left out on purpose. Rollups are a set of marks, not a queue: a mark says "the reader has an
 * old version", and what is sent is the newest one at that moment.
 */
#include "wire/feeder.h"

#include <stdlib.h>

#include "proof/batch.h"
#include "wire/rollup_parts.h"

enum {
	ENTRIES_PER_FRAME = 512,
	ROLLUPS_PER_FRAME = 256,
	ROLLUPS_MEMORY = 2 << 20, /* of a turn; what one more rollup takes comes on top */
	FEED_BYTES = 256,         /* of a FEED frame besides its rollups */
	CREDIT_MAX = 1 << 20,
	MARKS_FIRST = 64,
};

struct feeder {
	const feed_source *source;
	const struct session_facts *who;
	frame_subscribe sub;
	char *filters; /* item and period, which SUB borrows */

	uint64_t cursor; /* newest number looked at */
	uint64_t told;   /* the cursor of the last frame sent */
	uint32_t credit;
	uint64_t skipped; /* since a cursor was last told */
	bool at_end;      /* the feed had nothing more when last looked */
	bool told_end, finished;

	uint64_t unstored[FEEDER_FRAMES_MAX]; /* last number of each frame that the reader has not
						 stored */
	unsigned n_unstored;

	uint64_t *marks; /* sorted */
	size_t n_marks, marks_room;
	uint64_t next_key; /* go on from here, so that none starves */
	bool remark;       /* too many: ask for the whole set when the marks are used up */
	bool unanswered;   /* a rollup frame is on the way */
	bool needs_parts;  /* a rollup is larger than a frame, and the reader takes no parts */
	rollup_sending parts;
};

static bool
wants_entries(const feeder *f)
{
	return (f->sub.classes & (CLASS_OWN | CLASS_LEAD)) != 0;
}

bool
feeder_reads_rollups(const feeder *f)
{
	return (f->sub.classes & CLASS_ROLLUP) != 0;
}

/* The first mark that is not below KEY. */
static size_t
mark_place(const feeder *f, uint64_t key)
{
	size_t low = 0, high = f->n_marks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->marks[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
marks_grow(feeder *f, size_t room)
{
	uint64_t *marks;

	if (room <= f->marks_room)
		return true;
	marks = realloc(f->marks, room * sizeof(*marks));
	if (marks == NULL)
		return false;
	f->marks = marks;
	f->marks_room = room;
	return true;
}

static void
mark(feeder *f, uint64_t key)
{
	size_t at = mark_place(f, key);

	if (at < f->n_marks && f->marks[at] == key)
		return;
	if (f->n_marks == f->marks_room) {
		size_t room = f->marks_room == 0 ? MARKS_FIRST : 2 * f->marks_room;

		if (room > FEEDER_ROLLUPS_MAX || !marks_grow(f, room)) {
			f->remark = true;
			return;
		}
	}
	memmove(&f->marks[at + 1], &f->marks[at], (f->n_marks - at) * sizeof(*f->marks));
	f->marks[at] = key;
	f->n_marks++;
}

static int
compare_keys(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

/* Mark all that the reader may see. */
static ms_status
mark_all(feeder *f)
{
	size_t room = MARKS_FIRST;
	ms_status s = MS_FULL;
	feed_rollup_keys keys;

	while (s == MS_FULL && room <= FEEDER_ROLLUPS_MAX) {
		if (!marks_grow(f, room))
			return MS_NO_MEMORY;
		keys = (feed_rollup_keys){ .list = f->marks, .room = f->marks_room };
		s = f->source->rollup_keys(f->source->ctx, f->who, &f->sub, &keys);
		room *= 4;
	}
	if (s != MS_OK)
		return s;
	f->n_marks = keys.n;
	qsort(f->marks, f->n_marks, sizeof(*f->marks), compare_keys);
	f->remark = false;
	return MS_OK;
}

static bool
keep_filters(feeder *f)
{
	span item = f->sub.item, period = f->sub.period;

	f->filters = malloc(item.len + period.len + 1);
	if (f->filters == NULL)
		return false;
	if (item.len > 0)
		memcpy(f->filters, item.at, item.len);
	if (period.len > 0)
		memcpy(f->filters + item.len, period.at, period.len);
	f->sub.item = span_of(f->filters, item.len);
	f->sub.period = span_of(f->filters + item.len, period.len);
	return true;
}

ms_status
feeder_new(const feed_source *source, const struct session_facts *who, const frame_subscribe *sub,
	feeder **out)
{
	feeder *f = calloc(1, sizeof(*f));
	ms_status s = MS_OK;

	if (f == NULL)
		return MS_NO_MEMORY;
	f->source = source;
	f->who = who;
	f->sub = *sub;
	f->cursor = sub->cursor;
	f->told = sub->cursor;
	f->credit = sub->credit > CREDIT_MAX ? CREDIT_MAX : sub->credit;
	f->at_end = !wants_entries(f);
	if (!keep_filters(f))
		s = MS_NO_MEMORY;
	if (s == MS_OK && feeder_reads_rollups(f))
		s = mark_all(f);
	if (s != MS_OK) {
		feeder_free(f);
		return s;
	}
	*out = f;
	return MS_OK;
}

void
feeder_free(feeder *f)
{
	if (f == NULL)
		return;
	rollup_sending_fini(&f->parts);
	free(f->filters);
	free(f->marks);
	free(f);
}

void
feeder_credit(feeder *f, const frame_credit *credit)
{
	unsigned stored = 0;

	f->credit = credit->more > CREDIT_MAX - f->credit ? CREDIT_MAX : f->credit + credit->more;
	f->unanswered = false;
	while (stored < f->n_unstored && f->unstored[stored] <= credit->stored)
		stored++;
	f->n_unstored -= stored;
	memmove(f->unstored, f->unstored + stored, f->n_unstored * sizeof(f->unstored[0]));
}

void
feeder_log_grew(feeder *f)
{
	if (wants_entries(f))
		f->at_end = false;
}

void
feeder_rollup_changed(feeder *f, uint64_t key)
{
	if (feeder_reads_rollups(f) &&
		f->source->rollup_wanted(f->source->ctx, f->who, &f->sub, key))
		mark(f, key);
}

static bool
rollups_due(const feeder *f)
{
	return !f->unanswered && (f->parts.is_open || f->n_marks > 0 || f->remark);
}

static bool
entries_due(const feeder *f)
{
	return !f->at_end && f->credit > 0 && f->n_unstored < FEEDER_FRAMES_MAX;
}

static bool
end_reached(const feeder *f)
{
	return f->at_end && !f->parts.is_open && f->n_marks == 0 && !f->remark;
}

bool
feeder_has_work(const feeder *f)
{
	return !f->finished &&
	       (rollups_due(f) || entries_due(f) || (end_reached(f) && !f->told_end));
}

bool
feeder_finished(const feeder *f)
{
	return f->finished;
}

bool
feeder_needs_parts(const feeder *f)
{
	return f->needs_parts;
}

static ms_status
send_feed(feeder *f, const wire_out *out, frame *feed)
{
	ms_status s;

	feed->kind = FRAME_FEED;
	feed->u.feed.after = f->told;
	feed->u.feed.cursor = f->cursor;
	feed->u.feed.caught_up = end_reached(f);
	f->source->now(f->source->ctx, &feed->u.feed.size, &feed->u.feed.hub_time_us);
	s = out->send(out->ctx, feed);
	if (s != MS_OK)
		return s;
	f->skipped = 0;
	f->told = f->cursor;
	if (feed->u.feed.caught_up) {
		f->told_end = true;
		f->finished = f->sub.once;
	}
	return MS_OK;
}

/* ---- rollups ---- */

static uint64_t
take_mark(feeder *f)
{
	size_t at = mark_place(f, f->next_key);
	uint64_t key;

	if (at == f->n_marks)
		at = 0;
	key = f->marks[at];
	f->n_marks--;
	memmove(&f->marks[at], &f->marks[at + 1], (f->n_marks - at) * sizeof(*f->marks));
	f->next_key = key + 1;
	return key;
}

static ms_status
send_part(feeder *f, const wire_out *out)
{
	feed_part part;
	frame feed = { .kind = FRAME_FEED, .u.feed.part = &part };
	ms_status s;

	rollup_sending_next(&f->parts, &part);
	f->unanswered = true;
	s = send_feed(f, out, &feed);
	if (!f->parts.is_open)
		rollup_sending_fini(&f->parts);
	return s;
}

/* The newest versions of what is marked, as many as go into a frame; or *ALONE, which does not. */
static ms_status
read_rollups(feeder *f, arena *memory, frame_feed *body, feed_rollup *alone)
{
	size_t room = f->sub.parts ? WIRE_FEED_FRAME_BYTES : FRAME_BYTES_MAX - FEED_BYTES;
	size_t bytes = 0, size, used = memory->used;

	while (f->n_marks > 0 && body->n_rollups < ROLLUPS_PER_FRAME &&
		bytes < WIRE_FEED_FRAME_BYTES && memory->used - used < ROLLUPS_MEMORY) {
		feed_rollup r = { 0 };
		uint64_t key = take_mark(f);
		ms_status s = f->source->rollup(f->source->ctx, f->who, key, memory, &r);

		if (s == MS_NOT_FOUND)
			continue;
		if (s != MS_OK)
			return s;
		size = rollup_frame_bytes(&r);
		if (body->n_rollups == 0 && size > room) {
			*alone = r;
			f->needs_parts = !f->sub.parts;
			return MS_FULL;
		}
		if (body->n_rollups > 0 && bytes + size > WIRE_FEED_FRAME_BYTES) {
			mark(f, key);
			f->next_key = key;
			break;
		}
		bytes += size;
		body->rollups[body->n_rollups++] = r;
	}
	return MS_OK;
}

static ms_status
pump_rollups(feeder *f, const wire_out *out, arena *memory)
{
	frame feed = { .kind = FRAME_FEED };
	frame_feed *body = &feed.u.feed;
	feed_rollup alone;
	ms_status s = MS_OK;

	if (f->parts.is_open)
		return send_part(f, out);
	if (f->n_marks == 0)
		s = mark_all(f);
	if (s != MS_OK)
		return s;
	body->rollups = arena_alloc(memory, ROLLUPS_PER_FRAME * sizeof(feed_rollup));
	if (body->rollups == NULL)
		return MS_NO_MEMORY;
	s = read_rollups(f, memory, body, &alone);
	if (s == MS_FULL && f->sub.parts) {
		s = rollup_sending_begin(&f->parts, &alone);
		return s == MS_OK ? send_part(f, out) : s;
	}
	if (s != MS_OK || body->n_rollups == 0)
		return s;
	f->unanswered = true;
	return send_feed(f, out, &feed);
}

/* ---- entries ---- */

/* Hashes that an entry adds to the cover of a frame: from its leaf to the one before it in the
 * frame, and to the root of a log of SIZE leaves for the first. */
static size_t
cover_size(const feed_entry *e, const feed_entry *before, uint64_t size)
{
	uint64_t gap = size;

	if (before != NULL)
		gap = e->leaf > before->leaf ? e->leaf - before->leaf : before->leaf - e->leaf;
	return 2 * (size_t)(63 - __builtin_clzll(gap | 1)) * (HASH_SIZE + 2);
}

static size_t
entry_size(const feed_entry *e)
{
	size_t size = 64 + e->header.len + e->signature.len + e->verdicts.len +
		      e->n_siblings * (HASH_SIZE + 4) + BATCH_ACTS_MAX / 8;
	size_t i;

	for (i = 0; i < e->n_acts; i++)
		size += 16 + e->acts[i].bytes.len;
	return size;
}

typedef struct filling {
	frame feed;
	size_t bytes;
	uint64_t size; /* of the log */
	bool is_full;  /* an entry was read that has no place */
} filling;

static ms_status
send_entries(feeder *f, const wire_out *out, filling *fill)
{
	frame_feed *body = &fill->feed.u.feed;
	ms_status s;

	if (body->n_entries == 0 && f->skipped < FEEDER_SKIP_MAX)
		return MS_OK;
	s = send_feed(f, out, &fill->feed);
	if (s == MS_OK && body->n_entries > 0)
		f->unstored[f->n_unstored++] = body->entries[body->n_entries - 1].number;
	body->n_entries = 0;
	fill->bytes = 0;
	return s;
}

/* Put ENTRY into the frame at hand, or send that first. */
static ms_status
add_entry(feeder *f, const wire_out *out, filling *fill, const feed_entry *entry)
{
	frame_feed *body = &fill->feed.u.feed;
	const feed_entry *before =
		body->n_entries == 0 ? NULL : &body->entries[body->n_entries - 1];
	size_t size = entry_size(entry) + cover_size(entry, before, fill->size);
	ms_status s = MS_OK;

	if (body->n_entries == ENTRIES_PER_FRAME ||
		(body->n_entries > 0 && fill->bytes + size > WIRE_FEED_FRAME_BYTES))
		s = send_entries(f, out, fill);
	if (s != MS_OK)
		return s;
	if (f->n_unstored ==
		FEEDER_FRAMES_MAX) { /* read again when the reader has stored something */
		fill->is_full = true;
		return MS_OK;
	}
	body->entries[body->n_entries++] = *entry;
	fill->bytes += size;
	f->credit--;
	f->cursor = entry->number;
	return MS_OK;
}

static ms_status
pump_entries(feeder *f, const wire_out *out, size_t budget, arena *memory)
{
	filling fill = { 0 };
	size_t skipped = 0;
	int64_t ignored;
	ms_status s = MS_OK;

	f->source->now(f->source->ctx, &fill.size, &ignored);
	fill.feed.u.feed.entries = arena_alloc(memory, ENTRIES_PER_FRAME * sizeof(feed_entry));
	if (fill.feed.u.feed.entries == NULL)
		return MS_NO_MEMORY;
	while (s == MS_OK && budget > 0 && f->credit > 0 && !fill.is_full) {
		feed_entry e = { 0 };

		s = f->source->next(f->source->ctx, f->who, f->cursor, f->sub.classes, memory, &e);
		if (s != MS_OK)
			break;
		if (e.n_acts == 0 && !e.withheld) {
			f->cursor = e.number;
			f->skipped++;
			if (++skipped % FEEDER_SKIP_BUDGET == 0)
				budget--;
			continue;
		}
		s = add_entry(f, out, &fill, &e);
		budget--;
	}
	if (s == MS_NOT_FOUND) {
		f->at_end = true;
		s = MS_OK;
	}
	if (s == MS_OK)
		s = send_entries(f, out, &fill);
	return s;
}

ms_status
feeder_pump(feeder *f, const wire_out *out, size_t budget, arena *memory)
{
	frame empty = { 0 };
	ms_status s = MS_OK;

	if (f->finished)
		return MS_OK;
	if (rollups_due(f))
		s = pump_rollups(f, out, memory);
	if (s == MS_OK && entries_due(f))
		s = pump_entries(f, out, budget, memory);
	if (s == MS_OK && end_reached(f) && !f->told_end)
		s = send_feed(f, out, &empty);
	return s;
}
