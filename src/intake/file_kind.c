/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/file_kind.h"

#include <string.h>
#include <strings.h>

#include "intake/fold.h"
#include "intake/xlsx_package.h"

enum { LOOKED_AT = 1 << 20 };

typedef struct magic {
	const char *bytes;
	size_t len;
	file_kind kind;
} magic;

static const magic magics[] = {
	{ "PK\x03\x04", 4, KIND_PACKAGE },
	{ "PK\x05\x06", 4, KIND_PACKAGE },
	{ "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, KIND_OLD_SHEET },
	{ "\x09\x08\x10\x00\x00\x06\x05\x00", 8, KIND_OLD_SHEET }, /* BIFF without a container */
	{ "\x09\x04\x06\x00", 4, KIND_OLD_SHEET },
	{ "\x09\x02\x06\x00", 4, KIND_OLD_SHEET },
	{ "%PDF", 4, KIND_PDF },
	{ "\x89PNG\r\n", 6, KIND_PICTURE },
	{ "\xff\xd8\xff", 3, KIND_PICTURE },
	{ "GIF8", 4, KIND_PICTURE },
	{ "BM", 2, KIND_PICTURE },
	{ "II*\0", 4, KIND_PICTURE },
	{ "MM\0*", 4, KIND_PICTURE },
	{ "{\\rtf", 5, KIND_DOCUMENT },
	{ "Rar!", 4, KIND_OTHER },
	{ "7z\xbc\xaf", 4, KIND_OTHER },
	{ "\x1f\x8b\x08", 3, KIND_OTHER },
};

static const char *const web_starts[] = { "<html", "<!doctype html", "<table", "<?xml", "<meta",
	"mime-version:" };

static bool
holds(span bytes, const char *wanted, size_t len)
{
	span head = span_of(bytes.at, bytes.len < LOOKED_AT ? bytes.len : LOOKED_AT);

	return head.len >= len && memmem(head.at, head.len, wanted, len) != NULL;
}

/* The streams of an OLE container are named in UTF-16. */
static file_kind
kind_of_container(span bytes)
{
	static const char password[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
	static const char word[] = "W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t";
	span tail = bytes;

	if (bytes.len > LOOKED_AT)
		tail = span_of(bytes.at + bytes.len - LOOKED_AT, LOOKED_AT);
	if (holds(bytes, password, sizeof(password) - 1) ||
		holds(tail, password, sizeof(password) - 1))
		return KIND_PASSWORD;
	if (holds(bytes, word, sizeof(word) - 1) || holds(tail, word, sizeof(word) - 1))
		return KIND_DOCUMENT;
	return KIND_OLD_SHEET;
}

file_kind
file_kind_of(span bytes)
{
	span start;
	size_t i;

	for (i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (bytes.len < magics[i].len ||
			memcmp(bytes.at, magics[i].bytes, magics[i].len) != 0)
			continue;
		/* "BM..." may be text; a bitmap says its own size next */
		if (magics[i].len == 2 && (bytes.len < 10 || bytes.at[6] != 0 || bytes.at[7] != 0))
			continue;
		return magics[i].len == 8 && magics[i].bytes[0] == '\xd0' ? kind_of_container(bytes)
									  : magics[i].kind;
	}
	start = fold_trim(span_of(bytes.at, bytes.len < 256 ? bytes.len : 256));
	for (i = 0; i < sizeof(web_starts) / sizeof(web_starts[0]); i++)
		if (start.len >= strlen(web_starts[i]) &&
			strncasecmp((const char *)start.at, web_starts[i], strlen(web_starts[i])) ==
				0)
			return KIND_WEB_PAGE;
	return KIND_TEXT;
}

file_kind
file_kind_of_package(span bytes)
{
	package *p = NULL;
	file_kind kind = KIND_OTHER;

	/* what is wrong with it, its reader says */
	if (package_open(bytes, &p, NULL) != MS_OK)
		return KIND_PACKAGE;
	if (package_has(p, "xl/workbook.bin"))
		kind = KIND_OLD_SHEET;
	else if (package_has(p, "[Content_Types].xml") && !package_has(p, "word/document.xml") &&
		 !package_has(p, "ppt/presentation.xml"))
		kind = KIND_PACKAGE;
	else if (package_has(p, "mimetype") && package_has(p, "content.xml"))
		kind = holds(bytes, "opendocument.spreadsheet", 24) ? KIND_OPEN_SHEET
								    : KIND_DOCUMENT;
	else if (package_has(p, "word/document.xml") || package_has(p, "ppt/presentation.xml") ||
		 package_has(p, "OFD.xml"))
		kind = KIND_DOCUMENT;
	package_close(p);
	return kind;
}

const char *
file_kind_name(file_kind kind, bool english)
{
	static const char *const names[KIND_COUNT][2] = {
		[KIND_TEXT] = { "文本", "text" },
		[KIND_PACKAGE] = { "xlsx", "xlsx" },
		[KIND_OLD_SHEET] = { ".xls、.et或.xlsb", ".xls, .et or .xlsb" },
		[KIND_PASSWORD] = { "加密文件", "a file under a password" },
		[KIND_OPEN_SHEET] = { ".ods", ".ods" },
		[KIND_DOCUMENT] = { "文字文档", "a text document" },
		[KIND_PDF] = { "PDF", "PDF" },
		[KIND_PICTURE] = { "图片", "a picture" },
		[KIND_WEB_PAGE] = { "网页(HTML、XML)", "a web page (HTML, XML)" },
		[KIND_OTHER] = { "压缩包", "an archive" },
	};

	return names[kind][english];
}

bool
file_has_ending(const char *file, const char *ending)
{
	char key[16];
	size_t len = strlen(file), n = strlen(ending);

	return len > n && fold_key(span_of(file + len - n, n), key, sizeof(key)) &&
	       strcmp(key, ending) == 0;
}

bool
file_kind_is_text_name(const char *name)
{
	return file_has_ending(name, ".csv") || file_has_ending(name, ".tsv") ||
	       file_has_ending(name, ".txt") || file_has_ending(name, ".json");
}

bool
file_kind_has_ending(const char *name)
{
	static const char *const endings[] = { ".xlsx", ".xlsm", ".xls", ".xlsb", ".xlt", ".xltx",
		".et", ".ett", ".ods", ".wps", ".doc", ".docx", ".odt", ".rtf", ".ppt", ".pptx",
		".dps", ".pdf", ".ofd", ".xml", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif",
		".tiff", ".htm", ".html", ".mht", ".zip", ".rar", ".7z", ".gz" };
	size_t i;

	if (file_kind_is_text_name(name))
		return true;
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (file_has_ending(name, endings[i]))
			return true;
	return false;
}
