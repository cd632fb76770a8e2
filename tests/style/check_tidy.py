# SPDX-License-Identifier: Apache-2.0
"""clang-tidy with the checks of .clang-tidy over every source file, two at a time."""
import concurrent.futures
import json
import os
import re

import tree

with open(os.path.join(tree.BUILD, "compile_commands.json"), encoding="utf-8") as commands:
    wanted = sorted({entry["file"] for entry in json.load(commands)
                     if entry["file"].startswith(os.path.join(tree.SOURCE, "src") + os.sep)})


def check(path):
    return path, tree.run("clang-tidy", "--quiet", "-p", tree.BUILD, path)


with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
    for where, done in pool.map(check, wanted):
        lines = [x for x in done.stdout.splitlines() if re.search(r": (warning|error): ", x)]
        tree.found += [x.replace(tree.SOURCE + os.sep, "") for x in lines]
        if done.returncode != 0 and not lines:
            tree.report(where, 0, done.stdout[-400:])
tree.finish("clang-tidy over %d files" % len(wanted))
