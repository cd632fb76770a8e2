/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zap.h - who gets through the handshake: a thread that answers ZAP (rfc.zeromq.org/27) from a
 * table of keys.
 *
 * It looks a key up in memory and does nothing else: no storage, no log, no lock that can be held
 * long. Start it before the ROUTER opens.
 */
#ifndef NET_ZAP_H
#define NET_ZAP_H

#include "net/socket.h"

typedef struct zap zap;

/* Public keys that get in, in any order; copied. */
ms_status zap_start(
	net_context *c, const uint8_t (*keys)[NET_KEY_SIZE], size_t n, zap **out, ms_error *err);
/* From now on these keys. MS_NO_MEMORY: the old table stays. */
ms_status zap_set(zap *z, const uint8_t (*keys)[NET_KEY_SIZE], size_t n);
/* From now on this key too. MS_NO_MEMORY. */
ms_status zap_admit(zap *z, const uint8_t key[NET_KEY_SIZE]);
/* Handshakes refused since the start. */
uint64_t zap_refused(const zap *z);
/* Readable when somebody shook hands since the last zap_was_asked: who is in has asked before. */
int zap_asked_fd(const zap *z);
bool zap_was_asked(zap *z);
/* Readable from the thread's death on; the daemon must end then, since nobody would be let in. */
int zap_death_fd(const zap *z);
/* Z is NULL or started; the ROUTER may still be open: from now on it lets nobody in. */
void zap_stop(zap *z);

#endif
