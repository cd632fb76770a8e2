/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_fields.h - members of a JSON object with their types checked: what is wrong becomes a
 * problem at its path. A member that is missing or null is not given. Texts are trimmed and copied
 * into the arena of the draft.
 */
#ifndef INTAKE_JSON_FIELDS_H
#define INTAKE_JSON_FIELDS_H

#include "base/json.h"
#include "intake/draft.h"

/* An object at PATH ("" = the row itself) within the row of D. */
typedef struct json_at {
	draft *d;
	const json_t *object;
	const char *path;
	const char *indicator; /* whose value it is; NULL: of none. Problems are told as the rules
				  do, so that these do not call it missing besides */
} json_at;

/* "PATH.NAME" in the arena. Never NULL. */
const char *json_path(const json_at *at, const char *name);

/* A problem with the member NAME (NULL: the object itself). EXPECTED may be NULL. */
void json_problem(
	const json_at *at, unsigned code, const char *name, span value, const char *expected);
void json_type_problem(const json_at *at, const char *name, const char *zh, const char *en);

/* Members other than NAMES (NULL at the end) are problems with the nearest name. */
void json_known(const json_at *at, const char *const names[]);

/* False: not given, or a problem. */
bool json_take_text(const json_at *at, const char *name, span *out);
bool json_take_integer(const json_at *at, const char *name, int64_t *out);
bool json_take_bool(const json_at *at, const char *name, bool *out);
/* A decimal in quotes, or a whole number, at SCALE. */
bool json_take_decimal(const json_at *at, const char *name, unsigned scale, int64_t *out);
/* A list; NULL: not given, or a problem. */
const json_t *json_take_list(const json_at *at, const char *name);
/* The INDEX-th of the list NAME when it is an object; else a problem and false. */
bool json_take_object(
	const json_at *at, const char *name, const json_t *list, size_t index, json_at *out);

#endif
