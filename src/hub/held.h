/* SPDX-License-Identifier: Apache-2.0 */
/* held.h - batches that were held, in the order in which they were sealed. */
#ifndef HUB_HELD_H
#define HUB_HELD_H

#include "hub/job.h"

/*
 * The jobs of NEWEST (by next_free, the one that came last first), ordered by their batches' device
 * times. Those of one device stay in the order in which they came: one whose clock went back counts
 * as sealed when the one before it was.
 */
job *held_in_order(job *newest);

#endif
