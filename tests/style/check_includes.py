# SPDX-License-Identifier: Apache-2.0
"""Who includes whom: rooms only downwards, a third party's header in one room only.

The include paths of CMakeLists.txt forbid most of this; this is the second net, and it knows files.
"""
import os
import re

import tree

# header: where it may be included, as prefixes of paths
THIRD = {
    r"zmq\w*\.h": ("src/net/", "tests/net/", "tests/bench/floor.c", "tests/system/edit.c"),
    r"lmdb\.h": ("src/store/lmdb_env.c", "tests/bench/floor.c", "tests/store/test_store.c", "tests/system/edit.c"),
    r"protobuf-c/.*|.*\.pb-c\.h": ("src/codec/", "tests/codec/"),
    r"sodium(/.*|\.h)": ("src/proof/", "src/base/random.c"),
    r"nettle/.*": ("src/base/hash.c",),
    r"confuse\.h": ("src/base/conf.c",),
    r"jansson\.h": ("src/base/json.c", "src/base/json.h"),
    r"utf8proc\.h": ("src/base/text.c",),
    r"csv\.h": ("src/intake/",),
    r"iconv\.h": ("src/intake/",),
    r"xlsxwriter\.h": ("src/intake/",),
    r"libintl\.h": ("src/base/lang.c", "src/base/lang_tr.c"),
    r"zip\.h": ("src/intake/zip_calls.h", "tests/intake/"),
    r"expat\.h": ("src/intake/xlsx_xml.c",),
    r"gmp\.h": ("src/plan/score.c",),
}


def check_room(path, line, name, system):
    folder = path.split("/")[1]
    allowed = tree.ROOMS.get(folder, tree.PARTS.get(folder))
    if system or allowed is None:
        return
    room = name.split("/")[0]
    known = room in tree.ROOMS or room in tree.PARTS
    if "/" not in name and not name.endswith(".pb-c.h"):
        tree.report(path, line, '"%s": ours are included as "room/file.h"' % name)
    elif known and room != folder and room not in allowed:
        tree.report(path, line, "%s may not use %s" % (folder, room))


paths = tree.c_files()
for path in paths:
    own = path[len("src/"):-2] + ".h"
    first = True
    for number, text in enumerate(tree.bare(tree.text(path), strings=False).splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', text)
        if not match:
            continue
        name = match.group(2)
        for pattern, places in THIRD.items():
            if re.fullmatch(pattern, name) and not path.startswith(places):
                tree.report(path, number, "<%s> belongs to %s only" % (name, " or ".join(places)))
        if path.startswith("src/"):
            check_room(path, number, name, match.group(1) == "<")
            if first and path.endswith(".c") and name != own:
                if os.path.exists(os.path.join(tree.SOURCE, "src", own)):
                    tree.report(path, number, 'its own header "%s" comes first' % own)
        first = False
tree.finish("includes of %d files" % len(paths))
