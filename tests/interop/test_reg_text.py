#!/usr/bin/env python3
"""A .reg text that we write is read by hivexregedit, and holds what an independent reader found in the text
that it was made from.

    test_reg_text.py WINROOTS FIXTURES

Sources: texts of fixtures/fuzz/reg_text without damage, and those of the corpus where there is one, as far
as they are ASCII: hivexregedit takes other characters apart into bytes.  Each is written anew as text and, by
way of a policy file, as text again; hivexregedit merges that into an empty hive and exports it."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM, FIXTURES = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
MAKE_REG = PROGRAM.parent.parent / "tests" / "make_reg"
WHOLE = ("export", "every_kind", "utf_16_without_mark", "blanks_and_comments")


def decoded(data):
    if data[:2] == b"\xFF\xFE":
        return data[2:].decode("utf-16-le")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le")
    if data[:3] == b"\xEF\xBB\xBF":
        return data[3:].decode("utf-8")
    try:
        if not data.lstrip().startswith(b"REGEDIT4"):
            return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    return data.decode("cp1252")


def unquoted(text):
    return re.sub(r"\\(.)", r"\1", text)


def data_of(text, ansi):
    if text[0] == '"':
        return 1, (unquoted(text[1:text.rindex('"')]) + "\0").encode("utf-16-le")
    text = text.split(";")[0].strip()
    if text.startswith("dword:"):
        return 4, int(text[6:], 16).to_bytes(4, "little")
    kind, digits = re.fullmatch(r"hex(?:\((\w+)\))?:(.*)", text).groups()
    kind = int(kind or "3", 16)
    data = bytes(int(d, 16) for d in digits.split(",") if d.strip())
    return kind, data.decode("cp1252").encode("utf-16-le") if ansi and kind in (2, 7) else data


def state(text):
    """{key: {value name: (type, data)}} after all that the text says, in lower case where the registry
    does not tell cases apart."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    ansi = text.lstrip().startswith("REGEDIT4")
    text = re.sub(r"\\[ \t]*(;.*)?\n(\s*\n|[ \t]*;.*\n)*\s*", "", text)  # data that goes on
    keys, key = {}, None
    for line in text.split("\n")[1:]:
        line = line.strip(" \t")
        if line.startswith("[-"):
            gone = line[2:line.rindex("]")].lower()
            keys = {k: v for k, v in keys.items() if k != gone and not k.startswith(gone + "\\")}
            key = None
        elif line.startswith("["):
            key = keys.setdefault(line[1:line.rindex("]")].lower(), {})
        elif line and line[0] in '@"':
            name, rest = re.fullmatch(r'(@|"(?:[^"\\]|\\.)*")\s*=\s*(.*)', line).groups()
            name = "" if name == "@" else unquoted(name[1:-1]).lower()
            if rest.startswith("-"):
                key.pop(name, None)
            else:
                key[name] = data_of(rest, ansi)
    return keys


def ancestors(keys):
    """hivexregedit wants a key's parents before it."""
    paths = set()
    for key in keys:
        parts = key.split("\\")
        paths.update("\\".join(parts[:n]) for n in range(1, len(parts) + 1))
    return sorted(paths)


def read_by_hivex(text, folder):
    """The state that hivexregedit made of a text, without the root and keys that only lead to others."""
    hive = folder / "hive"
    shutil.copy(FIXTURES / "fuzz/regf/minimal.hive", hive)
    parents = "".join(f"[\\{path}]\n\n" for path in ancestors(state(text)))
    rooted = re.sub(r"^\[(-?)", r"[\1\\", text, flags=re.M)
    (folder / "in.reg").write_text(parents + rooted.replace("\r\n", "\n"), encoding="ascii")
    subprocess.run(["hivexregedit", "--merge", hive, folder / "in.reg"], check=True, capture_output=True)
    out = subprocess.run(["hivexregedit", "--export", hive, "\\"], check=True, capture_output=True).stdout
    return {k.lstrip("\\"): v for k, v in state(out.decode("ascii")).items()}


def rewritten(source, folder, names):
    for name in names:
        subprocess.run([MAKE_REG, source, folder / name], check=True, capture_output=True)
        source = folder / name
    return decoded(source.read_bytes())


def main():
    if not shutil.which("hivexregedit"):
        print("SKIP: no hivexregedit (Debian package libwin-hivex-perl)")
        return 77
    sources = [FIXTURES / "fuzz/reg_text" / name for name in WHOLE]
    if os.environ.get("WINROOTS_CORPUS"):
        sources += sorted(pathlib.Path(os.environ["WINROOTS_CORPUS"], "reg").rglob("*.reg"))
    sources = [source for source in sources if decoded(source.read_bytes()).isascii()]
    bad, keys, values = [], 0, 0
    for source in sources:
        expected = state(decoded(source.read_bytes()))
        keys += len(expected)
        values += sum(map(len, expected.values()))
        for names in (["out.reg"], ["out.pol", "out.reg"]):
            with tempfile.TemporaryDirectory() as folder:
                text = rewritten(source, pathlib.Path(folder), names)
                got = read_by_hivex(text, pathlib.Path(folder))
            if {k: v for k, v in got.items() if k in expected or v} != expected:
                bad.append(f"{source.name} by {'.'.join(names)}")
    print("\n".join(f"{b}: hivexregedit read something else" for b in bad) or
          f"{len(sources)} texts with {keys} keys and {values} values are read as written")
    return 1 if bad or values < 10 else 0


sys.exit(main())
