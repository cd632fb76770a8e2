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

# name: file, what stands there, what the fault makes of it, system test and claim that must fail
FAULTS = {
	"a receipt without the commit": (
		"src/hub/writer.c",
		"	s = store_commit(txn, &w->error);\n",
		"	store_abort(txn);\n	s = MS_OK;\n",
		"020_receipt_after_fsync_exactly_once.py", "receipt_after_fsync"),
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
		"	if (old->size > 0 && !witness_grows(w, c))\n		return other_history(err, w, c, \"does not continue\");\n",
		"",
		"420_two_histories.py", "an_agent_finds_it"),
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
		done = call("cmake", "-G", "Ninja", "-S", source, "-B", where, "-DCMAKE_C_COMPILER=gcc", "-DCMAKE_BUILD_TYPE=Release")
		check(done.returncode == 0, done.stdout[-2000:])
	done = call("ninja", "-C", where, "-j2", "muster", "muster-hub", "muster-signer", "muster-agent",
		"system_push")
	check(done.returncode == 0, done.stdout[-3000:])


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
		done = call(os.path.join(source, "tests", "system", test), claim, env=env)
		print("        %s: %s says\n          %s" % (name, test, done.stdout.strip().replace("\n", "\n          ")[:300]), flush=True)
		check(done.returncode == 1 and "FAILED" in done.stdout, "%s: nobody noticed\n%s" % (name, done.stdout[-2000:]))
		with open(path, "w", encoding="utf-8") as f:
			f.write(text)


run(faults_are_found)
