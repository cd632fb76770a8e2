#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The tests can fail: the code is broken on purpose, one promise at a time, and the test of that promise must notice.

A plain run takes two of the faults by the seed, --long all of them.
"""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from lib import LONG, SLOW, SOURCE, check, count, rng, run, skip  # noqa: E402

# name: file, what stands there, what the fault makes of it, system test (or program of unit tests) and claim that must fail
FAULTS = {
	"a receipt without the commit": (
		"src/hub/writer.c",
		"	s = store_commit(txn, &w->error);\n",
		"	store_abort(txn);\n	s = MS_OK;\n",
		"020_receipt_after_fsync_exactly_once.py", "receipt_after_fsync"),
	"one device takes all the space": (
		"src/hub/front_space.c",
		"	if (allowance_is_used_up(a, &j->device))\n		return refuse(f, d, err);\n",
		"	if (allowance_is_used_up(a, &j->device) && bytes == 0)\n		return refuse(f, d, err);\n",
		"041_space_is_shared.py", "one_fills_the_map"),
	"no check for known batches": (
		"src/proof/batch.c",
		"	if (known_hash != NULL && hash_equal(known_hash, &view->header_hash))\n		return BATCH_KNOWN;\n",
		"	if (known_hash != NULL && hash_equal(known_hash, &view->header_hash))\n		return BATCH_NEW;\n",
		"020_receipt_after_fsync_exactly_once.py", "exactly_once"),
	"a wrong delta of a figure": (
		"src/store/rollup_cache.c",
		"	figure_apply(in, f, new_share, 1);\n",
		"	if (!old->has)\n		figure_apply(in, f, new_share, 1);\n",
		"010_load_audit_verify.py", "a_load_is_receipted_and_audited_clean"),
	"any signature is good": (
		"src/proof/batch.c",
		"batch_check_signature(const batch_view *view, const sign_public *key)\n{\n",
		"batch_check_signature(const batch_view *view, const sign_public *key)\n{\n	if (view->fields.count > 0)\n		return BATCH_GOOD;\n",
		"110_bad_acts_and_batches.py", "spoilt_batches_are_stored_nowhere"),
	"a feed shows everything": (
		"src/plan/route.c",
		"	if (!plan_is_lead(p, at.item, reader))\n		return false;\n",
		"	if (p->n_units > 0)\n		return true;\n",
		"120_deny_by_default.py", "feeds_show_what_the_unit_may_see"),
	"missing counts as zero": (
		"src/plan/figure.c",
		"	if (!s->has)\n		return;\n	f->units",
		"	f->units",
		"100_scenarios.py", "s9_zero_is_not_missing"),
	"a late report counts as in time": (
		"src/plan/slot_time.c",
		"s->first_us < slot_deadline_us(p, s, at);\n",
		"s->first_us < slot_deadline_us(p, s, at) + 7 * day_us;\n",
		"100_scenarios.py", "s1_late_then_corrected"),
	"a returned report stays in the figures": (
		"src/plan/slot.c",
		"	if (slot_live(s) && s->recent[0].outcome != OUTCOME_RETURNED)\n		return newest_ref(s);\n",
		"	if (slot_live(s))\n		return newest_ref(s);\n",
		"300_life_of_a_report.py", "s3_return_and_resubmit"),
	"anyone decides": (
		"src/plan/judge_steer.c",
		"	return r->is_observer ? VERDICT_NONE : VERDICT_REFUSED_NOT_LEAD;\n",
		"	return VERDICT_NONE;\n",
		"300_life_of_a_report.py", "s3_return_and_resubmit"),
	"the newest version of a plan judges the past": (
		"src/plan/plan_versions.c",
		"	while (p->earlier != NULL && period_end_day(at) <= period_first_day(p->from))\n		p = p->earlier;\n	return p;\n",
		"	(void)at;\n	return p;\n",
		"340_plan_changes.py", "a_new_lead_takes_over_and_the_old_one_sees_nothing"),
	"a new version leaves the figures as they are": (
		"src/store/plan_change.c",
		"	count_anew(txn, next, size, now_us);\n",
		"	(void)count_anew;\n",
		"340_plan_changes.py", "a_running_period_is_counted_anew"),
	"an extension's own light is forgotten": (
		"src/store/ledger_judge.c",
		"		ledger_note_due(l, txn, &e->slot, e->at, c->now_us);\n",
		"",
		"320_notices.py", "what_moves_them"),
	"a light that passed is told twice": (
		"src/store/ledger_notice.c",
		"		append_leaf(t);\n		log->noticed_us = next;\n",
		"		static bool again;\n		append_leaf(t);\n		again = !again;\n		if (!again)\n			log->noticed_us = next;\n",
		"320_notices.py", "to_the_microsecond"),
	"an invite is good twice": (
		"src/store/hub_roster.c",
		"	if (in->used)\n		return JOIN_USED;\n",
		"",
		"400_join.py", "one_use_exactly"),
	"another history is believed": (
		"src/wire/witness.c",
		"	if (old->size > 0 && !witness_grows(w, c))\n		return other_history(err, w, c, TR(\"does not continue\"));\n",
		"",
		"420_two_histories.py", "an_agent_finds_it"),
	"any batch is the one that froze a device": (
		"src/store/rebuild.c",
		"	return span_equal(x->header_hash, span_of(b->header_hash.at, HASH_SIZE)) &&\n	       (batch",
		"	return x->header_hash.len > 0 &&\n	       (batch",
		"test_store_rebuild_beside", "what_froze_a_device_is_kept"),
	"a used invite is open again": (
		"src/store/rebuild_beside.c",
		"	if (joined != NULL)\n		return TR(\"it is open, but the log says that a device used it\");\n",
		"	(void)joined;\n",
		"test_store_rebuild_beside", "an_invite_is_used_when_the_log_says_so"),
	"a cursor beyond its feed": (
		"src/store/rebuild_beside.c",
		"be64_get(payload.at) > feed_last(&r->to, unit))\n",
		"be64_get(payload.at) > UINT64_MAX - feed_last(&r->to, unit))\n",
		"test_store_rebuild_beside", "nobody_has_more_of_a_feed_than_there_is"),
	"the hub's move ends when it likes": (
		"src/store/rebuild_beside.c",
		"is.from_us != told->from_us || is.until_us != told->until_us))\n",
		"is.from_us != told->from_us))\n",
		"test_store_rebuild_beside", "the_hub_moves_as_it_told"),
	"lights that nobody told of": (
		"src/store/rebuild_beside.c",
		"		       !ledger_owes_notice(r->ledger, &r->to, &from, r->stored.noticed_us));\n",
		"		       ledger_owes_notice(r->ledger, &r->to, &from, r->stored.noticed_us) || true);\n",
		"test_store_rebuild", "lights_were_told_until_when_it_says"),
	"any row is one of META": (
		"src/store/rebuild_beside.c",
		"	return span_equal(key, span_str(LOG_STATE_KEY)) ||\n	       span_equal(key, span_str(META_KEY(HUB_MOVE_NAME)));\n",
		"	return true;\n",
		"test_store_rebuild", "nothing_else_stands_in_meta"),
	"a reader of the whole log holds what it read": (
		"src/store/log.c",
		"			if (!near && leaf % RENEW_LEAVES == 0)\n				store_renew(txn);\n",
		"",
		"test_store_log", "whoever_follows_holds_no_old_pages"),
	"tables that share are one": (
		"src/store/store_rows.c",
		"	if (owner(c->txn->store, *key) != c->table)\n		return false;\n",
		"	(void)c;\n",
		"test_store_store", "tables_that_share_do_not_see_each_other"),
	"rows of tables that share have one prefix": (
		"src/store/store_rows.c",
		"	room[0] = (uint8_t)table;\n",
		"	room[0] = (uint8_t)(table - table + TABLE_META);\n",
		"test_store_store", "tables_that_share_do_not_see_each_other"),
	"a table that shares ends where it begins": (
		"src/store/store_rows.c",
		"	uint8_t behind = (uint8_t)(c->table + 1);\n",
		"	uint8_t behind = (uint8_t)c->table;\n",
		"test_store_store", "tables_that_share_do_not_see_each_other"),
	"memory keeps what the disk did not take": (
		"src/store/ledger_life.c",
		"	slot_cache_clear(&l->slots);\n	rollup_cache_clear(&l->rollups);\n	for (i",
		"	for (i",
		"test_model_ledger_model", "the_ledger_is_a_function_of_the_log"),
	"another history of a device is its own": (
		"src/proof/batch.c",
		"	if (view->fields.first_seq == next_seq && hash_equal(&view->fields.prev, last_header))\n",
		"	if (view->fields.first_seq == next_seq && last_header != NULL)\n",
		"test_proof_batch", "invariant_3_a_batch_is_new_known_a_gap_or_a_fork"),
	"a sequence is given twice": (
		"src/store/outbox.c",
		"	ob->next_seq = (seq > ob->sealed_to ? seq : ob->sealed_to) + 1;\n",
		"	ob->next_seq = seq + 1;\n",
		"test_store_outbox", "a_pruned_outbox_still_counts_on"),
	"an outbox goes on in another history": (
		"src/wire/uplink_push.c",
		"	if (*s == MS_NOT_FOUND || (*s == MS_OK && header != NULL && !hash_equal(&ours, header))) {\n",
		"	if (*s == MS_NOT_FOUND || (*s == MS_OK && header != NULL && next == 0)) {\n",
		"test_wire_uplink_push", "another_history_sends_nothing"),
	"an act may be written in any order": (
		"src/codec/walk.h",
		"	w->bad = at == NULL || w->key >> 3 <= last >> 3;\n",
		"	w->bad = at == NULL || (last > 0 && w->key == 0);\n",
		"110_bad_acts_and_batches.py", "non_canonical_acts_are_malformed"),
	"a bad act blocks its batch": (
		"src/hub/front_push.c",
		"		if (act_decode(j->batch.acts[i], &j->memory, &j->acts[i]) != MS_OK)\n",
		"		if (act_decode(j->batch.acts[i], &j->memory, &j->acts[i]) != MS_OK || j->acts[i].malformed)\n",
		"110_bad_acts_and_batches.py", "bad_acts_block_nothing"),
	"a full outbox takes more": (
		"src/store/outbox.c",
		"	if (!outbox_has_room(ob, 1, bytes.len))\n		return refuse_full(txn, ob);\n",
		"	(void)refuse_full;\n",
		"test_store_outbox", "a_full_outbox_refuses_loudly_and_drops_nothing"),
	"a failed sync is tried again": (
		"src/store/lmdb_env.c",
		"	return s->data_fd >= 0 && fdatasync(s->data_fd) == 0;\n",
		"	return s->data_fd >= 0;\n",
		"test_store_store_sync", "a_failed_sync_is_never_told_as_a_full_disk"),
	"a damaged row is taken": (
		"src/store/record.c",
		"	if (memcmp(check, inner.at + inner.len, RECORD_CHECK_SIZE) != 0)\n",
		"	if (memcmp(check, inner.at + inner.len, 0) != 0)\n",
		"test_store_record", "any_flipped_bit_is_found_and_named"),
	"receipts are forgotten with their acts": (
		"src/store/outbox_receipt.c",
		"		keep_leaves(txn, b.first_seq);\n",
		"		(void)keep_leaves;\n",
		"test_store_outbox", "a_pruned_outbox_still_counts_on"),
	"a rollup as of any size": (
		"src/store/rebuild_rows.c",
		"		    x.as_of >= rebuild_rollup_since(r, key) && x.as_of <= r->stored.tree.size;\n",
		"		    x.as_of > 0;\n",
		"test_store_rebuild", "a_rollup_is_as_of_a_size_since_its_change"),
}


def copy_tree(world):
	to = world.path("source")
	for name in ("src", "proto", "tests", "deploy", "include"):
		if os.path.isdir(os.path.join(SOURCE, name)):
			shutil.copytree(os.path.join(SOURCE, name), os.path.join(to, name), ignore=shutil.ignore_patterns("__pycache__"))
	shutil.copy(os.path.join(SOURCE, "CMakeLists.txt"), to)
	return to


def call(*words, **more):
	return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", **more)


def build(source, where):
	if not os.path.exists(where):
		done = call("cmake", "-G", "Ninja", "-S", source, "-B", where, "-DCMAKE_C_COMPILER=gcc", "-DCMAKE_BUILD_TYPE=None",
			"-DCMAKE_C_FLAGS=-O1")
		check(done.returncode == 0, done.stdout[-2000:])
	programs = sorted({test for _, _, _, test, _ in FAULTS.values() if not test.endswith(".py")})
	done = call("nice", "ninja", "-C", where, "-j2", "muster", "muster-hub", "muster-signer", "muster-agent", "system_push", *programs)
	check(done.returncode == 0, done.stdout[-3000:])


def look(source, where, test, claim, env):
	"""Does the test find the claim broken, and what does it say?"""
	if test.endswith(".py"):
		done = call(os.path.join(source, "tests", "system", test), claim, env=env)
		return done.returncode == 1 and "FAILED" in done.stdout, done.stdout
	done = call(os.path.join(where, test), env=env)
	lines = done.stdout.splitlines(keepends=True)
	return "[  FAILED  ] %s\n" % claim in lines, "".join(line for line in lines if "ERROR" in line or "FAILED" in line)


def faults_are_found(world):
	"""break the code on purpose: each fault makes the test of its promise fail"""
	if SLOW:
		skip("once is enough, with the build that is shipped")
	source, where = copy_tree(world), world.path("build")
	names = sorted(FAULTS) if LONG else rng.sample(sorted(FAULTS), count(2))
	env = dict(os.environ, MUSTER_BIN=os.path.join(where, "bin"), MUSTER_SOURCE=source, MUSTER_LONG="")
	build(source, where)
	for name in names:
		file, old, new, test, claim = FAULTS[name]
		path = os.path.join(source, file)
		with open(path, encoding="utf-8") as f:
			text = f.read()
		check(text.count(old) == 1, "%s: the code has changed, change the fault too" % name)
		with open(path, "w", encoding="utf-8") as f:
			f.write(text.replace(old, new))
		build(source, where)
		noticed, said = look(source, where, test, claim, env)
		print("        %s: %s says\n          %s" % (name, test, said.strip().replace("\n", "\n          ")[:300]), flush=True)
		check(noticed, "%s: nobody noticed\n%s" % (name, said[-2000:]))
		with open(path, "w", encoding="utf-8") as f:
			f.write(text)


run(faults_are_found)
