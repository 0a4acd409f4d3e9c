#!/usr/bin/env python3
"""The demo host: what quickstart shows is what the recipe made wrong on purpose."""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

from harness import AS_OF, FIXTURES, Case, analyze, main, run

DEMO = FIXTURES / "demo"
G4 = "ddfb16cd4931c973a2037d3fc83a4d7d775d05e4"
ARGS = (DEMO / "SOFTWARE", "--require", DEMO / "profile.json", "--supply", DEMO / "supply", "--as-of", AS_OF)


class Demo(Case):
    def test_the_recipe_makes_these_files(self):
        source = pathlib.Path("/usr/share/ca-certificates/mozilla")
        recipe = FIXTURES / "recipes/demo.py"
        done = subprocess.run([sys.executable, recipe, source, self.folder], capture_output=True, text=True)
        if done.returncode and "No such file" in done.stderr:
            self.skipTest("this system's ca-certificates lacks a root of the recipe")
        self.assertEqual(done.returncode, 0, done.stderr)
        for made in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            name = made.relative_to(self.folder)
            self.assertEqual(made.read_bytes(), (DEMO / name).read_bytes(), name)

    def test_fails_in_three_ways(self):
        code, report, _ = analyze(*ARGS)
        self.assertEqual(code, 1)
        items = {i["id"]: (i["result"], i["state"]) for i in report["requirements"][0]["items"]}
        self.assertEqual(items, {"signed-updates": ("FAIL", "absent_unfetchable"),
                                 "licence-server": ("FAIL", "disallowed"),
                                 "telemetry-server": ("FAIL", "present_restricted"),
                                 "download-server": ("PASS", "present_usable")})

    def test_stores_and_findings(self):
        _, report, _ = analyze(*ARGS)
        stores = {(s["location"], s["name"]): s["certificates"] for s in report["stores"] if s["certificates"]}
        self.assertEqual(stores, {("LM", "Root"): 3, ("LM", "AuthRoot"): 3, ("LM", "Disallowed"): 1,
                                  ("LM-GroupPolicy", "Root"): 1})
        self.assertEqual(report["host"]["os"], {"product_name": "Windows 10 Pro", "version": "10.0",
                                                "build": 19045, "revision": 4170})
        found = {f["id"] for f in report["findings"]}
        self.assertIn("key_name_mismatch", found)
        self.assertIn("root_update_disabled", found)

    def test_bundle_holds_what_fixes_it_and_analyze_stays_the_same(self):
        code, report, _ = analyze(*ARGS, "--bundle", self.folder / "out")
        self.assertEqual(code, 1)
        cer = (self.folder / "out/certs/Root" / f"{G4}.cer").read_bytes()
        self.assertEqual(hashlib.sha1(cer).hexdigest(), G4)
        manifest = json.loads((self.folder / "out/manifest.json").read_text())
        self.assertEqual(json.loads((self.folder / "out/report.json").read_text()), report)
        for entry in manifest["files"]:
            content = (self.folder / "out" / entry["path"]).read_bytes()
            self.assertEqual(hashlib.sha256(content).hexdigest(), entry["sha256"], entry["path"])
        adds = [a for a in report["plan"] if a["action"] == "add"]
        self.assertEqual([(a["store"], a["file"]) for a in adds], [("Root", f"certs/Root/{G4}.cer")])
        script = (self.folder / "out/install.cmd").read_bytes()
        self.assertNotIn(b"DigiCert", script, "no text of a certificate reaches a script")
        self.assertEqual(script.count(b"\n"), script.count(b"\r\n"))

    def test_same_input_gives_the_same_bytes(self):
        first, second = run("analyze", *ARGS, "--format", "json"), run("analyze", *ARGS, "--format", "json")
        self.assertEqual(first, second)

    def test_text_names_the_answer(self):
        code, out, _ = run("analyze", *ARGS)
        self.assertEqual(code, 1)
        self.assertRegex(out, r"FAIL: this host does not meet demo-product")
        self.assertIn(G4, out)
        self.assertIn("judged for 2026-11-22", out)

    def test_each_report_says_that_a_source_was_not_read_whole(self):
        args = (DEMO / "SOFTWARE", "--require", "cylance-protect", "--require", "us-federal-pki", "--as-of", AS_OF)
        _, report, _ = analyze(*args)
        cylance, federal = report["requirements"]
        self.assertEqual([(s["id"], s["completeness"]) for s in cylance["sources"]], [("sonicwall-ka1vn", "excerpt")])
        self.assertTrue(cylance["sources"][0]["uri"].startswith("https://www.sonicwall.com/"))
        self.assertEqual([i["sources"] for i in cylance["items"]], [["sonicwall-ka1vn"]] * 2)
        self.assertEqual([s["completeness"] for s in federal["sources"]], ["complete"])
        _, out, _ = run("analyze", *args)
        answers = re.split(r"\n(?=[A-Z]+: this host)", out)[1:]
        self.assertEqual(len(answers), 2)
        self.assertIn("may lack items; not read whole: sonicwall-ka1vn (excerpt)\n", answers[0])
        self.assertNotIn("not read whole", answers[1])
        rows = {line.split()[0]: line for line in run("profile", "list")[1].splitlines()}
        self.assertIn("not every source was read whole", rows["cylance-protect"])
        self.assertNotIn("not every source was read whole", rows["us-federal-pki"])

    def test_no_time_of_ours_is_in_the_report(self):
        code, out, _ = run("analyze", DEMO / "SOFTWARE", "--format", "json")
        self.assertEqual(code, 0)
        self.assertRegex(json.loads(out)["as_of"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def test_evidence_is_never_written_to(self):
        before = {p: (p.stat().st_mtime_ns, hashlib.sha256(p.read_bytes()).digest())
                  for p in DEMO.rglob("*") if p.is_file()}
        analyze(*ARGS, "--bundle", self.folder / "out")
        after = {p: (p.stat().st_mtime_ns, hashlib.sha256(p.read_bytes()).digest())
                 for p in DEMO.rglob("*") if p.is_file()}
        self.assertEqual(before, after)


if __name__ == "__main__":
    main()
