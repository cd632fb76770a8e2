# SPDX-License-Identifier: Apache-2.0
"""Every C file is as clang-format writes it."""
import tree

paths = tree.c_files()
done = tree.run("clang-format", "--dry-run", "-Werror", *paths)
if done.returncode != 0:
    seen = set()
    for line in done.stdout.splitlines():
        parts = line.split(":")
        if ": error:" in line and parts[0] not in seen:
            seen.add(parts[0])
            tree.report(parts[0], int(parts[1]), "not as clang-format writes it (clang-format -i)")
    if not seen:
        tree.report("clang-format", 0, done.stdout[:500])
tree.finish("format of %d files" % len(paths))
