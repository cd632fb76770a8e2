/* SPDX-License-Identifier: Apache-2.0 */
/* judge_parts.h - inside plan: the pieces that judge_act is made of. */
#ifndef PLAN_JUDGE_PARTS_H
#define PLAN_JUDGE_PARTS_H

#include "plan/judge.h"

/* From NOT_ASSIGNED to VALUE, for kinds 3 to 15. */
verdict judge_steer(const plan *p, const act *a, int from, int64_t now_us, const slot_at *at);

#endif
