/* SPDX-License-Identifier: Apache-2.0 */
/* test_omission.c - a receipt and a statement of a feed prove that the hub left the act out; where
 * nothing was left out, or nothing had to be there, they prove nothing, each by its own code. */
#include "sealed_log.h"

#include "proof/generation.h"
#include "wire/omission.h"

/* Which leaf is what: the rest are the hub's, in no feed. */
enum {
	LEAVES = 12,
	OLD = 2,     /* a report in the feed */
	BEFORE = 3,  /* the hub states the feed */
	REPORT = 5,  /* five acts, of which one is looked at */
	FOREIGN = 6, /* a report on an item that jxw does not lead */
	NEXT = 7,    /* a report in the feed */
	STATED = 9,  /* the hub states it again */
	ACTS = 5,
	POSITION = 3
};

static const char plan_text[] =
	"format = 1\n"
	"id = \"small\"\n"
	"title = \"Small\"\n"
	"timezone = \"+08:00\"\n"
	"first_period = \"2012-Q1\"\n"
	"last_period = \"2012-Q4\"\n"
	"observers = { \"tjj\" }\n"
	"defaults { period = \"quarter\" due_days = 10 lock_days = 60 }\n"
	"unit \"kjj\" { kind = \"department\" name = \"K\" }\n"
	"unit \"jxw\" { kind = \"department\" name = \"J\" }\n"
	"unit \"tjj\" { kind = \"department\" name = \"T\" }\n"
	"item \"i06\" { number = 6 title = \"Six\" text = { \"T\" } mode = \"sole\"\n"
	"	leads = { \"jxw\" } required = { \"kjj\" } }\n"
	"item \"i07\" { number = 7 title = \"Seven\" text = { \"T\" } mode = \"sole\"\n"
	"	leads = { \"kjj\" } }\n";

/* What of the log is as it should be. */
typedef struct wanted {
	const char *feed_of;   /* the statements are of its feed */
	bool in_feed;          /* the feed has the act */
	bool in_part;          /* it has the batch, without the act */
	uint8_t said_verdict;  /* to the report */
	uint8_t said_of_feeds; /* to the statements */
	bool of_hub;           /* the act is a notice of the hub */
} wanted;

static const wanted left_out = {
	.feed_of = "jxw", .said_verdict = VERDICT_STORED, .said_of_feeds = VERDICT_STORED
};

typedef struct omitting {
	scene scene;
	frame_omission o;
	frame_proof foreign;
	buf entries;
	uint64_t n;
	hash32 chain;
} omitting;

static span
some_report(omitting *m, const char *item, uint32_t revision)
{
	act a = { .kind = ACT_REPORT,
		.plan = span_str("small"),
		.item = span_str(item),
		.unit = span_str("kjj"),
		.period = span_str("2012-Q2"),
		.revision = revision };

	a.u.report.done = span_str("开工");
	return encoded(&m->scene, &a);
}

static span
some_notice(omitting *m)
{
	act a = { .kind = ACT_HUB_NOTICE,
		.plan = span_str("small"),
		.item = span_str("i06"),
		.unit = span_str("kjj"),
		.period = span_str("2012-Q2") };

	a.u.notice = (hub_notice){ .level = NOTICE_RED, .at_us = 5 };
	return encoded(&m->scene, &a);
}

/* The hub states the feed as it is. */
static span
statement_of(omitting *m, const char *unit)
{
	hash32 version = hash_of(span_str(plan_text));
	act a = { .kind = ACT_HUB_FEEDS,
		.plan = span_str("small"),
		.plan_version = span_of(version.at, HASH_SIZE),
		.unit = span_str(unit) };

	a.u.feeds = (hub_feeds){ .count = m->n, .chain = span_of(m->chain.at, HASH_SIZE) };
	return encoded(&m->scene, &a);
}

static void
add_entry(omitting *m, uint64_t leaf, uint8_t bits)
{
	feed_place e = { .leaf = leaf, .positions = span_of(&bits, bits != 0) };

	m->chain = feed_chain_next(&m->chain, ++m->n, leaf, e.positions);
	assert_int_equal(feed_place_add(&e, &m->entries), MS_OK);
}

static void
add_by_hub(omitting *m, span what, uint8_t said)
{

	add_leaf(&m->scene, &m->scene.hub, &hub_device, &what, 1, 0, said);
}

static void
add_report(omitting *m, const char *item, uint32_t revision)
{
	span what = some_report(m, item, revision);

	add_leaf(&m->scene, &m->scene.device, &the_device, &what, 1, 0, VERDICT_STORED);
}

static void
add_looked_at(omitting *m, const wanted *w)
{
	span acts[ACTS];
	uint32_t i;

	for (i = 0; i < ACTS; i++)
		acts[i] = some_report(m, "i06", 10 + i);
	if (w->of_hub)
		acts[POSITION] = some_notice(m);
	add_leaf(&m->scene, &m->scene.device, &the_device, acts, ACTS, POSITION, w->said_verdict);
	if (w->in_part)
		add_entry(m, REPORT, 0xe8);
	else if (w->in_feed)
		add_entry(m, REPORT, 0);
}

static void
grow(omitting *m, const wanted *w, unsigned leaf)
{
	switch (leaf) {
	case OLD:
	case NEXT:
		add_report(m, "i06", leaf);
		add_entry(m, leaf, 0);
		break;
	case BEFORE:
		add_by_hub(m, statement_of(m, w->feed_of), w->said_of_feeds);
		buf_reset(&m->entries);
		add_entry(m, leaf, 0x80);
		break;
	case REPORT:
		add_looked_at(m, w);
		break;
	case FOREIGN:
		add_report(m, "i07", 1);
		break;
	case STATED:
		add_by_hub(m, statement_of(m, w->feed_of), w->said_of_feeds);
		break;
	default:
		add_by_hub(m, some_notice(m), VERDICT_STORED);
		break;
	}
}

static frame_proof
proof_of(omitting *m, unsigned leaf)
{
	lead_to_checkpoint(&m->scene, &m->scene.proofs[leaf]);
	return (frame_proof){ .known = true,
		.leaf = leaf,
		.position = m->scene.proofs[leaf].position,
		.act = m->scene.proofs[leaf],
		.checkpoint = signed_checkpoint(&m->scene) };
}

static omitting *
omitting_new(const wanted *w)
{
	omitting *m = calloc(1, sizeof(*m));
	scene *s = &m->scene;
	unsigned leaf;

	scene_init(s);
	for (leaf = 0; leaf < LEAVES; leaf++)
		grow(m, w, leaf);
	m->o = (frame_omission){ .receipt = proof_of(m, REPORT),
		.before = proof_of(m, BEFORE),
		.stated = proof_of(m, STATED),
		.entries = buf_span(&m->entries),
		.plan = span_str(plan_text) };
	m->foreign = proof_of(m, FOREIGN);
	return m;
}

static void
omitting_free(omitting *m)
{
	scene_fini(&m->scene);
	buf_fini(&m->entries);
	free(m);
}

/* The code with which M is refused; 0: it holds. */
static unsigned
refusal(omitting *m, omission *found)
{
	ms_error err = { 0 };
	ms_status s = omission_check(&m->o, &m->scene.log_key, &m->scene.memory, found, &err);

	if (s != MS_OK && s != MS_DENIED && s != MS_INVALID)
		fail_msg("%s", err.text);
	return s == MS_OK ? 0 : err.code;
}

static void
assert_refused(omitting *m, unsigned code)
{
	omission found;

	assert_int_equal(refusal(m, &found), code);
	omitting_free(m);
}

static void
what_was_left_out_is_proven(void **test)
{
	omitting *m = omitting_new(&left_out);
	omission found;

	(void)test;
	assert_int_equal(refusal(m, &found), 0);
	assert_int_equal(found.act.leaf, REPORT);
	assert_int_equal(found.act.position, POSITION);
	assert_true(span_equal(found.unit, span_str("jxw")));
	assert_int_equal(found.stated.leaf, STATED);
	assert_int_equal(found.first, 2);
	assert_int_equal(found.last, 3);
	assert_int_equal(found.place, 3); /* between what states the feed and NEXT */
	omitting_free(m);
}

static void
one_act_of_a_batch_that_is_there_too(void **test)
{
	wanted w = left_out;
	omitting *m;
	omission found;

	(void)test;
	w.in_part = true;
	m = omitting_new(&w);
	assert_int_equal(refusal(m, &found), 0);
	assert_int_equal(found.place, 3);
	omitting_free(m);
}

static void
and_from_the_begin_of_the_feed(void **test)
{
	omitting *m = omitting_new(&left_out);
	feed_place first = { .leaf = OLD };
	buf whole = { 0 };
	omission found;

	(void)test;
	assert_int_equal(feed_place_add(&first, &whole), MS_OK);
	assert_int_equal(buf_add_span(&whole, m->o.entries), MS_OK);
	m->o.before = (frame_proof){ 0 };
	m->o.entries = buf_span(&whole);
	assert_int_equal(refusal(m, &found), 0);
	assert_int_equal(found.first, 1);
	assert_int_equal(found.last, 3);
	buf_fini(&whole);
	omitting_free(m);
}

static void
what_is_in_the_feed_is_not_left_out(void **test)
{
	wanted w = left_out;

	(void)test;
	w.in_feed = true;
	assert_refused(omitting_new(&w), MST_OMISSION_NONE);
}

static void
a_feed_that_need_not_have_it_proves_nothing(void **test)
{
	wanted w = left_out;
	omitting *m = omitting_new(&w);

	(void)test;
	m->o.receipt = m->foreign; /* jxw does not lead item 7 */
	assert_refused(m, MST_OMISSION_NO_RIGHT);
	w.feed_of = "nobody";
	assert_refused(omitting_new(&w), MST_OMISSION_NO_RIGHT);
	w = left_out;
	w.of_hub = true; /* notices are of no unit's device */
	assert_refused(omitting_new(&w), MST_OMISSION_NO_RIGHT);
}

static void
observers_and_the_unit_itself_have_it_in_their_feeds(void **test)
{
	wanted w = left_out;
	omitting *m;
	omission found;

	(void)test;
	w.feed_of = "tjj";
	m = omitting_new(&w);
	assert_int_equal(refusal(m, &found), 0);
	omitting_free(m);
	w.feed_of = "kjj";
	m = omitting_new(&w);
	assert_int_equal(refusal(m, &found), 0);
	m->o.receipt = m->foreign; /* and kjj leads item 7 */
	assert_int_equal(refusal(m, &found), 0);
	omitting_free(m);
}

static void
a_statement_before_the_receipt_proves_nothing(void **test)
{
	omitting *m = omitting_new(&left_out);

	(void)test;
	m->o.stated = m->o.before;
	m->o.before = (frame_proof){ 0 };
	m->o.entries = span_of(m->o.entries.at, 0);
	assert_refused(m, MST_OMISSION_EARLIER);
	m = omitting_new(&left_out); /* what states the feed is not left out of it */
	m->o.receipt = m->o.stated;
	assert_refused(m, MST_OMISSION_NO_RIGHT);
}

static void
a_begin_behind_the_act_proves_nothing(void **test)
{
	omitting *m = omitting_new(&left_out);

	(void)test;
	m->o.before = m->o.stated;
	m->o.entries = span_of(m->o.entries.at, 0);
	assert_refused(m, MST_PROOF);
}

static void
a_refused_act_is_in_no_other_feed(void **test)
{
	wanted w = left_out;

	(void)test;
	w.said_verdict = VERDICT_REFUSED_LATE;
	assert_refused(omitting_new(&w), MST_OMISSION_REFUSED);
	w.said_verdict = VERDICT_DUPLICATE;
	assert_refused(omitting_new(&w), MST_OMISSION_REFUSED);
}

/* Anybody may say such a thing; then the hub does not store it. */
static void
a_statement_that_the_hub_does_not_stand_by_is_none(void **test)
{
	wanted w = left_out;

	(void)test;
	w.said_of_feeds = VERDICT_REFUSED_NOT_ASSIGNED;
	assert_refused(omitting_new(&w), MST_PROOF);
}

static void
statements_of_two_feeds_do_not_go_together(void **test)
{
	wanted w = left_out;
	omitting *m = omitting_new(&left_out), *other;

	(void)test;
	w.feed_of = "tjj";
	other = omitting_new(&w);
	m->o.before = other->o.before;
	assert_refused(m, MST_PROOF);
	omitting_free(other);
}

static void
other_entries_than_those_stated_prove_nothing(void **test)
{
	uint8_t room[64];
	size_t i;

	(void)test;
	for (i = 0; i < 2 * 9 + 1; i++) {
		omitting *m = omitting_new(&left_out);

		memcpy(room, m->o.entries.at, m->o.entries.len);
		room[i] ^= 1;
		m->o.entries.at = room;
		assert_refused(m, MST_OMISSION_CHAIN);
		m = omitting_new(&left_out);
		m->o.entries.len = i;
		assert_refused(m, MST_OMISSION_CHAIN);
	}
	for (i = 1; i < 9; i++) { /* nor with the begin of one behind them */
		omitting *m = omitting_new(&left_out);

		memset(room, 0, sizeof(room));
		memcpy(room, m->o.entries.at, m->o.entries.len);
		m->o.entries = span_of(room, m->o.entries.len + i);
		assert_refused(m, MST_OMISSION_CHAIN);
	}
}

static void
another_plan_and_another_log_prove_nothing(void **test)
{
	omitting *m = omitting_new(&left_out);

	(void)test;
	m->o.plan.len--;
	assert_refused(m, MST_PROOF);
	m = omitting_new(&left_out);
	m->scene.log_key.key = some_key(8).public_key;
	assert_refused(m, MST_PROOF_NOTE);
	m = omitting_new(&left_out);
	m->o.receipt.act.act = (span){ 0 };
	assert_refused(m, MST_PROOF_FILE);
}

static frame_checkpoint
checkpoint_of_generation_2(omitting *m)
{
	log_key first = m->scene.log_key;
	frame_checkpoint out;

	assert_true(generation_key(&first, 2, &m->scene.log_key));
	out = signed_checkpoint(&m->scene);
	m->scene.log_key = first;
	return out;
}

/* What a restored log lost, its feeds need not have. */
static void
another_generation_of_the_log_proves_nothing(void **test)
{
	omitting *m = omitting_new(&left_out);
	omission found;
	ms_error err = { 0 };

	(void)test;
	m->o.stated.checkpoint = checkpoint_of_generation_2(m);
	assert_int_equal(omission_check(&m->o, &m->scene.log_key, &m->scene.memory, &found, &err),
		MS_DENIED);
	assert_non_null(strstr(err.remedy, "muster prove"));
	assert_refused(m, MST_PROOF);
	m = omitting_new(&left_out);
	m->o.before.checkpoint = checkpoint_of_generation_2(m);
	assert_refused(m, MST_PROOF);
	m = omitting_new(&left_out);
	m->o.receipt.checkpoint = checkpoint_of_generation_2(m);
	m->o.stated.checkpoint = m->o.before.checkpoint = m->o.receipt.checkpoint;
	assert_int_equal(refusal(m, &found), 0);
	omitting_free(m);
}

static void
no_file_that_was_edited_proves_anything(void **test)
{
	omitting *m = omitting_new(&left_out);
	size_t bit;
	buf file = { 0 };

	(void)test;
	assert_int_equal(omission_file_encode(&m->o, &m->scene.memory, &file), MS_OK);
	assert_true(omission_file_is(buf_span(&file)));
	for (bit = 0; bit < 8 * file.len; bit += 3) {
		arena memory = { 0 };
		frame_omission o;
		omission found;

		file.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (omission_file_decode(buf_span(&file), &memory, &o, NULL) == MS_OK &&
			omission_check(&o, &m->scene.log_key, &memory, &found, NULL) == MS_OK)
			fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
		arena_fini(&memory);
		file.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	buf_fini(&file);
	omitting_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_left_out_is_proven),
		cmocka_unit_test(one_act_of_a_batch_that_is_there_too),
		cmocka_unit_test(and_from_the_begin_of_the_feed),
		cmocka_unit_test(what_is_in_the_feed_is_not_left_out),
		cmocka_unit_test(a_feed_that_need_not_have_it_proves_nothing),
		cmocka_unit_test(observers_and_the_unit_itself_have_it_in_their_feeds),
		cmocka_unit_test(a_statement_before_the_receipt_proves_nothing),
		cmocka_unit_test(a_begin_behind_the_act_proves_nothing),
		cmocka_unit_test(a_refused_act_is_in_no_other_feed),
		cmocka_unit_test(a_statement_that_the_hub_does_not_stand_by_is_none),
		cmocka_unit_test(statements_of_two_feeds_do_not_go_together),
		cmocka_unit_test(other_entries_than_those_stated_prove_nothing),
		cmocka_unit_test(another_plan_and_another_log_prove_nothing),
		cmocka_unit_test(another_generation_of_the_log_proves_nothing),
		cmocka_unit_test(no_file_that_was_edited_proves_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
