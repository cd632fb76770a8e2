/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts.h - acts between bytes and plan/act.h. Nobody re-encodes what was received: act_decode keeps
 * the bytes beside the meaning.
 */
#ifndef CODEC_ACTS_H
#define CODEC_ACTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "plan/act.h"

/*
 * Decode an act. Never fails for bad bytes: those give out->malformed with only bytes set (a higher
 * schema number gives schema alone, so that it is refused by name). MS_NO_MEMORY only. Well formed
 * means canonical (promise 5 of src/README.md): fields ascending, shortest varints, no unknown
 * field, declared enums, clean UTF-8 text. Everything borrows from BYTES and MEMORY.
 */
ms_status act_decode(span bytes, arena *memory, act *out);

/* Encode the body of a report or retraction, or of a hub's act, by A->kind, into OUT (appended). */
ms_status act_encode_body(const act *a, arena *memory, buf *out);
/* Encode the whole act around A->body (set by the caller, see act_encode_body) into OUT (appended).
 */
ms_status act_encode(const act *a, arena *memory, buf *out);

/* The act as JSON text with the proto's field names (for people and --json), appended to OUT.
 * Malformed acts give {"malformed":"<hex>"}. */
ms_status act_to_json(const act *a, arena *memory, buf *out);

#endif
