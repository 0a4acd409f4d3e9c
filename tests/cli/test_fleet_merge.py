#!/usr/bin/env python3
"""winroots fleet merge: the same database whatever the order, the grouping and the accidents."""
import base64
import hashlib
import itertools
import os
import random
import resource
import signal
import sqlite3
import subprocess
import time
import unittest

from fleet_records import certificate, dump, lines, record, report
from harness import COMMAND, EMULATOR, PROGRAM, Case, main, run


@unittest.skipUnless("(SQLite" in run("--version")[1], "built without SQLite")
class Merge(Case):
    def setUp(self):
        super().setUp()
        self.report = report()

    def host(self, name, *numbers, **more):
        found = dict(self.report)
        like = self.report["certificates"][0]
        found["certificates"] = self.report["certificates"] + [certificate(like, n) for n in numbers]
        return record(name, found, **more)

    def merge(self, *inputs, into="fleet.sqlite", code=0):
        got, _, err = run("fleet", "merge", *inputs, "-o", self.folder / into, "--quiet")
        self.assertEqual(got, code, err)
        return err

    def rows(self, query, into="fleet.sqlite"):
        with sqlite3.connect(self.folder / into) as db:
            return db.execute(query).fetchall()

    def bytes_of(self, into="fleet.sqlite"):
        return hashlib.sha256((self.folder / into).read_bytes()).hexdigest()

    def test_rows(self):
        one = self.file("one.ndjson", lines(self.host("ALPHA"), self.host("BETA", 1)))
        self.merge(one)
        count = len(self.report["certificates"])
        self.assertEqual(self.rows("SELECT name, certificates FROM observation ORDER BY name"),
                         [("ALPHA", count), ("BETA", count + 1)])
        self.assertEqual(self.rows("SELECT count(*) FROM holding"), [(2 * count + 1,)])
        self.assertEqual(self.rows("SELECT DISTINCT subject FROM certificate NATURAL JOIN holding JOIN observation o "
                                   "ON o.id = observation GROUP BY certificate HAVING count(*) = 1"),
                         [("CN=Made root 1",)])
        self.assertEqual(self.rows("PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(self.rows("PRAGMA user_version"), [(1,)])
        results = {(p["profile"], i["id"], i["result"]) for p in self.report["requirements"] for i in p["items"]}
        self.assertEqual(set(self.rows("SELECT profile, item.id, item.result FROM item NATURAL JOIN (SELECT "
                                       "requirement, profile FROM requirement)")), results)

    def test_again_is_nothing(self):
        one = self.file("one.ndjson", lines(self.host("ALPHA", 1), self.host("BETA")))
        self.merge(one)
        before, when = self.bytes_of(), os.stat(self.folder / "fleet.sqlite").st_mtime_ns
        self.merge(one, one)
        self.assertEqual(self.bytes_of(), before)
        self.assertEqual(os.stat(self.folder / "fleet.sqlite").st_mtime_ns, when)

    def test_a_newer_record_is_another_observation(self):
        self.merge(self.file("one.ndjson", lines(self.host("ALPHA"))))
        self.merge(self.file("two.ndjson", lines(self.host("ALPHA", 7, observed="2026-11-20T00:00:00Z"))))
        self.assertEqual(self.rows("SELECT count(*), count(DISTINCT host) FROM observation"), [(2, 1)])

    def test_any_order_and_grouping_give_the_same_bytes(self):
        hosts = [self.host(f"H{n}", *range(n % 5)) for n in range(12)]
        whole = self.file("whole.ndjson", lines(*hosts))
        self.merge(whole)
        expected = self.bytes_of()
        chance = random.Random(5)
        for round_number in range(6):
            chance.shuffle(hosts)
            cut = chance.randrange(1, len(hosts))
            a = self.file("a.ndjson", lines(*hosts[:cut]))
            b = self.file("b.ndjson", lines(*hosts[cut - 1:]))
            into = f"r{round_number}.sqlite"
            if round_number % 2:
                self.merge(a, into=into)
                self.merge(b, into=into)
            else:
                self.merge(a, into="a.sqlite")
                self.merge(b, into="b.sqlite")
                self.merge(self.folder / "b.sqlite", self.folder / "a.sqlite", into=into)
                for name in ("a.sqlite", "b.sqlite"):
                    (self.folder / name).unlink()
            self.assertEqual(self.bytes_of(into), expected, f"round {round_number}")

    def test_a_folder_of_records(self):
        self.file("in/a.ndjson", lines(self.host("ALPHA")))
        self.file("in/deep/b.jsonl", lines(self.host("BETA")))
        self.file("in/notes.txt", b"no record")
        self.merge(self.folder / "in")
        self.assertEqual(self.rows("SELECT count(*) FROM host"), [(2,)])

    def test_what_is_wrong_is_said_with_its_line_and_the_rest_is_merged(self):
        good, other = lines(self.host("ALPHA")), lines(self.host("BETA"))
        newer = good.replace(b"winroots.host/1", b"winroots.host/2", 1)
        later = lines(self.host("GAMMA")).replace(b"winroots.report/1", b"winroots.report/2")
        path = self.file("mixed.ndjson", good + b"no JSON\n" + newer + b'{"schema":"other"}\n' + later + b"\n" + other
                         + lines(self.host("CUT"))[:-500])
        err = self.merge(path, code=4).splitlines()
        for number, words in ((2, "expected an object"), (3, "another version"), (4, "no record of a host"),
                              (5, "no winroots.report/1"), (8, "it was cut")):
            self.assertEqual(len([e for e in err if f"line {number}: " in e and words in e]), 1, (number, err))
        self.assertEqual(len(err), 5)
        self.assertEqual(self.rows("SELECT name FROM observation ORDER BY name"), [("ALPHA",), ("BETA",)])

    def test_a_record_at_fault_leaves_nothing_behind(self):
        bad = self.host("BAD", 99)
        bad["report"] = dict(bad["report"], policies=[{"name": "x"}])
        text = lines(bad).replace(b'"policies":[{"name":"x"}]', b'"policies":[{"name":"x","name":"y"}]')
        good = self.file("good.ndjson", lines(self.host("ALPHA")))
        self.merge(good, into="only.sqlite")
        self.merge(good, self.file("bad.ndjson", text), code=4)
        self.assertEqual(self.bytes_of(), self.bytes_of("only.sqlite"))

    def test_objects_count_once_and_are_what_they_are_named_by(self):
        data = b"some octets"
        def line(octets):
            return dump({"schema": "winroots.object/1", "kind": "list", "sha256": hashlib.sha256(data).hexdigest(),
                         "data": base64.b64encode(octets).decode()}).encode() + b"\n"
        good, host = line(data), lines(self.host("ALPHA"))
        self.merge(self.file("a.ndjson", good + host + good))
        self.assertEqual(self.rows("SELECT count(*) FROM object"), [(1,)])
        err = self.merge(self.file("b.ndjson", host + line(b"other octets") + good), into="other.sqlite", code=4)
        self.assertIn("line 2, /data: ", err)
        self.assertEqual(self.bytes_of("other.sqlite"), self.bytes_of())

    def test_hostile_names_are_data(self):
        names = ["x'); DROP TABLE host;--", "\u202eevil\x7f", "a\nb\t\"c\"", "=cmd|' /C calc'!A0", "</script>", "\U0001f600" * 9]
        self.merge(self.file("n.ndjson", lines(*[self.host(n) for n in names])))
        self.assertEqual({n for n, in self.rows("SELECT name FROM observation")}, set(names))

    def test_what_is_no_database_is_not_replaced(self):
        one = self.file("one.ndjson", lines(self.host("ALPHA")))
        for content in (b"some text", b"SQLite format 3\0" + bytes(200)):
            path = self.file("fleet.sqlite", content)
            self.merge(one, code=5)
            self.assertEqual(path.read_bytes(), content)
        path.unlink()
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE x(y)")
        self.merge(one, code=5)
        self.assertEqual(self.rows("SELECT count(*) FROM x"), [(0,)])

    def test_a_database_that_lies_is_not_believed(self):
        self.merge(self.file("one.ndjson", lines(self.host("ALPHA"))), into="in.sqlite")
        with sqlite3.connect(self.folder / "in.sqlite") as db:
            db.execute("UPDATE observation SET status = 'lie', certificates = 0")
            db.execute("UPDATE holding SET certificate = certificate + 1")
        self.merge(self.folder / "in.sqlite")
        self.assertEqual(self.rows("SELECT status FROM observation"), [("ok",)])
        with sqlite3.connect(self.folder / "in.sqlite") as db:
            db.execute("CREATE VIEW v AS SELECT 1")
        self.assertIn("tables are not those", self.merge(self.folder / "in.sqlite", into="x.sqlite", code=3))

    @unittest.skipIf(EMULATOR, "limits are this machine's")
    def test_a_full_disk_leaves_what_was_there(self):
        self.merge(self.file("one.ndjson", lines(self.host("ALPHA"))))
        before = self.bytes_of()
        many = self.file("many.ndjson", lines(*[self.host(f"M{n}", *range(40)) for n in range(60)]))
        done = subprocess.run([PROGRAM, "fleet", "merge", many, "-o", self.folder / "fleet.sqlite"], capture_output=True, restore_signals=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300000, 300000)))
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertIn(b"SQLite", done.stderr)
        self.assertEqual(self.bytes_of(), before)
        self.assertEqual(sorted(p.name for p in self.folder.glob("fleet.sqlite*")), ["fleet.sqlite", "fleet.sqlite.lock"])

    @unittest.skipIf(EMULATOR, "signals are this machine's")
    def test_killed_at_any_moment(self):
        first = self.file("one.ndjson", lines(self.host("ALPHA")))
        many = self.file("many.ndjson", lines(*[self.host(f"M{n}", *range(n % 30)) for n in range(90)]))
        self.merge(first, many, into="expected.sqlite")
        begun = time.monotonic()
        self.merge(first)
        self.merge(many, into="timed.sqlite")
        length = time.monotonic() - begun
        before, expected = self.bytes_of(), self.bytes_of("expected.sqlite")
        chance = random.Random(11)
        for _ in range(6):
            process = subprocess.Popen([PROGRAM, "fleet", "merge", many, "-o", self.folder / "fleet.sqlite", "--quiet"])
            time.sleep(chance.random() * length)
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.assertIn(self.bytes_of(), (before, expected))
        self.merge(many)
        self.assertEqual(self.bytes_of(), expected)

    def test_two_at_once(self):
        parts = [self.file(f"p{n}.ndjson", lines(*[self.host(f"P{n}-{m}", n, 100 + m) for m in range(10)])) for n in range(4)]
        self.merge(*parts, into="expected.sqlite")
        running = [subprocess.Popen([*COMMAND, "fleet", "merge", p, "-o", self.folder / "fleet.sqlite", "--quiet"])
                   for p in itertools.chain(parts, parts)]
        self.assertEqual([p.wait() for p in running], [0] * 8)
        self.assertEqual(self.bytes_of(), self.bytes_of("expected.sqlite"))

    def test_usage(self):
        self.assertEqual(run("fleet", "merge")[0], 2)
        self.assertEqual(run("fleet", "merge", "x.ndjson")[0], 2)
        self.assertEqual(run("fleet", "merge", self.folder / "absent", "-o", self.folder / "f.sqlite")[0], 3)
        self.assertEqual(run("fleet", "merge", "--help")[0], 0)


main()
