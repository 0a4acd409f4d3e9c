#!/usr/bin/env python3
"""Big data in the smallest cells: what other readers give of it.  Ours is compared byte by byte by
tests/test_regf_value.c; that they lose its end is why the fixture exists.

    test_regf_big_data.py WINROOTS FIXTURES"""
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse

fixtures = pathlib.Path(sys.argv[2])
HIVE = fixtures / "hives/big_data/SOFTWARE"
DATA = (fixtures / "ctl/many_of_one_name.stl").read_bytes()
KEY, VALUE = "Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate", "EncodedCtl"


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def hivexget():
    return run("hivexget", HIVE, "\\" + KEY, VALUE)


def regfexport():
    """The hexadecimal lines below the value's name: "00000010: 82 96 ...  69 30 ...   ..i0"."""
    out = run("regfexport", HIVE).decode("latin-1")
    lines = out[out.index(f"Value: 0 {VALUE}\n"):].split("\n\n")[0].splitlines()
    rows = [re.match(r"[0-9a-f]{8}: ((?:[0-9a-f]{2} {1,2})+)", line) for line in lines]
    return b"".join(bytes.fromhex(row[1]) for row in rows if row)


def reglookup():
    path = "/" + KEY.replace("\\", "/") + "/" + VALUE
    line = run("reglookup", "-p", path, HIVE).splitlines()[1]
    return urllib.parse.unquote_to_bytes(line.split(b",", 2)[2].rstrip(b","))


# Bytes that the reader loses at the end: docs/formats/regf.md.
READERS = {"hivexget": (hivexget, 4), "regfexport": (regfexport, 4), "reglookup": (reglookup, 4)}


def main():
    bad, compared = 0, 0
    for name, (read, lost) in READERS.items():
        if not shutil.which(name):
            print(f"{name}: not installed")
            continue
        given = read()
        compared += 1
        bad += given != DATA[:len(DATA) - lost]
        print(f"{name}: {len(given)} of {len(DATA)} bytes, " +
              ("all right" if given == DATA else "the beginning" if DATA.startswith(given) else "others"))
    return 1 if bad else 0 if compared else 77


if __name__ == "__main__":
    sys.exit(main())
