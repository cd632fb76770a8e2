/* SPDX-License-Identifier: Apache-2.0 */
/* acts_parts.h - inside codec: the bodies of acts that are no reports (acts_body.c). */
#ifndef CODEC_ACTS_PARTS_H
#define CODEC_ACTS_PARTS_H

#include <protobuf-c/protobuf-c.h>

#include "base/buf.h"
#include "plan/act.h"

/* The message of act.proto that is the body of a KIND, reports too. NULL: no such kind. */
const ProtobufCMessageDescriptor *body_descriptor(act_kind kind);
/* Fill the member of OUT that OUT->kind, no report, has, from the body's BYTES. False: malformed.
 */
bool body_read(span bytes, act *out);
/* The body of A, no report, appended to OUT: the bytes that protobuf-c packs. MS_NO_MEMORY. */
ms_status body_write(const act *a, buf *out);

#endif
