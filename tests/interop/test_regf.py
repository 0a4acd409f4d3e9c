#!/usr/bin/env python3
"""Small hives, ours and the corpus', have as many keys and values as hivexml and reglookup say.

    test_regf.py WINROOTS FIXTURES

A reader that fails has no opinion.  Differences and their reasons are rows of the table of hives in
allowed.md beside this file; a difference without a row fails, and so does a row without a difference."""
import csv
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

program, fixtures = sys.argv[1], pathlib.Path(sys.argv[2])
ALLOWED = pathlib.Path(__file__).with_name("allowed.md")
LARGEST = 600_000  # bytes of a hive; the readers take seconds for large ones


def seeds_that_differ():
    """Hives of fixtures/fuzz/regf that are not what their recipe writes."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-B", fixtures / "recipes/fuzz_regf.py", folder], check=True)
        made = {f.name: f.read_bytes() for f in pathlib.Path(folder).iterdir()}
    kept = {f.name: f.read_bytes() for f in (fixtures / "fuzz/regf").iterdir()}
    return [f"fuzz/regf/{name}: not as the recipe writes it"
            for name in sorted(made.keys() | kept.keys()) if made.get(name) != kept.get(name)]


def run(*command):
    """What a reader prints; None where it fails, hangs or crashes."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def hivexml(path):
    out = run("hivexml", path)
    return (out.count(b"<node "), out.count(b"<value ")) if out is not None else None


def reglookup(path):
    out = run("reglookup", path)
    if out is None:
        return None
    kinds = [line.split(b",")[1] for line in out.splitlines()[1:]]
    return kinds.count(b"KEY"), len(kinds) - kinds.count(b"KEY")


READERS = {"hivexml": hivexml, "reglookup": reglookup}


def ours(path):
    report = subprocess.run([program, "inspect", "--no-logs", "--format", "json", path],
                            capture_output=True, timeout=60).stdout
    detail = json.loads(report)["files"][0].get("detail", {})
    return (detail["keys"], detail["values"]) if "keys" in detail else None


def hives():
    """(name in allowed.md, path); names of the corpus begin with corpus/."""
    for path in sorted(fixtures.glob("fuzz/regf/*.hive")) + [fixtures / "demo/SOFTWARE"]:
        yield path.relative_to(fixtures).as_posix(), path
    corpus = os.environ.get("WINROOTS_CORPUS")
    if not corpus:
        return
    with open(f"{corpus}/expected/hive-counts.tsv", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            path = pathlib.Path(corpus, row["file"])
            if path.stat().st_size <= LARGEST:
                yield "corpus/" + row["file"], path


def say(counts):
    return "{}, {}".format(*counts) if counts else "refused"


def allowed_rows():
    """{(file, reader): (what it says, what we say)}"""
    rows = re.findall(r"^\| `([^`]+)` \| (\w+) \| ([^|]*?) \| ([^|]*?) \| [^|]+ \|$", ALLOWED.read_text(),
                      re.M)
    return {(file, reader): (theirs, us) for file, reader, theirs, us in rows}


def main():
    allowed, compared, bad = allowed_rows(), 0, seeds_that_differ()
    missing = [name for name in READERS if not shutil.which(name)]
    if missing:
        print("\n".join(bad) or "SKIP: no " + ", ".join(missing))
        return 1 if bad else 77
    for name, path in hives():
        us = say(ours(path))
        for reader, counts in READERS.items():
            theirs, row = counts(path), (name, reader)
            if theirs is None:
                continue
            compared += 1
            theirs = say(theirs)
            if theirs != us and allowed.pop(row, None) != (theirs, us):
                bad.append(f"| `{name}` | {reader} | {theirs} | {us} |: not in {ALLOWED.name}")
    stale = [row for row in allowed if os.environ.get("WINROOTS_CORPUS") or not row[0].startswith("corpus/")]
    bad += [f"{file}, {reader}: no longer differs, or not as {ALLOWED.name} says" for file, reader in stale]
    print("\n".join(bad) or f"{compared} comparisons")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
