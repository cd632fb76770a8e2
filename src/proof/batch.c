/* SPDX-License-Identifier: Apache-2.0 */
/* batch.c - the header is fixed bytes, so that hash and signature need no codec. */
#include "proof/batch.h"

#include "proof/tree.h"

enum { DOMAIN_SIZE = 16, LENGTH_SIZE = 2, ACT_MAX = 48 << 10 };

static const char domain[DOMAIN_SIZE] = "muster/batch/v1";

/* Offsets in the header */
enum {
	AT_HUB = 16,
	AT_DEVICE = 32,
	AT_FIRST = 48,
	AT_COUNT = 56,
	AT_SCHEMA = 58,
	AT_ROOT = 60,
	AT_PREV = 92,
	AT_TIME = 124,
	AT_CHECKPOINT_SIZE = 132,
	AT_CHECKPOINT_ROOT = 140,
};
_Static_assert(AT_CHECKPOINT_ROOT + HASH_SIZE == BATCH_HEADER_SIZE, "the header has 172 bytes");

void
batch_header_write(const batch_header *h, uint8_t out[BATCH_HEADER_SIZE])
{
	memcpy(out, domain, DOMAIN_SIZE);
	memcpy(out + AT_HUB, h->hub.at, ID_SIZE);
	memcpy(out + AT_DEVICE, h->device.at, ID_SIZE);
	be64_put(out + AT_FIRST, h->first_seq);
	be16_put(out + AT_COUNT, h->count);
	be16_put(out + AT_SCHEMA, h->schema);
	memcpy(out + AT_ROOT, h->root.at, HASH_SIZE);
	memcpy(out + AT_PREV, h->prev.at, HASH_SIZE);
	be64_put(out + AT_TIME, (uint64_t)h->device_time_us);
	be64_put(out + AT_CHECKPOINT_SIZE, h->checkpoint_size);
	memcpy(out + AT_CHECKPOINT_ROOT, h->checkpoint_root.at, HASH_SIZE);
}

bool
batch_header_read(span bytes, batch_header *out)
{
	const uint8_t *at = bytes.at;

	if (bytes.len != BATCH_HEADER_SIZE || memcmp(at, domain, DOMAIN_SIZE) != 0)
		return false;
	memcpy(out->hub.at, at + AT_HUB, ID_SIZE);
	memcpy(out->device.at, at + AT_DEVICE, ID_SIZE);
	out->first_seq = be64_get(at + AT_FIRST);
	out->count = be16_get(at + AT_COUNT);
	out->schema = be16_get(at + AT_SCHEMA);
	memcpy(out->root.at, at + AT_ROOT, HASH_SIZE);
	memcpy(out->prev.at, at + AT_PREV, HASH_SIZE);
	out->device_time_us = (int64_t)be64_get(at + AT_TIME);
	out->checkpoint_size = be64_get(at + AT_CHECKPOINT_SIZE);
	memcpy(out->checkpoint_root.at, at + AT_CHECKPOINT_ROOT, HASH_SIZE);
	/* The last sequence must have a successor: streams are dense for ever. */
	return out->count >= 1 && out->count <= BATCH_ACTS_MAX && out->first_seq >= 1 &&
	       out->first_seq < UINT64_MAX - BATCH_ACTS_MAX;
}

hash32
batch_header_hash(span header)
{
	return hash_of(header);
}

batch_fault
batch_open(span bytes, batch_view *out)
{
	span rest;
	uint16_t i;

	if (bytes.len < BATCH_SIGNED_SIZE || bytes.len > BATCH_BYTES_MAX)
		return BATCH_BAD_SIZE;
	out->bytes = bytes;
	out->header = span_of(bytes.at, BATCH_HEADER_SIZE);
	out->signature = span_of(bytes.at + BATCH_HEADER_SIZE, SIGNATURE_SIZE);
	if (!batch_header_read(out->header, &out->fields))
		return BATCH_BAD_HEADER;
	rest = span_of(bytes.at + BATCH_SIGNED_SIZE, bytes.len - BATCH_SIGNED_SIZE);
	for (i = 0; i < out->fields.count; i++) {
		size_t len;

		if (rest.len < LENGTH_SIZE)
			return BATCH_BAD_SIZE;
		len = be16_get(rest.at);
		if (len == 0 || len > ACT_MAX || len > rest.len - LENGTH_SIZE)
			return BATCH_BAD_SIZE;
		out->acts[i] = span_of(rest.at + LENGTH_SIZE, len);
		rest = span_of(rest.at + LENGTH_SIZE + len, rest.len - LENGTH_SIZE - len);
	}
	out->header_hash = batch_header_hash(out->header);
	return rest.len == 0 ? BATCH_GOOD : BATCH_BAD_SIZE;
}

batch_fault
batch_check_root(batch_view *view)
{
	hash32 scratch[BATCH_ACTS_MAX], root;

	tree_leaves(view->acts, view->fields.count, view->leaves);
	memcpy(scratch, view->leaves, view->fields.count * sizeof(*scratch));
	root = tree_root_of(scratch, view->fields.count);
	return hash_equal(&root, &view->fields.root) ? BATCH_GOOD : BATCH_BAD_ROOT;
}

batch_fault
batch_check_signature(const batch_view *view, const sign_public *key)
{
	signature sig;

	memcpy(sig.at, view->signature.at, SIGNATURE_SIZE);
	return sign_check(key, view->header, &sig) ? BATCH_GOOD : BATCH_BAD_SIGNATURE;
}

const char *
batch_fault_text(batch_fault fault)
{
	static const char *const texts[] = {
		[BATCH_GOOD] = "good",
		[BATCH_BAD_SIZE] = "its lengths do not fit its bytes",
		[BATCH_BAD_HEADER] = "its header is not one of a batch",
		[BATCH_BAD_ROOT] = "its acts do not give the root in its header",
		[BATCH_BAD_SIGNATURE] = "its signature is not the device's",
	};

	return texts[fault];
}

ms_status
batch_seal(batch_header *header, const span *acts, uint16_t count, const sign_key *key, buf *out,
	ms_error *err)
{
	uint8_t bytes[BATCH_HEADER_SIZE], length[LENGTH_SIZE];
	hash32 leaves[BATCH_ACTS_MAX];
	size_t size = BATCH_SIGNED_SIZE;
	signature sig;
	uint16_t i;

	if (count == 0 || count > BATCH_ACTS_MAX)
		return ms_fail(err, MS_INVALID, MST_STORE_SEAL, "a batch has 1 to %d acts, not %u",
			BATCH_ACTS_MAX, count);
	for (i = 0; i < count; i++) {
		if (acts[i].len == 0 || acts[i].len > ACT_MAX)
			return ms_fail(err, MS_INVALID, MST_STORE_SEAL,
				"an act has 1 to %d bytes, not %zu", ACT_MAX, acts[i].len);
		size += LENGTH_SIZE + acts[i].len;
	}
	if (size > BATCH_BYTES_MAX)
		return ms_fail(err, MS_INVALID, MST_STORE_SEAL,
			"the batch has %zu bytes, more than %d", size, BATCH_BYTES_MAX);
	tree_leaves(acts, count, leaves);
	header->count = count;
	header->root = tree_root_of(leaves, count);
	batch_header_write(header, bytes);
	sign_bytes(key, span_of(bytes, sizeof(bytes)), &sig);
	buf_add(out, bytes, sizeof(bytes));
	buf_add(out, sig.at, sizeof(sig.at));
	for (i = 0; i < count; i++) {
		be16_put(length, (uint16_t)acts[i].len);
		buf_add(out, length, sizeof(length));
		buf_add_span(out, acts[i]);
	}
	return out->failed ? ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory to seal a batch")
			   : MS_OK;
}

hash32
log_leaf_hash(span header, span sig, int64_t hub_time_us, span verdicts)
{
	hash32 verdicts_hash = hash_of(verdicts);
	uint8_t bytes[1 + BATCH_SIGNED_SIZE + 8 + HASH_SIZE];

	MS_ASSERT(header.len == BATCH_HEADER_SIZE && sig.len == SIGNATURE_SIZE);
	bytes[0] = 0;
	memcpy(bytes + 1, header.at, BATCH_HEADER_SIZE);
	memcpy(bytes + 1 + BATCH_HEADER_SIZE, sig.at, SIGNATURE_SIZE);
	be64_put(bytes + 1 + BATCH_SIGNED_SIZE, (uint64_t)hub_time_us);
	memcpy(bytes + 1 + BATCH_SIGNED_SIZE + 8, verdicts_hash.at, HASH_SIZE);
	return hash_of(span_of(bytes, sizeof(bytes)));
}

batch_place
batch_classify(const batch_view *view, uint64_t next_seq, const hash32 *last_header,
	const hash32 *known_hash)
{
	if (known_hash != NULL && hash_equal(known_hash, &view->header_hash))
		return BATCH_KNOWN;
	if (view->fields.first_seq == next_seq && hash_equal(&view->fields.prev, last_header))
		return BATCH_NEW;
	return view->fields.first_seq > next_seq ? BATCH_GAP : BATCH_FORK;
}
