/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.h - all sessions of a hub: by routing id, by number, by device.
 *
 * A device may hold DEVICE_SESSIONS_MAX sessions, one of them pushing: the newest HELLO wins, the
 * older session gets BYE "REPLACED"; one session too many sends the longest silent one that does
 * not push away. ROUTER does not tell when a peer leaves, so a session that is silent for
 * REGISTRY_SILENT_US is dropped. Sessions that never said HELLO, of whatever device, have places
 * only while nobody else wants them. When a device was last heard is kept after its sessions are
 * gone.
 */
#ifndef WIRE_REGISTRY_H
#define WIRE_REGISTRY_H

#include "wire/session.h"

enum { DEVICE_SESSIONS_MAX = 8, REGISTRY_SILENT_US = 150 * 1000000 };

/* Frames to one routing id. */
typedef struct registry_out {
	void *ctx;
	ms_status (*send)(void *ctx, span routing, const frame *f);
} registry_out;

typedef struct registry registry;

/* SESSIONS_MAX: connections in all. */
ms_status registry_new(
	const session_hub *hub, const registry_out *out, uint32_t sessions_max, registry **reg);
void registry_free(registry *r);

/*
 * A frame from ROUTING whose metadata says USER: finds or makes the session and hands the frame to
 * it. A frame from a routing id whose user changed, or one session beyond the maximum, is answered
 * with ERROR and dropped. TOKEN as in session_in.
 */
void registry_in(
	registry *r, span routing, span user, const frame *f, void **token, int64_t now_us);
void registry_bad_frame(registry *r, span routing, span user, const ms_error *why, int64_t now_us);

/* The log has more for DEVICE's sessions; the rollups KEYS (N, as in feeder.h) have changed. */
void registry_log_grew(registry *r, const device_id *device);
void registry_rollups_changed(registry *r, const uint64_t *keys, size_t n);
/* Tell FN each session with feed work, once, those first that have waited longest: it pumps it, or
 * leaves it. What has work afterwards is told with the next call. */
void registry_feed(registry *r, void (*fn)(void *ctx, session *s), void *ctx);

session *registry_by_number(registry *r, uint64_t number); /* NULL: it has ended */
/* Every session, ended ones left out: start with *AT 0; NULL at the end. */
session *registry_each(registry *r, uint32_t *at);
size_t registry_count(const registry *r);

/* Is a session of the device there (CONNECTED), and when was it last heard? False: never since the
 * hub started. */
bool registry_seen(
	const registry *r, const device_id *device, bool *connected, int64_t *last_in_us);
/* What a device told of itself, also after its sessions are gone: its agent, when it has had one,
 * and not a reader beside that. */
typedef struct registry_told {
	char software[48]; /* "": it has not said HELLO since the hub started */
	bool has_pinged;
	uint32_t queue_depth; /* acts without receipt */
	int64_t off_us;       /* its clock against the hub's */
	uint32_t trouble; /* code of why one of its sessions, still there, pushes nothing; or 0 */
} registry_told;

/* Zeroed when it has told nothing. */
registry_told registry_told_by(const registry *r, const device_id *device);
/* The device is revoked: BYE to its sessions at once. */
void registry_revoke(registry *r, const device_id *device);
/* Drop ended and silent sessions. Returns when to call again. */
int64_t registry_tick(registry *r, int64_t now_us);
/* BYE "STOPPING" to everybody. */
void registry_stop(registry *r);

#endif
