/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hostile.c - files made to hurt: each is refused with a sentence in bounded memory. And one
 * of half a million cells, which is only large.
 *
 * Each file is written by this process and judged by another one of the same program, which says
 * how much its memory grew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zip.h>

#include "intake/sheet.h"
#include "tests/intake/sample_testing.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum { MIB = 1 << 20 };

#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RELATION "<Relationship Id=\"%s\" Type=\"" OFFICE "/%s\" Target=\"%s\"/>"
#define RELATIONS                                                                \
	"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/" \
	"relationships\">"

/* ---- the judging process ---- */

static long
memory_kib(const char *what)
{
	char line[128];
	long kib = -1;
	FILE *f = fopen("/proc/self/status", "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, what, strlen(what)) == 0)
			kib = strtol(line + strlen(what) + 1, NULL, 10);
	if (f != NULL)
		fclose(f);
	return kib;
}

/* Judge the file: prints code, rows, KiB that were needed, milliseconds of the processor. */
static int
judge(const char *folder, const char *name)
{
	plan *p = load_plan();
	intake_ask ask = ask_for(p, "shenbei", false);
	buf bytes = { 0 };
	arena memory = { 0 };
	intake_result got;
	clock_t begin;
	long before;
	FILE *f = fopen("/proc/self/clear_refs", "w");

	/* what loading the plan needed for a moment is no part of it */
	if (f != NULL) {
		fputs("5", f);
		fclose(f);
	}
	before = memory_kib("VmRSS:");
	begin = clock();
	if (!read_file(folder, name, &bytes) ||
		intake_read(&ask, name, buf_span(&bytes), &memory, &got, NULL) != MS_OK)
		return 1;
	printf("%u %u %u %ld %lld\n", got.refused ? got.rows[0].problems[0].code : 0, got.n_rows,
		got.n_good, memory_kib("VmHWM:") - before,
		(long long)(clock() - begin) * 1000 / CLOCKS_PER_SEC);
	buf_fini(&bytes);
	arena_fini(&memory);
	plan_free(p);
	return 0;
}

typedef struct judgement {
	unsigned code, rows, good;
	long kib;
	long long ms;
} judgement;

static judgement
judge_apart(const char *folder, const char *name)
{
	char self[512] = "", mode[] = "judge", out[128];
	char *argv[] = { self, mode, (char *)(uintptr_t)folder, (char *)(uintptr_t)name, NULL };
	posix_spawn_file_actions_t actions;
	judgement got = { 0 };
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	assert_int_equal(pipe(ends), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	assert_int_equal(posix_spawn(&pid, self, &actions, NULL, argv, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	n = read(ends[0], out, sizeof(out) - 1);
	close(ends[0]);
	waitpid(pid, &status, 0);
	if (n <= 0 || status != 0)
		fail_msg("%s: the judging process ended with %d", name, status);
	out[n] = 0;
	assert_int_equal(sscanf(out, "%u %u %u %ld %lld", &got.code, &got.rows, &got.good, &got.kib,
				 &got.ms),
		5);
	if (getenv("MUSTER_SHOW") != NULL)
		fprintf(stderr, "%s: code %u, %u rows, %ld KiB, %lld ms\n", name, got.code,
			got.rows, got.kib, got.ms);
	return got;
}

/* ---- files ---- */

typedef struct part {
	const char *name;
	buf text;
} part;

static void
write_workbook(const char *path, part *parts, size_t n)
{
	int why;
	zip_t *zip;
	size_t i;

	unlink(path);
	zip = zip_open(path, ZIP_CREATE, &why);
	assert_non_null(zip);
	for (i = 0; i < n; i++) {
		zip_source_t *source =
			zip_source_buffer(zip, parts[i].text.at, parts[i].text.len, 0);
		zip_int64_t at = zip_file_add(zip, parts[i].name, source, 0);

		assert_true(at >= 0);
		zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_DEFLATE, 1);
	}
	assert_int_equal(zip_close(zip), 0);
	for (i = 0; i < n; i++)
		buf_fini(&parts[i].text);
}

/* A workbook of one sheet: its XML and that of the shared texts are the caller's. */
static void
write_sheet(const char *path, buf *sheet, buf *strings)
{
	part parts[] = { { .name = "[Content_Types].xml" }, { .name = "_rels/.rels" },
		{ .name = "xl/workbook.xml" }, { .name = "xl/_rels/workbook.xml.rels" },
		{ .name = "xl/worksheets/sheet1.xml", .text = *sheet },
		{ .name = "xl/sharedStrings.xml", .text = *strings } };

	buf_add_text(&parts[0].text, "<Types/>");
	buf_addf(&parts[1].text, RELATIONS RELATION "</Relationships>", "r1", "officeDocument",
		"xl/workbook.xml");
	buf_add_text(&parts[2].text,
		"<workbook " MAIN " xmlns:r=\"" OFFICE "\"><sheets><sheet name=\"s\" sheetId=\"1\" "
		"r:id=\"r1\"/></sheets></workbook>");
	buf_addf(&parts[3].text, RELATIONS RELATION RELATION "</Relationships>", "r1", "worksheet",
		"worksheets/sheet1.xml", "r2", "sharedStrings", "sharedStrings.xml");
	if (parts[5].text.len == 0)
		buf_add_text(&parts[5].text, "<sst " MAIN "/>");
	write_workbook(path, parts, sizeof(parts) / sizeof(parts[0]));
	*sheet = (buf){ 0 };
	*strings = (buf){ 0 };
}

/* In blocks: some of these files are large. */
static void
repeat(buf *to, const char *text, size_t times)
{
	buf block = { 0 };
	size_t per_block = 1 + (64 << 10) / strlen(text), i;

	for (i = 0; i < per_block; i++)
		buf_add_text(&block, text);
	for (; times >= per_block; times -= per_block)
		buf_add_span(to, buf_span(&block));
	for (i = 0; i < times; i++)
		buf_add_text(to, text);
	buf_fini(&block);
}

#define HEADER_ROW                                                                   \
	"<row><c t=\"str\"><v>工作事项</v></c><c t=\"str\"><v>期间</v></c><c " \
	"t=\"str\"><v>进展情况</"                                                \
	"v></c></row>"

/* What stands in the sheet and in the shared texts. Most never come to their end. */
static void
zip_bomb(buf *sheet, buf *strings)
{
	(void)strings;
	buf_add_text(sheet, "<worksheet " MAIN "><sheetData>" HEADER_ROW);
	repeat(sheet, "                                                                ", 2 * MIB);
}

static void
empty_rows(buf *sheet, buf *strings)
{
	(void)strings;
	buf_add_text(sheet, "<worksheet " MAIN "><sheetData>");
	repeat(sheet, "<row/>", 10000000);
}

static void
empty_cells(buf *sheet, buf *strings)
{
	(void)strings;
	buf_add_text(sheet, "<worksheet " MAIN "><sheetData><row>");
	repeat(sheet, "<c/>", 16 * MIB - 100);
}

static void
many_rows(buf *sheet, buf *strings)
{
	(void)strings;
	buf_add_text(sheet, "<worksheet " MAIN "><sheetData>" HEADER_ROW);
	repeat(sheet, "<row><c><v>1</v></c></row>", 200000);
	buf_add_text(sheet, "</sheetData></worksheet>");
}

static void
a_tag_without_end(buf *sheet, buf *strings)
{
	(void)strings;
	buf_add_text(sheet, "<worksheet " MAIN "><sheetData><row spans=\"");
	repeat(sheet, "1:10 1:10 1:10 1:10 1:10 1:10 1:10 1:10 1:10 1:10 1:10 1:10 1:10 ", MIB / 2);
}

static void
a_text_without_end(buf *sheet, buf *strings)
{
	buf_add_text(sheet, "<worksheet " MAIN "/>");
	buf_add_text(strings, "<sst " MAIN "><si><t>");
	repeat(strings, "一二三四五六七八九十一二三四五六", MIB);
}

static void
many_texts(buf *sheet, buf *strings)
{
	buf_add_text(sheet, "<worksheet " MAIN "/>");
	buf_add_text(strings, "<sst " MAIN ">");
	repeat(strings, "<si><t/></si>", 4 * MIB);
}

/* A large text, pointed to from everywhere. */
static void
one_text_everywhere(buf *sheet, buf *strings)
{
	buf_add_text(strings, "<sst " MAIN "><si><t>");
	repeat(strings, "0123456789abcdef", 4095);
	buf_add_text(strings, "</t></si></sst>");
	buf_add_text(sheet, "<worksheet " MAIN "><sheetData>" HEADER_ROW);
	repeat(sheet,
		"<row><c t=\"str\"><v>6</v></c><c t=\"str\"><v>2012-Q2</v></c><c "
		"t=\"s\"><v>0</v></c></row>",
		9000);
	buf_add_text(sheet, "</sheetData></worksheet>");
}

static void
many_merges(buf *sheet, buf *strings)
{
	(void)strings;
	buf_add_text(sheet, "<worksheet " MAIN "><sheetData/><mergeCells>");
	repeat(sheet, "<mergeCell ref=\"A1:C9999\"/>", MIB);
	buf_add_text(sheet, "</mergeCells></worksheet>");
}

static void
deep(buf *sheet, buf *strings)
{
	(void)strings;
	buf_add_text(sheet, "<worksheet " MAIN "><sheetData><row>");
	repeat(sheet, "<c>", 8 * MIB);
}

static void
a_row_within_a_row(buf *sheet, buf *strings)
{
	(void)strings;
	buf_add_text(sheet,
		"<worksheet " MAIN "><sheetData>" HEADER_ROW
		"<row><c t=\"str\"><v>6</v></c><row><c t=\"str\"><v>7</v></c></row></row>"
		"</sheetData></worksheet>");
}

static void
a_cell_outside_of_a_row(buf *sheet, buf *strings)
{
	(void)strings;
	buf_add_text(sheet, "<worksheet " MAIN "><sheetData>" HEADER_ROW
			    "<c t=\"str\"><v>6</v></c></sheetData></worksheet>");
}

static void
files_made_to_hurt_are_refused_in_little_memory(void **state)
{
	static const struct {
		const char *name;
		void (*make)(buf *sheet, buf *strings);
		unsigned code;
		bool slow; /* millions of events: not with sanitizers */
	} files[] = {
		{ "zip_bomb.xlsx", zip_bomb, MST_XLSX_BOUND, false },
		{ "empty_rows.xlsx", empty_rows, MST_XLSX_BOUND, false },
		{ "empty_cells.xlsx", empty_cells, MST_XLSX_BOUND, true },
		{ "many_rows.xlsx", many_rows, MST_INTAKE_BOUND, false },
		{ "tag.xlsx", a_tag_without_end, MST_XLSX_BOUND, false },
		{ "text.xlsx", a_text_without_end, MST_XLSX_BOUND, false },
		{ "texts.xlsx", many_texts, MST_XLSX_BOUND, false },
		{ "one_text.xlsx", one_text_everywhere, MST_INTAKE_BOUND, false },
		{ "merges.xlsx", many_merges, MST_XLSX_BOUND, false },
		{ "deep.xlsx", deep, MST_XLSX_BOUND, false },
		{ "row.xlsx", a_row_within_a_row, MST_XLSX_UNSAFE, false },
		{ "cell.xlsx", a_cell_outside_of_a_row, MST_XLSX_UNSAFE, false },
	};
	const char *folder = *state;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		buf sheet = { 0 }, strings = { 0 };
		char path[300];
		judgement got;

		if (SANITIZED && files[i].slow)
			continue;
		files[i].make(&sheet, &strings);
		snprintf(path, sizeof(path), "%s/%s", folder, files[i].name);
		write_sheet(path, &sheet, &strings);
		got = judge_apart(folder, files[i].name);
		unlink(path);
		if (got.code != files[i].code || got.good != 0 ||
			(!SANITIZED && got.kib > 32 * 1024))
			fail_msg("%s: code %u, %u good, %ld KiB", files[i].name, got.code, got.good,
				got.kib);
	}
}

static void
write_text(const char *folder, const char *name, const char *start, char filler, size_t bytes)
{
	char path[300], block[4096];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	memset(block, filler, sizeof(block));
	fputs(start, f);
	for (n = 0; n < bytes; n += sizeof(block))
		fwrite(block, 1, sizeof(block), f);
	fclose(f);
}

static void
large_texts_made_to_hurt_are_refused_in_little_memory(void **state)
{
	static const struct {
		const char *name, *start;
		char filler;
		size_t bytes;
		unsigned code;
	} files[] = {
		{ "line.csv", "工作事项,期间\n6,", 'x', 7 * MIB, MST_INTAKE_BOUND },
		{ "commas.csv", "工作事项,期间\n6", ',', 7 * MIB, MST_INTAKE_BOUND },
		{ "quotes.csv", "工作事项,期间\n6,\"", '"', 7 * MIB, MST_INTAKE_QUOTES },
		{ "open.csv", "工作事项,期间\n6,\"", 'x', 7 * MIB, MST_INTAKE_QUOTES },
		{ "lines.csv", "工作事项,期间\n", '\n', 7 * MIB, MST_INTAKE_EMPTY },
		{ "nuls.csv", "工作事项,期间\n", 0, 7 * MIB, MST_INTAKE_NUL },
		{ "gb18030.csv", "\xb9\xa4\xd7\xf7\xca\xc2\xcf\xee,\xc6\xda\xbc\xe4\n", (char)0xb9,
			7 * MIB, MST_INTAKE_BOUND },
		{ "large.csv", "工作事项,期间\n", 'x', 15 * MIB, MST_INTAKE_TOO_LARGE },
		{ "brackets.json", "", '[', 7 * MIB, MST_INTAKE_JSON_SYNTAX },
	};
	const char *folder = *state;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[300];
		judgement got;

		write_text(folder, files[i].name, files[i].start, files[i].filler, files[i].bytes);
		got = judge_apart(folder, files[i].name);
		snprintf(path, sizeof(path), "%s/%s", folder, files[i].name);
		unlink(path);
		if (got.code != files[i].code || got.good != 0 ||
			(!SANITIZED && got.kib > 32 * 1024))
			fail_msg("%s: code %u, %u good, %ld KiB", files[i].name, got.code, got.good,
				got.kib);
	}
}

/* Ten thousand rows of fifty cells, each with its own shared text or number; none is an item's. */
static void
half_a_million_cells_are_read_in_sixteen_mebibytes(void **state)
{
	const char *folder = *state;
	buf sheet = { 0 }, strings = { 0 };
	unsigned row, at, texts = 0;
	char path[300];
	judgement got;

	buf_add_text(&strings, "<sst " MAIN ">");
	buf_add_text(&sheet, "<worksheet " MAIN "><sheetData>" HEADER_ROW);
	for (row = 2; row <= 10000; row++) {
		char name[SHEET_CELL_NAME_SIZE];

		/* a total: read to its last cell, and passed over */
		buf_addf(&sheet, "<row r=\"%u\"><c t=\"str\"><v>合计</v></c>", row);
		for (at = 1; at < 50; at++) {
			sheet_cell_name(at, row, name);
			if (at % 5 == 0) {
				buf_addf(
					&sheet, "<c r=\"%s\" t=\"s\"><v>%u</v></c>", name, texts++);
				buf_addf(&strings, "<si><t>第%u段文字</t></si>", texts);
			} else {
				buf_addf(&sheet, "<c r=\"%s\"><v>%u.%u</v></c>", name, row, at);
			}
		}
		buf_add_text(&sheet, "</row>");
	}
	buf_add_text(&strings, "</sst>");
	buf_add_text(&sheet, "</sheetData></worksheet>");
	snprintf(path, sizeof(path), "%s/cells.xlsx", folder);
	write_sheet(path, &sheet, &strings);
	got = judge_apart(folder, "cells.xlsx");
	unlink(path);
	assert_int_equal(got.code, MST_INTAKE_EMPTY);
	assert_true(SANITIZED || got.kib < 16 * 1024);
}

static int
make_folder(void **state)
{
	static const char pattern[] = "/tmp/muster-hostile-XXXXXX";
	char *folder = strdup(pattern);

	*state = folder;
	return folder == NULL || mkdtemp(folder) == NULL;
}

static int
drop_folder(void **state)
{
	rmdir(*state);
	free(*state);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_made_to_hurt_are_refused_in_little_memory),
		cmocka_unit_test(large_texts_made_to_hurt_are_refused_in_little_memory),
		cmocka_unit_test(half_a_million_cells_are_read_in_sixteen_mebibytes),
	};

	if (argc == 4 && strcmp(argv[1], "judge") == 0)
		return judge(argv[2], argv[3]);
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
