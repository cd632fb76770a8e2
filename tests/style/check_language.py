# SPDX-License-Identifier: Apache-2.0
"""Every sentence has its other half: deploy/po/zh_CN.po for those written in English, en.po for those in Chinese.

Sentences are what stands in CALLS. A translation has the same directives in the same order, is not marked fuzzy, and
nothing stands in a catalogue that no code says. Chinese that people read is marked: a Chinese literal of the programs
stands in one of these calls, or in a file that is one language by design. So is all help but the names, the usage and
the examples. --missing prints what has to be translated, as the catalogue wants it.
"""
import os
import re
import subprocess
import sys

import tree

CALLS = ("tr:1", "TR:1", "ms_fail:4", "ms_error_remedy:2", "ms_error_place:2", "store_fail:4", "record_bad:4",
         "rebuild_differs:3", "rebuild_row_differs:4", "meta_differs:3", "wrong:5", "note_mistake:4", "note_warning:4", "misfit:2")
CATALOGUES = {"zh_CN": False, "en": True}  # of sentences written in Chinese?
CHINESE = re.compile(r"[\u4e00-\u9fff]")
DIRECTIVE = re.compile(r"%(?:\d+\$)?[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(?:<PRI\w+>|(?:hh|h|ll|l|z|j|t)?[a-zA-Z%])")
# Printed, compared byte for byte, or data: these speak Chinese whoever reads.
ONE_LANGUAGE = ("src/cli/bulletin.c", "src/cli/cmd_bulletin.c", "src/cli/sample.c", "src/cli/demo_", "src/cli/cmd_demo.c",
                "src/cli/commands_", "src/intake/", "src/plan/")
# What these print is read by offices and leads, in English too only where a catalogue turns it into Chinese.
READ_BY_ALL = tuple("src/cli/%s.c" % x for x in ("cmd_status", "cmd_inbox", "cmd_state", "submission", "cmd_prove", "cmd_join", "cmd_stick",
                                                 "cmd_feed", "feed_check", "feed_print", "split_check", "cmd_hub", "cmd_hub_move", "cmd_hub_restored",
                                                 "cmd_hub_status", "cmd_plan", "cmd_plan_change", "cmd_verify", "cmd_backup", "cmd_audit", "cmd_invite", "cmd_invites", "cmd_bulletin"))
LITERALS = r'(?:"(?:\\.|[^"\\\n])*"[\s\\]*)+'
# In a command's row: what is the same in every language, and what is marked.
AS_TYPED = re.compile(r"\.(?:verb|sub|usage|example)\s*=\s*" + LITERALS)
MARKED = re.compile(r"\bTR\(\s*" + LITERALS + r"\)")
PRINTED = re.compile(r'\b(?:printf|puts)\(\s*("(?:\\.|[^"\\\n])*")')


def read_catalogue(text):
    """msgid -> (msgstr, fuzzy, line); the header's msgid is empty."""
    out, at, fuzzy, key, where = {}, None, False, None, 0
    fields = {"msgid": "", "msgstr": ""}
    for number, line in enumerate(text.splitlines() + [""], 1):
        if not line.strip() or (line.startswith("msgid") and at == "msgstr"):
            if at == "msgstr":
                out[fields["msgid"]] = (fields["msgstr"], fuzzy, where)
                fuzzy, at = False, None
        if line.startswith("#,") and "fuzzy" in line:
            fuzzy = True
        match = re.match(r'(msgid|msgstr)?\s*"(.*)"$', line)
        if match:
            if match.group(1):
                at = match.group(1)
                fields[at] = ""
                where = number if at == "msgid" else where
            fields[at] += re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t", "r": "\r"}.get(m.group(1), m.group(1)), match.group(2))
    out.pop("", None)
    return out


def said():
    sources = tree.files(("src",), (".c",))
    done = subprocess.run(["xgettext", "-L", "C", "--from-code=UTF-8", "-k", *("-k" + call for call in CALLS), "--no-location",
                           "--no-wrap", "-o", "-", *sources], cwd=tree.SOURCE, capture_output=True, text=True, check=True)
    return [x for x in read_catalogue(done.stdout) if re.search(r"[a-zA-Z]{2}|[\u4e00-\u9fff]", DIRECTIVE.sub("", x))]


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def bare(path):
    """The code of PATH with blanks for its comments."""
    return re.sub(r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|/\*.*?\*/""", lambda m: m.group(1) or blank(m), tree.text(path), flags=re.S)


def is_chinese(text):
    """Written in Chinese? An English sentence may show a Chinese example."""
    return bool(CHINESE.search(text)) and len(re.findall(r"\b[a-z]{3,}\b", DIRECTIVE.sub("", text))) < 2


def directives(text):
    """In the order of the arguments: a translation may write %2$s before %1$s."""
    found = [x for x in DIRECTIVE.findall(text) if x != "%%"]
    return [re.sub(r"\d+\$", "", x) for x in sorted(found, key=lambda x: int((re.match(r"%(\d+)\$", x) or [0, 0])[1]))]


def quoted(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


sentences = said()
missing = []
for name, chinese in CATALOGUES.items():
    path = "deploy/po/%s.po" % name
    there = read_catalogue(tree.text(path))
    wanted = [x for x in sentences if is_chinese(x) == chinese]
    for sentence in wanted:
        if sentence not in there or there[sentence][0] == "":
            missing.append((name, sentence))
            tree.report(path, 0, "not translated: %s" % quoted(sentence))
        elif directives(sentence) != directives(there[sentence][0]):
            tree.report(path, there[sentence][2], "other directives than in %s" % quoted(sentence))
    for sentence, (_, fuzzy, line) in there.items():
        if fuzzy:
            tree.report(path, line, "fuzzy: %s" % quoted(sentence))
        if sentence not in wanted:
            tree.report(path, line, "nothing says %s" % quoted(sentence))

CALL = re.compile(r'\b(?:%s)\(((?:"(?:\\.|[^"\\\n])*"|[^";])*)' % "|".join(x.split(":")[0] for x in CALLS))
for path in tree.files(("src",), (".c",)):
    code = bare(path)
    for match in CALL.finditer(code):
        if re.search(r'"\s*[A-Z]\w+|[A-Z]\w+\s*"', re.sub(r"PRI\w+", "", re.sub(LITERALS, '""', match.group(1)))):
            tree.report(path, code.count("\n", 0, match.start()) + 1, "a sentence with a macro in it is no sentence of the catalogue")

known = set(sentences)
for path in tree.files(("src/cli", "src/agent", "src/hub", "src/lib"), (".c",)):
    if path.startswith(ONE_LANGUAGE):
        continue
    code = bare(path)
    for match in re.finditer(r'"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*', code):
        if re.search(r"#define \w+ $", code[:match.start()]):
            continue  # the name of a file or folder
        literal = "".join(re.findall(r'"((?:\\.|[^"\\\n])*)"', match.group(0)))
        if CHINESE.search(literal) and literal.replace("\\n", "\n").replace("\\r", "\r").replace('\\"', '"') not in known:
            tree.report(path, code.count("\n", 0, match.start()) + 1, "not marked for translation: %s" % literal)

for path in READ_BY_ALL:
    code = tree.text(path)
    for match in PRINTED.finditer(code):
        if re.search(r"[A-Za-z]{3}", DIRECTIVE.sub("", re.sub(r"\\.", "", match.group(1)))) and "schema" not in match.group(1):
            tree.report(path, code.count("\n", 0, match.start()) + 1, "printed without tr: %s" % match.group(1))

for path in tree.files(("src",), (".c",)):
    code, help_only = MARKED.sub(blank, bare(path)), path.startswith("src/cli/commands_")
    if help_only:
        code = AS_TYPED.sub(blank, re.sub(r"#include.*", "", code))
    for match in re.finditer(LITERALS if help_only else r'"usage: .*', code):
        tree.report(path, code.count("\n", 0, match.start()) + 1, "help that is not marked for translation: %s" % match.group(0))

if "--missing" in sys.argv:
    for name, sentence in missing:
        print("# %s\nmsgid %s\nmsgstr \"\"\n" % (name, quoted(sentence)))
tree.finish("%d sentences in two languages" % len(sentences))
