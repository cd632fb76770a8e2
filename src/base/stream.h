/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - messages between two processes over a stream socket: length u32, big-endian, bytes.
 * Both calls block. */
#ifndef BASE_STREAM_H
#define BASE_STREAM_H

#include "base/buf.h"

/* MS_UNREACHABLE: the other end is gone. */
ms_status stream_send(int fd, span message, ms_error *err);
/* The next message, at most MAX bytes, appended to OUT. MS_NOT_FOUND: the other end has closed;
 * MS_INVALID: longer than MAX. */
ms_status stream_receive(int fd, size_t max, buf *out, ms_error *err);

#endif
