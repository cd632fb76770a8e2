/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/form_seal.h"

#include "intake/form.h"
#include "intake/xlsx_book.h"

/* BOOK lies in MEMORY. */
static ms_status
look(span bytes, arena *memory, xlsx_book *book, char seal[FORM_SEAL_SIZE], ms_error *err)
{
	package *p = NULL;
	hash32 digest;
	ms_status s = package_open(bytes, &p, err);

	if (s == MS_OK)
		s = xlsx_book_read(p, memory, book, err);
	if (s == MS_OK && book->properties == NULL)
		s = ms_fail(err, MS_INVALID, MST_XLSX_BROKEN, "a form without properties");
	if (s == MS_OK)
		s = package_digest(p, book->properties, &digest, err);
	if (s == MS_OK)
		hash_hex(&digest, seal);
	package_close(p);
	return s;
}

ms_status
form_seal(span bytes, char out[FORM_SEAL_SIZE], ms_error *err)
{
	arena memory = { 0 };
	xlsx_book book;
	ms_status s = look(bytes, &memory, &book, out, err);

	arena_fini(&memory);
	return s;
}

bool
form_is_sealed(span bytes)
{
	arena memory = { 0 };
	xlsx_book book;
	char seal[FORM_SEAL_SIZE];
	bool is = bytes.len > 2 && memcmp(bytes.at, "PK", 2) == 0 &&
		  look(bytes, &memory, &book, seal, NULL) == MS_OK && book.seal != NULL &&
		  strcmp(book.seal, seal) == 0;

	arena_fini(&memory);
	return is;
}
