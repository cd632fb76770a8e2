/* SPDX-License-Identifier: Apache-2.0 */
/* places.h - where the files that come with Muster stand, also when it was not installed. */
#ifndef CLI_PLACES_H
#define CLI_PLACES_H

#include "base/status.h"
#include "plan/plan.h"
#include "store/home.h"

/* The program NAME ("muster-hub") beside this one, into OUT (HOME_PATH_MAX bytes). MS_NOT_FOUND. */
ms_status place_program(const char *name, char *out, ms_error *err);
/* Load the plan FILE, NULL: that of 2012. PROBLEMS as for plan_load. */
ms_status place_load_plan(const char *file, plan **out, plan_problems *problems, ms_error *err);

#endif
