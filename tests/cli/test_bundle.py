#!/usr/bin/env python3
"""A bundle from the outside: what it says of the host, whether it was changed, and what came of it."""
import hashlib
import json

from harness import AS_OF, FIXTURES, Case, main, run

DEMO = FIXTURES / "demo"
G4 = "ddfb16cd4931c973a2037d3fc83a4d7d775d05e4"


class Bundle(Case):
    def setUp(self):
        super().setUp()
        self.bundle = self.folder / "out"
        code, _, err = run("analyze", DEMO / "SOFTWARE", "--require", DEMO / "profile.json", "--supply",
                           DEMO / "supply", "--as-of", AS_OF, "--bundle", self.bundle, "-o", self.folder / "report")
        self.assertEqual((code, err), (1, ""))

    def check(self, *args):
        """(exit code, {(id, about)})"""
        code, out, err = run("bundle", *args, "--format", "json")
        self.assertEqual(err, "")
        report = json.loads(out)
        self.assertEqual((report["schema"], report["clean"]), ("winroots.bundle-check/1", code == 0))
        return code, {(f["id"], f.get("about", "")) for f in report["findings"]}

    def verify(self):
        return self.check("verify", self.bundle)

    def edit(self, name, old, new):
        """Changes a file, and the manifest with it as its forger would."""
        path, manifest = self.bundle / name, self.json("manifest.json")
        before = path.read_bytes()
        self.assertIn(old, before)
        path.write_bytes(before.replace(old, new, 1))
        if name != "manifest.json":
            entry = next(f for f in manifest["files"] if f["path"] == name)
            entry["bytes"], entry["sha256"] = path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()
            (self.bundle / "manifest.json").write_text(json.dumps(manifest))

    def json(self, name):
        return json.loads((self.bundle / name).read_text("utf-8"))

    def test_summary_tells_what_is_missing_and_what_is_there(self):
        summary = self.json("summary.json")
        self.assertEqual((summary["schema"], summary["bundle"]),
                         ("winroots.summary/1", self.json("manifest.json")["bundle"]))
        self.assertEqual(summary["profiles"], [{"id": "demo-product", "result": "FAIL"}])
        der = (DEMO / f"supply/{G4}.crt").read_bytes()
        self.assertEqual(summary["missing"], [{
            "profile": "demo-product", "requirement": "signed-updates", "severity": "required", "store": "Root", "sha1": G4,
            "sha256": hashlib.sha256(der).hexdigest(), "name": "DigiCert Trusted Root G4",
            "state": "absent_unfetchable", "remedy": "add"}])
        self.assertEqual([(c["requirement"], c["state"]) for c in summary["installed"]],
                         [("download-server", "present_usable")])
        self.assertEqual([(c["requirement"], c["state"], c["remedy"]) for c in summary["unusable"]],
                         [("licence-server", "disallowed", "manual"),
                          ("telemetry-server", "present_restricted", "manual")])
        self.assertEqual(summary["unknown"], [])

    def test_verify_is_clean_with_what_the_scripts_leave(self):
        self.assertEqual(self.verify(), (0, set()))
        (self.bundle / "log").mkdir()
        for name in ("winroots.log", "result.json", "verify.log", "verify.json", "rollback.log", "rollback.json"):
            (self.bundle / "log" / name).write_text("x")
        self.assertEqual(self.verify(), (0, set()))
        code, out, _ = run("bundle", "verify", self.bundle)
        self.assertEqual(code, 0)
        self.assertRegex(out, r"^bundle [0-9a-f]{16}: verify, clean \(13 looked at\)\n$")

    def test_verify_finds_each_changed_byte_of_each_file(self):
        for entry in self.json("manifest.json")["files"]:
            path = self.bundle / entry["path"]
            before = path.read_bytes()
            for at in (0, len(before) // 2, len(before) - 1):
                path.write_bytes(before[:at] + bytes([before[at] ^ 1]) + before[at + 1:])
                code, found = self.verify()
                self.assertEqual(code, 1)
                self.assertIn(("changed", entry["path"]), found)
            path.write_bytes(before)
        self.assertEqual(self.verify(), (0, set()))

    def test_verify_finds_what_is_missing_and_what_is_extra(self):
        (self.bundle / "verify.cmd").unlink()
        (self.bundle / f"certs/Root/{G4}.cer").unlink()
        self.file(self.bundle / "certs/Root/more.cer", "x")
        (self.bundle / "gpo/link").symlink_to("/etc/passwd")
        code, found = self.verify()
        self.assertEqual(code, 1)
        self.assertLessEqual({("missing", "verify.cmd"), ("missing", f"certs/Root/{G4}.cer"),
                              ("extra", "certs/Root/more.cer")}, found)
        self.assertEqual(len([f for f in found if f[0] == "extra"]), 2, found)

    def test_verify_finds_a_script_that_was_changed_with_its_manifest(self):
        for name, old, new in (("install.cmd", b"goto :finish", b"goto :finish "), ("detect.ps1", b"exit 1", b"exit 0"),
                               ("install.cmd", b"-addstore", b"-user -addstore"), ("gpo/roots.reg", b"9\0", b"8\0"),
                               ("gpo/Registry.pol", b"R\0o\0o\0t\0", b"M\0y\0o\0t\0"), ("roots.sst", b"CERT", b"CERU")):
            with self.subTest(name):
                before = {n: (self.bundle / n).read_bytes() for n in (name, "manifest.json")}
                self.edit(name, old, new)
                self.assertEqual(self.verify(), (1, {("not_generated", name)}))
                for n, content in before.items():
                    (self.bundle / n).write_bytes(content)

    def test_verify_finds_a_certificate_that_was_swapped_with_its_manifest(self):
        der = next((DEMO.parent / "certs").glob("root_rsa.der")).read_bytes()
        path = f"certs/Root/{G4}.cer"
        self.edit(path, (self.bundle / path).read_bytes(), der)
        self.assertEqual(self.verify(), (1, {("wrong_certificate", path)}))

    def test_verify_finds_a_step_that_nobody_planned(self):
        manifest = self.json("manifest.json")
        manifest["steps"].insert(0, {"action": "set_policy", "key": "HKLM\\SOFTWARE\\x", "name": "y", "value": 1})
        (self.bundle / "manifest.json").write_text(json.dumps(manifest))
        code, found = self.verify()
        self.assertEqual(code, 1)
        self.assertLessEqual({("not_planned", "y"), ("wrong_id", ""), ("not_generated", "install.cmd")}, found)

    def test_verify_does_not_judge_what_another_version_made(self):
        self.edit("manifest.json", b'"version": "', b'"version": "9')
        self.assertEqual(self.verify(), (1, {("other_version", "")}))

    def test_a_manifest_that_is_none(self):
        good = (self.bundle / "manifest.json").read_bytes()
        for bad in (b"", b"{}", b"[]", good[:-3], good.replace(b"winroots.bundle/1", b"winroots.bundle/2"),
                    good.replace(b'"path": "install.cmd"', b'"path": "../install.cmd"'),
                    good.replace(b'"path": "install.cmd"', b'"path": "/etc/passwd"'),
                    good.replace(b'"path": "install.cmd"', b'"path": "c:\\\\x"'),
                    good.replace(b'"path": "install.cmd"', b'"path": "a//b"'),
                    good.replace(b'"action": "add"', b'"action": "calc"', 2)):
            (self.bundle / "manifest.json").write_bytes(bad)
            code, out, err = run("bundle", "verify", self.bundle)
            self.assertEqual((code, out), (3, ""), bad[:60])
            self.assertRegex(err, r"^winroots: .*manifest\.json")
        self.assertEqual(run("bundle", "verify", self.folder / "nothing")[0], 3)

    def result(self, **changes):
        """What install.cmd reports where all went well, or was changed here."""
        steps = self.json("manifest.json")["steps"]
        actions = [{"action": s["action"], "requirement": s["requirement"], "outcome": "not_fixed"}
                   if s["action"] == "manual" else
                   {"action": s["action"], "store": s["store"], "sha1": s["sha1"], "before": "absent",
                    "outcome": "added", "in_place": True, "code": 0} for s in steps]
        done = sum("in_place" in a for a in actions)
        result = {"schema": "winroots.result/1", "bundle": self.json("manifest.json")["bundle"], "script": "install",
                  "computer": "", "actions": actions, "in_place": done, "failed": 0, "manual": len(actions) - done,
                  "exit": 0, "result": True} | changes
        return self.file("result.json", json.dumps(result))

    def readback(self, *evidence, **changes):
        return self.check("readback", self.bundle, self.result(**changes), *evidence)

    def failed(self, **changes):
        """Changes of a result whose only step failed."""
        actions = json.loads(self.result().read_text())["actions"]
        actions[0] |= {"outcome": "denied", "in_place": False, "code": -2147024891} | changes
        return {"actions": actions, "in_place": 0, "failed": 1, "exit": 2, "result": False}

    def test_readback_of_a_host_that_reports_all_in_place(self):
        self.assertEqual(self.readback(), (0, set()))
        self.assertEqual(self.readback(script="verify"), (0, set()))

    def test_readback_tells_what_went_wrong(self):
        self.assertEqual(self.readback(**self.failed()), (1, {("not_in_place", G4)}))
        self.assertEqual(self.readback(bundle="0" * 16), (1, {("other_bundle", "")}))
        self.assertEqual(self.readback(script="rollback"), (1, {("other_script", "")}))
        self.assertEqual(self.readback(result=False), (1, {("contradiction", "")}))
        self.assertEqual(self.readback(in_place=2), (1, {("contradiction", "")}))
        self.assertEqual(self.readback(**self.failed() | {"exit": 0, "result": True}),
                         (1, {("not_in_place", G4), ("contradiction", "")}))
        actions = json.loads(self.result().read_text())["actions"]
        other = [actions[0] | {"sha1": "0" * 40}] + actions[1:]
        code, found = self.readback(actions=other)
        self.assertEqual(code, 1)
        self.assertIn(("other_action", G4), found)
        code, found = self.readback(actions=[], in_place=0, exit=3, result=False)
        self.assertEqual((code, {f[0] for f in found}, len(found)), (1, {"not_reported"}, 3))
        self.assertEqual(self.readback(actions=actions * 2), (1, {("not_planned", "")}))

    def test_readback_believes_the_evidence(self):
        code, found = self.readback(DEMO / "SOFTWARE")
        self.assertEqual((code, found), (1, {("absent_on_host", G4)}))
        self.assertEqual(self.readback(DEMO / "SOFTWARE", self.bundle / "gpo/roots.reg"), (0, set()))

    def test_a_hostile_result_is_data(self):
        self.check_unreadable("readback", self.bundle, self.result(computer="\u001b[31m' & calc"))
        code, out, _ = run("bundle", "readback", self.bundle,
                           self.result(**self.failed(outcome="\u202e\u009b31m")))
        self.assertEqual(code, 1)
        self.assertIn("\\u{202E}\\u{009B}31m", out)

    def check_unreadable(self, *args):
        code, out, err = run("bundle", *args)
        self.assertEqual((code, out), (3, ""))
        self.assertRegex(err, "^winroots: ")

    def test_what_cannot_be_read(self):
        self.check_unreadable("readback", self.bundle, self.folder / "nothing")
        self.check_unreadable("readback", self.bundle, self.result(), self.folder / "nothing")
        for text in ("", "[]", "{}", '{"schema": "winroots.result/2"}'):
            self.check_unreadable("readback", self.bundle, self.file("bad.json", text))

    def test_usage(self):
        for args in ((), ("verify",), ("verify", "a", "b"), ("readback", "a"), ("format", "a"),
                     ("verify", "--format", "xml", "a"), ("verify", "--what", "a")):
            self.assertEqual(run("bundle", *args)[0], 2, args)
        self.assertEqual(run("bundle", "verify", self.bundle, "-o", self.folder / "no/such/file")[0], 5)


if __name__ == "__main__":
    main()
