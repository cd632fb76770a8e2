# SPDX-License-Identifier: Apache-2.0
"""Words that must not stand in the code: unsafe functions, flags that weaken a commit, sleeps."""
import re

import tree

EVERYWHERE = {
    r"(strcpy|strcat|sprintf|vsprintf|strtok|gets|gmtime|localtime|atoi|atol|alloca)\s*\(":
        "is banned (see src/base/poison.h)",
    r"MDB_(NOSYNC|NOMETASYNC|MAPASYNC|WRITEMAP|NOLOCK)\b": "weakens the promise of a receipt",
    r"ZMQ_ROUTER_HANDOVER|ZMQ_PLAIN_\w+": "is not used here",
}
SOURCE = {
    r"(printf|puts|putchar|perror|fprintf|fputs)\s*\(": "only main.c and cli print",
    r"(float|double)\b": "no floating point in any figure",
    r"exit\s*\(": "only main.c ends the process",
}
SOURCE_FREE = ("src/cli/", "src/base/status.c")
MAINS = ("src/hub/main.c", "src/signer/main.c", "src/agent/main.c", "src/desk/main.c")
LONG_SLEEP = r"(^|[;&|(]\s*|\bdo\s+|\bthen\s+)sleep\s+(\d{2,}|[1-9](\.\d+)?)\b"
TESTS = {
    r"(u|nano|clock_nano|thrd_)?sleep\s*\(": "wait on a condition with a deadline",
}
RAW = {r"\b(TODO|FIXME|XXX)\b": "finish it or write it down elsewhere"}


def look(path, text, words):
    for pattern, why in words.items():
        for match in re.finditer(r"(?<![\w.>])" + pattern, text):
            line = text.count("\n", 0, match.start()) + 1
            tree.report(path, line, "%s: %s" % (match.group(0).rstrip("( "), why))


paths = tree.c_files()
for path in paths:
    whole = tree.text(path)
    code = tree.bare(whole)
    if path != "src/base/poison.h":
        look(path, code, EVERYWHERE)
    look(path, whole, RAW)
    if path.startswith("tests/"):
        look(path, code, TESTS)
    elif path.startswith("src/") and not path.startswith(SOURCE_FREE + MAINS):
        look(path, code, SOURCE)
for path in tree.files(("tests/system",), (".sh",)):
    for number, line in enumerate(tree.text(path).splitlines(), 1):
        if re.search(LONG_SLEEP, line.strip()):
            tree.report(path, number, "a long sleep: wait on a condition with a deadline")
tree.finish("words of %d files" % len(paths))
