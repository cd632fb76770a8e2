/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_prove.c - evidence for others: `muster receipt` (this device's own), `muster prove` (with the
 * hub's help, or against it: omission_proof.h), and `muster check`, which needs nothing but the
 * file and the log's key.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/lang.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/omission_proof.h"
#include "cli/split_check.h"
#include "codec/acts.h"
#include "proof/generation.h"
#include "wire/evidence.h"

enum { FILE_MAX = OMISSION_BYTES_MAX };

/* ---- receipt and prove ---- */

typedef struct proving {
	const char *dir, *item, *period, *record, *omission, *out;
	const char *generation; /* NULL: the newest */
	bool json, withhold;
	json_t *answer;
} proving;

/* The file without the act's content: what remains says that it is in the log, not what it says. */
static ms_status
withhold(buf *file, ms_error *err)
{
	arena memory = { 0 };
	frame_proof proof;
	buf without = { 0 };
	ms_status s = proof_file_decode(buf_span(file), &memory, &proof, err);

	if (s == MS_OK) {
		proof.act.act = (span){ 0 };
		s = proof_file_encode(&proof, &memory, &without);
		if (s != MS_OK)
			ms_fail(err, s, MST_NO_MEMORY, "no memory for the proof");
	}
	arena_fini(&memory);
	buf_fini(file);
	*file = without;
	return s;
}

/* HEX to a file that must not be there. */
static ms_status
write_file(const proving *p, const char *hex, ms_error *err)
{
	buf file = { 0 };
	ms_status s = ask_bytes(hex, &file, err);

	if (s == MS_OK && fs_exists(p->out))
		s = ms_fail(err, MS_EXISTS, MST_FILE_EXISTS, "%s is there already", p->out);
	if (s == MS_OK && p->withhold)
		s = withhold(&file, err);
	if (s == MS_OK)
		s = fs_write_atomic(p->out, 0644, buf_span(&file), err);
	buf_fini(&file);
	return s;
}

static ms_status
read_words(int argc, char **argv, proving *p, ms_error *err)
{
	const cli_option options[] = { { "--dir", NULL, &p->dir }, { "--item", NULL, &p->item },
		{ "--period", NULL, &p->period }, { "--record", NULL, &p->record },
		{ "--generation", NULL, &p->generation }, { "--omission", NULL, &p->omission },
		{ "-o", NULL, &p->out }, { "--withhold", &p->withhold, NULL },
		{ "--json", &p->json, NULL } };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, err);

	if (s == MS_OK && (p->dir == NULL || ((p->item == NULL || p->period == NULL) &&
						     p->record == NULL && p->omission == NULL)))
		s = ms_fail(err, MS_USAGE, MST_CLI_WORDS,
			"--dir is needed, and --item and --period, or --record");
	return s;
}

static ms_status
ask(proving *p, const char *what, ms_error *err)
{
	json_t *request = json_pack("{s:s,s:s*,s:s*,s:s*}", "do", what, "item", p->item, "period",
		p->period, "record", p->record);
	uint64_t generation;
	ms_status s =
		cli_number("--generation", p->generation, 1, GENERATIONS_MAX, &generation, err);

	if (s != MS_OK) {
		json_decref(request);
		return s;
	}
	if (p->generation != NULL && request != NULL)
		json_set_number(request, "generation", (int64_t)generation);
	return agent_ask(p->dir, request, ASK_MS, ask_keep, &p->answer, err);
}

/* What the act names; an act of another kind, or one that is no more, names less. */
static void
print_slot(const json_t *line)
{
	if (json_text_of(line, "unit") != NULL)
		printf(tr("  unit      %s\n"), json_text_of(line, "unit"));
	if (json_text_of(line, "item") != NULL)
		printf(tr("  item      %s\n"), json_text_of(line, "item"));
	if (json_text_of(line, "period") != NULL)
		printf(tr("  period    %s, revision %lld\n"), json_text_of(line, "period"),
			(long long)json_number_of(line, "revision", 0));
}

static void
print_receipt(const json_t *line)
{
	const json_t *one;
	size_t i;

	puts(tr("Receipt of the hub"));
	print_slot(line);
	printf(tr("  hub time  %s%s\n  record    %s, %s\n  hash      %s\n  log       %s, "
		  "checkpoint "
		  "of "
		  "%lld leaves\n"),
		json_text_of(line, "hub_time"),
		json_bool_of(line, "simulated_clock") ? tr(" (simulated clock)") : "",
		json_text_of(line, "record"), json_text_of(line, "verdict"),
		json_text_of(line, "hash"), or_empty(json_text_of(line, "log")),
		(long long)json_number_of(line, "checkpoint", 0));
	json_array_foreach(json_object_get(line, "earlier"), i, one)
		printf(tr("  earlier   %s, before the hub's log was restored: --record %s "
			  "--generation %lld\n"),
			json_text_of(one, "hub_time"), json_text_of(one, "record"),
			(long long)json_number_of(one, "generation", 0));
}

int
cmd_receipt(int argc, char **argv)
{
	const char *schema = "muster/receipt/1";
	proving p = { 0 };
	ms_error err = { 0 };
	ms_status s = read_words(argc, argv, &p, &err);

	if (s == MS_OK && (p.omission != NULL || (p.generation != NULL && p.record == NULL)))
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS,
			"a receipt is asked for by --item and --period, or by --record, with "
			"--generation");
	if (s == MS_OK)
		s = ask(&p, "receipt", &err);
	if (s == MS_OK && p.out != NULL)
		s = write_file(&p, json_text_of(p.answer, "hex"), &err);
	if (s == MS_OK && p.json)
		ask_print_json(&schema, p.answer);
	else if (s == MS_OK)
		print_receipt(p.answer);
	if (s == MS_OK && p.out != NULL && !p.json)
		printf(tr("Written to %s\n"), p.out);
	json_decref(p.answer);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}

/* RECORD NULL: that something was left out. */
static void
print_proven(const char *record, const char *file)
{
	json_t *o = json_object();

	json_set_text(o, "record", record);
	json_set_bool(o, "omission", record == NULL);
	json_set_text(o, "file", file);
	ask_print_object("muster/prove/1", o);
}

static ms_status
tell_unknown(const json_t *answer, ms_error *err)
{
	const char *why_not = tr(json_text_of(answer, "proof_unknown"));

	if (json_number_of(answer, "proof_code", 0) == MST_RECEIPT_NONE) {
		ms_fail(err, MS_NOT_FOUND, MST_RECEIPT_NONE, "there is no proof: %s", why_not);
		ms_error_remedy(err, "`muster feed --since 0` shows the records of this unit");
		return MS_NOT_FOUND;
	}
	ms_fail(err, MS_UNREACHABLE, MST_WIRE_NO_ANSWER, "no proof can be had now: %s", why_not);
	ms_error_remedy(err, "try again when `muster status` says that the hub is connected");
	return MS_UNREACHABLE;
}

static ms_status
prove_record(proving *p, ms_error *err)
{
	ms_status s = ask(p, "prove", err);

	if (s == MS_OK && json_text_of(p->answer, "proof_unknown") != NULL)
		s = tell_unknown(p->answer, err);
	if (s == MS_OK)
		s = write_file(p, json_text_of(json_object_get(p->answer, "proof"), "hex"), err);
	if (s == MS_OK && p->json)
		print_proven(json_text_of(p->answer, "record"), p->out);
	else if (s == MS_OK)
		printf(tr("Record %s is proven by %s. Anybody can check it: muster check %s --root "
			  "KEY\n"),
			json_text_of(p->answer, "record"), p->out, p->out);
	json_decref(p->answer);
	return s;
}

static ms_status
prove_omission(const proving *p, bool *refused, ms_error *err)
{
	ms_status s;

	if (p->item != NULL || p->period != NULL || p->record != NULL || p->withhold)
		return ms_fail(err, MS_USAGE, MST_CLI_WORDS,
			"--omission takes the office's file, and nothing else is asked for");
	s = omission_prove(p->dir, p->omission, p->out, refused, err);
	if (s == MS_OK && p->json)
		print_proven(NULL, p->out);
	else if (s == MS_OK)
		printf(tr("The hub left a record out of this feed, %s proves it. Anybody can check "
			  "it: muster check %s --root KEY\n"),
			p->out, p->out);
	return s;
}

int
cmd_prove(int argc, char **argv)
{
	bool refused = false;
	proving p = { 0 };
	ms_error err = { 0 };
	ms_status s = read_words(argc, argv, &p, &err);

	if (s == MS_OK && (p.out == NULL || p.generation != NULL))
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS,
			"-o FILE is needed; --generation is of receipts");
	if (s == MS_OK)
		s = p.omission != NULL ? prove_omission(&p, &refused, &err)
				       : prove_record(&p, &err);
	if (refused) {
		cli_fail(&err);
		return cli_end(1); /* nothing is proven */
	}
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}

/* ---- check ---- */

/* The act as JSON; NULL when it is not shown. */
static json_t *
content_json(const evidence *e, arena *memory)
{
	buf text = { 0 };
	json_t *out = NULL;
	ms_error ignored = { 0 };

	if (e->shown && act_to_json(&e->what, memory, &text) == MS_OK)
		json_parse(buf_span(&text), "act", &out, &ignored);
	buf_fini(&text);
	return out;
}

static void
print_json(const evidence *e, arena *memory)
{
	char hex[2 * HASH_SIZE + 1], time[40];
	json_t *out = json_object(), *content = content_json(e, memory);

	hash_hex(&e->act_hash, hex);
	json_set_bool(out, "ok", true);
	json_set_text(out, "log", e->log.origin);
	json_set_number(out, "generation", e->generation);
	json_set_record(out, "record", e->leaf, e->position);
	json_set_text(out, "hub_time", time_format(e->hub_time_us, 0, time));
	json_set_text(out, "device_time", time_format(e->device_time_us, 0, time));
	json_set_clock(out, note_origin_is_simulated(e->log.origin));
	json_set_number(out, "seq", (int64_t)e->seq);
	json_set_text(out, "verdict", verdict_name((verdict)e->verdict));
	json_set_text(out, "hash", hex);
	json_set_number(out, "checkpoint", (int64_t)e->checkpoint.size);
	json_set_bool(out, "enrolled", e->enrolled);
	if (e->enrolled) {
		json_set_span(out, "unit", e->unit);
		json_set_span(out, "device", e->name);
	}
	json_set(out, "act", content == NULL ? json_null() : content);
	ask_print_object("muster/check/1", out);
}

static void
print_evidence(const evidence *e, arena *memory)
{
	char hex[2 * HASH_SIZE + 1], time[40], sealed[40];
	json_t *content = content_json(e, memory);

	hash_hex(&e->act_hash, hex);
	printf(tr("The proof holds.\n"
		  "  log       %s, checkpoint of %llu leaves\n"
		  "  record    %llu/%u, %s\n"
		  "  hub time  %s%s\n"
		  "  sealed    %s, by the clock of the device\n"
		  "  hash      %s\n"),
		e->log.origin, (unsigned long long)e->checkpoint.size, (unsigned long long)e->leaf,
		e->position, verdict_name((verdict)e->verdict),
		time_format(e->hub_time_us, 0, time),
		note_origin_is_simulated(e->log.origin) ? tr(" (simulated clock)") : "",
		time_format(e->device_time_us, 0, sealed), hex);
	if (e->enrolled)
		printf(tr("  signed    by device %.*s of unit %.*s, as its act %llu\n"),
			(int)e->name.len, (const char *)e->name.at, (int)e->unit.len,
			(const char *)e->unit.at, (unsigned long long)e->seq);
	else
		puts(tr("  signed    by a device whose enrolment is not in the file: this is a "
			"receipt, "
			"no proof of who"));
	if (content == NULL) {
		puts(tr("  content   withheld: it is in the log, what it says is not shown"));
		return;
	}
	puts(tr("  content"));
	json_dumpf(content, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	puts("");
	json_decref(content);
}

static ms_status
check_proof(span file, const log_key *key, bool json, ms_error *err)
{
	arena memory = { 0 };
	frame_proof proof;
	evidence e;
	ms_status s = proof_file_decode(file, &memory, &proof, err);

	if (s == MS_OK)
		s = evidence_check(&proof, key, &memory, &e, err);
	if (s == MS_OK && json)
		print_json(&e, &memory);
	else if (s == MS_OK)
		print_evidence(&e, &memory);
	arena_fini(&memory);
	return s;
}

/* One file, of a proof or of an omission. */
static ms_status
check_file(const char *path, const log_key *key, bool json, ms_error *err)
{
	buf file = { 0 };
	ms_status s = fs_read(path, FILE_MAX, &file, err);

	if (s == MS_OK)
		s = omission_file_is(buf_span(&file))
			    ? omission_show(buf_span(&file), key, json, err)
			    : check_proof(buf_span(&file), key, json, err);
	buf_fini(&file);
	return s;
}

int
cmd_check(int argc, char **argv)
{
	const char *root = NULL, *paths[SPLIT_FILES_MAX] = { NULL };
	bool json = false, split = false, found = false;
	const cli_option options[] = { { "--root", NULL, &root }, { "--split", &split, NULL },
		{ "--json", &json, NULL } };
	ms_error err = { 0 };
	size_t n = 0;
	log_key key;
	ms_status s =
		cli_args(argc, argv, CLI_OPTIONS(options), paths, 1, SPLIT_FILES_MAX, &n, &err);

	if (s == MS_OK && root == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS,
			"--root KEY is needed: the log's key, as `muster hub key` printed it");
	if (s == MS_OK && n > 1 && !split)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "one proof file is checked at a time");
	if (s == MS_OK)
		s = log_key_parse(span_str(root), &key, &err);
	if (s == MS_OK)
		s = split ? split_check(paths, n, &key, json, &found, &err)
			  : check_file(paths[0], &key, json, &err);
	if (s == MS_DENIED) {
		cli_fail(&err);
		return cli_end(1); /* a check found a problem */
	}
	return s == MS_OK ? cli_end(found ? 1 : 0) : cli_fail(&err);
}
