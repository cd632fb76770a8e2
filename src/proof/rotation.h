/* SPDX-License-Identifier: Apache-2.0 */
/* rotation.h - other keys for a device: what its key before signs, so that nobody else can. */
#ifndef PROOF_ROTATION_H
#define PROOF_ROTATION_H

#include "proof/batch.h"

enum { ROTATION_SIZE = 16 + 2 * ID_SIZE + 2 * 32 };

/* "muster/rotate/v1" | hub 16 | device 16 | new Ed25519 key 32 | new CURVE key 32 */
void rotation_bytes(const hub_id *hub, const device_id *device, const sign_public *sign,
	const uint8_t curve[32], uint8_t out[ROTATION_SIZE]);

#endif
