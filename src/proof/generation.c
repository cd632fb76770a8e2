/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/generation.h"

#include <stdio.h>

#include "base/text.h"

enum {
	HEAD_SIZE = 18,
	AT_HUB = HEAD_SIZE,
	AT_GENERATION = AT_HUB + ID_SIZE,
	AT_RESTORED = AT_GENERATION + 4,
	AT_LOST = AT_RESTORED + 8 + HASH_SIZE,
	LOST_SIZE = 8 + 8 + HASH_SIZE,
};
static const char head[HEAD_SIZE] = "muster/restore/v1";

/* ---- the order ---- */

static bool
add_u64(buf *out, uint64_t number)
{
	uint8_t bytes[8];

	be64_put(bytes, number);
	return buf_add(out, bytes, sizeof(bytes)) == MS_OK;
}

static bool
add_checkpoint(buf *out, const checkpoint *c)
{
	return add_u64(out, c->size) && buf_add(out, c->root.at, HASH_SIZE) == MS_OK;
}

ms_status
restore_order_write(const restore_order *order, buf *out)
{
	uint8_t generation[4];
	uint32_t i;
	bool good;

	MS_ASSERT(order->generation >= 2 && order->generation <= GENERATIONS_MAX);
	be32_put(generation, order->generation);
	good = buf_add(out, head, HEAD_SIZE) == MS_OK &&
	       buf_add(out, order->hub.at, ID_SIZE) == MS_OK &&
	       buf_add(out, generation, sizeof(generation)) == MS_OK &&
	       add_checkpoint(out, &order->restored);
	for (i = 0; good && i < order->generation - 1; i++)
		good = add_u64(out, order->lost[i].kept) &&
		       add_checkpoint(out, &order->lost[i].last);
	return good && buf_add_text(out, order->origin) == MS_OK ? MS_OK : MS_NO_MEMORY;
}

static checkpoint
read_checkpoint(const uint8_t *at)
{
	checkpoint c = { .size = be64_get(at) };

	memcpy(c.root.at, at + 8, HASH_SIZE);
	return c;
}

bool
restore_order_read(span bytes, restore_order *out)
{
	const uint8_t *at = bytes.at;
	span origin;
	uint32_t i;

	*out = (restore_order){ 0 };
	if (bytes.len < AT_LOST || memcmp(at, head, HEAD_SIZE) != 0)
		return false;
	memcpy(out->hub.at, at + AT_HUB, ID_SIZE);
	out->generation = be32_get(at + AT_GENERATION);
	out->restored = read_checkpoint(at + AT_RESTORED);
	if (out->generation < 2 || out->generation > GENERATIONS_MAX ||
		bytes.len - AT_LOST < (out->generation - 1) * LOST_SIZE)
		return false;
	at += AT_LOST;
	for (i = 0; i < out->generation - 1; i++, at += LOST_SIZE)
		out->lost[i] = (lost_history){ be64_get(at), read_checkpoint(at + 8) };
	origin = span_of(at, (size_t)(bytes.at + bytes.len - at));
	if (!note_origin_fits(origin))
		return false;
	memcpy(out->origin, origin.at, origin.len);
	return true;
}

bool
restore_order_is_signed(span bytes, span signature_bytes, const sign_public *admin)
{
	static const sign_public nobody;
	signature sig;

	if (signature_bytes.len != SIGNATURE_SIZE || memcmp(admin, &nobody, sizeof(nobody)) == 0)
		return false;
	memcpy(sig.at, signature_bytes.at, SIGNATURE_SIZE);
	return sign_check(admin, bytes, &sig);
}

bool
restore_order_lost(const restore_order *order, uint32_t generation, const checkpoint *c)
{
	uint32_t i;

	for (i = 0; i < order->generation - 1; i++) {
		const lost_history *l = &order->lost[i];

		if ((generation == 0 || generation == i + 1) && c->size > l->kept &&
			(c->size < l->last.size ||
				(c->size == l->last.size && hash_equal(&c->root, &l->last.root))))
			return true;
	}
	return false;
}

bool
restore_order_keeps(const restore_order *order, uint32_t generation, uint64_t leaf)
{
	uint64_t kept = order->restored.size;
	uint32_t i;

	if (generation == 0 || generation >= order->generation)
		return true;
	for (i = generation - 1; i < order->generation - 1; i++)
		if (order->lost[i].last.size > 0 && order->lost[i].kept < kept)
			kept = order->lost[i].kept;
	return leaf < kept;
}

/* ---- names ---- */

bool
generation_key(const log_key *key, uint32_t generation, log_key *out)
{
	int n;

	*out = *key;
	if (generation < 2)
		return generation == 1;
	n = snprintf(out->origin, sizeof(out->origin), "%.*s/%u", NOTE_ORIGIN_MAX, key->origin,
		(unsigned)generation);
	return n > 0 && n < (int)sizeof(out->origin) && generation <= GENERATIONS_MAX;
}

uint32_t
generation_of(span note, const log_key *key)
{
	const uint8_t *end = note.len == 0 ? NULL : memchr(note.at, '\n', note.len);
	size_t len = strlen(key->origin);
	uint64_t number = 0;
	span line, rest;

	if (end == NULL)
		return 0;
	line = span_of(note.at, (size_t)(end - note.at));
	if (line.len < len || memcmp(line.at, key->origin, len) != 0)
		return 0;
	rest = span_of(line.at + len, line.len - len);
	if (rest.len == 0)
		return 1;
	if (rest.len < 2 || rest.at[0] != '/' ||
		!text_uint(span_of(rest.at + 1, rest.len - 1), GENERATIONS_MAX, &number) ||
		number < 2)
		return 0;
	return (uint32_t)number;
}

ms_status
generation_open(span note, const log_key *key, checkpoint *out, uint32_t *generation, ms_error *err)
{
	uint32_t number = generation_of(note, key);
	log_key own;
	ms_status s;

	if (!generation_key(key, number == 0 ? 1 : number, &own))
		return ms_fail(err, MS_DENIED, MST_PROOF_ORDER,
			"the checkpoint is of a generation that the log cannot have");
	s = note_open(note, &own, out, err);
	if (s == MS_OK)
		*generation = number;
	return s;
}
