/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/shown.h"
#include "base/text.h"
#include "net/control.h"
#include "store/home.h"

enum { START_TRIES = 40, START_STEP_US = 50000 };

typedef struct asking {
	void (*fn)(void *ctx, const json_t *line);
	void *ctx;
	ms_error *err;
	ms_error unheard; /* when the caller wants no error */
} asking;

ms_status
ask_fail_words(ms_error *err)
{
	ms_fail(err, MS_USAGE, MST_CLI_VALUE, "something that was given is no UTF-8 text");
	ms_error_remedy(err, "let terminal and scripts write UTF-8, and name files in it");
	return MS_USAGE;
}

static ms_status
take_error(ms_error *err, const json_t *error)
{
	ms_status status = (ms_status)json_number_of(error, "status", MS_BUG);

	if (status <= MS_OK || status >= MS_STATUS_COUNT)
		status = MS_BUG;
	ms_fail(err, status, (unsigned)json_number_of(error, "code", 0), "%s",
		or_empty(json_text_of(error, "text")));
	ms_error_place(err, "%s", or_empty(json_text_of(error, "place")));
	ms_error_remedy(err, "%s", or_empty(json_text_of(error, "remedy")));
	return status;
}

static ms_status
take_line(void *ctx, span line)
{
	asking *a = ctx;
	json_t *object;
	ms_status s = json_parse(line, "answer", &object, a->err);

	if (s != MS_OK)
		return s;
	if (json_object_get(object, "error") != NULL)
		s = take_error(a->err, json_object_get(object, "error"));
	else if (a->fn != NULL)
		a->fn(a->ctx, object);
	json_decref(object);
	return s;
}

/* A daemon that starts, or begins anew with another plan, has the lock before its socket. */
static ms_status
ask_patiently(const char *dir, span request, int wait_ms, asking *a)
{
	unsigned tries = START_TRIES;
	ms_status s;
	long pid;

	while ((s = control_ask(dir, request, wait_ms, take_line, a, a->err)) != MS_OK &&
		a->err->code == MST_CONTROL_NOBODY && tries-- > 0 && home_is_locked(dir, &pid)) {
		*a->err = (ms_error){ 0 };
		usleep(START_STEP_US);
	}
	return s;
}

ms_status
daemon_ask(const char *dir, json_t *request, int wait_ms, void (*fn)(void *ctx, const json_t *line),
	void *ctx, ms_error *err)
{
	asking a = { .fn = fn, .ctx = ctx };
	buf line = { 0 };
	ms_status s;

	a.err = err == NULL ? &a.unheard : err;
	if (request == NULL)
		return ask_fail_words(a.err);
	if (lang_chosen()[0] != '\0')
		json_set_text(request, "language", lang_chosen());
	s = json_write(request, &line);
	if (s != MS_OK)
		ms_fail(a.err, s, MST_NO_MEMORY, "no memory for the question");
	/* No question is asked with another word than was given. */
	if (s == MS_OK && strstr(buf_cstr(&line), JSON_NO_TEXT) != NULL)
		s = ask_fail_words(a.err);
	if (s == MS_OK)
		s = ask_patiently(dir, buf_span(&line), wait_ms, &a);
	json_decref(request);
	buf_fini(&line);
	return s;
}

/* A directory of the other kind would not know the question. */
static ms_status
ask_one_of(store_kind kind, const char *dir, json_t *request, int wait_ms,
	void (*fn)(void *ctx, const json_t *line), void *ctx, ms_error *err)
{
	ms_status s = home_expect(dir, kind, err);

	if (s != MS_OK) {
		json_decref(request);
		return s;
	}
	s = daemon_ask(dir, request, wait_ms, fn, ctx, err);
	if (s == MS_UNREACHABLE && kind == STORE_AGENT)
		ms_error_remedy(err, "start it: muster-agent --dir %s", dir);
	else if (s == MS_UNREACHABLE)
		ms_error_remedy(err, "start it: muster-hub --dir %s", dir);
	return s;
}

ms_status
agent_ask(const char *dir, json_t *request, int wait_ms, void (*fn)(void *ctx, const json_t *line),
	void *ctx, ms_error *err)
{
	return ask_one_of(STORE_AGENT, dir, request, wait_ms, fn, ctx, err);
}

ms_status
hub_ask(const char *dir, json_t *request, int wait_ms, void (*fn)(void *ctx, const json_t *line),
	void *ctx, ms_error *err)
{
	return ask_one_of(STORE_HUB, dir, request, wait_ms, fn, ctx, err);
}

void
ask_keep(void *ctx, const json_t *line)
{
	json_t **kept = ctx;

	json_decref(*kept);
	*kept = json_deep_copy(line);
}

ms_status
ask_bytes(const char *hex, buf *out, ms_error *err)
{
	size_t n = hex == NULL ? 0 : strlen(hex) / 2;

	if (buf_reserve(out, n + 1) != MS_OK)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the file");
	if (n == 0 || !text_unhex(span_str(hex), out->at, n))
		return ms_fail(err, MS_BUG, MST_CONTROL, "the daemon's answer has another form");
	out->len = n;
	return MS_OK;
}

void
ask_print_object(const char *schema, json_t *out)
{
	json_t *with = json_object();

	json_set_text(with, "schema", schema);
	json_object_update(with, out);
	json_dumpf(with, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(with);
	json_decref(out);
}

void
ask_print_json(void *ctx, const json_t *line)
{
	ask_print_object(*(const char *const *)ctx, json_deep_copy(line));
}

static void
show_text(json_t *value)
{
	char *text = strdup(json_string_value(value));

	if (text == NULL)
		return;
	shown_line(text);
	if (strcmp(text, json_string_value(value)) != 0)
		json_string_set(value, text);
	free(text);
}

void
ask_show(const json_t *line)
{
	json_t *own = (json_t *)(uintptr_t)line, *value;
	const char *name;
	size_t i;

	if (json_is_string(own))
		show_text(own);
	json_object_foreach(own, name, value) ask_show(value);
	json_array_foreach(own, i, value) ask_show(value);
}

/* As a person reads it. */
static const char *
state_word(const char *state)
{
	static const struct {
		const char *state, *word;
	} words[] = {
		{ "queued", TR("queued") },
		{ "received", TR("received") },
		{ "refused", TR("refused") },
		{ "unchanged", TR("unchanged") },
		{ "wrong", TR("wrong") },
		{ "nothing", TR("nothing to take back") },
		{ "other_first", TR("other_first") },
		{ "would be sent", TR("would be sent") },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].state, state) == 0)
			return tr(words[i].word);
	return state;
}

void
ask_add_fate(const json_t *line, buf *out)
{
	const char *record = json_text_of(line, "record"), *judged = json_text_of(line, "verdict"),
		   *why = json_text_of(line, "why");

	buf_addf(out, ": %s",
		state_word(why != NULL ? "refused" : or_empty(json_text_of(line, "state"))));
	if (json_number_of(line, "revision", 0) != 0)
		buf_addf(
			out, tr(", revision %lld"), (long long)json_number_of(line, "revision", 0));
	if (record != NULL)
		buf_addf(out, tr(", record %s, %s"), record,
			or_empty(json_text_of(line, "hub_time")));
	if (judged != NULL && strcmp(judged, "STORED") != 0)
		buf_addf(out, ", %s", judged);
	if (judged != NULL && strcmp(judged, "DUPLICATE") == 0)
		buf_addf(out, tr(" (the same stands already)"));
	if (judged != NULL && strcmp(judged, "STORED_SUPERSEDED") == 0)
		buf_addf(out, tr(" (a newer revision stands)"));
	if (why != NULL)
		buf_addf(out, tr(" (%s)"), why);
}
