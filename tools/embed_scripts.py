#!/usr/bin/env python3
"""Text files as C arrays of lines, for the scripts of a bundle.

    embed_scripts.py OUT.inc FILE...

start.cmd becomes `static const char *const start_cmd[]`, NULL at its end."""
import pathlib
import sys


def main():
    out, files = pathlib.Path(sys.argv[1]), map(pathlib.Path, sys.argv[2:])
    text = ""
    for file in files:
        quoted = (line.replace("\\", "\\\\").replace('"', '\\"') for line in
                  file.read_text("ascii").splitlines())
        text += f"static const char *const {file.name.replace('.', '_')}[] = {{\n"
        text += "".join(f'    "{line}",\n' for line in quoted) + "    NULL\n};\n"
    out.write_text(text)


if __name__ == "__main__":
    main()
