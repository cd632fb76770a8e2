/* SPDX-License-Identifier: Apache-2.0 */
/* store_fail.c - the first failure of a transaction: callers note theirs, and may ask for it. */
#include "store/store.h"

#include <stdio.h>

#include "base/lang.h"

bool
store_fail(store_txn *txn, ms_status status, unsigned code, const char *format, ...)
{
	char text[sizeof(txn->error.text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), tr(format), args);
	va_end(args);
	ms_fail(&txn->error, status, code, "%s", text);
	return false;
}

bool
store_no_memory(store_txn *txn)
{
	return store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
}

ms_status
store_status(const store_txn *txn, ms_error *err)
{
	if (txn->error.status == MS_OK)
		return MS_OK;
	ms_fail(err, txn->error.status, txn->error.code, "%s", txn->error.text);
	if (txn->error.place[0] != '\0')
		ms_error_place(err, "%s", txn->error.place);
	if (txn->error.remedy[0] != '\0')
		ms_error_remedy(err, "%s", txn->error.remedy);
	return txn->error.status;
}
