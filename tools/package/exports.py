#!/usr/bin/env python3
"""Writes src/libwinroots.map, the list of what libwinroots exports, from the headers:  exports.py SOURCE_DIR

The list is committed, so that a change of it is seen in review; the test `install` compares it."""
import pathlib
import re
import sys

HEAD = """/* What libwinroots exports: each function of include/winroots, and nothing else. A test compares the
 * list with the headers and with the library; `tools/dev exports` writes it. */
WINROOTS_0.1 {
global:
"""


def main():
    root = pathlib.Path(sys.argv[1])
    names = set()
    for header in (root / "include/winroots").glob("*.h"):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        names |= set(re.findall(r"\b(wr_\w+)\s*\(", text))
    lines = "".join(f"    {name};\n" for name in sorted(names))
    (root / "src/libwinroots.map").write_text(f"{HEAD}{lines}local:\n    *;\n}};\n")


if __name__ == "__main__":
    main()
