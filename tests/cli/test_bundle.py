#!/usr/bin/env python3
"""A bundle from the outside: what it says of the host."""
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


if __name__ == "__main__":
    main()
