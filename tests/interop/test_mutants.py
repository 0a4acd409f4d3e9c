#!/usr/bin/env python3
"""Mutants of the fixtures' hives, read by hivex and reglookup as well: what they say alike, winroots says too.  A
winroots that leaves a value out is caught.

    test_mutants.py WINROOTS FIXTURES

20,000 of the corpus' files: `tools/dev mutants`."""
import collections
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM, FIXTURES = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
TOOL = FIXTURES.parent / "tools/mutants"
MAKE_DUMP = PROGRAM.parent.parent / "tests/make_dump"
sys.dont_write_bytecode = True
sys.path.insert(0, str(TOOL))
import peers  # noqa: E402

KEY, VALUE, OTHER = ("a", None, None, None), ("a", "v", 3, "12"), ("a", "v", 3, "34")


def facts(*some):
    return collections.Counter(some)


def what_differs():
    """(name, what is wrong) of comparisons whose outcome is known."""
    cases = {
        "all alike": (facts(KEY, VALUE), {"hivex": facts(KEY, VALUE), "reglookup": facts(KEY, VALUE)}, set(), set()),
        "we lack": (facts(KEY), {"hivex": facts(KEY, VALUE), "reglookup": facts(KEY, VALUE)}, {VALUE}, set()),
        "they do not agree": (facts(KEY), {"hivex": facts(KEY, VALUE), "reglookup": facts(KEY)}, set(), set()),
        "other data": (facts(VALUE), {"hivex": facts(OTHER), "reglookup": facts(OTHER)}, {OTHER}, {VALUE}),
        "one answered": (facts(KEY), {"reglookup": facts(KEY, VALUE)}, {VALUE}, set()),
        "no opinion on data": (facts(VALUE), {"reglookup": facts(("a", "v", 3, None))}, set(), set()),
        "listed twice": (facts(KEY), {"hivex": facts(KEY, KEY)}, {KEY}, set()),
        "ends at NUL": (facts(("a\u2400b", None, None, None)), {"hivex": facts(KEY)}, set(), set()),
        "not ASCII": (facts(("\u00e9", None, None, None)), {"reglookup": facts(("\u00ea", None, None, None))}, set(),
                      set())}
    for name, (ours, theirs, lacking, extra) in cases.items():
        got = peers.differing(ours, theirs)
        if got != (lacking, extra):
            yield f"{name}: {got}"


def what_is_read():
    """Lines of reglookup, as facts."""
    text = ("PATH,TYPE,VALUE,MTIME\n/,KEY,,x\n/a%2Fb,KEY,,x\n/a%2Fb/v,BINARY,%01A,\n/a%2Fb/,DWORD,0x00000102,\n"
            "/n,NONE,(null),\n")
    want = facts(("", None, None, None), ("a/b", None, None, None), ("", "n", 0, None),
                 ("a/b", "v", 3, hashlib.sha1(b"\x01A").hexdigest()),
                 ("a/b", "", 4, hashlib.sha1(b"\x02\x01\0\0").hexdigest()))
    if peers.reglookup_facts(text) != want:
        yield f"lines of reglookup: {peers.reglookup_facts(text)}"


def what_is_dumped():
    """Lines of make_dump: bars stand in names, too."""
    line, data = "a|1|2|3|v|w|3|" + 40 * "0", 40 * "0"
    want = facts(("", None, None, None), ("a|1|2|3", None, None, None), ("a|1|2|3", "v|w", 3, data),
                 ("a|1|2|3", "", 1, "unreadable"))
    if peers.dump_facts(f"\na|1|2|3\n{line}\na|1|2|3||1|unreadable\n") != want:
        yield f"lines of make_dump: {peers.dump_facts(line)}"


def run(program):
    with tempfile.TemporaryDirectory() as kept:
        done = subprocess.run([sys.executable, TOOL, program, "80", "1", "--fixtures", "--peers", "--keep", kept],
                              capture_output=True, text=True, timeout=500)
    return done.returncode, done.stdout + done.stderr


def main():
    missing = [name for name in ("reglookup", "hivexget", "cc") if not shutil.which(name)]
    if missing or not list(pathlib.Path("/usr").glob("include/hivex.h")) or not MAKE_DUMP.exists():
        print("SKIP: no reglookup, libhivex-dev or make_dump")
        return 77
    if b"__asan_init" in PROGRAM.read_bytes():
        print("SKIP: a sanitizer takes more memory than is allowed")
        return 77
    bad = [*what_differs(), *what_is_read(), *what_is_dumped()]
    code, said = run(PROGRAM)
    answered = re.search(r"(\d+) were answered, (\d+) keys and values compared", said)
    if code or not answered or int(answered[1]) < 8 or int(answered[2]) < 100:
        bad.append(f"exit code {code}: {said}")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in ("src", "tests"):
            (folder / name).mkdir()
        (folder / "src/winroots").symlink_to(PROGRAM)
        double = folder / "tests/make_dump"
        double.write_text(f"#!/bin/sh\n'{MAKE_DUMP}' \"$@\" | grep -v '|Blob|'\n")
        double.chmod(0o755)
        code, said = run(folder / "src/winroots")
        if code != 1 or "'Blob'" not in said:
            bad.append(f"who leaves out values gets exit code {code}: {said}")
    print("\n".join(bad) or answered[0])
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
