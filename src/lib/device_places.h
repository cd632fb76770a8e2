/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device_places.h - where a device finds its hub: the addresses of its settings, and those that the
 * hub's signed notices told since (or somebody set by hand), in the order in which they are tried.
 */
#ifndef LIB_DEVICE_PLACES_H
#define LIB_DEVICE_PLACES_H

#include "codec/frame.h"
#include "plan/act.h"
#include "store/home.h"

enum { DEVICE_PLACES_MAX = 2 * HOME_ADDRESSES_MAX };

typedef struct device_place {
	char address[HOME_NAME_MAX];
	uint8_t curve_key[CURVE_SECRET_SIZE]; /* the hub's public key there */
} device_place;

typedef struct device_places {
	device_place list[DEVICE_PLACES_MAX];
	uint32_t n;
} device_places;

/* As they stand at NOW_US: what the hub has left is left out. */
ms_status device_places_read(const char *dir, const agent_settings *settings, int64_t now_us,
	device_places *out, ms_error *err);
/* Those of the settings alone. */
void device_places_of(const agent_settings *settings, device_places *out);
/*
 * Keep what the act A of entry E says, which the reader has proven to be in the signed batch.
 * MS_DENIED: the batch is not signed by the hub; MS_EXISTS: it is known.
 */
ms_status device_places_moved(const char *dir, const agent_settings *settings, const feed_entry *e,
	const act *a, ms_error *err);
/* Put ADDRESS (with CURVE_KEY, NULL: that of the settings or the newest notice) before all
 * others. */
ms_status device_places_set(const char *dir, const agent_settings *settings, const char *address,
	const uint8_t *curve_key, ms_error *err);

#endif
