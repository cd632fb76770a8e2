/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status.h - how every function says that it failed, and the sentence a person reads.
 *
 * A function that can fail returns ms_status and takes an ms_error *err (NULL is allowed). The
 * first failure fills it; later calls keep the first cause. Only main.c and cli/ print it.
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/codes.h"

typedef enum ms_status {
	MS_OK = 0,
	MS_NOT_FOUND,    /* no such row, file, name; the normal end of an iteration */
	MS_INVALID,      /* data from outside breaks a rule (exit 65) */
	MS_CONFIG,       /* a settings or plan file breaks a rule (exit 78) */
	MS_USAGE,        /* a command line breaks a rule (exit 64) */
	MS_EXISTS,       /* it is there already */
	MS_FULL,         /* a bound we set ourselves is reached; try later */
	MS_NO_MEMORY,    /* an allocation failed */
	MS_IO,           /* the operating system refused a read or write (exit 74) */
	MS_NO_SPACE,     /* disk or map full: a state, not a crash (exit 74) */
	MS_STORAGE,      /* a commit or sync failed: never retried (exit 74) */
	MS_CORRUPT,      /* a stored record does not match its hash or form */
	MS_BUSY,         /* locked by another process */
	MS_DENIED,       /* not permitted (exit 77) */
	MS_UNREACHABLE,  /* hub or daemon does not answer (exit 69) */
	MS_TIMEOUT,      /* the wait ended first (exit 75) */
	MS_AGAIN,        /* nothing to do now, ask again after the next event */
	MS_CANNOT_WRITE, /* an output file cannot be made (exit 73) */
	MS_BUG,          /* a programmer's mistake found at run time (exit 70) */
	MS_STATUS_COUNT
} ms_status;

typedef struct ms_error {
	ms_status status;
	unsigned code;    /* MST-nnnn, see codes.h; 0 while no error is held */
	char place[160];  /* file:line, field or row; may be empty */
	char text[640];   /* what is wrong and what was expected */
	char remedy[320]; /* how to mend it; may be empty */
} ms_error;

/* Fill ERR unless it holds an error already, and return STATUS. FORMAT is translated (lang.h). That
 * memory was short is told as just that, not as what CODE and FORMAT make of any other STATUS. */
ms_status ms_fail(ms_error *err, ms_status status, unsigned code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
#ifdef __clang_analyzer__
/* An analyser that reads one file at a time is told what comes back. */
#define ms_fail(err, status, ...) (ms_fail(err, status, __VA_ARGS__), (status))
#endif

/* Add the place or the remedy to the error held; what is there already is kept. */
void ms_error_place(ms_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
void ms_error_remedy(ms_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "place: text (remedy) [MST-nnnn]" into OUT, cut at SIZE bytes. Returns OUT. */
const char *ms_error_format(const ms_error *err, char *out, unsigned size);

/* The process exit code for STATUS. */
int ms_exit_code(ms_status status);

/* Programmer mistakes only; on in release builds; prints file:line and aborts. */
#define MS_ASSERT(condition) \
	((condition) ? (void)0 : ms_assert_failed(#condition, __FILE__, __LINE__))
_Noreturn void ms_assert_failed(const char *condition, const char *file, int line);

#endif
