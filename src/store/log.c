/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.c - one row per leaf.
 *
 *   LOG: leaf u64 -> version u8 | check 16 | hub time i64 | count u16 | n nodes u8 | prevs length
 * u16 | header 172 | signature 64 | verdicts[count] | nodes[n] 32 each | prevs | acts as in the
 * batch
 *
 * The check covers all but the acts: those are held by the root in the header, and hashing them
 * again would cost the writer as much as all else it does. prevs, per act: 0 = none, else
 * varint(leaf - its leaf + 1) and its position u8.
 *
 *   META LOG_STATE_KEY -> LogState (store.proto)
 */
#include "store/log.h"

#include "codec/records.h"
#include "store/pack.h"
#include "store/record.h"

enum {
	LOG_VERSION = 1,
	AT_CHECK = 1,
	AT_TIME = AT_CHECK + RECORD_CHECK_SIZE,
	AT_COUNT = AT_TIME + 8,
	AT_NODES = AT_COUNT + 2,
	AT_PREVS = AT_NODES + 1,
	AT_HEADER = AT_PREVS + 2,
	FIXED_SIZE = AT_HEADER + BATCH_SIGNED_SIZE,
	PREV_MAX = 10 + 1,
};

static span
key_of(uint64_t leaf, uint8_t out[8])
{
	be64_put(out, leaf);
	return span_of(out, 8);
}

/* ---- state ---- */

static bool
state_read(store_txn *txn, span row, arena *memory, log_state *state)
{
	log_state_row r;
	ms_status status = log_state_row_decode(row, memory, &r);

	if (status == MS_NO_MEMORY)
		return store_no_memory(txn);
	if (status != MS_OK || r.n_frontier != (size_t)__builtin_popcountll(r.size))
		return record_bad(txn, TABLE_META, span_str(LOG_STATE_KEY), "it has another form");
	state->tree.size = r.size;
	state->tree.n = (unsigned)r.n_frontier;
	if (r.n_frontier > 0)
		memcpy(state->tree.roots, r.frontier, r.n_frontier * sizeof(hash32));
	state->last_us = r.last_us;
	state->manual_clock_us = r.manual_clock_us;
	state->noticed_us = r.noticed_us;
	state->generation = r.generation;
	state->restore_leaf = r.restore_leaf;
	return true;
}

void
log_state_load(store_txn *txn, log_state *state)
{
	arena memory = { 0 };
	span row;

	*state = (log_state){ 0 };
	tree_frontier_init(&state->tree);
	if (record_get(txn, TABLE_META, span_str(LOG_STATE_KEY), &row))
		state_read(txn, row, &memory, state);
	arena_fini(&memory);
}

void
log_state_save(store_txn *txn, const log_state *state)
{
	log_state_row row = { .size = state->tree.size,
		.last_us = state->last_us,
		.frontier = state->tree.roots,
		.n_frontier = state->tree.n,
		.manual_clock_us = state->manual_clock_us,
		.noticed_us = state->noticed_us,
		.generation = state->generation,
		.restore_leaf = state->restore_leaf };
	arena memory = { 0 };
	buf bytes = { 0 };

	if (log_state_row_encode(&row, &memory, &bytes) == MS_OK)
		record_put(txn, TABLE_META, span_str(LOG_STATE_KEY), buf_span(&bytes));
	else
		store_no_memory(txn);
	buf_fini(&bytes);
	arena_fini(&memory);
}

/* ---- writing ---- */

static size_t
pack_prevs(uint64_t leaf, const record_place *prevs, uint16_t count,
	uint8_t out[BATCH_ACTS_MAX * PREV_MAX])
{
	packer p = { .at = out, .end = out + BATCH_ACTS_MAX * PREV_MAX };
	uint16_t i;

	for (i = 0; i < count; i++) {
		if (prevs == NULL || prevs[i].leaf == UINT64_MAX) {
			pack_u8(&p, 0);
			continue;
		}
		MS_ASSERT(prevs[i].leaf <= leaf && prevs[i].at < BATCH_ACTS_MAX);
		pack_varint(&p, leaf - prevs[i].leaf + 1);
		pack_u8(&p, (uint8_t)prevs[i].at);
	}
	return (size_t)(p.at - out);
}

static void
check_of(span key, const uint8_t *row, size_t prefix, uint8_t out[RECORD_CHECK_SIZE])
{
	record_check(
		TABLE_LOG, key, row[0], span_of(row + AT_TIME, prefix - AT_TIME), (span){ 0 }, out);
}

uint64_t
log_append(store_txn *txn, log_state *state, const batch_view *batch, int64_t hub_time_us,
	const uint8_t *verdicts, const record_place *prevs)
{
	uint8_t packed[BATCH_ACTS_MAX * PREV_MAX], key_room[8];
	hash32 made[TREE_LEVELS_MAX + 1], hash;
	uint64_t leaf = state->tree.size;
	uint16_t count = batch->fields.count;
	span key = key_of(leaf, key_room);
	span acts =
		span_of(batch->bytes.at + BATCH_SIGNED_SIZE, batch->bytes.len - BATCH_SIGNED_SIZE);
	size_t n_prevs, n_nodes, prefix;
	uint8_t *row;
	packer p;

	MS_ASSERT(hub_time_us >= state->last_us || leaf == 0);
	if (!store_ok(txn))
		return leaf;
	n_prevs = pack_prevs(leaf, prevs, count, packed);
	hash = log_leaf_hash(
		batch->header, batch->signature, hub_time_us, span_of(verdicts, count));
	n_nodes = tree_append(&state->tree, &hash, made);
	if (state->grown != NULL && buf_add(state->grown, hash.at, HASH_SIZE) != MS_OK)
		store_no_memory(txn);
	state->last_us = hub_time_us;
	prefix = FIXED_SIZE + count + n_nodes * HASH_SIZE + n_prevs;
	row = store_reserve_append(txn, TABLE_LOG, key, prefix + acts.len);
	if (row == NULL)
		return leaf;
	row[0] = LOG_VERSION;
	p = (packer){ .at = row + AT_TIME, .end = row + prefix + acts.len };
	pack_u64(&p, (uint64_t)hub_time_us);
	pack_u8(&p, (uint8_t)(count >> 8));
	pack_u8(&p, (uint8_t)count);
	pack_u8(&p, (uint8_t)n_nodes);
	pack_u8(&p, (uint8_t)(n_prevs >> 8));
	pack_u8(&p, (uint8_t)n_prevs);
	pack_bytes(&p, batch->header.at, BATCH_HEADER_SIZE);
	pack_bytes(&p, batch->signature.at, SIGNATURE_SIZE);
	pack_bytes(&p, verdicts, count);
	pack_bytes(&p, made, n_nodes * HASH_SIZE);
	pack_bytes(&p, packed, n_prevs);
	pack_bytes(&p, acts.at, acts.len);
	MS_ASSERT(!p.failed && p.at == p.end);
	check_of(key, row, prefix, row + AT_CHECK);
	return leaf;
}

/* ---- reading ---- */

/* COUNT acts, each u16 length | bytes, and nothing else? */
static bool
acts_fit(span acts, uint16_t count)
{
	size_t at = 0;
	uint16_t i;

	for (i = 0; i < count; i++) {
		if (acts.len - at < 2)
			return false;
		at += 2;
		if (acts.len - at < be16_get(acts.at + at - 2))
			return false;
		at += be16_get(acts.at + at - 2);
	}
	return at == acts.len;
}

static bool
row_open(store_txn *txn, span key, span row, log_record *out)
{
	uint8_t check[RECORD_CHECK_SIZE];
	size_t n_nodes, n_prevs, prefix;
	const uint8_t *at;

	if (row.len < FIXED_SIZE)
		return record_bad(txn, TABLE_LOG, key, "it is too short");
	out->hub_time_us = (int64_t)be64_get(row.at + AT_TIME);
	out->count = be16_get(row.at + AT_COUNT);
	n_nodes = row.at[AT_NODES];
	n_prevs = be16_get(row.at + AT_PREVS);
	prefix = FIXED_SIZE + out->count + n_nodes * HASH_SIZE + n_prevs;
	if (row.len < prefix || out->count > BATCH_ACTS_MAX || n_nodes == 0)
		return record_bad(txn, TABLE_LOG, key, "its lengths do not fit");
	check_of(key, row.at, prefix, check);
	if (memcmp(check, row.at + AT_CHECK, sizeof(check)) != 0)
		return record_bad(txn, TABLE_LOG, key, "its hash differs");
	if (row.at[0] != LOG_VERSION)
		return record_bad(
			txn, TABLE_LOG, key, "it has a version that this program does not know");
	at = row.at + AT_HEADER;
	out->header = span_of(at, BATCH_HEADER_SIZE);
	out->signature = span_of(at + BATCH_HEADER_SIZE, SIGNATURE_SIZE);
	out->verdicts = span_of(at + BATCH_SIGNED_SIZE, out->count);
	out->nodes = span_of(out->verdicts.at + out->count, n_nodes * HASH_SIZE);
	out->prevs = span_of(out->nodes.at + out->nodes.len, n_prevs);
	out->acts = span_of(row.at + prefix, row.len - prefix);
	if (!acts_fit(out->acts, out->count))
		return record_bad(txn, TABLE_LOG, key, "the lengths of its acts do not fit");
	return true;
}

bool
log_read(store_txn *txn, uint64_t leaf, log_record *out)
{
	uint8_t room[8];
	span key = key_of(leaf, room), row;

	*out = (log_record){ .leaf = leaf };
	return store_get(txn, TABLE_LOG, key, &row) && row_open(txn, key, row, out);
}

span
log_act(const log_record *r, uint16_t at)
{
	const uint8_t *p = r->acts.at;

	MS_ASSERT(at < r->count);
	for (; at > 0; at--)
		p += 2 + be16_get(p);
	return span_of(p + 2, be16_get(p));
}

void
log_acts(const log_record *r, span acts[BATCH_ACTS_MAX])
{
	const uint8_t *p = r->acts.at;
	uint16_t i;

	for (i = 0; i < r->count; i++) {
		acts[i] = span_of(p + 2, be16_get(p));
		p += 2 + acts[i].len;
	}
}

bool
log_prev(const log_record *r, uint16_t at, record_place *prev)
{
	unpacker u = unpacker_of(r->prevs);
	uint64_t distance = 0;
	uint8_t position = 0;
	uint16_t i;

	for (i = 0; i <= at; i++) {
		distance = unpack_varint(&u);
		position = distance == 0 ? 0 : unpack_u8(&u);
	}
	if (u.failed || (distance != 0 && distance - 1 > r->leaf))
		return false;
	*prev = (record_place){ .leaf = distance == 0 ? UINT64_MAX : r->leaf - (distance - 1),
		.at = position };
	return true;
}

bool
log_prevs_are(const log_record *r, const record_place *prevs)
{
	uint8_t packed[BATCH_ACTS_MAX * PREV_MAX];

	return span_equal(r->prevs, span_of(packed, pack_prevs(r->leaf, prevs, r->count, packed)));
}

ms_status
log_batch(const log_record *r, buf *out)
{
	ms_status s = buf_reserve(out, BATCH_SIGNED_SIZE + r->acts.len);

	if (s == MS_OK)
		s = buf_add_span(out, r->header);
	if (s == MS_OK)
		s = buf_add_span(out, r->signature);
	return s == MS_OK ? buf_add_span(out, r->acts) : s;
}

bool
log_check(store_txn *txn, const log_record *r)
{
	uint8_t room[8];
	span key = key_of(r->leaf, room), acts[BATCH_ACTS_MAX];
	hash32 leaves[BATCH_ACTS_MAX], hash;
	batch_header header;

	if (!batch_header_read(r->header, &header) || header.count != r->count)
		return record_bad(txn, TABLE_LOG, key, "its batch header is none");
	log_acts(r, acts);
	tree_leaves(acts, r->count, leaves);
	hash = tree_root_of(leaves, r->count);
	if (!hash_equal(&hash, &header.root))
		return record_bad(txn, TABLE_LOG, key,
			"its acts do not give the root that the device signed");
	hash = log_leaf_hash(r->header, r->signature, r->hub_time_us, r->verdicts);
	if (memcmp(hash.at, r->nodes.at, HASH_SIZE) != 0)
		return record_bad(txn, TABLE_LOG, key, "its leaf hash differs");
	return true;
}

/* ---- all of it ---- */

enum {
	RENEW_LEAVES = 32, /* some milliseconds */
	NEAR = 256,        /* leaves that may be taken in the last snapshot */
	ROUNDS_MAX = 4,    /* of going after a log that grows as fast as it is read */
};

void
log_follow(store_txn *txn, log_state *state, log_taker take, void *ctx)
{
	bool near = false, goes_on = true;
	unsigned round;
	uint64_t leaf = 0;

	for (round = 1; store_ok(txn) && goes_on && !near; round++) {
		store_renew(txn);
		log_state_load(txn, state);
		near = state->tree.size - leaf <= NEAR || round == ROUNDS_MAX;
		for (; store_ok(txn) && goes_on && leaf < state->tree.size; leaf++) {
			if (!near && leaf % RENEW_LEAVES == 0)
				store_renew(txn);
			goes_on = store_ok(txn) && take(ctx, leaf);
		}
	}
}

/* ---- tree nodes ---- */

static ms_status
read_node(void *ctx, unsigned level, uint64_t index, hash32 *out, ms_error *err)
{
	store_txn *txn = ctx;
	uint64_t leaf = ((index + 1) << level) - 1;
	log_record r = { 0 };

	if (log_read(txn, leaf, &r) && r.nodes.at != NULL &&
		r.nodes.len >= (size_t)(level + 1) * HASH_SIZE) {
		memcpy(out->at, r.nodes.at + (size_t)level * HASH_SIZE, HASH_SIZE);
		return MS_OK;
	}
	if (!store_ok(txn))
		return store_status(txn, err);
	return ms_fail(err, MS_NOT_FOUND, MST_STORE_CORRUPT, "the log has no tree node %u/%llu",
		level, (unsigned long long)index);
}

void
log_nodes(store_txn *txn, tree_nodes *nodes)
{
	*nodes = (tree_nodes){ .ctx = txn, .read = read_node };
}
