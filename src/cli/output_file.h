/* SPDX-License-Identifier: Apache-2.0 */
/* output_file.h - a file for spreadsheet programs that a command writes: its name says as what. */
#ifndef CLI_OUTPUT_FILE_H
#define CLI_OUTPUT_FILE_H

#include <stdbool.h>

#include "store/home.h"

/* FILE may be NULL: neither. */
bool output_is_workbook(const char *file);
bool output_is_csv(const char *file);
/* Where a file in the making lies. */
const char *output_scratch(const char *file, char out[HOME_PATH_MAX]);

#endif
