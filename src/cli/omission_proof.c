/* SPDX-License-Identifier: Apache-2.0 */
/*
 * omission_proof.c - what proves an omission is collected while the feed is read, from frames that
 * the reader has checked: the hub is asked for nothing that it does not have to show every reader.
 */
#include "cli/omission_proof.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "codec/acts.h"
#include "lib/device_read.h"
#include "proof/cover.h"
#include "wire/feed_watch.h"

enum { CREDIT = 2048, PATIENCE_US = 15000000, RECEIPT_MAX = 1 << 20 };

typedef struct collecting {
	device_read read;
	frame_omission o;
	arena kept;    /* of the receipt, and of the statement behind the act */
	arena begun;   /* of the statement before it */
	arena scratch; /* of the entry at hand */
	buf entries;   /* since that */
	bool is_stated;
	uint64_t had; /* number of the entry that has the act; 0: none seen */
} collecting;

/* ---- reading ---- */

static span
copy_list(const hash32 *list, size_t n, arena *memory)
{
	return arena_copy(memory, span_of((const uint8_t *)list, n * sizeof(*list)));
}

/* Spans over the hashes of COPY. */
static const span *
spans_of(span copy, size_t n, arena *memory)
{
	span *out = arena_alloc(memory, n * sizeof(*out));
	size_t i;

	for (i = 0; out != NULL && copy.at != NULL && i < n; i++)
		out[i] = span_of(copy.at + i * HASH_SIZE, HASH_SIZE);
	return copy.at == NULL ? NULL : out;
}

/* The way of E's leaf to the checkpoint of FEED, out of what covers all its entries. */
static ms_status
find_path(
	collecting *c, const frame_feed *feed, const feed_entry *e, arena *memory, leaf_proof *out)
{
	cover_leaf *list = arena_alloc(&c->scratch, feed->n_entries * sizeof(*list));
	hash32 path[TREE_LEVELS_MAX];
	size_t n = 0, i;
	unsigned n_path;

	if (list == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < feed->n_entries; i++) {
		const feed_entry *x = &feed->entries[i];

		if (!x->withheld)
			list[n++] = (cover_leaf){ .leaf = x->leaf,
				.hash = log_leaf_hash(
					x->header, x->signature, x->hub_time_us, x->verdicts) };
	}
	if (!cover_sort(list, &n) || !cover_path(feed->checkpoint.size, list, n, feed->cover,
					     feed->n_cover, e->leaf, path, &n_path))
		return MS_INVALID;
	out->path = spans_of(copy_list(path, n_path, memory), n_path, memory);
	out->n_path = n_path;
	return out->path == NULL ? MS_NO_MEMORY : MS_OK;
}

/* The act AT of E, an entry that shows no other, as a proof of its own. */
static ms_status
prove_entry(collecting *c, const frame_feed *feed, const feed_entry *e, const feed_act *at,
	arena *memory, frame_proof *out)
{
	leaf_proof *p = &out->act;
	span *siblings = arena_alloc(memory, e->n_siblings * sizeof(*siblings));
	bool failed = siblings == NULL;
	size_t i;

	*out = (frame_proof){ .known = true,
		.leaf = e->leaf,
		.position = at->at,
		.checkpoint = { .size = feed->checkpoint.size,
			.root = feed->checkpoint.root,
			.note = arena_copy(memory, feed->checkpoint.note) } };
	for (i = 0; !failed && i < e->n_siblings; i++) {
		siblings[i] = arena_copy(memory, e->siblings[i]);
		failed = siblings[i].at == NULL;
	}
	*p = (leaf_proof){ .leaf = e->leaf,
		.hub_time_us = e->hub_time_us,
		.header = arena_copy(memory, e->header),
		.signature = arena_copy(memory, e->signature),
		.verdicts = arena_copy(memory, e->verdicts),
		.position = at->at,
		.act = arena_copy(memory, at->bytes),
		.act_hash = tree_leaf(at->bytes),
		.siblings = siblings,
		.n_siblings = e->n_siblings };
	if (failed || out->checkpoint.note.at == NULL || p->header.at == NULL ||
		p->signature.at == NULL || p->verdicts.at == NULL || p->act.at == NULL)
		return MS_NO_MEMORY;
	return e->n_acts == 1 ? find_path(c, feed, e, memory, p) : MS_INVALID;
}

/* A statement behind the act ends the reading, one before it begins the entries anew. */
static ms_status
take_statement(collecting *c, const frame_feed *feed, const feed_entry *e, const feed_act *at)
{
	if (e->leaf > c->o.receipt.act.leaf) {
		c->is_stated = true;
		device_read_stop(&c->read);
		return prove_entry(c, feed, e, at, &c->kept, &c->o.stated);
	}
	arena_reset(&c->begun);
	buf_reset(&c->entries);
	return prove_entry(c, feed, e, at, &c->begun, &c->o.before);
}

static ms_status
take_entry(collecting *c, const frame_feed *feed, const feed_entry *e)
{
	feed_place place = { .leaf = e->leaf, .positions = e->positions };
	const feed_act *at;
	hub_feeds told;
	ms_status s = feed_statement(e, &c->scratch, &told, &at);

	if (s == MS_OK)
		s = take_statement(c, feed, e, at);
	else if (s == MS_NOT_FOUND)
		s = MS_OK;
	if (s != MS_OK || c->is_stated)
		return s;
	if (e->leaf == c->o.receipt.act.leaf && feed_place_has(&place, c->o.receipt.act.position))
		c->had = e->number;
	return feed_place_add(&place, &c->entries);
}

static ms_status
take_feed(void *ctx, const frame_feed *feed, uint64_t cursor, ms_error *err)
{
	collecting *c = ctx;
	ms_status s = MS_OK;
	size_t i;

	(void)cursor;
	for (i = 0; i < feed->n_entries && s == MS_OK && !c->is_stated; i++) {
		s = take_entry(c, feed, &feed->entries[i]);
		arena_reset(&c->scratch);
	}
	if (s == MS_NO_MEMORY)
		return ms_fail(err, s, MST_NO_MEMORY, "no memory for the feed");
	return s == MS_OK ? s
			  : ms_fail(err, s, MST_PROOF,
				    "a statement of the hub cannot be taken out of the feed");
}

/* Each connection begins with the first entry. */
static ms_status
begin(void *ctx, uint64_t *cursor, ms_error *err)
{
	collecting *c = ctx;

	c->o.before = (frame_proof){ 0 };
	c->had = 0;
	buf_reset(&c->entries);
	return device_read_from_begin(ctx, cursor, err);
}

static void
caught_up(void *ctx)
{
	device_read_stop(&((collecting *)ctx)->read);
}

static ms_status
read_feed(collecting *c, const char *dir, ms_error *err)
{
	ms_status s;

	c->read = (device_read){ .dir = dir,
		.software = "muster " MUSTER_VERSION,
		.wanted = { .classes = CLASS_OWN | CLASS_LEAD, .credit = CREDIT, .once = true },
		.host = { .ctx = c, .cursor = begin, .take = take_feed, .caught_up = caught_up },
		.patience_us = PATIENCE_US,
		.waits = cli_tell_waiting };
	s = device_read_run(&c->read, err);
	c->o.entries = buf_span(&c->entries);
	return s;
}

/* ---- proving ---- */

static ms_status
read_receipt(collecting *c, const char *path, ms_error *err)
{
	buf file = { 0 };
	span copy;
	ms_status s = fs_read(path, RECEIPT_MAX, &file, err);

	copy = arena_copy(&c->kept, buf_span(&file));
	buf_fini(&file);
	if (s == MS_OK && copy.at == NULL)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the receipt");
	if (s == MS_OK)
		s = proof_file_decode(copy, &c->kept, &c->o.receipt, err);
	if (s != MS_OK)
		ms_error_place(err, "%s", path);
	return s;
}

static ms_status
not_stated(const collecting *c, ms_error *err)
{
	const leaf_proof *p = &c->o.receipt.act;

	if (c->had > 0)
		return ms_fail(err, MS_DENIED, MST_OMISSION_NONE,
			"nothing was left out: record %llu/%u is entry %llu of the feed",
			(unsigned long long)p->leaf, p->position, (unsigned long long)c->had);
	ms_fail(err, MS_DENIED, MST_OMISSION_UNSTATED,
		"the hub has not stated this feed since record %llu/%u, so that nothing can be "
		"proven yet",
		(unsigned long long)p->leaf, p->position);
	ms_error_remedy(err, "try again when the feed has grown: the hub states it within an hour");
	return MS_DENIED;
}

/* The version of the plan that the statement names. */
static const plan *
find_plan(const collecting *c, const plan *newest, arena *memory)
{
	hash32 version;
	act a;

	if (act_decode(c->o.stated.act.act, memory, &a) != MS_OK || a.malformed ||
		a.plan_version.len != HASH_SIZE)
		return NULL;
	memcpy(version.at, a.plan_version.at, HASH_SIZE);
	return plan_of_version(newest, &version);
}

static ms_status
write_proof(collecting *c, const char *path, ms_error *err)
{
	buf file = { 0 };
	ms_status s = fs_exists(path) ? MS_EXISTS : MS_OK;

	if (s == MS_EXISTS)
		return ms_fail(err, s, MST_FILE_EXISTS, "%s is there already", path);
	s = omission_file_encode(&c->o, &c->kept, &file);
	if (s == MS_FULL)
		ms_fail(err, s, MST_FILE_TOO_LARGE,
			"the hub stated this feed too seldom: the proof would have more than %d "
			"bytes",
			OMISSION_BYTES_MAX);
	else if (s != MS_OK)
		ms_fail(err, s, MST_NO_MEMORY, "no memory for the proof");
	if (s == MS_OK)
		s = fs_write_atomic(path, 0644, buf_span(&file), err);
	buf_fini(&file);
	return s;
}

/* What was collected, checked as whoever gets it will, and written. */
static ms_status
conclude(collecting *c, const char *dir, const char *path, bool *refused, ms_error *err)
{
	const plan *version;
	plan *newest = NULL;
	omission found;
	ms_status s;

	if (!c->is_stated) {
		*refused = true;
		return not_stated(c, err);
	}
	s = home_plan_read(dir, &newest, err);
	if (s != MS_OK)
		return s;
	version = find_plan(c, newest, &c->kept);
	if (version == NULL) {
		s = ms_fail(err, MS_CONFIG, MST_WIRE_NO_PLAN,
			"this directory does not have the version of the plan that the hub names");
		ms_error_remedy(err, "start the agent: it fetches the plan");
	} else {
		c->o.plan = version->bytes;
		s = omission_check(&c->o, &c->read.log_key, &c->kept, &found, err);
		*refused = s == MS_DENIED;
	}
	if (s == MS_OK)
		s = write_proof(c, path, err);
	plan_free(newest);
	return s;
}

ms_status
omission_prove(const char *dir, const char *receipt, const char *out, bool *refused, ms_error *err)
{
	collecting c = { 0 };
	ms_status s = read_receipt(&c, receipt, err);

	*refused = false;
	if (s == MS_OK)
		s = read_feed(&c, dir, err);
	if (s == MS_OK)
		s = conclude(&c, dir, out, refused, err);
	device_read_fini(&c.read);
	buf_fini(&c.entries);
	arena_fini(&c.kept);
	arena_fini(&c.begun);
	arena_fini(&c.scratch);
	return s;
}

/* ---- check ---- */

static void
print_json(const omission *o)
{
	char hex[2 * HASH_SIZE + 1], version[2 * HASH_SIZE + 1], time[40];
	json_t *out = json_object();

	hash_hex(&o->act.act_hash, hex);
	text_hex(o->plan_version.at, o->plan_version.len, version);
	json_set_bool(out, "ok", true);
	json_set_text(out, "log", o->act.log.origin);
	json_set_number(out, "generation", o->act.generation);
	json_set_record(out, "record", o->act.leaf, o->act.position);
	json_set_text(out, "hub_time", time_format(o->act.hub_time_us, 0, time));
	json_set_clock(out, note_origin_is_simulated(o->act.log.origin));
	json_set_text(out, "verdict", verdict_name((verdict)o->act.verdict));
	json_set_text(out, "hash", hex);
	json_set_span(out, "unit", o->act.what.unit);
	json_set_span(out, "item", o->act.what.item);
	json_set_span(out, "period", o->act.what.period);
	json_set_span(out, "feed", o->unit);
	json_set_record(out, "stated", o->stated.leaf, o->stated.position);
	json_set_text(out, "stated_time", time_format(o->stated.hub_time_us, 0, time));
	json_set_number(out, "first", (int64_t)o->first);
	json_set_number(out, "last", (int64_t)o->last);
	json_set_number(out, "place", (int64_t)o->place);
	json_set_text(out, "plan_version", version);
	ask_print_object("muster/omission/1", out);
}

static void
print_text(const omission *o)
{
	char hex[2 * HASH_SIZE + 1], had[40], stated[40];
	const act *a = &o->act.what;

	hash_hex(&o->act.act_hash, hex);
	printf(tr("The hub left a record out of a feed: its log's key has signed both.\n"
		  "  log       %s\n"
		  "  it has    record %llu/%u, %s, since %s%s\n"
		  "            unit %.*s, item %.*s, %.*s\n"
		  "            hash %s\n"
		  "  it shows  the feed of unit %.*s without it: record %llu/%u of %s states its "
		  "first %llu entries;\n"
		  "            of these, %llu to %llu are in the file, and the record should be "
		  "number %llu\n"
		  "  and yet   by the plan then in force unit %.*s sees the record\n"),
		o->act.log.origin, (unsigned long long)o->act.leaf, o->act.position,
		verdict_name((verdict)o->act.verdict), time_format(o->act.hub_time_us, 0, had),
		note_origin_is_simulated(o->act.log.origin) ? tr(" (simulated clock)") : "",
		(int)a->unit.len, (const char *)a->unit.at, (int)a->item.len,
		(const char *)a->item.at, (int)a->period.len, (const char *)a->period.at, hex,
		(int)o->unit.len, (const char *)o->unit.at, (unsigned long long)o->stated.leaf,
		o->stated.position, time_format(o->stated.hub_time_us, 0, stated),
		(unsigned long long)o->last, (unsigned long long)o->first,
		(unsigned long long)o->last, (unsigned long long)o->place, (int)o->unit.len,
		(const char *)o->unit.at);
}

ms_status
omission_show(span file, const log_key *key, bool json, ms_error *err)
{
	arena memory = { 0 };
	frame_omission o;
	omission found;
	ms_status s = omission_file_decode(file, &memory, &o, err);

	if (s == MS_OK)
		s = omission_check(&o, key, &memory, &found, err);
	if (s == MS_OK && json)
		print_json(&found);
	else if (s == MS_OK)
		print_text(&found);
	arena_fini(&memory);
	return s;
}
