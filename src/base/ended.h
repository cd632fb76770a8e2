/* SPDX-License-Identifier: Apache-2.0 */
/* ended.h - how a process ended that read what may be damaged. */
#ifndef BASE_ENDED_H
#define BASE_ENDED_H

#include <stdbool.h>

#include "base/status.h"

/* Did it die, HOW being what waitpid says, of a signal that following damaged pages brings? Any
 * other, such as the kernel's when memory is short, says nothing of what was read. */
bool ended_by_damage(int how);
/* MS_AGAIN: of another signal. */
ms_status ended_fail(int how, ms_error *err);

#endif
