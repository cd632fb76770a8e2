/* SPDX-License-Identifier: Apache-2.0 */
/* xlsx_package.c - libzip over bytes in memory. */
#include "intake/xlsx_package.h"

#include <stdlib.h>
#include <strings.h>

#include "base/buf.h"
#include "intake/zip_calls.h"

enum { PIECE = 64 << 10 };

struct package {
	zip_calls call;
	zip_t *zip;
	zip_int64_t n_parts;
	uint64_t inflated;
};

static ms_status
fail(ms_error *err, unsigned code, const char *what, const char *where)
{
	ms_fail(err, code == MST_XLSX_BOUND ? MS_FULL : MS_INVALID, code, "%s: %s", where, what);
	ms_error_place(err, "%s", where);
	return code == MST_XLSX_BOUND ? MS_FULL : MS_INVALID;
}

static ms_status
no_memory(ms_error *err)
{
	return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for reading a spreadsheet");
}

/* A name that stays within the package: no root, no drive, no way up, no control character. */
static bool
is_safe_name(const char *name)
{
	const char *at;
	size_t len = strlen(name);

	if (len == 0 || len > PACKAGE_NAME_MAX || name[0] == '/')
		return false;
	for (at = name; *at != 0; at++)
		if ((unsigned char)*at < 0x20 || *at == '\\' || *at == ':')
			return false;
	for (at = name; at != NULL; at = strchr(at, '/')) {
		at += *at == '/';
		if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == 0))
			return false;
	}
	return true;
}

static int
order_names(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* Two parts of one name would let one reader see other figures than another. */
static ms_status
refuse_twice(const char **names, size_t n, ms_error *err)
{
	size_t i;

	qsort(names, n, sizeof(*names), order_names);
	for (i = 1; i < n; i++)
		if (strcasecmp(names[i - 1], names[i]) == 0)
			return fail(err, MST_XLSX_UNSAFE, "stands in the zip twice", names[i]);
	return MS_OK;
}

static ms_status
look_at_names(package *p, ms_error *err)
{
	const char **names;
	zip_int64_t i;
	ms_status s = MS_OK;

	p->n_parts = p->call.zip_get_num_entries(p->zip, 0);
	if (p->n_parts <= 0)
		return fail(err, MST_XLSX_BROKEN, "there is nothing in it", "zip");
	if (p->n_parts > PACKAGE_PARTS_MAX)
		return fail(err, MST_XLSX_BOUND, "too many parts", "zip");
	names = calloc((size_t)p->n_parts, sizeof(*names));
	if (names == NULL)
		return no_memory(err);
	for (i = 0; i < p->n_parts && s == MS_OK; i++) {
		names[i] = p->call.zip_get_name(p->zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
		if (names[i] == NULL || !is_safe_name(names[i]))
			s = fail(err, MST_XLSX_UNSAFE, "a name that leads out of the file", "zip");
	}
	if (s == MS_OK)
		s = refuse_twice(names, (size_t)p->n_parts, err);
	free(names);
	return s;
}

static ms_status
open_zip(package *p, span bytes, ms_error *err)
{
	const zip_calls *call = &p->call;
	zip_source_t *source;
	zip_error_t why;
	ms_status s = MS_OK;

	call->zip_error_init(&why);
	source = call->zip_source_buffer_create(bytes.at, bytes.len, 0, &why);
	if (source == NULL)
		s = no_memory(err);
	else
		p->zip = call->zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &why);
	if (s == MS_OK && p->zip == NULL) {
		call->zip_source_free(source);
		s = call->zip_error_code_zip(&why) == ZIP_ER_MEMORY
			    ? no_memory(err)
			    : fail(err, MST_XLSX_BROKEN, call->zip_error_strerror(&why), "zip");
	}
	call->zip_error_fini(&why);
	return s;
}

ms_status
package_open(span bytes, package **out, ms_error *err)
{
	package *p = calloc(1, sizeof(*p));
	ms_status s = p == NULL ? no_memory(err) : zip_calls_open(&p->call, err);

	if (s == MS_OK)
		s = open_zip(p, bytes, err);
	if (s == MS_OK)
		s = look_at_names(p, err);
	if (s == MS_OK)
		*out = p;
	else
		package_close(p);
	return s;
}

void
package_close(package *p)
{
	if (p == NULL)
		return;
	if (p->zip != NULL)
		p->call.zip_discard(p->zip);
	zip_calls_close(&p->call);
	free(p);
}

bool
package_has(const package *p, const char *name)
{
	return p->call.zip_name_locate(p->zip, name, ZIP_FL_NOCASE | ZIP_FL_ENC_RAW) >= 0;
}

ms_status
package_digest(const package *p, const char *but, hash32 *out, ms_error *err)
{
	buf told = { 0 };
	zip_int64_t i;
	zip_stat_t stat;
	ms_status s = MS_OK;

	p->call.zip_stat_init(&stat);
	for (i = 0; i < p->n_parts && s == MS_OK; i++) {
		if (p->call.zip_stat_index(p->zip, (zip_uint64_t)i, 0, &stat) != 0)
			s = fail(err, MST_XLSX_BROKEN, "cannot be unpacked", "zip");
		else if (strcasecmp(stat.name, but) != 0)
			buf_addf(&told, "%s %llu %08x\n", stat.name, (unsigned long long)stat.size,
				(unsigned)stat.crc);
	}
	if (s == MS_OK && told.failed)
		s = no_memory(err);
	*out = hash_of(buf_span(&told));
	buf_fini(&told);
	return s;
}

uint64_t
package_inflated(const package *p)
{
	return p->inflated;
}

void
package_inflated_back(package *p, uint64_t mark)
{
	p->inflated = mark;
}

static ms_status
inflate(package *p, zip_file_t *file, const char *name, package_take *take, void *ctx,
	ms_error *err)
{
	uint8_t *piece = malloc(PIECE);
	zip_int64_t n = 1;
	ms_status s = piece == NULL ? no_memory(err) : MS_OK;

	while (s == MS_OK && n > 0) {
		n = p->call.zip_fread(file, piece, PIECE);
		if (n < 0) {
			s = fail(err, MST_XLSX_BROKEN, "cannot be unpacked", name);
			break;
		}
		p->inflated += (uint64_t)n;
		if (p->inflated > PACKAGE_INFLATED_MAX)
			s = fail(err, MST_XLSX_BOUND, "more than 64 MiB when unpacked", name);
		else
			s = take(ctx, span_of(piece, (size_t)n), n == 0, err);
	}
	free(piece);
	return s;
}

ms_status
package_read(package *p, const char *name, package_take *take, void *ctx, ms_error *err)
{
	zip_int64_t at = p->call.zip_name_locate(p->zip, name, ZIP_FL_NOCASE | ZIP_FL_ENC_RAW);
	zip_file_t *file;
	zip_stat_t stat;
	ms_status s;

	if (at < 0) {
		fail(err, MST_XLSX_BROKEN, "this part is missing", name);
		return MS_NOT_FOUND;
	}
	p->call.zip_stat_init(&stat);
	if (p->call.zip_stat_index(p->zip, (zip_uint64_t)at, 0, &stat) != 0)
		return fail(err, MST_XLSX_BROKEN, "cannot be unpacked", name);
	if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE)
		return fail(err, MST_XLSX_PASSWORD, "is protected by a password", name);
	if ((stat.valid & ZIP_STAT_SIZE) != 0 && stat.size > PACKAGE_INFLATED_MAX)
		return fail(err, MST_XLSX_BOUND, "more than 64 MiB when unpacked", name);
	file = p->call.zip_fopen_index(p->zip, (zip_uint64_t)at, 0);
	if (file == NULL)
		return fail(err, MST_XLSX_BROKEN, "cannot be unpacked", name);
	s = inflate(p, file, name, take, ctx, err);
	p->call.zip_fclose(file);
	return s;
}
