/* SPDX-License-Identifier: Apache-2.0 */
/* said.h - lights and states as people read them; programs get light_name and slot_state_name. */
#ifndef CLI_SAID_H
#define CLI_SAID_H

#include "plan/slot.h"

const char *said_light(light l);
const char *said_state(slot_state state);

#endif
