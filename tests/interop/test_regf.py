#!/usr/bin/env python3
"""Hives, ours and the corpus', have as many keys and values as other readers say.

    test_regf.py WINROOTS FIXTURES

Where readers differ, or one refuses what another reads, is said by the table of docs/formats/regf.md: each
difference must have its row there, as it is, and each row its difference."""
import collections
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
PAGE = fixtures.parent / "docs/formats/regf.md"
WALK = """use Parse::Win32Registry; my $hive = Parse::Win32Registry->new($ARGV[0]) or exit 1;
my @keys = ($hive->get_root_key or exit 1); my ($keys, $values) = (0, 0);
while (my $key = pop @keys) { $keys++; $values += my @v = $key->get_list_of_values;
push @keys, $key->get_list_of_subkeys } print "$keys $values";"""


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


def regfexport(path):
    out = run("regfexport", path)
    if out is None:
        return None
    return len(re.findall(rb"^Key path: ", out, re.M)), len(re.findall(rb"^Value: \d+ ", out, re.M))


def parse_win32registry(path):
    out = run("perl", "-e", WALK, path)
    return tuple(map(int, out.split())) if out is not None else None


# Columns of the table.  Two of the readers must be there; the others are slow, so that they compare where they
# are, and hives that they read in a moment.
Reader = collections.namedtuple("Reader", "counts most needed")
READERS = {
    "hivexml": Reader(hivexml, 1 << 40, True),
    "regfexport": Reader(regfexport, 1 << 20, False),
    "reglookup": Reader(reglookup, 1 << 40, True),
    "Parse::Win32Registry": Reader(parse_win32registry, 1 << 20, False),
}


def is_there(name):
    if "::" in name:
        return run("perl", f"-M{name}", "-e1") is not None if shutil.which("perl") else False
    return shutil.which(name) is not None


def ours(path):
    report = subprocess.run([program, "inspect", "--no-logs", "--format", "json", path],
                            capture_output=True, timeout=60).stdout
    detail = json.loads(report)["files"][0].get("detail", {})
    return (detail["keys"], detail["values"]) if "keys" in detail else None


def hives():
    """(name in the table, path); names of fixtures begin with fixtures/."""
    for path in sorted([*fixtures.glob("fuzz/regf/*.hive"), *fixtures.glob("hives/**/*"), fixtures / "demo/SOFTWARE"]):
        if path.is_file() and ".LOG" not in path.name:
            yield "fixtures/" + path.relative_to(fixtures).as_posix(), path
    corpus = os.environ.get("WINROOTS_CORPUS")
    if not corpus:
        return
    with open(f"{corpus}/expected/hive-counts.tsv", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["file"].removeprefix("hive/"), pathlib.Path(corpus, row["file"])


def say(counts):
    return "{}, {}".format(*counts) if counts else "refused"


def table():
    """{file: {reader: what it says, "=" for what we say}}, with ours under "winroots"."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.read_text().splitlines()
             if line.startswith("|")]
    head = next(i for i, line in enumerate(lines) if line[:2] == ["File", "hivexml"])
    rows = {}
    for line in lines[head + 2:]:
        if len(line) != len(lines[head]):
            break
        rows[line[0].strip("`")] = dict(zip(lines[head][1:-1], line[1:-1]))
    return rows


def compare(name, path, readers, row):
    """What is said otherwise than the row, where there is one, or otherwise than by us; and how many agree."""
    us = say(ours(path))
    bad = [f"{name}: winroots says {us}"] if row and row["winroots"] != us else []
    compared = 0
    for reader in readers:
        if path.stat().st_size > READERS[reader].most:
            continue
        theirs = say(READERS[reader].counts(path))
        theirs = "=" if theirs == us else theirs
        compared += 1
        if theirs != (row or {}).get(reader, "="):
            bad.append(f"{name}: {reader} says {theirs}, winroots {us}, the table {row}")
    return bad, compared


def main():
    rows, compared, bad = table(), 0, seeds_that_differ()
    readers = [name for name in READERS if is_there(name)]
    missing = [name for name, reader in READERS.items() if reader.needed and name not in readers]
    if missing:
        print("\n".join(bad) or "SKIP: no " + ", ".join(missing))
        return 1 if bad else 77
    for name, path in hives():
        wrong, agreed = compare(name, path, readers, rows.pop(name, None))
        bad, compared = bad + wrong, compared + agreed
    if os.environ.get("WINROOTS_CORPUS"):
        bad += [f"{name}: a row without a hive" for name in rows]
    bad += [f"{name}: a row without a difference" for name, row in table().items()
            if all(row[reader] == "=" for reader in READERS)]
    print("\n".join(bad) or f"{compared} comparisons with {', '.join(readers)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
