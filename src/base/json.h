/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - jansson for the whole project, with our errors and the few things we always do. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

/* Numbers stay exact: reals are refused where they are read, names must be unique. MS_INVALID at
 * FILE:line:column, where the wrong part ends: MST_JSON, MST_JSON_TWICE with the name,
 * MST_JSON_LARGE with the number behind the colon. */
ms_status json_parse(span text, const char *file, json_t **out, ms_error *err);
/* Compact, in the order of insertion, appended to OUT. */
ms_status json_write(const json_t *value, buf *out);

/* Set NAME in OBJECT; a failed allocation leaves it out. JSON holds UTF-8 only: of other text (a
 * file's name may be anything) each byte that is none becomes JSON_NO_TEXT. */
#define JSON_NO_TEXT "\xef\xbf\xbd"                                     /* U+FFFD */
void json_set_text(json_t *object, const char *name, const char *text); /* NULL gives null */
void json_set_span(json_t *object, const char *name, span text);
void json_set_number(json_t *object, const char *name, int64_t number);
void json_set_bool(json_t *object, const char *name, bool value);
/* A record as it is printed: "123/7". */
void json_set_record(json_t *object, const char *name, uint64_t leaf, unsigned at);
/* RFC 3339 in the zone ZONE_MIN minutes east; null for 0, which is no time. */
void json_set_time(json_t *object, const char *name, int zone_min, int64_t us);
/* Member simulated_clock: the times in OBJECT are of a clock that is SIMULATED; nothing else. */
void json_set_clock(json_t *object, bool simulated);
/* VALUE is taken. */
void json_set(json_t *object, const char *name, json_t *value);

/* The member, or NULL / FALLBACK when it is missing or of another type. */
const char *json_text_of(const json_t *object, const char *name);
int64_t json_number_of(const json_t *object, const char *name, int64_t fallback);
bool json_bool_of(const json_t *object, const char *name);

#endif
