/* SPDX-License-Identifier: Apache-2.0 */
/* enrol.h - a new device of a unit: keys, its leaf in the hub's log, its directory. Used by `muster
 * hub enroll`, the demo and the load. */
#ifndef CLI_ENROL_H
#define CLI_ENROL_H

#include "store/home.h"
#include "store/roster.h"

typedef struct enrolled {
	char name[DEVICE_NAME_MAX + 1];
	char id[2 * ID_SIZE + 1];
	uint64_t leaf;
} enrolled;

/*
 * Enrol a device of UNIT at the hub in HUB_DIR, running or not, and make its directory OUT. NAME is
 * what stands behind the @; NULL is "office". ADDRESS NULL: the hub's own. OUT must not be there; a
 * failure leaves nothing of it, unless the hub's answer was lost: then it may be enrolled.
 */
ms_status enrol_device(const char *hub_home, const char *unit, const char *name, const char *out,
	const char *address, enrolled *result, ms_error *err);

#endif
