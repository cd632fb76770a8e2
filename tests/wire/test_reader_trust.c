/* SPDX-License-Identifier: Apache-2.0 */
/* test_reader_trust.c - a reader believes an entry only when the log proves who sealed it and where
 * it stands; whatever is forged, it stops by name and its cursor stays. */
#include "sealed_log.h"

#include "capture.h"
#include "proof/cover.h"
#include "wire/reader.h"

enum { ORIGIN, ENROLMENT, FORGED_ENROLMENT, REPORT, OTHER_REPORT, LEAVES };

typedef struct rig {
	scene *log;
	witness trusted;
	capture wire;
	reader *reader;
	uint64_t stored;
	size_t taken;
	frame keys, feed;
	feed_entry entries[2];
	feed_act acts[2];
	leaf_proof key_proofs[2];
} rig;

static span
origin_act(scene *s)
{
	act a = { .kind = ACT_HUB_ORIGIN };

	a.u.origin = (hub_origin){ .hub = span_of(hub_device.at, ID_SIZE),
		.origin = span_str("muster/test"),
		.sign_key = span_of(s->hub.public_key.at, SIGN_PUBLIC_SIZE) };
	return encoded(s, &a);
}

/* The office's enrolment by the hub, and one that the office sealed itself. */
static scene *
log_new(void)
{
	scene *s = calloc(1, sizeof(*s));
	span acts[2];
	size_t i;

	scene_init(s);
	acts[0] = origin_act(s);
	add_leaf(s, &s->hub, &hub_device, acts, 1, 0, VERDICT_STORED);
	acts[0] = enrolment_act(s, &the_device, &s->device.public_key);
	add_leaf(s, &s->hub, &hub_device, acts, 1, 0, VERDICT_STORED);
	add_leaf(s, &s->device, &the_device, acts, 1, 0, VERDICT_STORED);
	for (i = 0; i < 2; i++)
		acts[i] = report_act(s, (uint32_t)i + 1);
	add_leaf(s, &s->device, &the_device, acts, 2, 1, VERDICT_STORED);
	add_leaf(s, &s->device, &the_device, acts, 2, 0, VERDICT_STORED);
	for (i = 0; i < LEAVES; i++)
		lead_to_checkpoint(s, &s->proofs[i]);
	return s;
}

static ms_status
get_cursor(void *ctx, uint64_t *cursor, ms_error *err)
{
	(void)err;
	*cursor = ((rig *)ctx)->stored;
	return MS_OK;
}

static ms_status
take(void *ctx, const frame_feed *feed, uint64_t cursor, ms_error *err)
{
	rig *r = ctx;

	(void)err;
	r->taken += feed->n_entries;
	r->stored = cursor;
	return MS_OK;
}

static void
fill_entry(rig *r, size_t at, uint64_t leaf)
{
	const leaf_proof *p = &r->log->proofs[leaf];
	span *siblings = arena_alloc(&r->log->memory, (p->n_siblings + 1) * sizeof(*siblings));

	memcpy(siblings, p->siblings, p->n_siblings * sizeof(*siblings));
	r->acts[at] = (feed_act){ .at = (uint16_t)p->position, .bytes = p->act };
	r->entries[at] = (feed_entry){ .number = at + 1,
		.leaf = leaf,
		.hub_time_us = p->hub_time_us,
		.header = p->header,
		.signature = p->signature,
		.verdicts = p->verdicts,
		.unit = span_str("kjj"),
		.acts = &r->acts[at],
		.n_acts = 1,
		.siblings = siblings,
		.n_siblings = p->n_siblings };
}

/* The hashes that prove both entries together. */
static void
cover(rig *r)
{
	static hash32 hashes[64];
	span *list = arena_alloc(&r->log->memory, 64 * sizeof(*list));
	cover_leaf leaves[2] = { { .leaf = REPORT }, { .leaf = OTHER_REPORT } };
	frame_feed *feed = &r->feed.u.feed;
	tree_nodes nodes;
	size_t i;

	tree_tail_nodes(&r->log->tail, &nodes);
	assert_int_equal(
		cover_make(&nodes, LEAVES, leaves, 2, hashes, 64, &feed->n_cover, NULL), MS_OK);
	for (i = 0; i < feed->n_cover; i++)
		list[i] = span_of(hashes[i].at, HASH_SIZE);
	feed->cover = list;
}

/* Two frames that hold: the keys, then two entries. */
static rig *
rig_new(void)
{
	rig *r = calloc(1, sizeof(*r));
	reader_config config = { .classes = CLASS_OWN | CLASS_LEAD, .credit = 8 };
	reader_host host = { .ctx = r, .cursor = get_cursor, .take = take };
	wire_out out = capture_out(&r->wire);
	ms_error err = { 0 };

	r->log = log_new();
	r->trusted.key = &r->log->log_key;
	assert_int_equal(reader_new(&config, &host, &out, &r->reader), MS_OK);
	reader_trust(r->reader, &r->trusted);
	r->keys = (frame){ .kind = FRAME_FEED };
	r->key_proofs[0] = r->log->proofs[ORIGIN];
	r->key_proofs[1] = r->log->proofs[ENROLMENT];
	r->keys.u.feed = (frame_feed){
		.checkpoint = signed_checkpoint(r->log), .keys = r->key_proofs, .n_keys = 2
	};
	r->feed = r->keys;
	r->feed.u.feed.n_keys = 0;
	r->feed.u.feed.entries = r->entries;
	r->feed.u.feed.n_entries = 2;
	fill_entry(r, 0, REPORT);
	fill_entry(r, 1, OTHER_REPORT);
	cover(r);
	assert_int_equal(witness_take(&r->trusted, &r->feed.u.feed.checkpoint, &err), MS_OK);
	reader_in(r->reader, &(frame){ .kind = FRAME_WELCOME }, 1);
	return r;
}

static void
rig_free(rig *r)
{
	reader_free(r->reader);
	scene_fini(r->log);
	free(r->log);
	free(r);
}

static void
send_both(rig *r)
{
	reader_in(r->reader, &r->keys, 2);
	reader_in(r->reader, &r->feed, 3);
}

/* The reader stopped with CODE and took nothing. */
static void
assert_stopped(rig *r, unsigned code)
{
	send_both(r);
	assert_int_equal(reader_look(r->reader), READER_FAILED);
	if (reader_trouble(r->reader)->code != code)
		fail_msg("MST-%04u, expected MST-%04u: %s", reader_trouble(r->reader)->code, code,
			reader_trouble(r->reader)->text);
	assert_int_equal(r->taken, 0);
	assert_int_equal(r->stored, 0);
	rig_free(r);
}

static void
what_the_log_proves_is_taken(void **test)
{
	rig *r = rig_new();

	(void)test;
	send_both(r);
	if (reader_look(r->reader) != READER_OPEN)
		fail_msg("%s", reader_trouble(r->reader)->text);
	assert_int_equal(r->taken, 2);
	assert_int_equal(r->stored, 2);
	rig_free(r);
}

static void
a_forged_signature_stops_it(void **test)
{
	rig *r = rig_new();
	uint8_t bytes[SIGNATURE_SIZE];

	(void)test;
	memcpy(bytes, r->entries[1].signature.at, sizeof(bytes));
	bytes[7] ^= 1;
	r->entries[1].signature = span_of(bytes, sizeof(bytes));
	assert_stopped(r, MST_WIRE_FEED_SIGNATURE);
}

static void
a_device_that_nobody_enrolled_stops_it(void **test)
{
	rig *r = rig_new();

	(void)test;
	r->keys.u.feed.n_keys = 1;
	assert_stopped(r, MST_WIRE_FEED_KEY);
	r = rig_new();
	r->keys.u.feed.keys++; /* without the hub's own key nobody knows who signed it */
	r->keys.u.feed.n_keys = 1;
	assert_stopped(r, MST_WIRE_FEED_KEY);
}

static void
an_enrolment_that_the_hub_did_not_state_stops_it(void **test)
{
	rig *r = rig_new();

	(void)test;
	r->key_proofs[1] = r->log->proofs[FORGED_ENROLMENT];
	assert_stopped(r, MST_WIRE_FEED_KEY);
	r = rig_new();
	r->key_proofs[1] = r->log->proofs[REPORT];
	assert_stopped(r, MST_WIRE_FEED_KEY);
	r = rig_new();
	r->key_proofs[1].leaf = FORGED_ENROLMENT; /* it does not stand there */
	assert_stopped(r, MST_PROOF);
	r = rig_new();
	r->key_proofs[1].n_path--;
	assert_stopped(r, MST_PROOF);
}

static void
another_units_name_stops_it(void **test)
{
	rig *r = rig_new();

	(void)test;
	r->entries[0].unit = span_str("jxw");
	assert_stopped(r, MST_WIRE_FEED_KEY);
}

static void
another_place_time_or_verdict_stops_it(void **test)
{
	uint8_t refused[2] = { VERDICT_REFUSED_LATE, VERDICT_STORED };
	rig *r = rig_new();

	(void)test;
	r->entries[0].hub_time_us--; /* before a deadline, perhaps */
	assert_stopped(r, MST_WIRE_FEED_PLACE);
	r = rig_new();
	r->entries[0].verdicts = span_of(refused, sizeof(refused));
	assert_stopped(r, MST_WIRE_FEED_PLACE);
	r = rig_new();
	r->entries[0].leaf = OTHER_REPORT;
	r->entries[1].leaf = REPORT;
	assert_stopped(r, MST_WIRE_FEED_PLACE);
	r = rig_new();
	r->entries[1].leaf = LEAVES;
	assert_stopped(r, MST_WIRE_FEED_PLACE);
	r = rig_new();
	r->feed.u.feed.n_cover--;
	assert_stopped(r, MST_WIRE_FEED_PLACE);
}

static void
a_feed_without_a_verified_checkpoint_stops_it(void **test)
{
	rig *r = rig_new();

	(void)test;
	r->feed.u.feed.checkpoint = (frame_checkpoint){ 0 };
	assert_stopped(r, MST_WIRE_UNPROVEN);
	r = rig_new();
	r->trusted.verified.root.at[0] ^= 1; /* what the uplink believes is another log */
	assert_stopped(r, MST_WIRE_UNPROVEN);
}

/* All at once, and each bit of what the entries are held by. */
static void
no_flipped_bit_passes(void **test)
{
	size_t bit;

	(void)test;
	for (bit = 0; bit < 8 * (BATCH_HEADER_SIZE + SIGNATURE_SIZE); bit += 5) {
		rig *r = rig_new();
		uint8_t bytes[BATCH_HEADER_SIZE + SIGNATURE_SIZE];
		feed_entry *e = &r->entries[bit % 2];

		memcpy(bytes, e->header.at, BATCH_HEADER_SIZE);
		memcpy(bytes + BATCH_HEADER_SIZE, e->signature.at, SIGNATURE_SIZE);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		e->header = span_of(bytes, BATCH_HEADER_SIZE);
		e->signature = span_of(bytes + BATCH_HEADER_SIZE, SIGNATURE_SIZE);
		send_both(r);
		assert_int_equal(reader_look(r->reader), READER_FAILED);
		assert_int_equal(r->taken, 0);
		rig_free(r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_log_proves_is_taken),
		cmocka_unit_test(a_forged_signature_stops_it),
		cmocka_unit_test(a_device_that_nobody_enrolled_stops_it),
		cmocka_unit_test(an_enrolment_that_the_hub_did_not_state_stops_it),
		cmocka_unit_test(another_units_name_stops_it),
		cmocka_unit_test(another_place_time_or_verdict_stops_it),
		cmocka_unit_test(a_feed_without_a_verified_checkpoint_stops_it),
		cmocka_unit_test(no_flipped_bit_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
