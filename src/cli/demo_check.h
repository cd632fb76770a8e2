/* SPDX-License-Identifier: Apache-2.0 */
/* demo_check.h - after the demo's year: did every lead receive what it should, once, and do the
 * boards say what the offices did? */
#ifndef CLI_DEMO_CHECK_H
#define CLI_DEMO_CHECK_H

#include "cli/demo_city.h"

typedef struct demo_result {
	uint32_t readers;              /* units whose feed was read */
	uint64_t wanted;               /* reports that they should see, all together */
	uint64_t missing, unexpected;  /* of those not seen; seen twice or without reason */
	uint32_t boards, wrong_boards; /* (item, period) on the hub's and the leads' boards */
} demo_result;

/* Read every lead's and observer's feed and board, and the hub's board. */
ms_status demo_check(const demo_city *c, demo_result *out, ms_error *err);

#endif
