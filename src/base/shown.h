/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shown.h - words of others, as they are shown to people.
 *
 * Whoever wrote them may have tried to begin a line that is not theirs, to move the cursor of a
 * terminal, or to turn the order of what stands beside them. Where a character would do that, a
 * space is shown: control characters, line separators, and those that set a direction.
 */
#ifndef BASE_SHOWN_H
#define BASE_SHOWN_H

#include "base/buf.h"
#include "base/span.h"

/* TEXT itself, on one line. It gets no longer. */
void shown_line(char *text);
/* TEXT behind OUT; a line that it ends goes on behind NEWLINE. */
ms_status shown_add(buf *out, span text, const char *newline);

#endif
