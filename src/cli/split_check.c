/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/split_check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/lang.h"
#include "cli/ask.h"
#include "proof/generation.h"
#include "wire/evidence.h"

enum { FOUND_MAX = 256 };

/* A signed statement: the log has ROOT at SIZE leaves; or, of a proof, HASH at leaf SIZE. */
typedef struct statement {
	const char *path;
	uint32_t generation; /* of the log */
	bool is_leaf;
	uint64_t number;
	hash32 hash;
} statement;

typedef struct looking {
	const log_key *key;
	statement list[FOUND_MAX];
	size_t n, checkpoints;
} looking;

static bool
is_same(const statement *a, const statement *b)
{
	return a->path == b->path && a->generation == b->generation && a->is_leaf == b->is_leaf &&
	       a->number == b->number && hash_equal(&a->hash, &b->hash);
}

/* A file says the same as often as it likes, so that nobody can push a contradiction out. */
static ms_status
add(looking *l, const statement *found, ms_error *err)
{
	size_t i;

	l->checkpoints += !found->is_leaf;
	for (i = 0; i < l->n; i++)
		if (is_same(&l->list[i], found))
			return MS_OK;
	if (l->n == FOUND_MAX)
		return ms_fail(err, MS_INVALID, MST_SPLIT_FILES,
			"more than %d signed statements: compare fewer files at once", FOUND_MAX);
	l->list[l->n++] = *found;
	return MS_OK;
}

/* ---- files ---- */

/* The end of the note at the beginning of TEXT: behind the signature lines after its empty line. */
static size_t
note_end(span text)
{
	size_t at = 0, line = 0;
	bool in_signatures = false;

	for (at = 0; at < text.len; at++) {
		if (text.at[at] != '\n')
			continue;
		if (in_signatures && text.at[line] != 0xe2 /* the dash before a signature */)
			return line;
		if (at == line)
			in_signatures = true;
		line = at + 1;
	}
	return line;
}

static ms_status
look_at_text(looking *l, const char *path, span text, ms_error *err)
{
	ms_status s = MS_OK;
	bool begins = true;
	size_t i;

	for (i = 0; i < text.len && s == MS_OK; i++) {
		span rest = span_of(text.at + i, text.len - i);
		statement found = { .path = path };
		ms_error ignored = { 0 };
		checkpoint c;

		if (begins && generation_of(rest, l->key) > 0 &&
			generation_open(span_of(rest.at, note_end(rest)), l->key, &c,
				&found.generation, &ignored) == MS_OK) {
			found.number = c.size;
			found.hash = c.root;
			s = add(l, &found, err);
		}
		begins = text.at[i] == '\n';
	}
	return s;
}

static ms_status
look_at_proof(looking *l, const char *path, const frame_proof *proof, arena *memory, ms_error *err)
{
	statement root = { .path = path }, leaf = { .path = path, .is_leaf = true };
	evidence e;
	ms_status s = evidence_check(proof, l->key, memory, &e, err);

	if (s != MS_OK)
		return s;
	root.generation = leaf.generation = e.generation;
	root.number = e.checkpoint.size;
	root.hash = e.checkpoint.root;
	leaf.number = e.leaf;
	leaf.hash = log_leaf_hash(proof->act.header, proof->act.signature, proof->act.hub_time_us,
		proof->act.verdicts);
	s = add(l, &root, err);
	return s == MS_OK ? add(l, &leaf, err) : s;
}

/* Receipt and statements of an omission may be of two histories. */
static ms_status
look_at_omission(
	looking *l, const char *path, const frame_omission *o, arena *memory, ms_error *err)
{
	ms_status s = look_at_proof(l, path, &o->receipt, memory, err);

	if (s == MS_OK && o->before.act.header.len > 0)
		s = look_at_proof(l, path, &o->before, memory, err);
	return s == MS_OK ? look_at_proof(l, path, &o->stated, memory, err) : s;
}

static ms_status
look_at_file(looking *l, const char *path, ms_error *err)
{
	buf bytes = { 0 };
	arena memory = { 0 };
	ms_error ignored = { 0 };
	frame_omission o;
	frame_proof proof;
	ms_status s = fs_read(path, OMISSION_BYTES_MAX, &bytes, err);

	if (s == MS_OK && omission_file_decode(buf_span(&bytes), &memory, &o, &ignored) == MS_OK)
		s = look_at_omission(l, path, &o, &memory, err);
	else if (s == MS_OK &&
		 proof_file_decode(buf_span(&bytes), &memory, &proof, &ignored) == MS_OK)
		s = look_at_proof(l, path, &proof, &memory, err);
	else if (s == MS_OK)
		s = look_at_text(l, path, buf_span(&bytes), err);
	arena_fini(&memory);
	buf_fini(&bytes);
	return s;
}

/* ---- result ---- */

static const statement *
contradicts(const looking *l, size_t i)
{
	const statement *a = &l->list[i];
	size_t k;

	for (k = 0; k < i; k++)
		if (l->list[k].is_leaf == a->is_leaf && l->list[k].number == a->number &&
			l->list[k].generation == a->generation &&
			!hash_equal(&l->list[k].hash, &a->hash))
			return &l->list[k];
	return NULL;
}

static void
print_one(const statement *a)
{
	char hex[2 * HASH_SIZE + 1];

	hash_hex(&a->hash, hex);
	printf("  %s %llu  %s  (%s)\n", a->is_leaf ? tr("leaf") : tr("leaves"),
		(unsigned long long)a->number, hex, a->path);
}

static void
print_text(const looking *l, bool split)
{
	const statement *other;
	size_t i;

	if (!split) {
		printf(tr("No contradiction: %zu checkpoints signed by the key of %s may all be of "
			  "one log. Those of different sizes say nothing about each other "
			  "alone.\n"),
			l->checkpoints, l->key->origin);
		for (i = 0; i < l->n; i++)
			print_one(&l->list[i]);
		return;
	}
	printf(tr("The key of %s has signed two histories:\n"), l->key->origin);
	for (i = 0; i < l->n; i++) {
		other = contradicts(l, i);
		if (other != NULL) {
			print_one(other);
			print_one(&l->list[i]);
		}
	}
}

static json_t *
statement_json(const statement *a)
{
	char hex[2 * HASH_SIZE + 1];
	json_t *out = json_object();

	hash_hex(&a->hash, hex);
	json_set_text(out, "file", a->path);
	json_set_number(out, a->is_leaf ? "leaf" : "size", (int64_t)a->number);
	json_set_text(out, a->is_leaf ? "hash" : "root", hex);
	return out;
}

static void
print_json(const looking *l, bool split)
{
	json_t *out = json_object(), *all = json_array(), *pairs = json_array();
	size_t i;

	for (i = 0; i < l->n; i++) {
		const statement *other = contradicts(l, i);

		json_array_append_new(all, statement_json(&l->list[i]));
		if (other != NULL) {
			json_t *pair = json_array();

			json_array_append_new(pair, statement_json(other));
			json_array_append_new(pair, statement_json(&l->list[i]));
			json_array_append_new(pairs, pair);
		}
	}
	json_set_text(out, "log", l->key->origin);
	json_set_bool(out, "split", split);
	json_set(out, "contradictions", pairs);
	json_set(out, "signed", all);
	ask_print_object("muster/split/1", out);
}

ms_status
split_check(const char *const *paths, size_t n, const log_key *key, bool json, bool *split,
	ms_error *err)
{
	looking *l = calloc(1, sizeof(*l));
	ms_status s = MS_OK;
	size_t i;

	*split = false;
	if (l == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the files");
	l->key = key;
	for (i = 0; i < n && s == MS_OK; i++)
		s = look_at_file(l, paths[i], err);
	if (s == MS_OK && l->checkpoints < 2) {
		s = ms_fail(err, MS_INVALID, MST_SPLIT_FILES,
			"%zu checkpoint signed by the key of \"%s\" was found, expected two or "
			"more",
			l->checkpoints, key->origin);
		ms_error_remedy(err, "give the files of both sides: an alarm file, proof files, or "
				     "what `muster hub checkpoint` printed");
	}
	for (i = 0; i < l->n && s == MS_OK; i++)
		*split |= contradicts(l, i) != NULL;
	if (s == MS_OK && json)
		print_json(l, *split);
	else if (s == MS_OK)
		print_text(l, *split);
	free(l);
	return s;
}
