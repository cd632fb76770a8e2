/* SPDX-License-Identifier: Apache-2.0 */
/* bulletin.h - the bulletin (通报) of a period: text whose bytes follow from the acts alone. */
#ifndef CLI_BULLETIN_H
#define CLI_BULLETIN_H

#include "cli/replica.h"

/* R is an observer's, or of a hub's directory. What is issued has no end of columns, SCREEN 0. */
ms_status bulletin_write(const replica *r, period at, unsigned screen, buf *out, ms_error *err);

#endif
