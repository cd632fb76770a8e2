/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/device_places.h"

#include <stdio.h>

#include "base/text.h"

/* ---- reading ---- */

static void
add(device_places *out, const char *address, const uint8_t curve_key[CURVE_SECRET_SIZE])
{
	device_place *p = &out->list[out->n];
	uint32_t i;

	for (i = 0; i < out->n; i++)
		if (strcmp(out->list[i].address, address) == 0 &&
			memcmp(out->list[i].curve_key, curve_key, CURVE_SECRET_SIZE) == 0)
			return;
	if (out->n == DEVICE_PLACES_MAX)
		return;
	snprintf(p->address, sizeof(p->address), "%s", address);
	memcpy(p->curve_key, curve_key, CURVE_SECRET_SIZE);
	out->n++;
}

void
device_places_of(const agent_settings *settings, device_places *out)
{
	uint32_t i;

	out->n = 0;
	for (i = 0; i < settings->n_addresses; i++)
		add(out, settings->addresses[i], settings->hub_curve_key);
}

static ms_status
add_moved(const char *dir, const hub_places *moved, uint32_t i, device_places *out, ms_error *err)
{
	uint8_t key[CURVE_SECRET_SIZE];

	if (!text_unhex(span_str(moved->curve_keys[i]), key, sizeof(key))) {
		ms_fail(err, MS_CONFIG, MST_HOME_SETTING, "curve_keys: expected %zu hex digits",
			2 * sizeof(key));
		ms_error_place(err, "%s/%s", dir, HOME_HUB_PLACES);
		return MS_CONFIG;
	}
	add(out, moved->addresses[i], key);
	return MS_OK;
}

ms_status
device_places_read(const char *dir, const agent_settings *settings, int64_t now_us,
	device_places *out, ms_error *err)
{
	device_places old;
	hub_places moved;
	bool begun, alone;
	uint32_t i;
	ms_status s = hub_places_read(dir, &moved, err);

	out->n = 0;
	begun = now_us >= moved.from_us;
	alone = moved.until_us != 0 && now_us >= moved.until_us;
	if (s == MS_OK && begun && moved.n_addresses > 0)
		s = add_moved(dir, &moved, 0, out, err);
	for (i = 1; s == MS_OK && !alone && i < moved.n_addresses; i++)
		s = add_moved(dir, &moved, i, out, err);
	device_places_of(settings, &old);
	for (i = 0; s == MS_OK && (!alone || moved.n_addresses == 0) && i < old.n; i++)
		add(out, old.list[i].address, old.list[i].curve_key);
	if (s == MS_OK && !begun)
		s = add_moved(dir, &moved, 0, out, err);
	return s;
}

/* ---- what is new ---- */

static void
put_first(hub_places *p, const char *address, const uint8_t curve_key[CURVE_SECRET_SIZE])
{
	char hex[2 * CURVE_SECRET_SIZE + 1];
	uint32_t keep = 0, i;

	text_hex(curve_key, CURVE_SECRET_SIZE, hex);
	while (keep < p->n_addresses && strcmp(p->addresses[keep], address) != 0)
		keep++;
	if (keep == p->n_addresses && p->n_addresses < HOME_ADDRESSES_MAX)
		p->n_addresses++;
	if (keep == HOME_ADDRESSES_MAX)
		keep--;
	for (i = keep; i > 0; i--) {
		memcpy(p->addresses[i], p->addresses[i - 1], sizeof(p->addresses[i]));
		memcpy(p->curve_keys[i], p->curve_keys[i - 1], sizeof(p->curve_keys[i]));
	}
	snprintf(p->addresses[0], sizeof(p->addresses[0]), "%s", address);
	snprintf(p->curve_keys[0], sizeof(p->curve_keys[0]), "%s", hex);
	p->n_keys = p->n_addresses;
}

/* Only the hub itself says where it is. */
static ms_status
check_notice(const agent_settings *settings, const feed_entry *e, const hub_moved *m, ms_error *err)
{
	batch_header header;
	signature sig;

	if (e->signature.len != SIGNATURE_SIZE || !batch_header_read(e->header, &header))
		return ms_fail(err, MS_DENIED, MST_HUB_MOVE_NOTICE,
			"the notice of a move has no signed header");
	memcpy(sig.at, e->signature.at, SIGNATURE_SIZE);
	if (memcmp(&header.hub, &settings->hub, sizeof(header.hub)) != 0 ||
		!sign_check(&settings->hub_sign_key, e->header, &sig))
		return ms_fail(err, MS_DENIED, MST_HUB_MOVE_NOTICE,
			"leaf %llu says that the hub moves, but the hub has not signed it: it is "
			"not believed",
			(unsigned long long)e->leaf);
	if (m->curve_key.len != CURVE_SECRET_SIZE || m->address.len >= HOME_NAME_MAX ||
		!text_is_address(m->address, false))
		return ms_fail(err, MS_DENIED, MST_HUB_MOVE_NOTICE,
			"leaf %llu says that the hub moves, but not where to",
			(unsigned long long)e->leaf);
	return MS_OK;
}

ms_status
device_places_moved(const char *dir, const agent_settings *settings, const feed_entry *e,
	const act *a, ms_error *err)
{
	const hub_moved *m = &a->u.moved;
	char address[HOME_NAME_MAX];
	hub_places p;
	ms_status s = check_notice(settings, e, m, err);

	if (s == MS_OK)
		s = hub_places_read(dir, &p, err);
	if (s == MS_OK && e->leaf <= p.leaf)
		return MS_EXISTS;
	if (s != MS_OK)
		return s;
	snprintf(
		address, sizeof(address), "%.*s", (int)m->address.len, (const char *)m->address.at);
	put_first(&p, address, m->curve_key.at);
	p.leaf = e->leaf;
	p.from_us = m->from_us;
	p.until_us = m->until_us;
	return hub_places_write(dir, &p, err);
}

ms_status
device_places_set(const char *dir, const agent_settings *settings, const char *address,
	const uint8_t *curve_key, ms_error *err)
{
	uint8_t key[CURVE_SECRET_SIZE];
	hub_places p;
	ms_status s = hub_places_read(dir, &p, err);

	if (s != MS_OK)
		return s;
	if (strlen(address) >= HOME_NAME_MAX)
		return ms_fail(err, MS_USAGE, MST_CLI_VALUE, "the address is too long");
	memcpy(key, settings->hub_curve_key, sizeof(key));
	if (curve_key != NULL)
		memcpy(key, curve_key, sizeof(key));
	else if (p.n_addresses > 0 && !text_unhex(span_str(p.curve_keys[0]), key, sizeof(key)))
		return ms_fail(err, MS_CONFIG, MST_HOME_SETTING, "%s/%s holds no key", dir,
			HOME_HUB_PLACES);
	put_first(&p, address, key);
	p.from_us = p.until_us = 0;
	return hub_places_write(dir, &p, err);
}
