/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canon.h - is a message in its one canonical form? One walk over the bytes by protobuf-c's
 * descriptors, equal to "decodes, has no unknown field or enum number, and re-encoding gives the
 * same bytes" (a test holds it to that), at a fraction of the cost.
 */
#ifndef CODEC_CANON_H
#define CODEC_CANON_H

#include "base/span.h"

struct ProtobufCMessageDescriptor;

/* Is it, of the message that DESCRIPTOR describes? */
bool canon_check(const struct ProtobufCMessageDescriptor *descriptor, span bytes);

#endif
