# SPDX-License-Identifier: Apache-2.0
"""What the style checks share: the files of the tree, C without comments, one way to report.

Every check is called as: check_x.py SOURCE_DIR BUILD_DIR. It prints file:line: what is wrong, and
exits 1 when anything is; 77 means that it cannot judge this build.
"""
import os
import re
import subprocess
import sys

SOURCE = os.path.abspath(sys.argv[1])
BUILD = os.path.abspath(sys.argv[2])
ROOMS = {
    "base": set(),
    "plan": {"base"},
    "proof": {"base"},
    "codec": {"base", "plan"},
    "wire": {"base", "plan", "proof", "codec"},
    "store": {"base", "plan", "proof", "codec"},
    "net": {"base"},
    "intake": {"base", "plan", "codec"},
    "lib": {"base", "plan", "proof", "codec", "wire", "store", "net"},
}
PARTS = {
    "hub": set(ROOMS) - {"intake", "lib"},
    "signer": {"base", "plan", "proof", "codec", "store"},
    "agent": set(ROOMS),
    "cli": set(ROOMS),
    "desk": set(ROOMS),
}
found = []


def files(tops, endings):
    """Paths relative to the tree, sorted, of what stands under TOPS with one of ENDINGS."""
    out = []
    for top in tops:
        for where, dirs, names in os.walk(os.path.join(SOURCE, top)):
            dirs[:] = [d for d in dirs if not d.startswith(".")]
            for name in names:
                if name.endswith(endings) and not name.startswith("."):
                    out.append(os.path.relpath(os.path.join(where, name), SOURCE))
    return sorted(out)


def c_files(*tops):
    return files(tops or ("src", "include", "tests"), (".c", ".h"))


def text(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        return file.read()


def bare(code, strings=True):
    """CODE with comments (and the insides of strings) blanked; lines keep their numbers."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''

    def blank(match):
        piece = match.group(0)
        if piece[0] in "\"'":
            return piece[0] + " " * (len(piece) - 2) + piece[0] if strings else piece
        return re.sub(r"[^\n]", " ", piece)

    return re.sub(pattern, blank, code, flags=re.S)


def report(path, line, what):
    found.append("%s:%d: %s" % (path, line, what) if line else "%s: %s" % (path, what))


def run(*command):
    return subprocess.run(command, cwd=SOURCE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", errors="replace", check=False)


def finish(what):
    for line in found:
        print(line)
    print("%s: %s" % (what, "%d found" % len(found) if found else "good"))
    sys.exit(1 if found else 0)
