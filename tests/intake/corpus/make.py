#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make.py FOLDER: writes the corpus of sheets as offices make them, and wrong ones, into FOLDER.

What each must give stands beside it in the tree, FILE.expected, judged for Shenbei on 2012-07-05 (tests/intake/test_corpus.c). Those
with "english" in the name are judged in English.
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sheets  # noqa: E402,F401
import texts  # noqa: E402,F401
import wrong  # noqa: E402,F401
from listing import FILES  # noqa: E402

for name, make in sorted(FILES.items()):
	with open(os.path.join(sys.argv[1], name), "wb") as out:
		out.write(make())
print("%d files" % len(FILES))
