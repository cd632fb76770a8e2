/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_vectors.c - the golden bytes of vectors.txt, which vectors.py makes from proto/README.md
 * without this code: made here from the same seeds they are the same, and what they say is
 * understood.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fs.h"
#include "base/text.h"
#include "codec/acts.h"
#include "codec/frame.h"
#include "proof/batch.h"
#include "proof/note.h"
#include "proof/tree.h"

#define NOW INT64_C(1341460800000000)
#define HUB_TIME INT64_C(1341460801000000)
enum { FILE_BYTES_MAX = 1 << 16, LEAVES = 11, LEAF = 5, FROM = 6, ACTS = 3 };

typedef struct golden {
	buf text;
	arena memory;
	hash32 leaves[LEAVES]; /* of the log */
} golden;

/* The bytes called NAME. */
static span
bytes_of(golden *g, const char *name)
{
	span rest = buf_span(&g->text);
	size_t len = strlen(name);

	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.at, '\n', rest.len);
		size_t line;

		assert_non_null(end);
		line = (size_t)(end - rest.at);
		if (line > len && memcmp(rest.at, name, len) == 0 && rest.at[len] == ' ') {
			size_t n = (line - len - 1) / 2;
			uint8_t *out = arena_alloc(&g->memory, n + 1);

			assert_non_null(out);
			assert_true(text_unhex(span_of(rest.at + len + 1, 2 * n), out, n));
			return span_of(out, n);
		}
		rest = span_of(end + 1, rest.len - line - 1);
	}
	fail_msg("vectors.txt has no %s", name);
	return rest;
}

static hash32
hash_named(golden *g, const char *name)
{
	span bytes = bytes_of(g, name);
	hash32 h;

	assert_int_equal(bytes.len, HASH_SIZE);
	memcpy(h.at, bytes.at, HASH_SIZE);
	return h;
}

static void
same(golden *g, const char *name, span made)
{
	span wanted = bytes_of(g, name);

	assert_int_equal(made.len, wanted.len);
	assert_memory_equal(made.at, wanted.at, wanted.len);
}

static void
same_hash(golden *g, const char *name, const hash32 *made)
{
	same(g, name, span_of(made->at, HASH_SIZE));
}

static sign_key
key_from(uint8_t first)
{
	uint8_t seed[SIGN_SEED_SIZE];
	sign_key key;
	unsigned i;

	for (i = 0; i < SIGN_SEED_SIZE; i++)
		seed[i] = (uint8_t)(first + i);
	sign_key_from_seed(seed, &key);
	return key;
}

static int
setup(void **state)
{
	golden *g = calloc(1, sizeof(*g));
	unsigned i;

	assert_non_null(g);
	assert_int_equal(fs_read(MUSTER_SOURCE_DIR "/tests/interop/vectors.txt", FILE_BYTES_MAX,
				 &g->text, NULL),
		MS_OK);
	for (i = 0; i < LEAVES; i++) {
		char text[8];

		snprintf(text, sizeof(text), "%u", i);
		g->leaves[i] = tree_leaf(span_str(text));
	}
	g->leaves[LEAF] = hash_named(g, "log_leaf");
	*state = g;
	return 0;
}

static int
teardown(void **state)
{
	golden *g = *state;

	buf_fini(&g->text);
	arena_fini(&g->memory);
	free(g);
	return 0;
}

/* ---- acts and batches ---- */

/* Act N as the file has it, put together by the codec. */
static span
make_act(golden *g, unsigned n)
{
	uint8_t salt[ACT_SALT_SIZE], version[HASH_SIZE];
	char done[16];
	act a = { .schema = 1,
		.kind = ACT_REPORT,
		.created_us = NOW + n,
		.plan = span_str("sy-2012"),
		.item = span_str("i06"),
		.unit = span_str("tiexi"),
		.period = span_str("2012-Q2"),
		.revision = n };
	buf body = { 0 }, whole = { 0 };
	span made;

	memset(salt, (int)n, sizeof(salt));
	memset(version, 'P', sizeof(version));
	snprintf(done, sizeof(done), "第%u次", n);
	a.salt = span_of(salt, sizeof(salt));
	a.plan_version = span_of(version, sizeof(version));
	a.u.report.has_progress = true;
	a.u.report.progress_pct = 40u + n;
	a.u.report.done = span_str(done);
	assert_int_equal(act_encode_body(&a, &g->memory, &body), MS_OK);
	a.body = buf_span(&body);
	assert_int_equal(act_encode(&a, &g->memory, &whole), MS_OK);
	made = arena_copy(&g->memory, buf_span(&whole));
	buf_fini(&body);
	buf_fini(&whole);
	return made;
}

static void
acts_and_their_leaves(void **state)
{
	golden *g = *state;
	unsigned n;

	for (n = 1; n <= ACTS; n++) {
		char name[32];
		span made = make_act(g, n);
		hash32 leaf = tree_leaf(made);
		act back;

		snprintf(name, sizeof(name), "act_%u", n);
		same(g, name, made);
		snprintf(name, sizeof(name), "act_leaf_%u", n);
		same_hash(g, name, &leaf);
		assert_int_equal(act_decode(made, &g->memory, &back), MS_OK);
		assert_false(back.malformed);
		assert_int_equal(back.u.report.progress_pct, 40 + n);
	}
}

static void
a_sealed_batch_and_its_log_leaf(void **state)
{
	golden *g = *state;
	sign_key key = key_from(0);
	batch_header header = { .first_seq = 1, .schema = 1, .device_time_us = NOW };
	span acts[ACTS] = { make_act(g, 1), make_act(g, 2), make_act(g, 3) };
	buf sealed = { 0 };
	batch_view view;
	hash32 leaf;

	memset(header.hub.at, 'H', ID_SIZE);
	memset(header.device.at, 'D', ID_SIZE);
	assert_int_equal(batch_seal(&header, acts, ACTS, &key, &sealed, NULL), MS_OK);
	same(g, "device_key", span_of(key.public_key.at, SIGN_PUBLIC_SIZE));
	same_hash(g, "batch_root", &header.root);
	same(g, "batch", buf_span(&sealed));
	assert_int_equal(batch_open(bytes_of(g, "batch"), &view), BATCH_GOOD);
	assert_int_equal(batch_check_root(&view), BATCH_GOOD);
	assert_int_equal(batch_check_signature(&view, &key.public_key), BATCH_GOOD);
	same(g, "header", view.header);
	same(g, "signature", view.signature);
	same_hash(g, "header_hash", &view.header_hash);
	leaf = log_leaf_hash(view.header, view.signature, HUB_TIME, bytes_of(g, "verdicts"));
	same_hash(g, "log_leaf", &leaf);
	buf_fini(&sealed);
}

/* ---- the log ---- */

/* Any node of the log's tree, from its leaves. */
static ms_status
read_node(void *ctx, unsigned level, uint64_t index, hash32 *out, ms_error *err)
{
	const golden *g = ctx;
	hash32 part[LEAVES];
	size_t n = (size_t)1 << level;

	(void)err;
	assert_true((index + 1) * n <= LEAVES);
	memcpy(part, &g->leaves[index * n], n * sizeof(hash32));
	*out = tree_root_of(part, n);
	return MS_OK;
}

static unsigned
hashes_named(golden *g, const char *name, hash32 *out)
{
	span bytes = bytes_of(g, name);

	assert_int_equal(bytes.len % HASH_SIZE, 0);
	memcpy(out, bytes.at, bytes.len);
	return (unsigned)(bytes.len / HASH_SIZE);
}

static void
paths_of_the_log(void **state)
{
	golden *g = *state;
	tree_nodes nodes = { .ctx = g, .read = read_node };
	hash32 path[TREE_LEVELS_MAX], top = hash_named(g, "log_root"),
				      before = hash_named(g, "root_before");
	unsigned n;

	assert_int_equal(tree_inclusion(&nodes, LEAF, LEAVES, path, &n, NULL), MS_OK);
	same(g, "inclusion", span_of(path[0].at, n * HASH_SIZE));
	n = hashes_named(g, "inclusion", path);
	assert_true(tree_inclusion_check(&g->leaves[LEAF], LEAF, LEAVES, path, n, &top));
	assert_int_equal(tree_consistency(&nodes, FROM, LEAVES, path, &n, NULL), MS_OK);
	same(g, "consistency", span_of(path[0].at, n * HASH_SIZE));
	n = hashes_named(g, "consistency", path);
	assert_true(tree_consistency_check(FROM, &before, LEAVES, &top, path, n));
	path[0].at[0] ^= 1;
	assert_false(tree_consistency_check(FROM, &before, LEAVES, &top, path, n));
}

static void
a_signed_checkpoint(void **state)
{
	golden *g = *state;
	sign_key secret = key_from(SIGN_SEED_SIZE);
	checkpoint at = { .size = LEAVES, .root = hash_named(g, "log_root") }, back;
	char text[LOG_KEY_TEXT_SIZE];
	buf note = { 0 };
	log_key key;

	assert_int_equal(log_key_parse(bytes_of(g, "log_key"), &key, NULL), MS_OK);
	log_key_print(&key, text);
	same(g, "log_key", span_str(text));
	assert_int_equal(note_sign(key.origin, &secret, &at, &note), MS_OK);
	same(g, "note", buf_span(&note));
	assert_int_equal(note_open(bytes_of(g, "note"), &key, &back, NULL), MS_OK);
	assert_int_equal(back.size, LEAVES);
	assert_true(hash_equal(&back.root, &at.root));
	buf_fini(&note);
}

/* ---- frames ---- */

/* The frame called NAME, decoded; encoded again it is the same bytes. */
static frame
frame_named(golden *g, const char *name)
{
	span bytes = bytes_of(g, name);
	buf again = { 0 };
	frame f;

	assert_int_equal(frame_decode(bytes, &g->memory, &f, NULL), MS_OK);
	assert_int_equal(frame_encode(&f, &g->memory, &again), MS_OK);
	same(g, name, buf_span(&again));
	buf_fini(&again);
	return f;
}

static void
frames_of_a_device(void **state)
{
	golden *g = *state;
	frame f = frame_named(g, "frame_hello");

	assert_int_equal(f.kind, FRAME_HELLO);
	assert_int_equal(f.u.hello.roles, 3);
	assert_int_equal(f.u.hello.device.len, ID_SIZE);
	assert_int_equal(f.u.hello.device.at[0], 'D');
	f = frame_named(g, "frame_push");
	assert_int_equal(f.kind, FRAME_PUSH);
	same(g, "batch", f.u.push);
	f = frame_named(g, "frame_subscribe");
	assert_int_equal(f.kind, FRAME_SUBSCRIBE);
	assert_int_equal(f.u.subscribe.cursor, 6);
	assert_int_equal(f.u.subscribe.credit, 100);
}

static void
frames_of_the_hub(void **state)
{
	golden *g = *state;
	frame f = frame_named(g, "frame_receipt");
	const frame_receipt *r = f.u.receipts.list;
	const feed_entry *e;

	assert_int_equal(f.kind, FRAME_RECEIPT);
	assert_int_equal(f.u.receipts.n, 1);
	same_hash(g, "header_hash", &r->header_hash);
	same(g, "verdicts", r->verdicts);
	assert_int_equal(r->leaf, LEAF);
	assert_int_equal(r->hub_time_us, HUB_TIME);
	same(g, "note", f.u.receipts.checkpoint.note);
	assert_int_equal(f.u.receipts.checkpoint.from, FROM);
	f = frame_named(g, "frame_feed");
	e = f.u.feed.entries;
	assert_int_equal(f.kind, FRAME_FEED);
	assert_int_equal(f.u.feed.n_entries, 1);
	assert_int_equal(e->n_acts, 1);
	assert_int_equal(e->acts[0].at, 1);
	same(g, "act_2", e->acts[0].bytes);
	assert_int_equal(e->n_siblings, 2);
	same(g, "act_leaf_3", e->siblings[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(acts_and_their_leaves),
		cmocka_unit_test(a_sealed_batch_and_its_log_leaf),
		cmocka_unit_test(paths_of_the_log),
		cmocka_unit_test(a_signed_checkpoint),
		cmocka_unit_test(frames_of_a_device),
		cmocka_unit_test(frames_of_the_hub),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
