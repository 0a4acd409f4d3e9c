#!/usr/bin/env python3
"""The page of the HTML report as C arrays: the same input gives the same bytes.

    embed_page.py OUT.inc page.html style.css SCRIPT.js...

{{style}} and {{script}} of the page become the style and the scripts, these in their order and in one scope;
{{style_hash}} and {{script_hash}} what its Content-Security-Policy allows them by.  Every other {{slot}} is filled
by the program: the rows of page_pieces are the text before each slot and the slot's name, NULL behind the last."""
import base64
import hashlib
import pathlib
import re
import sys

from embed_profiles import array


def allowed(text):
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def main():
    out = pathlib.Path(sys.argv[1])
    files = {pathlib.Path(p).name: pathlib.Path(p).read_text("utf-8") for p in sys.argv[2:]}
    style = files["style.css"]
    script = "".join(text for name, text in files.items() if name.endswith(".js"))
    script = f'"use strict";\n(() => {{\n{script}}})();\n'
    if re.search("<[/!]", style + script):
        sys.exit("a style or script that holds </ or <! would end its element")
    fixed = {"style": style, "script": script, "style_hash": allowed(style), "script_hash": allowed(script)}
    page = re.sub(r"\{\{(\w+)\}\}", lambda m: fixed.get(m[1], m[0]), files["page.html"])
    parts = re.split(r"\{\{([a-z]+)\}\}", page)
    text, rows = "/* Made by tools/embed_page.py. */\n", ""
    for n, piece in enumerate(parts[::2]):
        slot = f'"{parts[2 * n + 1]}"' if 2 * n + 1 < len(parts) else "NULL"
        text += array(f"page_{n}", piece.encode())
        rows += f"    {{ page_{n}, sizeof page_{n}, {slot} }},\n"
    text += ("static const struct {\n    const uint8_t *text;\n    size_t len;\n    const char *slot;\n"
             f"}} page_pieces[] = {{\n{rows}}};\n")
    out.write_text(text)


if __name__ == "__main__":
    main()
