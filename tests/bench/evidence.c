/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence.c - what evidence costs the hub, alone: CPU per batch for the acts' hashes and root, the
 * device's signature, the log leaf and its tree nodes.
 *
 *   evidence ACTS BYTES BATCHES     batches of ACTS acts of BYTES bytes each
 *
 * One JSON object on stdout, microseconds of CPU per batch.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "proof/batch.h"
#include "proof/tree.h"

enum { DIFFERENT = 64 /* batches, so that none stays in the cache because it is alone */ };

typedef struct made {
	buf bytes;
	batch_view view;
} made;

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
seal(made *m, const sign_key *key, uint16_t count, size_t size)
{
	static uint8_t bytes[BATCH_BYTES_MAX];
	batch_header h = { .first_seq = 1, .schema = BATCH_SCHEMA };
	span acts[BATCH_ACTS_MAX];
	ms_error err = { 0 };
	uint16_t i;

	if (count * size > sizeof(bytes) || random_bytes(bytes, count * size, &err) != MS_OK)
		exit(1);
	for (i = 0; i < count; i++)
		acts[i] = span_of(bytes + i * size, size);
	if (batch_seal(&h, acts, count, key, &m->bytes, &err) != MS_OK ||
		batch_open(buf_span(&m->bytes), &m->view) != BATCH_GOOD) {
		fprintf(stderr, "evidence: %s\n", err.text);
		exit(1);
	}
}

static void
measure(made *list, unsigned n, const sign_public *key)
{
	double root = 0, sealed = 0, leaf = 0, a, b, c, d;
	const uint8_t verdicts[BATCH_ACTS_MAX] = { 0 };
	hash32 completed[TREE_LEVELS_MAX + 1], hash;
	tree_frontier tree;
	unsigned i;

	tree_frontier_init(&tree);
	for (i = 0; i < n; i++) {
		batch_view *v = &list[i % DIFFERENT].view;

		a = cpu_us();
		if (batch_check_root(v) != BATCH_GOOD)
			abort();
		b = cpu_us();
		if (batch_check_signature(v, key) != BATCH_GOOD)
			abort();
		c = cpu_us();
		hash = log_leaf_hash(
			v->header, v->signature, i, span_of(verdicts, v->fields.count));
		tree_append(&tree, &hash, completed);
		d = cpu_us();
		root += b - a;
		sealed += c - b;
		leaf += d - c;
	}
	printf("{\"root_us\":%.2f,\"signature_us\":%.2f,\"leaf_us\":%.2f}\n", root / n, sealed / n,
		leaf / n);
}

int
main(int argc, char **argv)
{
	made *list = calloc(DIFFERENT, sizeof(*list));
	uint8_t seed[SIGN_SEED_SIZE] = { 7 };
	sign_key key;
	unsigned i;

	if (argc != 4 || list == NULL) {
		fputs("usage: evidence ACTS BYTES BATCHES\n", stderr);
		return 64;
	}
	sign_key_from_seed(seed, &key);
	for (i = 0; i < DIFFERENT; i++)
		seal(&list[i], &key, (uint16_t)strtoul(argv[1], NULL, 10),
			strtoul(argv[2], NULL, 10));
	measure(list, (unsigned)strtoul(argv[3], NULL, 10), &key.public_key);
	for (i = 0; i < DIFFERENT; i++)
		buf_fini(&list[i].bytes);
	free(list);
	sign_key_fini(&key);
	return 0;
}
