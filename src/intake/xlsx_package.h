/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_package.h - the zip around an .xlsx: its parts by name, inflated piece by piece.
 *
 * Names are looked at before anything is inflated: one that leaves the package, stands there twice
 * or is no text refuses the whole. What is inflated of all parts together is bounded, whatever the
 * directory of the zip claims. Internal to intake.
 */
#ifndef INTAKE_XLSX_PACKAGE_H
#define INTAKE_XLSX_PACKAGE_H

#include "base/hash.h"
#include "base/span.h"
#include "base/status.h"

enum {
	PACKAGE_INFLATED_MAX = 64 << 20, /* bytes out of all parts read */
	PACKAGE_PARTS_MAX = 4096,
	PACKAGE_NAME_MAX = 255,
};

typedef struct package package;

/* BYTES are borrowed until package_close. MS_INVALID: no zip, broken, or not safe; MS_NO_MEMORY. */
ms_status package_open(span bytes, package **out, ms_error *err);
void package_close(package *p); /* NULL is allowed */

/* Is there a part with this NAME ("xl/workbook.xml")? Case does not matter. */
bool package_has(const package *p, const char *name);

/*
 * Hand the bytes of the part NAME to TAKE piece by piece, until it returns something else than
 * MS_OK. MS_NOT_FOUND: no such part; MS_INVALID: broken or encrypted; MS_FULL: beyond the bound.
 */
typedef ms_status package_take(void *ctx, span piece, bool last, ms_error *err);
ms_status package_read(package *p, const char *name, package_take *take, void *ctx, ms_error *err);

/* What the parts hold, but for the part BUT, as far as the zip's directory tells: names, sizes and
 * checksums in their order. MS_INVALID, MS_NO_MEMORY. */
ms_status package_digest(const package *p, const char *but, hash32 *out, ms_error *err);

/* Reading one part a second time is not counted again: the mark before the first, and back to it.
 */
uint64_t package_inflated(const package *p);
void package_inflated_back(package *p, uint64_t mark);

#endif
