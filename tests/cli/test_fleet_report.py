#!/usr/bin/env python3
"""winroots fleet report: what was put into the records is found, in each format."""
import copy
import csv
import io
import json
import unittest

from fleet_records import certificate, lines, record, report
from harness import FIXTURES, Case, main, run

ADD = {"action": "add", "store": "Root", "reason": "it is missing", "requirement": ["demo-product/signed-updates"],
       "reversible": True}


@unittest.skipUnless("(SQLite" in run("--version")[1], "built without SQLite")
class Report(Case):
    def setUp(self):
        super().setUp()
        self.report = report()
        self.report["plan"] = []
        self.like = next(c for c in self.report["certificates"] if c["instances"][0]["store"] == "AuthRoot")

    def in_root(self, number):
        made = certificate(self.like, number)
        for i in made["instances"]:
            i["store"] = "Root"
        return made

    def host(self, name, roots=(), needs=(), observed="2026-11-01T00:00:00Z", **more):
        found = copy.deepcopy(self.report)
        found["certificates"] += [self.in_root(n) for n in roots]
        found["plan"] = [ADD | {"certificate": certificate(self.like, n)["sha256"]} for n in needs]
        return record(name, found | more, observed)

    def fleet(self, *records):
        path = self.file("records.ndjson", lines(*records))
        code, _, err = run("fleet", "merge", path, "-o", self.folder / "f.sqlite", "--quiet")
        self.assertEqual(code, 0, err)

    def told(self, *args):
        code, out, err = run("fleet", "report", self.folder / "f.sqlite", "--format", "json", *args)
        self.assertEqual(code, 0, err)
        return json.loads(out)

    def names(self, told, indexes):
        return [told["hosts"][i]["name"] for i in indexes]

    def test_requirements(self):
        self.fleet(self.host("A"), self.host("B"), {**self.host("C"), "status": "partial"})
        told = self.told()
        demo, = told["profiles"]
        self.assertEqual((demo["profile"], demo["pass"], demo["fail"]), ("demo-product", 0, 3))
        expected = {i["id"]: i["result"] for i in self.report["requirements"][0]["items"]}
        for item in demo["items"]:
            self.assertEqual(item[expected[item["id"]].lower()], 3, item)
        self.assertEqual([h["results"] for h in told["hosts"]], [["FAIL"]] * 3)
        self.assertEqual([h["status"] for h in told["hosts"]], ["ok", "ok", "partial"])

    def test_clusters_and_rare_roots(self):
        self.fleet(self.host("A"), self.host("B"), self.host("C"), self.host("D", [1]), self.host("E", [1]),
                   self.host("F", [2]))
        told = self.told("--rare", "1")
        self.assertEqual([c["hosts"] for c in told["clusters"]], [3, 2, 1])
        self.assertEqual(self.names(told, told["clusters"][1]["examples"]), ["D", "E"])
        self.assertEqual([r["subject"] for r in told["clusters"][1]["more"]], ["CN=Made root 1"])
        self.assertEqual(told["clusters"][1]["fewer"], [])
        rare, = told["rare_roots"]
        self.assertEqual((rare["subject"], rare["hosts"]), ("CN=Made root 2", 1))
        self.assertEqual(self.names(told, [w["host"] for w in rare["where"]]), ["F"])
        self.assertEqual(rare["where"][0]["stores"], "LM/Root")
        self.assertEqual(rare["where"][0]["last_write"], self.like["instances"][0]["last_write"])
        self.assertEqual(len(self.told("--rare", "2")["rare_roots"]), 2)

    def test_findings_lists_and_policies(self):
        finding = {"id": "not_in_program", "severity": "medium", "title": "Not in the program", "detail": "x",
                   "certificate": self.like["sha256"], "source": "e1"}
        policy = {"name": "DisableRootAutoUpdate", "value": "1", "key": "e1:K", "effect": "off"}
        old = {"kind": "authroot", "source": "e1", "this_update": "2020-01-01T00:00:00Z", "sequence": "01", "entries": 3,
               "signature": {"status": "valid"}, "age_days": 9, "in_force": True}
        self.fleet(self.host("A", findings=[finding, dict(finding, source="e2")], policies=[policy], lists=[old]),
                   self.host("B", findings=[finding], policies=[dict(policy, value="0")],
                             lists=[dict(old, this_update="2026-01-01T00:00:00Z")]), self.host("C", policies=[], findings=[]))
        told = self.told()
        one, = told["findings"]
        self.assertEqual((one["id"], one["hosts"], one["subject"]), ("not_in_program", 2, self.like["subject"]))
        settings = {(s["kind"], s["name"], s.get("value")): s["hosts"] for s in told["settings"]}
        self.assertEqual(settings, {("policy", "DisableRootAutoUpdate", "1"): 1, ("policy", "DisableRootAutoUpdate", "0"): 1,
                                    ("policy", "DisableRootAutoUpdate", None): 1,
                                    ("list", "authroot", "2020-01-01T00:00:00Z"): 1,
                                    ("list", "authroot", "2026-01-01T00:00:00Z"): 1, ("list", "authroot", None): 1})
        self.assertEqual([h["medium"] for h in told["hosts"]], [2, 1, 0])

    def test_changes(self):
        before = self.host("A", [1, 2])
        now = self.host("A", [2, 3], observed="2026-11-09T00:00:00Z")
        now["report"]["requirements"][0]["items"][0]["result"] = "PASS"
        now["report"]["requirements"][0]["items"][0]["state"] = "present_usable"
        self.fleet(now, before, self.host("B"))
        told = self.told()
        change, = told["changes"]
        self.assertEqual(([r["subject"] for r in change["added"]], [r["subject"] for r in change["removed"]]),
                         (["CN=Made root 3"], ["CN=Made root 1"]))
        self.assertEqual(change["results"], ["demo-product/signed-updates: FAIL -> PASS"])
        self.assertEqual([(h["name"], h["observations"]) for h in told["hosts"]], [("A", 2), ("B", 1)])

    def test_the_fewest_bundles(self):
        # A lacks what B has, and the other way round: one bundle.  C would get 1, which it neither has nor needs.
        self.fleet(self.host("A", [2], [1]), self.host("B", [1], [2]), self.host("C", [], [2]), self.host("D", [1, 2]))
        told = self.told()
        self.assertEqual((told["bundles"]["count"], told["bundles"]["is_least"]), (2, True))
        bundle = {h["name"]: h.get("bundle") for h in told["hosts"]}
        self.assertEqual(bundle["A"], bundle["B"])
        self.assertNotEqual(bundle["A"], bundle["C"])
        self.assertIsNone(bundle["D"])
        self.assertEqual(sorted(len(b["actions"]) for b in told["bundles"]["bundles"]), [1, 2])

    def test_where_it_stands_in_another_store_it_is_not_in_place(self):
        a, b = self.host("A", [], [1]), self.host("B", [], [2])
        a["report"]["certificates"].append(certificate(self.like, 2))  # in AuthRoot
        b["report"]["certificates"].append(self.in_root(1))
        self.fleet(a, b)
        self.assertEqual(self.told()["bundles"]["count"], 2)

    def test_a_host_that_could_not_be_read(self):
        failed = record("A", None) | {"status": "failed", "error": {"code": "malformed", "message": "no hive"}}
        del failed["report"]
        self.fleet(failed, self.host("B"))
        told = self.told()
        self.assertEqual((told["hosts"][0]["status"], told["hosts"][0]["error"]), ("failed", "no hive"))
        self.assertEqual([c["hosts"] for c in told["clusters"]], [1])

    def test_hostile_names_in_each_format(self):
        names = ["=cmd|' /C calc'!A0", "</script><script>alert(1)</script>", "a\u202eb", "x\x1b[2Jy", "\"q\",z"]
        self.fleet(*[self.host(n) for n in names])
        self.assertEqual({h["name"] for h in self.told()["hosts"]}, set(names))
        _, out, _ = run("fleet", "report", self.folder / "f.sqlite", "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(out)))
        self.assertEqual(len(rows), 5)
        self.assertTrue(all(r["name"][0] not in "=+-@" for r in rows), rows)
        self.assertEqual({r["demo-product"] for r in rows}, {"FAIL"})
        _, out, _ = run("fleet", "report", self.folder / "f.sqlite")
        self.assertNotIn("\x1b", out)
        self.assertNotIn("\u202e", out)
        self.assertLessEqual(max(map(len, out.splitlines())), 80)
        _, out, _ = run("fleet", "report", self.folder / "f.sqlite", "--format", "html")
        self.assertNotIn("<script>alert", out)
        self.assertNotIn("http", out.replace("http-equiv", "").replace("http://www.w3.org", ""))

    def real_fleet(self):
        """Two hosts as `fleet run` records them: one is fixtures/demo, which lacks a root that the supply has."""
        demo, other = FIXTURES / "demo", FIXTURES / "hives/host"
        records = self.folder / "records"
        code, _, err = run("fleet", "run", demo / "SOFTWARE", other, "--require", demo / "profile.json", "--supply",
                           demo / "supply", "--as-of", "2026-11-22", "-o", records, "--quiet")
        self.assertIn(code, (0, 4), err)
        code, _, err = run("fleet", "merge", records, "-o", self.folder / "f.sqlite", "--quiet")
        self.assertEqual(code, 0, err)
        return demo

    def test_records_answer_a_question_again(self):
        demo = self.real_fleet()
        own = self.told()
        again = self.told("--require", demo / "profile.json", "--supply", demo / "supply")
        self.assertEqual(own["profiles"], again["profiles"])
        self.assertEqual(own["bundles"], again["bundles"])
        self.assertGreater(again["bundles"]["count"], 0)
        for profile in ("A1", "windows-kernel-trust"):
            if profile not in run("profile", "list")[1]:
                continue
            asked = self.told("--require", profile)["profiles"][0]
            _, out, _ = run("analyze", demo / "SOFTWARE", "--require", profile, "--as-of", "2026-11-22", "--format", "json")
            direct = {i["id"]: i["result"] for i in json.loads(out)["requirements"][0]["items"]}
            for item in asked["items"]:
                result = direct[item["id"]].lower()
                self.assertTrue(item[result] or item["unknown"], (item, result))
        self.assertEqual(run("fleet", "report", self.folder / "f.sqlite", "--require", "no-such-profile")[0], 2)

    def test_bundles_are_written_once_with_their_hosts(self):
        demo = self.real_fleet()
        told, out = self.told(), self.folder / "bundles"
        code, _, err = run("fleet", "bundles", self.folder / "f.sqlite", "--supply", demo / "supply", "-o", out)
        self.assertEqual(code, 0, err)
        hosts = 0
        for n, bundle in enumerate(told["bundles"]["bundles"], 1):
            self.assertEqual(run("bundle", "verify", out / f"bundle-{n}")[0], 0)
            steps = json.loads((out / f"bundle-{n}/manifest.json").read_text())["steps"]
            self.assertEqual({(s["action"], s["store"], s["sha256"]) for s in steps},
                             {(a["action"], a["store"], a["certificate"]) for a in bundle["actions"]})
            rows = (out / f"bundle-{n}.hosts.tsv").read_text().splitlines()
            keys = [told["hosts"][i]["key"] for i in range(len(told["hosts"])) if told["hosts"][i].get("bundle") == n - 1]
            self.assertEqual([r.split("\t")[1] for r in rows], keys)
            hosts += len(rows)
        self.assertEqual(hosts, sum("bundle" in h for h in told["hosts"]))
        self.assertEqual(len(list(out.iterdir())), 2 * told["bundles"]["count"])
        self.assertEqual(run("fleet", "bundles", self.folder / "f.sqlite", "-o", out)[0], 2)
        code, _, err = run("fleet", "bundles", self.folder / "f.sqlite", "-o", self.folder / "without")
        self.assertEqual(code, 4)
        self.assertIn("left out of its bundle", err)

    def test_usage_and_what_is_no_database(self):
        for args in ([], ["a", "b"], ["x", "--format", "xml"], ["x", "--rare", "y"]):
            self.assertEqual(run("fleet", "report", *args)[0], 2, args)
        self.assertEqual(run("fleet", "report", self.folder / "absent")[0], 3)
        self.assertEqual(run("fleet", "report", self.file("x", b"text"))[0], 3)


main()
