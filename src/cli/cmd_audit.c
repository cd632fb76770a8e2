/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_audit.c - `muster audit`: a hub's directory read by a process that is not the hub.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/child.h"
#include "cli/command.h"
#include "cli/hub_dir.h"
#include "store/recount.h"

enum { RENEW_LINES = 256 /* a snapshot is not held for longer */ };

/* ---- audit ---- */

typedef struct auditing {
	const char *dir, *acks;
	bool json;
	/* acks */
	roster roster;
	uint64_t acked, lost;
	uint64_t leaf; /* the one read last */
	device_id device;
	uint64_t first_seq;
	uint16_t count;
	bool held;
} auditing;

static bool
hold_leaf(auditing *a, store_txn *txn, uint64_t leaf)
{
	batch_header h;
	log_record r;

	if (a->held && a->leaf == leaf)
		return true;
	a->held = log_read(txn, leaf, &r) && batch_header_read(r.header, &h);
	if (!a->held)
		return false;
	a->leaf = leaf;
	a->device = h.device;
	a->first_seq = h.first_seq;
	a->count = r.count;
	return true;
}

/* "device seq leaf/at": is that act in the log at that place? */
static bool
is_there(auditing *a, store_txn *txn, const char *name, uint64_t seq, uint64_t leaf, unsigned at)
{
	const device *d = roster_find_name(&a->roster, name);

	return d != NULL && hold_leaf(a, txn, leaf) &&
	       memcmp(&d->id, &a->device, sizeof(d->id)) == 0 && at < a->count &&
	       a->first_seq + at == seq;
}

static ms_status
check_ack(auditing *a, store_txn *txn, const char *line, uint64_t number, ms_error *err)
{
	char name[DEVICE_NAME_MAX + 1];
	unsigned long long seq, leaf;
	unsigned at;

	if (sscanf(line, "%96s %llu %llu/%u", name, &seq, &leaf, &at) != 4) {
		ms_fail(err, MS_INVALID, MST_AUDIT_ACKS, "expected \"device seq leaf/position\"");
		ms_error_place(err, "%s:%llu", a->acks, (unsigned long long)number);
		return MS_INVALID;
	}
	a->acked++;
	a->lost += !is_there(a, txn, name, seq, leaf, at);
	return MS_OK;
}

/* The last line of a writer that was killed may be cut: it has no newline and was never a promise.
 */
static ms_status
check_acks(auditing *a, store_txn *txn, ms_error *err)
{
	FILE *f = fopen(a->acks, "re");
	char line[256];
	uint64_t number = 0;
	ms_status s = MS_OK;

	if (f == NULL)
		return ms_fail(err, MS_NOT_FOUND, MST_FILE_OPEN, "cannot read %s", a->acks);
	while (s == MS_OK && fgets(line, sizeof(line), f) != NULL) {
		if (number++ % RENEW_LINES == 0)
			store_renew(txn);
		if (strchr(line, '\n') == NULL && feof(f))
			break;
		s = check_ack(a, txn, line, number, err);
	}
	if (s == MS_OK && ferror(f))
		s = ms_fail(err, MS_IO, MST_FILE_READ, "cannot read %s", a->acks);
	fclose(f);
	return s;
}

static ms_status
audit_acks(auditing *a, store *db, ms_error *err)
{
	store_txn txn;
	ms_status s = MS_OK;

	if (a->acks == NULL)
		return MS_OK;
	store_begin(db, &txn, STORE_READ);
	if (roster_load(&txn, &a->roster))
		s = check_acks(a, &txn, err);
	if (s == MS_OK)
		s = store_status(&txn, err);
	store_abort(&txn);
	roster_fini(&a->roster);
	return s;
}

static void
print_json(const auditing *a, const recount_result *r, uint64_t mismatch)
{
	json_t *out = json_object();

	json_set_number(out, "acked", (int64_t)a->acked);
	json_set_number(out, "lost", (int64_t)a->lost);
	json_set_number(out, "duplicate", (int64_t)r->doubled);
	json_set_number(out, "rollup_mismatch", (int64_t)mismatch);
	json_set_number(out, "missing", (int64_t)r->missing);
	json_set_number(out, "notice_mismatch", (int64_t)r->notice_mismatch);
	json_set_number(out, "leaves", (int64_t)r->leaves);
	json_set_number(out, "acts", (int64_t)r->acts);
	json_set_text(out, "first_difference", mismatch > 0 ? r->first : NULL);
	ask_print_object("muster/audit/1", out);
}

static void
print_audit(const auditing *a, const recount_result *r)
{
	uint64_t mismatch =
		r->rollup_mismatch + r->slot_mismatch + r->verdict_mismatch + r->notice_mismatch;
	char lost[80] = "";

	if (a->acks != NULL)
		snprintf(lost, sizeof(lost), tr(", %llu lost of %llu acknowledged"),
			(unsigned long long)a->lost, (unsigned long long)a->acked);
	if (a->json)
		print_json(a, r, mismatch);
	else
		printf(tr("%llu acts in %llu leaves: %llu doubled, %llu slots and figures differ "
			  "from "
			  "a recount%s\n"),
			(unsigned long long)r->acts, (unsigned long long)r->leaves,
			(unsigned long long)r->doubled, (unsigned long long)mismatch, lost);
	if (mismatch > 0)
		fprintf(stderr, tr("muster: the first difference: %s\n"), r->first);
}

static int
audit_work(void *ctx)
{
	auditing *a = ctx;
	recount_result r;
	ms_error err = { 0 };
	hub_dir hub;
	ms_status s = hub_dir_read(a->dir, &hub, &err);
	int rc;

	if (s != MS_OK)
		return cli_fail(&err);
	s = audit_acks(a, hub.store, &err);
	if (s == MS_OK)
		s = recount(hub.store, hub.plan, &r, &err);
	hub_dir_close(&hub);
	if (s != MS_OK)
		return cli_fail(&err);
	print_audit(a, &r);
	rc = a->lost + r.doubled + r.missing + r.rollup_mismatch + r.slot_mismatch +
				     r.verdict_mismatch + r.notice_mismatch ==
			     0
		     ? 0
		     : 1;
	return cli_end(rc);
}

int
cmd_audit(int argc, char **argv)
{
	auditing a = { 0 };
	const cli_option options[] = { { "--dir", NULL, &a.dir }, { "--acks", NULL, &a.acks },
		{ "--json", &a.json, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK && a.dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	return s == MS_OK ? in_child(audit_work, &a) : cli_fail(&err);
}
