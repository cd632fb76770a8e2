/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_batch.c - any bytes as a batch: a fault, or acts that lie within the bytes and can be sealed
 * again. */
#include <stddef.h>
#include <stdint.h>

#include "proof/batch.h"
#include "proof/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every other act shown: the rest as siblings must give the same root. */
static void
show_half(const batch_view *view, const hash32 *root)
{
	hash32 siblings[BATCH_ACTS_MAX], again;
	uint8_t shown[BATCH_ACTS_MAX];
	size_t n = view->fields.count, count = 0, i;

	for (i = 0; i < n; i++)
		shown[i] = view->acts[i].len % 2;
	tree_siblings(view->leaves, shown, n, siblings, &count);
	MS_ASSERT(count <= n);
	MS_ASSERT(tree_root_from(view->leaves, shown, n, siblings, count, &again) &&
		  hash_equal(&again, root));
}

static void
seal_again(const batch_view *view)
{
	static const uint8_t seed[SIGN_SEED_SIZE] = { 1 };
	batch_header header = view->fields;
	batch_view again;
	buf out = { 0 };
	sign_key key;

	sign_key_from_seed(seed, &key);
	MS_ASSERT(batch_seal(&header, view->acts, header.count, &key, &out, NULL) == MS_OK);
	MS_ASSERT(out.len == view->bytes.len);
	MS_ASSERT(batch_open(buf_span(&out), &again) == BATCH_GOOD);
	MS_ASSERT(batch_check_root(&again) == BATCH_GOOD);
	MS_ASSERT(batch_check_signature(&again, &key.public_key) == BATCH_GOOD);
	show_half(&again, &header.root);
	buf_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sign_public key = { { 0 } };
	size_t total = BATCH_SIGNED_SIZE;
	batch_view view;
	uint16_t i;

	if (batch_open(span_of(data, size), &view) != BATCH_GOOD)
		return 0;
	for (i = 0; i < view.fields.count; i++)
		total += 2 + view.acts[i].len;
	MS_ASSERT(total == size);
	batch_check_root(&view);
	batch_check_signature(&view, &key);
	MS_ASSERT(batch_classify(&view, 1, &view.fields.prev, NULL) != BATCH_KNOWN);
	seal_again(&view);
	return 0;
}
