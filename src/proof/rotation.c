/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/rotation.h"

#include <string.h>

void
rotation_bytes(const hub_id *hub, const device_id *device, const sign_public *sign,
	const uint8_t curve[32], uint8_t out[ROTATION_SIZE])
{
	memcpy(out, "muster/rotate/v1", 16);
	memcpy(out + 16, hub->at, ID_SIZE);
	memcpy(out + 16 + ID_SIZE, device->at, ID_SIZE);
	memcpy(out + 16 + 2 * ID_SIZE, sign->at, SIGN_PUBLIC_SIZE);
	memcpy(out + 16 + 2 * ID_SIZE + SIGN_PUBLIC_SIZE, curve, 32);
}
