# SPDX-License-Identifier: Apache-2.0
"""Sizes and heads: columns, lines of files and functions, licence line, guards, the top level."""
import json
import os
import re
import unicodedata

import tree

COLUMNS, FILE_LINES, FUNCTION_LINES = 100, 600, 100
TOP = {"proto", "src", "include", "deploy", "tests", "CMakeLists.txt", "README.md"}


def columns(line):
    n = 0
    for c in line:
        if c == "\t":
            n += 8 - n % 8
        elif unicodedata.combining(c) == 0:
            n += 2 if unicodedata.east_asian_width(c) in "WF" else 1
    return n


def check_text(path):
    lines = tree.text(path).splitlines()
    if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:2]):
        tree.report(path, 1, "the first line is not the licence line")
    for number, line in enumerate(lines, 1):
        if not path.endswith(".py") and columns(line) > COLUMNS:
            tree.report(path, number, "%d columns, more than %d" % (columns(line), COLUMNS))
        if line != line.rstrip():
            tree.report(path, number, "blanks at the end")
    if len(lines) > FILE_LINES:
        tree.report(path, 0, "%d lines, more than %d" % (len(lines), FILE_LINES))


def check_guard(path):
    if not path.startswith("src/"):
        return
    room, name = re.sub(r"[^A-Z0-9/]", "_", path[len("src/"):].upper()).split("/")
    # plan/plan_index.h may say PLAN_INDEX_H
    names = [room + "_" + name] + ([name] if name.startswith(room + "_") else [])
    if not any("#ifndef %s\n#define %s\n" % (n, n) in tree.text(path) for n in names):
        tree.report(path, 1, "the guard is not " + names[0])


def check_functions(paths):
    done = tree.run("ctags", "--output-format=json", "--languages=C", "--kinds-C=f",
                    "--fields=+ne", "-f", "-", *paths)
    for line in done.stdout.splitlines():
        tag = json.loads(line) if line.startswith("{") else {}
        length = tag.get("end", 0) - tag.get("line", 0) + 1
        if length > FUNCTION_LINES:
            tree.report(tag["path"], tag["line"],
                        "%s has %d lines, more than %d" % (tag["name"], length, FUNCTION_LINES))


for entry in os.listdir(tree.SOURCE):
    if entry not in TOP and not entry.startswith("."):
        tree.report(entry, 0, "does not belong on the top level")
code = tree.c_files()
other = tree.files(("proto",), (".proto",)) + tree.files(("tests", "deploy"), (".sh", ".py"))
for each in code + other + ["CMakeLists.txt"]:
    check_text(each)
for each in code:
    if each.endswith(".h"):
        check_guard(each)
check_functions([p for p in code if p.endswith(".c")])
tree.finish("sizes and heads of %d files" % len(code))
