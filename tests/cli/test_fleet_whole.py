#!/usr/bin/env python3
"""Many hosts from hive to bundle: what tools/fleet_hosts.py put in is found, all of it and nothing else.

WINROOTS_FLEET is how many hosts (default 1,000)."""
import json
import os
import pathlib
import resource
import subprocess
import sys
import unittest

from harness import CORPUS, FIXTURES, PROGRAM, Case, main, run

COUNT = int(os.environ.get("WINROOTS_FLEET", "1000"))
TOOL = FIXTURES.parent / "tools/fleet_hosts.py"
MOST_MB = 600  # of memory that merging and reporting may take, whatever the number of hosts


@unittest.skipUnless("(SQLite" in run("--version")[1], "built without SQLite")
class Whole(Case):
    def test_everything_that_was_put_in_is_found(self):
        fleet, db = self.folder / "fleet", self.folder / "f.sqlite"
        subprocess.run([sys.executable, TOOL, str(COUNT), CORPUS, fleet], check=True, capture_output=True, timeout=3600)
        expected = json.loads((fleet / "expected.json").read_text())
        supply = ("--supply", fleet / "supply")
        code, _, err = run("fleet", "run", "--list", fleet / "list.txt", "--require", fleet / "profile.json", *supply,
                           "--as-of", "2026-11-22", "-o", self.folder / "records", "--quiet", limit=7200)
        unread = [n for n, h in expected["hosts"].items() if h.get("unread")]
        self.assertEqual(code, 4 if unread else 0, err[-2000:])
        code, _, err = run("fleet", "merge", self.folder / "records", "-o", db, "--quiet", limit=3600)
        self.assertEqual(code, 0, err)
        _, out, _ = run("fleet", "report", db, "--format", "json", "--rare", "3", limit=3600)
        told = json.loads(out)
        self.check(told, expected, unread)
        _, out, _ = run("fleet", "report", db, "--format", "json", "--rare", "3", "--require", fleet / "profile.json",
                        *supply, limit=3600)
        again = json.loads(out)
        self.assertEqual((again["profiles"], again["bundles"]), (told["profiles"], told["bundles"]))
        code, _, err = run("fleet", "bundles", db, *supply, "-o", self.folder / "bundles", limit=3600)
        self.assertEqual(code, 0, err)
        self.check_bundles(told, expected)
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        self.assertLess(children, MOST_MB)

    def check(self, told, expected, unread):
        hosts = {h["name"]: h for h in told["hosts"] if "name" in h}
        self.assertEqual(len(told["hosts"]), COUNT)
        self.assertEqual(sum(h["status"] == "failed" for h in told["hosts"]), len(unread))
        sets = {}
        for name, want in expected["hosts"].items():
            if want.get("unread"):
                continue
            host = hosts[name]
            self.assertEqual(host["results"], ["FAIL" if want["missing"] else "PASS"], name)
            self.assertEqual("bundle" in host, bool(want["missing"]), name)
            sets.setdefault((want["kind"] == "company", tuple(want["missing"]), want["rogue"]), set()).add(host["cluster"])
        # Hosts that trust the same are one cluster, others are others.
        self.assertTrue(all(len(clusters) == 1 for clusters in sets.values()), sets)
        self.assertEqual(len({c for clusters in sets.values() for c in clusters}), len(sets))
        self.assertEqual(len(told["clusters"]), len(sets))
        for k in "xyz":
            item, = [i for i in told["profiles"][0]["items"] if i["id"] == f"root-{k}"]
            self.assertEqual(item["fail"], sum(k in h.get("missing", ()) for h in expected["hosts"].values()))
        rare = {r["sha1"]: {told["hosts"][w["host"]]["name"] for w in r["where"]} for r in told["rare_roots"]}
        for n, sha1 in enumerate(expected["rogues"]):
            self.assertEqual(rare.pop(sha1), {name for name, h in expected["hosts"].items() if h.get("rogue") == n})
        self.assertEqual(rare, {})
        self.assertEqual((told["bundles"]["count"], told["bundles"]["is_least"]), (expected["bundles"], True))

    def check_bundles(self, told, expected):
        named = {}
        for n, bundle in enumerate(told["bundles"]["bundles"], 1):
            folder = self.folder / f"bundles/bundle-{n}"
            self.assertEqual(run("bundle", "verify", folder)[0], 0)
            added = {pathlib.Path(p).stem for p in (folder / "certs/Root").iterdir()}
            for row in (self.folder / f"bundles/bundle-{n}.hosts.tsv").read_text().splitlines():
                name = row.split("\t")[0]
                want = expected["hosts"][name]
                self.assertNotIn(name, named)
                named[name] = n
                needed = {expected["required"][k] for k in want["missing"]}
                self.assertLessEqual(needed, added, name)
                if want["kind"] == "authroot":  # X stands in AuthRoot there: Root would widen it
                    self.assertNotIn(expected["required"]["x"], added, name)
        self.assertEqual(set(named), {n for n, h in expected["hosts"].items() if h.get("missing")})


main(needs_corpus=True)
