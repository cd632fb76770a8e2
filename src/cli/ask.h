/* SPDX-License-Identifier: Apache-2.0 */
/* ask.h - asking a daemon through its control socket, in JSON. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "base/buf.h"
#include "base/json.h"
#include "base/status.h"

enum { ASK_MS = 30000 /* patience for what takes no time */ };

/*
 * Ask the daemon of DIR. Each answer line goes to FN (may be NULL) as JSON; an {"error"} answer
 * becomes ERR. REQUEST is taken; NULL, which jansson makes of what is no UTF-8: MS_USAGE.
 */
ms_status daemon_ask(const char *dir, json_t *request, int wait_ms,
	void (*fn)(void *ctx, const json_t *line), void *ctx, ms_error *err);
/* The same of an agent or a hub; when none runs, how to start it is the remedy. */
ms_status agent_ask(const char *dir, json_t *request, int wait_ms,
	void (*fn)(void *ctx, const json_t *line), void *ctx, ms_error *err);
ms_status hub_ask(const char *dir, json_t *request, int wait_ms,
	void (*fn)(void *ctx, const json_t *line), void *ctx, ms_error *err);
/* An FN that keeps the last line: CTX is a json_t ** that holds NULL or the one before. */
void ask_keep(void *ctx, const json_t *line);
/* The bytes that HEX, a member of an answer, stands for: OUT is empty before. MS_BUG for none. */
ms_status ask_bytes(const char *hex, buf *out, ms_error *err);
/* An FN that prints the line as one line of JSON; CTX is a const char * const * that names the
 * schema, put in front. */
void ask_print_json(void *ctx, const json_t *line);
/* OUT, taken, as one line of JSON with the schema in front. */
void ask_print_object(const char *schema, json_t *out);
/* Make of all texts in LINE what is shown to people (base/shown.h): before it is printed for them.
 */
void ask_show(const json_t *line);
/* MS_USAGE: a word of the command line is no UTF-8 text. */
ms_status ask_fail_words(ms_error *err);
/* Print ": " and what became of the statement of LINE: its state, revision, record, time, verdict
 * and why. */
void ask_add_fate(const json_t *line, buf *out);

static inline const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

#endif
