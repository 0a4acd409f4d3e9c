#!/usr/bin/env python3
"""Every root x purpose x 12 dates x every trust list of the corpus: `analyze` against tests/oracle/trust.py.

In each run the roots are dealt out anew over a third-party store, an administrator's store, both, and none that
counts; a part of them carries the properties of another list, as a host does that missed some updates."""
import base64
import concurrent.futures
import datetime
import functools
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "oracle"))
import trust  # noqa: E402
from harness import CORPUS, PROGRAM, main  # noqa: E402

C = pathlib.Path(CORPUS or ".")

# Days of many cut-offs, to the second and one before; days on which lists changed; the day of the tests.
DATES = ["2006-01-01T00:00:00Z", "2010-06-30T12:00:00Z", "2014-02-28T00:00:00Z", "2019-05-01T00:00:00Z",
         "2020-02-01T23:59:59Z", "2020-10-12T21:49:04Z", "2021-01-31T23:59:59Z", "2022-02-01T00:00:00Z",
         "2023-08-01T00:00:00Z", "2024-01-31T23:59:59Z", "2025-09-15T00:00:00Z", "2026-11-22T00:00:00Z"]
WINDOWS_7 = "6.1.7601"
WHOLE = os.environ.get("WINROOTS_ORACLE") == "whole"


def ticks(text):
    return trust.filetime(datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


@functools.lru_cache(None)
def roots():
    """{SHA-1: certificate}"""
    found = {}
    for path in sorted(C.glob("crt/*/*.crt")):
        der = path.read_bytes()
        if der.startswith(b"-----"):
            der = base64.b64decode(der.split(b"-----")[2])
        certificate = trust.Certificate(der)
        found[certificate.sha1] = certificate
    return dict(sorted(found.items()))


@functools.lru_cache(None)
def lists():
    """[(path, entries)] of every root list, oldest first."""
    found = []
    for path in sorted(C.glob("stl/*/*authroot*.stl")):
        stl = path.read_bytes()
        found.append((trust.this_update(stl), path, trust.read_list(stl)))
    return [(path, entries) for _, path, entries in sorted(found, key=lambda f: f[:2])]


def sst(elements):
    def record(number, data):
        return struct.pack("<III", number, 1, len(data)) + data
    return b"\0\0\0\0CERT" + b"".join(
        b"".join(record(n, data) for n, data in sorted(properties.items())) + record(32, root.der)
        for root, properties in elements) + bytes(12)


PLACES = [["AuthRoot"], ["Root"], ["AuthRoot", "Root"], ["AuthRoot+"], ["Root", "AuthRoot+"], ["CA"]]


def deal(turn, older):
    """{SHA-1: [(store, stored properties)]}; a "+" carries what an older list said."""
    dealt = {}
    for sha1 in roots():
        places = PLACES[(int(sha1[:6], 16) + turn) % len(PLACES)]
        dealt[sha1] = [(p.rstrip("+"), older.get(sha1, {}) if p[-1] == "+" else {}) for p in places]
    return dealt


@functools.lru_cache(200000)
def expected(sha1, stores, stored, entry, as_of, old_windows):
    """trust.judge, remembered: most entries stay as they are from list to list."""
    copies = [(store, dict(s)) for store, s in zip(stores, stored) if store != "CA"]
    return trust.judge(roots()[sha1], copies, None if entry is None else dict(entry), True, as_of, old_windows)


def frozen(properties):
    return tuple(sorted(properties.items()))


def compare(index, number, windows=None):
    """(rows compared, disagreements) of one list on one date."""
    path, entries = lists()[index]
    dealt = deal(index + number, lists()[(index + len(lists()) // 2) % len(lists())][1])
    with tempfile.TemporaryDirectory() as folder:
        args = []
        for name in ("AuthRoot", "Root", "CA"):
            file = pathlib.Path(folder) / name
            file.write_bytes(sst((roots()[sha1], stored) for sha1, copies in dealt.items()
                                 for store, stored in copies if store == name))
            args += ["--store", f"LM/{name}={file}"]
        done = subprocess.run([PROGRAM, "analyze", *args, "--ctl", path, "--allow-unverified-lists", "--as-of",
                               DATES[number], *(["--os", windows] if windows else []), "--format", "ndjson"],
                              capture_output=True, timeout=120)
    if done.returncode:
        return 0, [f"{path.name} {DATES[number]}: exit {done.returncode}: {done.stderr[-500:]}"]
    report = json.loads(done.stdout)
    compared, wrong = 0, []
    judged = {c["sha1"]: c for c in report["certificates"]}
    for sha1, copies in dealt.items():
        entry = entries.get(sha1)
        want = expected(sha1, tuple(s for s, _ in copies), tuple(frozen(p) for _, p in copies),
                        None if entry is None else frozen(entry), ticks(DATES[number]), windows is not None)
        got = {row["purpose"]: (row["status"], {r["code"] for r in row["reasons"]}) for row in judged[sha1]["trust"]}
        compared += len(want)
        wrong += [f"{path.name} {DATES[number]} {sha1} {copies_text(copies)} {purpose}: winroots "
                  f"{got.get(purpose)}, oracle {want.get(purpose)}"
                  for purpose in {*got, *want} if not agree(got.get(purpose), want.get(purpose))]
    wrong += on_demand(report, entries, dealt, number, path) if not windows else []
    return compared, wrong


def on_demand(report, entries, dealt, number, path):
    want = {sha1: trust.fetched(entry, ticks(DATES[number])) for sha1, entry in entries.items()
            if len(sha1) == 40 and (sha1 not in dealt or dealt[sha1][0][0] == "CA")}
    got = {row["sha1"]: row.get("purposes", []) for row in report["on_demand"]}
    return [f"{path.name} {DATES[number]} on demand {sha1}: winroots {got.get(sha1)}, oracle {want.get(sha1)}"
            for sha1 in sorted({*got, *want}) if got.get(sha1) != want.get(sha1)]


def copies_text(copies):
    return "+".join(store + ("*" if stored else "") for store, stored in copies)


def agree(got, want):
    return got and want and got[0] == want[0] and got[1] in want[1]


class Oracle(unittest.TestCase):
    def agree(self, jobs, least):
        with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(compare, *zip(*jobs), chunksize=12))
        wrong = [line for _, lines in results for line in lines]
        self.assertEqual(wrong[:20], [], f"{len(wrong)} disagreements")
        self.assertGreater(sum(compared for compared, _ in results), least)

    def test_the_corpus_is_whole(self):
        self.assertEqual((len(lists()), len(DATES)), (78, 12))
        self.assertGreater(len(roots()), 500)

    def test_every_list_on_every_date(self):
        """WINROOTS_ORACLE=whole (tools/dev oracle); else each list on two of the dates, all of which occur."""
        def is_chosen(i, d):
            return WHOLE or d % 6 == i % 6

        self.agree([(i, d, None) for i in range(len(lists())) for d in range(len(DATES)) if is_chosen(i, d)],
                   2_500_000 if WHOLE else 400_000)

    def test_windows_7_knows_no_dates(self):
        newest = len(lists()) - 1
        self.agree([(newest - i, d, WINDOWS_7) for i in range(2) for d in range(len(DATES)) if WHOLE or d % 4 == 3],
                   10_000)


if __name__ == "__main__":
    main(needs_corpus=True)
