/* SPDX-License-Identifier: Apache-2.0 */
/* replay_print.h - what slots, figures and scores are at an instant, as one JSON object. */
#ifndef CLI_REPLAY_PRINT_H
#define CLI_REPLAY_PRINT_H

#include "base/buf.h"
#include "plan/tally.h"

/* The members "slots", "completeness", "figures" and "scores", each with a comma in front, appended
 * to OUT. */
ms_status replay_print(const slots *all, int64_t now_us, buf *out);

#endif
