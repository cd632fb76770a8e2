# SPDX-License-Identifier: Apache-2.0
"""What the objects ask for: plan, proof and wire are pure; no mutable globals; files in an order."""
import glob
import os
import re
import sys

import tree

PURE = ("plan", "proof", "wire")
LIBC = re.compile(
    r"(malloc|calloc|realloc|free|abort|qsort|bsearch|snprintf|vsnprintf"
    r"|mem(cpy|move|set|cmp|chr|rchr|mem|pcpy)"
    r"|str(len|nlen|cmp|ncmp|chr|rchr|chrnul|str|spn|cspn|dup|ndup|pbrk)"
    r"|__\w+_chk|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__u?(div|mod)ti3|__popcountdi2)")
# Ed25519 from given keys is arithmetic; making keys is not.
SODIUM = re.compile(
    r"crypto_sign(_ed25519)?(_detached|_verify_detached|_seed_keypair|_ed25519_sk_to_pk)"
    r"|sodium_(init|memcmp|memzero|bin2base64|base642bin)")
# Whole numbers and fractions of any size; no function that reads, prints or draws random numbers.
GMP = re.compile(r"__gmp[zq]_(inits?|clears?|set_\w+|get_\w+|add(_ui)?|mul\w*|div|neg|cmp(_ui)?"
                 r"|fdiv_q|canonicalize)")
# Parts of base that ask the world, by object, and single functions of others.
WORLD_OBJECTS = {"fs.c.o", "fs_list.c.o", "fs_write.c.o", "random.c.o", "log.c.o", "daemon.c.o", "stream.c.o"}
WORLD_NAMES = {"clock_real_us", "clock_monotonic_us"}
# libconfuse's callbacks get no context: conf.c hangs what it reads on a thread-local pointer.
MUTABLE = {("conf.c.o", "current")}


def symbols(library):
    """(object, name, kind, section) of each symbol of an archive."""
    out, where = [], ""
    for line in tree.run("objdump", "-t", library).stdout.splitlines():
        head = re.match(r"(\S+\.o):\s+file format", line)
        if head:
            where = head.group(1)
        entry = re.match(r"[0-9a-f]+ (.{7}) (\S+)\s+[0-9a-f]+\s+(?:\.\w+ )?(\S+)$", line)
        if entry:
            out.append((where, entry.group(3), entry.group(1), entry.group(2)))
    return out


def calls_in(table):
    """{file: {other file: {what it uses of it}}} within one archive."""
    owner = {name: where[:-2] for where, name, kind, section in table
             if section not in ("*UND*", "*ABS*") and kind[0] != "l"}
    calls = {file: {} for file in owner.values()}
    for where, name, _, section in table:
        if section == "*UND*" and name in owner:
            calls.setdefault(where[:-2], {}).setdefault(owner[name], set()).add(name)
    return calls


def circle(calls):
    """Files of which each calls the next one, and the last the first; empty when there are none."""
    rest = set(calls)
    bottom = True
    while bottom:
        bottom = {file for file in rest if not rest & set(calls[file])}
        rest -= bottom
    walk = sorted(rest)[:1]
    while walk:
        step = min(rest & set(calls[walk[-1]]))
        if step in walk:
            return walk[walk.index(step):]
        walk.append(step)
    return walk


libraries = {re.sub(r".*/lib(?:room_|part_)(\w+)\.a", r"\1", p): p
             for p in sorted(glob.glob(os.path.join(tree.BUILD, "libroom_*.a")) +
                             glob.glob(os.path.join(tree.BUILD, "libpart_*.a")))}
if not set(PURE) <= set(libraries):
    print("the rooms are not built in " + tree.BUILD)
    sys.exit(1)
tables = {name: symbols(path) for name, path in libraries.items()}
if any("san_" in entry[1] for entry in tables["base"] if entry[3] == "*UND*"):
    print("this build has sanitizers: its objects are not judged")
    sys.exit(77)

defined = {}
for room, table in tables.items():
    defined[room] = {name for where, name, _, section in table
                     if section not in ("*UND*", "*ABS*") and
                     not (room == "base" and (where in WORLD_OBJECTS or name in WORLD_NAMES))}
for room in PURE:
    allowed = set(defined[room]).union(*(defined[lower] for lower in tree.ROOMS[room]))
    for where, name, _, section in tables[room]:
        if section != "*UND*" or name in allowed or LIBC.fullmatch(name):
            continue
        if not (room == "proof" and SODIUM.fullmatch(name) or
                room == "plan" and GMP.fullmatch(name)):
            tree.report("src/%s/%s" % (room, where[:-2]), 0, "pure, but uses " + name)

for room, table in tables.items():
    for where, name, kind, section in table:
        data = re.match(r"\.(data|bss|tdata|tbss)", section) or section == "*COM*"
        if not data or section.startswith(".data.rel.ro") or "O" not in kind:
            continue
        if (where, name) not in MUTABLE:
            tree.report("src/%s/%s" % (room, where[:-2]), 0, "%s is a global variable" % name)

for room, table in sorted(tables.items()):
    calls = calls_in(table)
    ring = circle(calls)
    if ring:
        arrows = ["%s calls %s (%s)" % (a, b, ", ".join(sorted(calls[a][b])))
                  for a, b in zip(ring, ring[1:] + ring[:1])]
        tree.report("src/%s/%s" % (room, ring[0]), 0,
                    "stands in a circle, expected an order: " + "; ".join(arrows))
tree.finish("objects of %d libraries" % len(libraries))
