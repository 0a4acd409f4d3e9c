#!/usr/bin/env python3
"""`winroots profile lint`: a file with each error that published lists hold, told at its place."""
import json

from harness import AS_OF, FIXTURES, Case, main, run

LINT = FIXTURES / "lint"
LEAF = FIXTURES / "chain/leaf.der"

# File of fixtures/lint, more of the command line: the defects and their places.
ERRORS = {
    "thumbprint_41_digits": ([], [("thumbprint", "/certificates/dod-root-6/sha1")]),
    "thumbprint_label": ([], [("thumbprint", "/certificates/cceb-2/sha1")]),
    "thumbprint_empty": ([], [("thumbprint", "/certificates/nameless/sha1")]),
    "thumbprint_wrong": ([], [("hash_mismatch", "/certificates/acs")]),
    "issuer_wrong": (["--supply", LEAF], [("issuer_mismatch", "/certificates/leaf/issuer")]),
    "expired": (["--supply", LEAF, "--as-of", "2130-01-01"], [("expired", "/requirements/0")]),
    "any_of_as_all": ([], [("any_of_as_all", f"/requirements/{i}") for i in range(3)]),
    "duplicates": ([], [("duplicate_certificate", "/certificates/again"), ("duplicate_item", "/requirements/1")]),
    "unknown_members": ([], [("unknown_member", "/vendor"), ("unknown_member", "/certificates/g2/thumbprint"),
                             ("unknown_member", "/requirements/0/stores")]),
    "clean": ([], []),
    "distrusted": ([], []),  # it takes a real list: test_corpus.py
}


class Lint(Case):
    def lint(self, *args):
        code, out, err = run("profile", "lint", *args, "--format", "json")
        return code, json.loads(out) if out else None, err

    def test_each_published_error_is_told_at_its_place(self):
        self.assertEqual(sorted(ERRORS), sorted(p.stem for p in LINT.glob("*.json")))
        for name, (args, expected) in ERRORS.items():
            with self.subTest(name):
                code, report, err = self.lint(LINT / f"{name}.json", "--as-of", AS_OF, *args)
                self.assertEqual((code, err), (1 if expected else 0, ""))
                self.assertEqual(report["schema"], "winroots.lint/1")
                profile = report["profiles"][0]
                self.assertEqual(profile["id"], name.replace("_", "-"))
                self.assertEqual([(f["defect"], f["pointer"]) for f in profile["findings"]], expected)

    def test_the_text_says_the_same(self):
        code, out, _ = run("profile", "lint", LINT / "thumbprint_label.json", LINT / "clean.json", "--as-of", AS_OF)
        self.assertEqual(code, 1)
        first, finding, clean = out.splitlines()
        self.assertTrue(first.endswith("thumbprint_label.json: 1 finding"), first)
        self.assertTrue(finding.startswith("  /certificates/cceb-2/sha1: thumbprint: \"Thumbprint: 9b74"), finding)
        self.assertTrue(clean.endswith("clean.json: clean"), clean)

    def test_what_the_loader_refuses_has_findings(self):
        """Each fault that analyze stops at is told by lint at the same place."""
        for name in ("thumbprint_41_digits", "thumbprint_label", "thumbprint_empty", "unknown_members"):
            with self.subTest(name):
                path = LINT / f"{name}.json"
                code, _, err = run("analyze", FIXTURES / "demo/SOFTWARE", "--require", path)
                self.assertEqual(code, 2)
                _, report, _ = self.lint(path)
                self.assertIn(report["profiles"][0]["findings"][0]["pointer"], err)

    def test_built_in_profiles_are_clean(self):
        _, out, _ = run("profile", "list")
        ids = [line.split()[0] for line in out.splitlines()]
        self.assertGreaterEqual(len(ids), 14)
        code, report, err = self.lint(*ids, "--as-of", AS_OF)
        self.assertEqual((code, err), (0, ""))
        self.assertEqual([p["profile"] for p in report["profiles"]], ids)
        code, report, _ = self.lint("a1")
        self.assertEqual((code, report["profiles"][0]["id"]), (0, "trend-apex-one"))

    def test_a_profile_cannot_steer_the_terminal(self):
        path = self.file("p.json", '{"schema":"winroots.profile/1","id":"p","title":"t","version":"1",'
                                   '"\\u001b[31m\\u202e":1,"requirements":[{"id":"\\u001b]0;x\\u0007"}]}')
        code, out, _ = run("profile", "lint", path)
        self.assertEqual(code, 1)
        self.assertFalse(set("\x1b\x07\u202e") & set(out), ascii(out))

    def test_what_cannot_be_read_is_an_error(self):
        clean = LINT / "clean.json"
        cut = self.file("cut.json", clean.read_text()[:-3])
        for args, words in (([], "no profile"), (["nosuch"], "no built-in profile"), ([cut], "JSON"),
                            ([clean, cut], "JSON"), ([clean, "--ctl", self.folder / "no.stl"], "no.stl"),
                            ([clean, "--ctl", FIXTURES / "ctl/list.stl"], "not a pinned root"),
                            ([clean, "--supply", self.folder / "none"], "none"),
                            ([clean, "--as-of", "yesterday"], "--as-of"), ([clean, "--format", "csv"], "--format"),
                            ([clean, "--surprise"], "--surprise")):
            with self.subTest(words):
                code, out, err = run("profile", "lint", *args)
                self.assertEqual((code, out), (2, ""))
                self.assertIn(words, err)


if __name__ == "__main__":
    main()
