/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.c - the reading side of a feed.
 *
 * Store first, then CREDIT: what CREDIT names as stored is never sent again, so it must be durable.
 * FEED.after makes a gap visible even where the feed leaves out numbers by class; frames of an
 * older subscription that are still on the way show themselves by the same field.
 */
#include "wire/reader.h"

#include <stdlib.h>

#include "proof/batch.h"
#include "proof/cover.h"
#include "proof/tree.h"
#include "wire/feed_watch.h"
#include "wire/keybook.h"
#include "wire/rollup_parts.h"

enum { CREDIT_DEFAULT = 1024 };

#define RETRY_US (10 * INT64_C(1000000))

struct reader {
	reader_config config;
	reader_host host;
	wire_out out;
	reader_state state;
	ms_error trouble;
	uint64_t cursor;
	const witness *trusted; /* NULL: nobody */
	keybook keys;
	feed_watch watch; /* as of cursor */
	feed_watch next;  /* with the frame at hand */
	arena memory;     /* of the frame at hand */
	int64_t now_us;   /* of the call at hand */
	int64_t retry_us; /* FAILED: subscribe again then; INT64_MAX: not on this connection */
	bool welcomed;
	bool syncing; /* subscribed again on a connection: frames of the older subscription may come
			 first */
	bool between; /* likewise: the rest of a rollup that nobody waits for */
	rollup_taking parts;
};

ms_status
reader_new(const reader_config *config, const reader_host *host, const wire_out *out, reader **r)
{
	reader *made = calloc(1, sizeof(*made));

	if (made == NULL)
		return MS_NO_MEMORY;
	made->config = *config;
	if (made->config.credit == 0)
		made->config.credit = CREDIT_DEFAULT;
	made->host = *host;
	made->out = *out;
	made->state = READER_IDLE;
	*r = made;
	return MS_OK;
}

void
reader_free(reader *r)
{
	if (r == NULL)
		return;
	keybook_fini(&r->keys);
	rollup_taking_fini(&r->parts);
	arena_fini(&r->memory);
	free(r);
}

void
reader_trust(reader *r, const witness *w)
{
	r->trusted = w;
}

/* ---- checking ---- */

static ms_status
bad_header(ms_error *err, const feed_entry *e, const char *what)
{
	return ms_fail(err, MS_INVALID, MST_WIRE_FEED_HEADER, "feed entry %llu: %s",
		(unsigned long long)e->number, what);
}

/* What nothing proves is not there, or somebody would take it for proven. */
static bool
is_bare(const feed_entry *e)
{
	return e->n_acts == 0 && e->n_siblings == 0 && e->header.len == 0 &&
	       e->signature.len == 0 && e->verdicts.len == 0 && e->unit.len == 0 &&
	       e->hub_time_us == 0;
}

ms_status
reader_check_entry(const feed_entry *e, ms_error *err)
{
	hash32 leaves[BATCH_ACTS_MAX], siblings[BATCH_ACTS_MAX];
	uint8_t shown[BATCH_ACTS_MAX] = { 0 };
	batch_header h;
	hash32 root;
	size_t i;

	if (e->withheld)
		return is_bare(e) ? MS_OK
				  : bad_header(err, e, "it is withheld, and shows something");
	if (!batch_header_read(e->header, &h))
		return bad_header(err, e, "its batch header cannot be read");
	if (e->signature.len != SIGNATURE_SIZE || e->verdicts.len != h.count)
		return bad_header(err, e, "signature or verdicts have the wrong length");
	if (e->n_siblings > h.count)
		return bad_header(err, e, "it has more siblings than acts");
	for (i = 0; i < e->n_acts; i++) {
		uint16_t at = e->acts[i].at;

		if (at >= h.count || (i > 0 && at <= e->acts[i - 1].at))
			return bad_header(err, e, "positions are not ascending within the batch");
		leaves[at] = tree_leaf(e->acts[i].bytes);
		shown[at] = 1;
	}
	if (!frame_hashes(e->siblings, e->n_siblings, siblings, BATCH_ACTS_MAX))
		return bad_header(err, e, "a sibling is no hash");
	if (!tree_root_from(leaves, shown, h.count, siblings, e->n_siblings, &root) ||
		!hash_equal(&root, &h.root))
		return ms_fail(err, MS_INVALID, MST_WIRE_FEED_ROOT,
			"feed entry %llu: its acts are not those that the device signed (record "
			"%llu)",
			(unsigned long long)e->number, (unsigned long long)e->leaf);
	return MS_OK;
}

static bool
is_trusting(const reader *r)
{
	return r->trusted == NULL || r->trusted->key == NULL;
}

/* The uplink took the frame's checkpoint before. */
static ms_status
check_checkpoint(const reader *r, const frame_feed *feed, ms_error *err)
{
	const checkpoint *c = &r->trusted->verified;

	if (feed->checkpoint.size == c->size && hash_equal(&feed->checkpoint.root, &c->root))
		return MS_OK;
	return ms_fail(err, MS_DENIED, MST_WIRE_UNPROVEN,
		"the feed is shown with no checkpoint that could be verified");
}

static ms_status
take_keys(reader *r, const frame_feed *feed, ms_error *err)
{
	ms_status s = MS_OK;
	size_t i;

	if (is_trusting(r) || feed->n_keys == 0)
		return MS_OK;
	s = check_checkpoint(r, feed, err);
	for (i = 0; i < feed->n_keys && s == MS_OK; i++)
		s = keybook_take(&r->keys, &feed->keys[i], &r->trusted->verified, &r->memory, err);
	return s;
}

/* Does the log of the checkpoint have every entry where it says? */
static ms_status
check_places(reader *r, const frame_feed *feed, ms_error *err)
{
	const checkpoint *c = &r->trusted->verified;
	cover_leaf *list = arena_alloc(&r->memory, feed->n_entries * sizeof(*list));
	size_t n = 0, i;
	ms_status s;

	if (list == NULL && feed->n_entries > 0)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the feed");
	for (i = 0; i < feed->n_entries; i++) {
		const feed_entry *e = &feed->entries[i];

		if (!e->withheld)
			list[n++] = (cover_leaf){ .leaf = e->leaf,
				.hash = log_leaf_hash(
					e->header, e->signature, e->hub_time_us, e->verdicts) };
	}
	if (n == 0)
		return MS_OK;
	s = check_checkpoint(r, feed, err);
	if (s == MS_OK && (!cover_sort(list, &n) || !cover_check(c->size, list, n, feed->cover,
							    feed->n_cover, &c->root)))
		s = ms_fail(err, MS_DENIED, MST_WIRE_FEED_PLACE,
			"feed entries %llu to %llu: the log of the checkpoint of %llu leaves does "
			"not have them where they say, with these times and verdicts",
			(unsigned long long)feed->entries[0].number,
			(unsigned long long)feed->entries[feed->n_entries - 1].number,
			(unsigned long long)c->size);
	return s;
}

static ms_status
check_signed(const reader *r, const feed_entry *e, ms_error *err)
{
	batch_header h;

	if (is_trusting(r) || e->withheld)
		return MS_OK;
	batch_header_read(e->header, &h); /* it was read before */
	return keybook_check(&r->keys, e, &h, err);
}

/* A reader of both classes is shown every number. */
static bool
is_dense(const reader *r)
{
	return (r->config.classes & (CLASS_OWN | CLASS_LEAD)) == (CLASS_OWN | CLASS_LEAD);
}

static ms_status
check_feed(const reader *r, const frame_feed *feed, ms_error *err)
{
	uint64_t last = r->cursor;
	size_t i;
	ms_status s;

	for (i = 0; i < feed->n_entries; i++) {
		const feed_entry *e = &feed->entries[i];

		if (e->number <= last || (is_dense(r) && e->number != last + 1))
			return ms_fail(err, MS_INVALID, MST_WIRE_FEED_ORDER,
				"feed entry %llu does not follow %llu",
				(unsigned long long)e->number, (unsigned long long)last);
		last = e->number;
		s = reader_check_entry(e, err);
		if (s == MS_OK)
			s = check_signed(r, e, err);
		if (s != MS_OK)
			return s;
	}
	return MS_OK;
}

/* ---- frames ---- */

/* What does not hold will not hold a little later. */
static void
fail(reader *r, const ms_error *err)
{
	bool holds = err->status != MS_DENIED && err->status != MS_INVALID;

	r->trouble = *err;
	r->state = READER_FAILED;
	rollup_taking_fini(&r->parts);
	r->retry_us = holds ? r->now_us + RETRY_US : INT64_MAX;
}

static ms_status
begin_watch(reader *r, ms_error *err)
{
	hash32 chain = { { 0 } };
	bool known = r->cursor == 0;
	ms_status s = MS_OK;

	if (!known && r->host.chain != NULL) {
		s = r->host.chain(r->host.ctx, &chain, err);
		known = s == MS_OK;
	}
	feed_watch_begin(&r->watch, r->cursor, known ? &chain : NULL);
	return s == MS_NOT_FOUND ? MS_OK : s;
}

static void
subscribe(reader *r)
{
	frame f = { .kind = FRAME_SUBSCRIBE };
	ms_error err = { 0 };
	ms_status s;

	s = r->host.cursor(r->host.ctx, &r->cursor, &err);
	if (s == MS_OK)
		s = begin_watch(r, &err);
	f.u.subscribe.cursor = r->cursor;
	f.u.subscribe.classes = r->config.classes;
	f.u.subscribe.credit = r->config.credit;
	f.u.subscribe.item = span_str(r->config.item);
	f.u.subscribe.period = span_str(r->config.period);
	f.u.subscribe.once = r->config.once;
	f.u.subscribe.parts = (r->config.classes & CLASS_ROLLUP) != 0;
	r->between = r->syncing;
	rollup_taking_fini(&r->parts);
	if (s == MS_OK) {
		s = r->out.send(r->out.ctx, &f);
		if (s != MS_OK)
			ms_fail(&err, s, MST_WIRE_FEED_REFUSED,
				"the subscription could not be sent");
	}
	if (s != MS_OK) {
		fail(r, &err);
		return;
	}
	r->state = READER_OPEN;
	r->trouble = (ms_error){ 0 };
}

static void
give_credit(reader *r, size_t more)
{
	frame f = { .kind = FRAME_CREDIT };

	f.u.credit.more = (uint32_t)more;
	f.u.credit.stored = r->cursor;
	(void)r->out.send(r->out.ctx,
		&f); /* lost with the connection: the next subscription has its own credit */
}

/* Is the frame of this subscription and does it go on where we are? Sets the state when it does
 * not. */
static bool
goes_on(reader *r, const frame_feed *feed)
{
	ms_error err = { 0 };

	if (r->syncing && feed->after != r->cursor)
		return false;
	r->syncing = false;
	if (feed->after <= r->cursor)
		return true;
	ms_fail(&err, MS_INVALID, MST_WIRE_FEED_ORDER,
		"the feed goes on after %llu, but only %llu is stored",
		(unsigned long long)feed->after, (unsigned long long)r->cursor);
	fail(r, &err);
	return false;
}

/* A rollup whose last part has come is FEED's. */
static ms_status
take_part(reader *r, const feed_part *part, frame_feed *feed, ms_error *err)
{
	ms_status s;

	if (feed->n_rollups > 0)
		return ms_fail(err, MS_INVALID, MST_WIRE_FEED_PART,
			"a feed frame has rollups and a part of one");
	if (r->between && part->number > 0)
		return MS_OK;
	r->between = false;
	s = rollup_taking_add(&r->parts, part, &feed->rollups, err);
	feed->n_rollups = feed->rollups != NULL;
	return s;
}

static void
in_feed(reader *r, const frame_feed *whole)
{
	frame_feed feed = *whole;
	ms_error err = { 0 };
	uint64_t cursor = r->cursor;
	ms_status s;
	size_t i;

	if (!goes_on(r, whole))
		return;
	while (feed.n_entries > 0 && feed.entries[0].number <= r->cursor) {
		feed.entries++;
		feed.n_entries--;
	}
	s = take_keys(r, whole, &err);
	if (s == MS_OK)
		s = check_feed(r, &feed, &err);
	if (s == MS_OK && !is_trusting(r))
		s = check_places(r, whole, &err);
	if (s == MS_OK && whole->part != NULL)
		s = take_part(r, whole->part, &feed, &err);
	r->next = r->watch;
	for (i = 0; s == MS_OK && is_dense(r) && i < feed.n_entries; i++)
		s = feed_watch_take(&r->next, &feed.entries[i], &r->memory, &err);
	arena_reset(&r->memory);
	if (feed.n_entries > 0)
		cursor = feed.entries[feed.n_entries - 1].number;
	if (!is_dense(r) && feed.cursor > cursor)
		cursor = feed.cursor;
	if (s == MS_OK &&
		(feed.n_entries > 0 || feed.n_rollups > 0 || cursor > r->cursor || feed.caught_up))
		s = r->host.take(r->host.ctx, &feed, cursor, &err);
	if (s != MS_OK) {
		fail(r, &err);
		return;
	}
	r->cursor = cursor;
	r->watch = r->next;
	if (whole->part != NULL && !whole->part->goes_on)
		rollup_taking_fini(&r->parts);
	if (whole->n_entries > 0 || whole->n_rollups > 0 || whole->part != NULL)
		give_credit(r, whole->n_entries);
	if (!feed.caught_up)
		return;
	if (r->config.once)
		r->state = READER_DONE;
	if (r->host.caught_up != NULL)
		r->host.caught_up(r->host.ctx);
}

static void
in_error(reader *r, const frame *f)
{
	wire_refusal why = wire_refusal_of(f->u.error.name);
	ms_error err = { 0 };

	if (r->state != READER_OPEN)
		return;
	if (why == WIRE_WRONG_ROLE || why == WIRE_STORAGE ||
		(why == WIRE_MALFORMED && f->kind == FRAME_ERROR)) {
		wire_tell(&err, why == WIRE_STORAGE ? MS_BUSY : MS_DENIED, MST_WIRE_FEED_REFUSED,
			&f->u.error);
		fail(r, &err);
	} else if (f->kind == FRAME_BYE || why == WIRE_HELLO_FIRST) {
		reader_down(r);
	}
}

void
reader_in(reader *r, const frame *f, int64_t now_us)
{
	r->now_us = now_us;
	switch (f->kind) {
	case FRAME_WELCOME:
		r->welcomed = true;
		r->syncing = false; /* nothing of an older subscription can come behind a WELCOME */
		if (r->state != READER_DONE)
			subscribe(r);
		break;
	case FRAME_FEED:
		if (r->state == READER_OPEN)
			in_feed(r, &f->u.feed);
		break;
	case FRAME_ERROR:
	case FRAME_BYE:
		in_error(r, f);
		break;
	default:
		break;
	}
}

void
reader_down(reader *r)
{
	r->welcomed = false;
	if (r->state == READER_OPEN)
		r->state = READER_IDLE;
}

int64_t
reader_tick(reader *r, int64_t now_us)
{
	r->now_us = now_us;
	if (r->state == READER_FAILED && r->welcomed && now_us >= r->retry_us) {
		r->syncing = true;
		subscribe(r);
	}
	return r->state == READER_FAILED && r->welcomed ? r->retry_us : INT64_MAX;
}

bool
reader_chain(const reader *r, hash32 *out)
{
	*out = r->next.chain;
	return r->next.known;
}

reader_state
reader_look(const reader *r)
{
	return r->state;
}

const ms_error *
reader_trouble(const reader *r)
{
	return &r->trouble;
}
