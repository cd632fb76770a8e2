/* SPDX-License-Identifier: Apache-2.0 */
/* plan_conf.h - the form of a plan file: which options stand in which section, and the file as a
 * tree. */
#ifndef PLAN_PLAN_CONF_H
#define PLAN_PLAN_CONF_H

#include "plan/plan_read.h"

/* The tree of L->p->bytes in its scratch arena; NULL after a syntax error. Unknown options are
 * noted as mistakes. */
const conf_section *plan_conf_read(loader *l);

#endif
