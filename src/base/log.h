/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - what a daemon says on stderr: "TIME NAME LEVEL: text", one line each. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/status.h"

typedef enum log_level { LOG_ERROR = 0, LOG_WARNING, LOG_INFO, LOG_DEBUG } log_level;

typedef struct logger {
	int fd;
	log_level level; /* what is less important than this is left out */
	const char *name;
} logger;

/* Longer text is cut at 1,279 bytes; a line that cannot be written is lost. */
void logger_say(const logger *l, log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void logger_error(const logger *l, log_level level, const ms_error *err);

#endif
