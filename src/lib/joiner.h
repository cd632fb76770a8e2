/* SPDX-License-Identifier: Apache-2.0 */
/*
 * joiner.h - one JOIN and its answer: by a one-time key, or by a device that wants other keys. It
 * blocks until the hub has answered or the patience is over; asking again with the same keys is
 * harmless.
 */
#ifndef LIB_JOINER_H
#define LIB_JOINER_H

#include "lib/device_places.h"
#include "proof/generation.h"
#include "proof/join_key.h"
#include "store/home.h"
#include "store/roster.h"

typedef struct joiner_ask {
	device_places places;              /* of the hub, tried in turn */
	uint8_t secret[CURVE_SECRET_SIZE]; /* connects: one-time, or the device's */
	home_keys keys;                    /* what the device is to have */
	const char *unit;                  /* that the directory belongs to; NULL: none yet */
	const sign_public *admin; /* whose order the log may go on by from a backup; NULL: not
				     asked */
	bool only_check;
	const hub_id *rotates_at; /* a rotation: the hub, the device, and its key before */
	const device_id *device;
	const sign_key *key_before;
	int64_t patience_us; /* for each place */
	/* Somebody may be told that no hub answers yet at ADDRESS; may be NULL. */
	void (*waits)(const char *address);
} joiner_ask;

typedef struct joined {
	bool is_device; /* DEVICE is set: not after a check of an unused key */
	device_id device;
	char unit[PLAN_ID_MAX + 1];
	char name[DEVICE_NAME_MAX + 1];
	hub_id hub;
	sign_public hub_sign_key, admin_key;
	char log_key[LOG_KEY_TEXT_SIZE];
	sim_clock clock;
	int64_t hub_time_us, until_us;
	bool awaits_approval;
	restore_order order; /* with an admin: by which the log goes on; generation 0: whole */
	char address[HOME_NAME_MAX]; /* that answered */
} joined;

/*
 * PLAN (may be NULL) gets the file of the plan in force. What went wrong has a code of its own:
 * MST_JOIN_UNREACHABLE, MST_JOIN_HUB (not the hub of this key), MST_JOIN_UNKNOWN (it does not know
 * the key), or what the hub says.
 */
ms_status joiner_run(const joiner_ask *ask, joined *out, buf *plan_file, ms_error *err);

#endif
