/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/zip_calls.h"

#include <dlfcn.h>
#include <string.h>

#define LIBRARY "libzip.so.4"

/* POSIX lets a data pointer hold a function's address; C has no cast that says so. */
static bool
find(void *library, const char *name, void *place)
{
	void *address = dlsym(library, name);

	memcpy(place, &address, sizeof(address));
	return address != NULL;
}

#define FIND_CALL(name) &&find(out->library, #name, &out->name)

ms_status
zip_calls_open(zip_calls *out, ms_error *err)
{
	*out = (zip_calls){ .library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL) };
	if (out->library != NULL ZIP_CALLS(FIND_CALL))
		return MS_OK;
	zip_calls_close(out);
	ms_fail(err, MS_CONFIG, MST_XLSX_LIBRARY, "workbooks cannot be read: %s is missing",
		LIBRARY);
	ms_error_remedy(err, "install Debian's package libzip4");
	return MS_CONFIG;
}

void
zip_calls_close(zip_calls *zip)
{
	if (zip->library != NULL)
		dlclose(zip->library);
	*zip = (zip_calls){ .library = NULL };
}
