/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_stick.c - batches to a hub and receipts back in files, where no line leads: `muster outbox
 * export`, `muster hub import`, `muster outbox import-receipts`. Doing any of them twice does no
 * harm.
 */
#include <stdio.h>
#include <string.h>

#include "base/fs.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "store/home.h"
#include "wire/stick.h"

/* Member "hex" or the like of ANSWER as another piece of FILE. MS_FULL: it does not fit in. */
static ms_status
add_piece(const json_t *answer, const char *name, buf *file, ms_error *err)
{
	buf piece = { 0 };
	ms_status s = ask_bytes(json_text_of(answer, name), &piece, err);
	bool fits = s != MS_OK || stick_has_room(file, buf_span(&piece));

	if (s == MS_OK && fits)
		stick_add(file, buf_span(&piece));
	buf_fini(&piece);
	if (!fits)
		return ms_fail(err, MS_FULL, MST_STICK_LARGE,
			"the file would be larger than %d MiB", STICK_BYTES_MAX >> 20);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for the file");
}

/* PIECE in hex as member "hex" of REQUEST. */
static ms_status
add_hex(json_t *request, span piece, ms_error *err)
{
	buf hex = { 0 };
	ms_status s = buf_reserve(&hex, 2 * piece.len + 1);

	if (s == MS_OK) {
		text_hex(piece.at, piece.len, (char *)hex.at);
		json_set_text(request, "hex", (const char *)hex.at);
	}
	buf_fini(&hex);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for the file");
}

static ms_status
open_file(const char *path, stick_kind kind, buf *file, stick *out, ms_error *err)
{
	ms_status s = fs_read(path, STICK_BYTES_MAX, file, err);

	if (s == MS_OK)
		s = stick_open(buf_span(file), kind, out, err);
	if (s != MS_OK)
		ms_error_place(err, "%s", path);
	return s;
}

static ms_status
other_hub(ms_error *err)
{
	ms_fail(err, MS_DENIED, MST_STICK_OTHER_HUB, "the file is meant for another hub");
	ms_error_remedy(err, "nothing of it was taken; carry it to the hub that its office is "
			     "enrolled at");
	return MS_DENIED;
}

/* ---- export ---- */

typedef struct exporting {
	const char *dir, *path;
	uint64_t from;
	bool all, json;
	bool more; /* acts from FROM on did not fit into the file */
	uint64_t batches, acts;
	buf file;
} exporting;

static ms_status
export_batches(exporting *x, ms_error *err)
{
	bool done = false;
	ms_status s = MS_OK;

	while (s == MS_OK && !done && !x->more) {
		json_t *answer = NULL;

		s = agent_ask(x->dir,
			json_pack("{s:s,s:I,s:b}", "do", "export", "from", (json_int_t)x->from,
				"all", x->all),
			ASK_MS, ask_keep, &answer, err);
		done = json_bool_of(answer, "done");
		if (s == MS_OK && !done) {
			uint64_t count = (uint64_t)json_number_of(answer, "count", 1);

			s = add_piece(answer, "hex", &x->file, err);
			x->from = (uint64_t)json_number_of(answer, "first_seq", 1);
			x->more = s == MS_FULL;
			if (s == MS_OK) {
				x->batches++;
				x->acts += count;
				x->from += count;
			}
		}
		json_decref(answer);
	}
	return x->more ? MS_OK : s;
}

static ms_status
export_all(exporting *x, ms_error *err)
{
	agent_settings settings;
	ms_status s = agent_settings_read(x->dir, &settings, err);

	if (s != MS_OK)
		return s;
	if (fs_exists(x->path))
		return ms_fail(err, MS_EXISTS, MST_FILE_EXISTS, "%s is there already", x->path);
	stick_begin(&x->file, STICK_BATCHES, &settings.hub, &settings.device);
	s = export_batches(x, err);
	if (s == MS_OK)
		s = stick_end(&x->file, err);
	if (s == MS_OK)
		s = fs_write_atomic(x->path, 0600, buf_span(&x->file), err);
	return s;
}

static ms_status
read_since(const char *since, exporting *x, ms_error *err)
{
	if (since == NULL)
		return MS_OK;
	x->all = true;
	if (text_uint(span_str(since), INT64_MAX, &x->from) && x->from >= 1)
		return MS_OK;
	return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
		"--since: expected the number of an act from 1 on, found \"%s\"", since);
}

int
cmd_outbox_export(int argc, char **argv)
{
	exporting x = { .from = 1 };
	const char *since = NULL;
	const cli_option options[] = { { "--dir", NULL, &x.dir }, { "--since", NULL, &since },
		{ "--json", &x.json, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), &x.path, 1, 1, NULL, &err);

	if (s == MS_OK && x.dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	if (s == MS_OK)
		s = read_since(since, &x, &err);
	if (s == MS_OK)
		s = export_all(&x, &err);
	buf_fini(&x.file);
	if (s != MS_OK)
		return cli_fail(&err);
	if (x.json)
		ask_print_object("muster/outbox-export/1",
			json_pack("{s:I,s:I,s:I}", "batches", (json_int_t)x.batches, "acts",
				(json_int_t)x.acts, "more_from", x.more ? (json_int_t)x.from : 0));
	else
		printf(tr("%llu batches with %llu acts are in %s. It is signed, not encrypted: "
			  "keep "
			  "it "
			  "from other eyes.\nAt the hub: muster hub import %s --dir HUBDIR "
			  "--receipts "
			  "FILE\n"),
			(unsigned long long)x.batches, (unsigned long long)x.acts, x.path, x.path);
	if (x.more && !x.json)
		printf(tr("The file is full. The rest, from act %llu on, is for another one: "
			  "--since %llu\n"),
			(unsigned long long)x.from, (unsigned long long)x.from);
	return cli_end(0);
}

/* ---- import at the hub ---- */

typedef struct importing {
	const char *dir, *path, *receipts;
	bool json, odd;   /* odd: some batch was not taken */
	uint64_t from;    /* the size that the receipt before proved */
	uint64_t batches; /* that the hub has answered */
	buf file, out;
} importing;

static void
print_outcome(importing *x, const json_t *a)
{
	const char *outcome = json_text_of(a, "outcome");
	long long first = (long long)json_number_of(a, "first_seq", 0);

	if (x->json) {
		json_t *without = json_deep_copy(a);

		json_object_del(without, "receipt");
		ask_print_object("muster/hub-import/1", without);
		return;
	}
	ask_show(a);
	if (strcmp(outcome, "refused") == 0)
		printf(tr("refused: %s [MST-%04lld]\n"), json_text_of(a, "text"),
			(long long)json_number_of(a, "code", 0));
	else if (strcmp(outcome, "gap") == 0)
		printf(tr("acts from %lld: gap, the hub waits for act %lld: export from there with "
			  "--since\n"),
			first, (long long)json_number_of(a, "send_from", 0));
	else if (strcmp(outcome, "fork") == 0)
		printf(tr("acts from %lld: fork, the device has two histories and is frozen from "
			  "now "
			  "on\n"),
			first);
	else
		printf(tr("acts %lld to %lld: %s, leaf %lld, hub time %s\n"), first,
			first + (long long)json_number_of(a, "count", 1) - 1,
			strcmp(outcome, "new") == 0 ? tr("new") : tr("known"),
			(long long)json_number_of(a, "leaf", 0), json_text_of(a, "hub_time"));
}

static ms_status
import_batch(importing *x, span batch, ms_error *err)
{
	json_t *request = json_pack("{s:s,s:I}", "do", "import", "from", (json_int_t)x->from);
	json_t *answer = NULL;
	ms_status s = add_hex(request, batch, err);

	if (s == MS_OK)
		s = hub_ask(x->dir, request, ASK_MS, ask_keep, &answer, err);
	else
		json_decref(request);
	if (s == MS_OK && json_text_of(answer, "outcome") == NULL)
		s = ms_fail(err, MS_BUG, MST_CONTROL, "the daemon's answer has another form");
	if (s == MS_OK) {
		print_outcome(x, answer);
		x->batches++;
		if (json_text_of(answer, "receipt") == NULL)
			x->odd = true;
		else
			s = add_piece(answer, "receipt", &x->out, err);
		x->from = (uint64_t)json_number_of(answer, "checkpoint", (int64_t)x->from);
	}
	json_decref(answer);
	return s;
}

/* What was taken has its receipts in the file, also when something after it was not. */
static ms_status
write_receipts(importing *x, ms_error *err)
{
	ms_status s = stick_end(&x->out, err);

	return s == MS_OK ? fs_write_atomic(x->receipts, 0600, buf_span(&x->out), err) : s;
}

static ms_status
import_all(importing *x, ms_error *err)
{
	ms_error unwritten = { 0 };
	hub_settings settings;
	stick in;
	span batch;
	ms_status s = hub_settings_read(x->dir, &settings, err);

	if (s == MS_OK)
		s = open_file(x->path, STICK_BATCHES, &x->file, &in, err);
	if (s == MS_OK && memcmp(&in.hub, &settings.id, sizeof(in.hub)) != 0)
		s = other_hub(err);
	if (s == MS_OK && x->receipts != NULL && fs_exists(x->receipts))
		s = ms_fail(err, MS_EXISTS, MST_FILE_EXISTS, "%s is there already", x->receipts);
	if (s != MS_OK)
		return s;
	stick_begin(&x->out, STICK_RECEIPTS, &in.hub, &in.device);
	while (s == MS_OK && stick_next(&in, &batch))
		s = import_batch(x, batch, err);
	if (x->receipts != NULL && write_receipts(x, &unwritten) != MS_OK && s == MS_OK) {
		*err = unwritten;
		s = unwritten.status;
	}
	return s;
}

int
cmd_hub_import(int argc, char **argv)
{
	importing x = { 0 };
	const cli_option options[] = { { "--dir", NULL, &x.dir },
		{ "--receipts", NULL, &x.receipts }, { "--json", &x.json, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), &x.path, 1, 1, NULL, &err);

	if (s == MS_OK && x.dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	if (s == MS_OK)
		s = import_all(&x, &err);
	buf_fini(&x.file);
	buf_fini(&x.out);
	if (s != MS_OK)
		return cli_fail(&err);
	if (x.batches == 0 && !x.json)
		puts(tr("No batch is in the file: the office had a receipt for all it has "
			"stated."));
	return cli_end(x.odd ? 1 : 0);
}

/* ---- receipts back ---- */

typedef struct taking {
	const char *dir, *path;
	bool json;
	int64_t n_new, known, unknown;
} taking;

static void
count_answer(void *ctx, const json_t *line)
{
	taking *t = ctx;

	t->n_new += json_number_of(line, "new", 0);
	t->known += json_number_of(line, "known", 0);
	t->unknown += json_number_of(line, "unknown", 0);
}

static ms_status
take_receipts(taking *t, stick *in, ms_error *err)
{
	agent_settings settings;
	span receipt;
	ms_status s = agent_settings_read(t->dir, &settings, err);

	if (s == MS_OK && memcmp(&in->hub, &settings.hub, sizeof(in->hub)) != 0)
		s = other_hub(err);
	if (s == MS_OK && memcmp(&in->device, &settings.device, sizeof(in->device)) != 0)
		s = ms_fail(err, MS_DENIED, MST_STICK_OTHER_DEVICE,
			"the receipts are another device's, not those of %s", settings.name);
	while (s == MS_OK && stick_next(in, &receipt)) {
		json_t *request = json_pack("{s:s}", "do", "receipts");

		s = add_hex(request, receipt, err);
		if (s == MS_OK)
			s = agent_ask(t->dir, request, ASK_MS, count_answer, t, err);
		else
			json_decref(request);
	}
	return s;
}

int
cmd_outbox_import_receipts(int argc, char **argv)
{
	taking t = { 0 };
	const cli_option options[] = { { "--dir", NULL, &t.dir }, { "--json", &t.json, NULL } };
	ms_error err = { 0 };
	buf file = { 0 };
	stick in;
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), &t.path, 1, 1, NULL, &err);

	if (s == MS_OK && t.dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	if (s == MS_OK)
		s = open_file(t.path, STICK_RECEIPTS, &file, &in, &err);
	if (s == MS_OK)
		s = take_receipts(&t, &in, &err);
	buf_fini(&file);
	if (s != MS_OK)
		return cli_fail(&err);
	if (t.json)
		ask_print_object("muster/outbox-receipts/1",
			json_pack("{s:I,s:I,s:I}", "new", (json_int_t)t.n_new, "known",
				(json_int_t)t.known, "unknown", (json_int_t)t.unknown));
	else
		printf(tr("receipts: %lld new, %lld known before, %lld of batches that are not of "
			  "this "
			  "outbox\n"),
			(long long)t.n_new, (long long)t.known, (long long)t.unknown);
	return cli_end(0);
}
