/* SPDX-License-Identifier: Apache-2.0 */
/* found.h - a new hub: keys, plan, leaf 0. Used by `muster hub init` and the demo. */
#ifndef CLI_FOUND_H
#define CLI_FOUND_H

#include "plan/plan.h"
#include "store/home.h"

/* Settings from the command line's words; LISTEN, ADDRESS ("what devices are told") and CLOCK may
 * be NULL. */
ms_status found_settings(const plan *p, const char *listen, const char *address, const char *clock,
	hub_settings *settings, ms_error *err);
/* Make the directory DIR of a hub for plan P; its ids are filled into SETTINGS. libsodium was
 * started. */
ms_status found_hub(const char *dir, hub_settings *settings, const plan *p, ms_error *err);

#endif
