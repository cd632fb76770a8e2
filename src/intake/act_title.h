/* SPDX-License-Identifier: Apache-2.0 */
/* act_title.h - what people call an act: 退回说明, 催办通知, ... */
#ifndef INTAKE_ACT_TITLE_H
#define INTAKE_ACT_TITLE_H

#include "plan/act.h"

const char *act_title(const act *a);

#endif
