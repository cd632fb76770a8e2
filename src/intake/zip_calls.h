/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zip_calls.h - libzip, loaded while a workbook is read and no longer: it brings libcrypto and five
 * others, which would be a sixth of an idle agent's memory. Internal to xlsx_package.c.
 */
#ifndef INTAKE_ZIP_CALLS_H
#define INTAKE_ZIP_CALLS_H

#include <zip.h>

#include "base/status.h"

#define ZIP_CALLS(call)                                                                         \
	call(zip_discard) call(zip_error_code_zip) call(zip_error_fini) call(zip_error_init)    \
		call(zip_error_strerror) call(zip_fclose) call(zip_fopen_index) call(zip_fread) \
			call(zip_get_name) call(zip_get_num_entries) call(zip_name_locate)      \
				call(zip_open_from_source) call(zip_source_buffer_create)       \
					call(zip_source_free) call(zip_stat_index)              \
						call(zip_stat_init)

#define ZIP_CALL_MEMBER(name) __typeof__(&(name)) name;

/* Each by its own name: zip->zip_fread(...). */
typedef struct zip_calls {
	void *library;
	ZIP_CALLS(ZIP_CALL_MEMBER)
} zip_calls;

/* MS_CONFIG: the library is not installed, or another one. */
ms_status zip_calls_open(zip_calls *out, ms_error *err);
void zip_calls_close(zip_calls *zip); /* zeroed is allowed */

#endif
