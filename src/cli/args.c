/* SPDX-License-Identifier: Apache-2.0 */
/*
 * args.c - options of every command, read by one rule.
 *
 * getopt_long is not used: it takes abbreviations, prints by itself and keeps state in globals.
 */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/suggest.h"
#include "base/text.h"
#include "store/home.h"

void
cli_tell_clock(const char *dir)
{
	if (home_is_simulated(dir))
		fprintf(stderr, tr("simulated clock: the times of %s are not real ones\n"), dir);
}

static const cli_option *
find_option(const cli_option *options, size_t n, const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(options[i].name) == len && memcmp(options[i].name, name, len) == 0)
			return &options[i];
	return NULL;
}

static ms_status
unknown_option(const cli_option *options, size_t n, const char *arg, size_t len, ms_error *err)
{
	suggestion s;

	suggest_begin(&s, span_of(arg, len));
	for (size_t i = 0; i < n; i++)
		suggest_try(&s, options[i].name);
	suggest_try(&s, "--help");
	ms_fail(err, MS_USAGE, MST_CLI_OPTION, "unknown option \"%.*s\"", (int)len, arg);
	if (s.best != NULL)
		ms_error_remedy(err, "did you mean \"%s\"?", s.best);
	return MS_USAGE;
}

/* Take the option at ARGV[*AT]; *AT moves on to its value where that stands apart. */
static ms_status
take_option(int argc, char **argv, int *at, const cli_option *options, size_t n, ms_error *err)
{
	const char *arg = argv[*at];
	const char *equals = strchr(arg, '=');
	size_t len = equals == NULL ? strlen(arg) : (size_t)(equals - arg);
	const cli_option *o = find_option(options, n, arg, len);

	if (o == NULL)
		return unknown_option(options, n, arg, len, err);
	if (o->flag != NULL) {
		if (equals != NULL)
			return ms_fail(
				err, MS_USAGE, MST_CLI_OPTION, "option %s takes no value", o->name);
		*o->flag = true;
		return MS_OK;
	}
	MS_ASSERT(o->value != NULL);
	if (equals == NULL && *at + 1 >= argc)
		return ms_fail(err, MS_USAGE, MST_CLI_OPTION, "option %s needs a value", o->name);
	*o->value = equals != NULL ? equals + 1 : argv[++*at];
	return MS_OK;
}

/* Here, so that no command shows the times of a directory without it. */
static void
tell_clock(const cli_option *options, size_t n)
{
	const cli_option *quiet = find_option(options, n, "--quiet", strlen("--quiet"));

	for (size_t i = 0; i < n && (quiet == NULL || !*quiet->flag); i++)
		if (strcmp(options[i].name, "--dir") == 0 && *options[i].value != NULL)
			cli_tell_clock(*options[i].value);
}

ms_status
cli_args(int argc, char **argv, const cli_option *options, size_t n_options, const char **words,
	size_t min, size_t max, size_t *n_words, ms_error *err)
{
	bool only_words = false;
	ms_status s = MS_OK;
	size_t n = 0;

	for (int i = 1; s == MS_OK && i < argc; i++) {
		if (!only_words && strcmp(argv[i], "--") == 0)
			only_words = true;
		else if (!only_words && argv[i][0] == '-' && argv[i][1] != '\0')
			s = take_option(argc, argv, &i, options, n_options, err);
		else if (n == max)
			s = ms_fail(err, MS_USAGE, MST_CLI_WORDS, "too many arguments: \"%s\"",
				argv[i]);
		else
			words[n++] = argv[i];
	}
	if (s == MS_OK && n < min)
		s = ms_fail(
			err, MS_USAGE, MST_CLI_WORDS, "an argument of \"%s\" is missing", argv[0]);
	if (s == MS_OK)
		tell_clock(options, n_options);
	else
		ms_error_remedy(err, "--help shows the usage");
	if (n_words != NULL)
		*n_words = n;
	return s;
}

ms_status
cli_dir_args(int argc, char **argv, const char **dir, bool *json, ms_error *err)
{
	const cli_option options[] = { { "--dir", NULL, dir }, { "--json", json, NULL } };
	ms_status s = cli_args(argc, argv, options, 2, NULL, 0, 0, NULL, err);

	if (s == MS_OK && *dir == NULL)
		s = ms_fail(err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	return s;
}

ms_status
cli_number(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *out,
	ms_error *err)
{
	if (text == NULL || (text_uint(span_str(text), max, out) && *out >= min))
		return MS_OK;
	return ms_fail(err, MS_USAGE, MST_CLI_VALUE, "%s %s: expected a number, %llu to %llu",
		option, text, (unsigned long long)min, (unsigned long long)max);
}

/* A place that is not there, or not ours, is an output that cannot be written. */
int
cli_fail(const ms_error *err)
{
	bool no_place = err->code == MST_FILE_WRITE &&
			(err->status == MS_NOT_FOUND || err->status == MS_DENIED);
	char text[1400];

	MS_ASSERT(err->status != MS_OK);
	fprintf(stderr, "muster: %s\n", ms_error_format(err, text, sizeof(text)));
	return ms_exit_code(no_place ? MS_CANNOT_WRITE : err->status);
}

void
cli_tell_waiting(const char *address)
{
	fprintf(stderr, tr("waiting for the hub at %s\n"), address);
}

int
cli_end(int exit_code)
{
	ms_error err = { 0 };

	if (fflush(stdout) == 0 && !ferror(stdout))
		return exit_code;
	ms_fail(&err, MS_CANNOT_WRITE, MST_CLI_OUTPUT, "the output cannot be written");
	return cli_fail(&err);
}
