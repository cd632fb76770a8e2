/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/keybook.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/lang.h"
#include "codec/acts.h"
#include "proof/rotation.h"
#include "wire/evidence.h"

static ms_status
fails(ms_error *err, const leaf_proof *p, const char *what)
{
	return ms_fail(err, MS_DENIED, MST_WIRE_FEED_KEY,
		"leaf %llu should name a device's key: %s", (unsigned long long)p->leaf, tr(what));
}

/* The key that DEVICE signed with what stands at LEAF; NULL: nothing names one. */
static const named_key *
key_at(const keybook *k, const device_id *device, uint64_t leaf)
{
	uint64_t at;

	if (!map_find(&k->newest, span_of(device->at, ID_SIZE), &at))
		return NULL;
	/* The hub's own first leaf is signed with the key that it names. */
	while (k->list[at].leaf > leaf || (k->list[at].leaf == leaf && leaf > 0)) {
		if (k->list[at].before == 0)
			return NULL;
		at = k->list[at].before - 1;
	}
	return &k->list[at];
}

static bool
is_signed(const sign_public *key, span header, span bytes)
{
	signature sig;

	if (bytes.len != SIGNATURE_SIZE)
		return false;
	memcpy(sig.at, bytes.at, SIGNATURE_SIZE);
	return sign_check(key, header, &sig);
}

static ms_status
add(keybook *k, const named_key *key, ms_error *err)
{
	span id = span_of(key->device.at, ID_SIZE);
	uint64_t at = 0;
	bool is_known = map_find(&k->newest, id, &at);

	if (is_known && k->list[at].leaf >= key->leaf)
		return MS_OK; /* told before */
	if (k->n == k->room) {
		size_t room = k->room == 0 ? 16 : 2 * k->room;
		named_key *list = realloc(k->list, room * sizeof(*list));

		if (list == NULL)
			return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for keys");
		k->list = list;
		k->room = room;
	}
	k->list[k->n] = *key;
	k->list[k->n].before = is_known ? (size_t)at + 1 : 0;
	if (!map_put(&k->newest, id, k->n))
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for keys");
	k->n++;
	return MS_OK;
}

/* Leaf 0 says with which key the hub signs its acts. */
static ms_status
take_origin(keybook *k, const leaf_proof *p, const batch_header *h, const act *a, ms_error *err)
{
	named_key key = { .device = h->device, .leaf = p->leaf };

	if (p->leaf != 0 || a->u.origin.sign_key.len != SIGN_PUBLIC_SIZE)
		return fails(err, p, TR("the hub's origin stands in leaf 0 with its key"));
	memcpy(key.key.at, a->u.origin.sign_key.at, SIGN_PUBLIC_SIZE);
	if (!is_signed(&key.key, p->header, p->signature))
		return fails(err, p, TR("the hub did not sign it"));
	return add(k, &key, err);
}

static ms_status
take_enrolment(keybook *k, const leaf_proof *p, const batch_header *h, const act *a, ms_error *err)
{
	const hub_enrolment *in = &a->u.enrolment;
	const named_key *hub = key_at(k, &h->device, p->leaf);
	named_key key = { .leaf = p->leaf };

	if (hub == NULL || hub->unit[0] != '\0' || !is_signed(&hub->key, p->header, p->signature))
		return fails(err, p, TR("the hub did not sign it"));
	if (in->device.len != ID_SIZE || in->sign_key.len != SIGN_PUBLIC_SIZE ||
		in->unit.len == 0 || in->unit.len > PLAN_ID_MAX)
		return fails(err, p, TR("it has another form"));
	memcpy(key.device.at, in->device.at, ID_SIZE);
	memcpy(key.key.at, in->sign_key.at, SIGN_PUBLIC_SIZE);
	memcpy(key.unit, in->unit.at, in->unit.len);
	return add(k, &key, err);
}

/* By a rotation the key before hands over: it has signed the new one. */
static ms_status
take_rotation(keybook *k, const leaf_proof *p, const batch_header *h, const act *a, ms_error *err)
{
	const hub_rotation *in = &a->u.rotation;
	const named_key *hub = key_at(k, &h->device, p->leaf), *before = NULL;
	named_key key = { .leaf = p->leaf, .until_us = in->until_us };
	uint8_t bytes[ROTATION_SIZE];

	if (hub == NULL || hub->unit[0] != '\0' || !is_signed(&hub->key, p->header, p->signature))
		return fails(err, p, TR("the hub did not sign it"));
	if (in->device.len == ID_SIZE && in->sign_key.len == SIGN_PUBLIC_SIZE &&
		in->curve_key.len == sizeof(key.key)) {
		memcpy(key.device.at, in->device.at, ID_SIZE);
		memcpy(key.key.at, in->sign_key.at, SIGN_PUBLIC_SIZE);
		before = key_at(k, &key.device, p->leaf);
	}
	if (before == NULL)
		return fails(err, p, TR("it has another form, or the key before is not known"));
	rotation_bytes(&h->hub, &key.device, &key.key, in->curve_key.at, bytes);
	if (!is_signed(&before->key, span_of(bytes, sizeof(bytes)), in->signature))
		return fails(err, p, TR("the key before has not signed it"));
	memcpy(key.unit, before->unit, sizeof(key.unit));
	return add(k, &key, err);
}

ms_status
keybook_take(keybook *k, const leaf_proof *p, const checkpoint *c, arena *memory, ms_error *err)
{
	batch_header h;
	act a;
	ms_status s = evidence_check_leaf(p, c, &h, err);

	if (s != MS_OK)
		return s;
	if (act_decode(p->act, memory, &a) != MS_OK)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for keys");
	if (a.malformed || p->verdicts.at[p->position] != VERDICT_STORED)
		return fails(err, p, TR("the hub does not stand by it"));
	if (a.kind == ACT_HUB_ORIGIN)
		return take_origin(k, p, &h, &a, err);
	if (a.kind == ACT_HUB_ENROLMENT)
		return take_enrolment(k, p, &h, &a, err);
	if (a.kind == ACT_HUB_ROTATION)
		return take_rotation(k, p, &h, &a, err);
	return fails(err, p, TR("it names none"));
}

ms_status
keybook_check(const keybook *k, const feed_entry *e, const batch_header *h, ms_error *err)
{
	const named_key *key = key_at(k, &h->device, e->leaf);

	if (key == NULL)
		return ms_fail(err, MS_DENIED, MST_WIRE_FEED_KEY,
			"feed entry %llu: the log does not name the device that sealed record %llu",
			(unsigned long long)e->number, (unsigned long long)e->leaf);
	if (!is_signed(&key->key, e->header, e->signature) &&
		(key->before == 0 || e->hub_time_us > key->until_us ||
			!is_signed(&k->list[key->before - 1].key, e->header, e->signature)))
		return ms_fail(err, MS_DENIED, MST_WIRE_FEED_SIGNATURE,
			"feed entry %llu: record %llu is not signed by the device that it names",
			(unsigned long long)e->number, (unsigned long long)e->leaf);
	if (!span_equal(e->unit, span_str(key->unit)))
		return ms_fail(err, MS_DENIED, MST_WIRE_FEED_KEY,
			"feed entry %llu: record %llu was sealed by a device of \"%s\", not of "
			"\"%.*s\"",
			(unsigned long long)e->number, (unsigned long long)e->leaf, key->unit,
			(int)e->unit.len, e->unit.at == NULL ? "" : (const char *)e->unit.at);
	return MS_OK;
}

void
keybook_fini(keybook *k)
{
	free(k->list);
	map_fini(&k->newest);
	*k = (keybook){ 0 };
}
