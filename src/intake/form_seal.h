/* SPDX-License-Identifier: Apache-2.0 */
/*
 * form_seal.h - a form in .xlsx tells by itself whether anybody has saved it since it was written:
 * its property muster.seal is a hash over all its other parts, which no program that saves it
 * leaves as they were. Internal to intake.
 */
#ifndef INTAKE_FORM_SEAL_H
#define INTAKE_FORM_SEAL_H

#include "base/hash.h"
#include "base/status.h"

enum { FORM_SEAL_SIZE = 2 * HASH_SIZE + 1 };

/* The seal for the form of these BYTES. */
ms_status form_seal(span bytes, char out[FORM_SEAL_SIZE], ms_error *err);

#endif
