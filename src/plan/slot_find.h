/* SPDX-License-Identifier: Apache-2.0 */
/* slot_find.h - inside plan: what slot.c and decide.c share. */
#ifndef PLAN_SLOT_FIND_H
#define PLAN_SLOT_FIND_H

#include "plan/slot.h"

/* Was REVISION stored, and as what? */
bool slot_find(const slot *s, uint32_t revision, slot_history *history, slot_revision *out);

#endif
