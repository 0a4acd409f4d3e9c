#!/usr/bin/env python3
"""What `inspect` says of programs; fixtures/recipes/pe.py made them, and osslsigncode reads them alike."""
from harness import FIXTURES, Case, analyze, inspect, main

PE = FIXTURES / "pe"


class Program(Case):
    def test_says_who_signed_and_when(self):
        code, report, _ = inspect(PE / "nested.exe")
        file = report["files"][0]
        detail = file["detail"]
        length = int.from_bytes((PE / "nested.exe").read_bytes()[336:340], "little")
        self.assertEqual((code, file["kind"], detail["machine"], detail["format"], detail["signed"]),
                         (0, "pe", "x86", "PE32", True))
        self.assertEqual(detail["certificate_table"], [{"type": 2, "revision": "0200", "bytes": length - 8}])
        self.assertEqual([(s["kind"], s.get("inside"), s["signer"]["subject"], s.get("time"))
                          for s in detail["signatures"]],
                         [("first", None, "CN=Test Publisher, O=winroots tests", None),
                          ("rfc3161", 0, "CN=Test Time Stamp, O=winroots tests", "2023-04-05T06:07:08Z"),
                          ("nested", 0, "CN=Test Second Publisher, O=winroots tests", None),
                          ("rfc3161", 2, "CN=Test Time Stamp, O=winroots tests", "2023-04-05T06:07:08Z")])
        self.assertEqual([s["digest_algorithm"] for s in detail["signatures"]],
                         ["1.3.14.3.2.26"] + ["2.16.840.1.101.3.4.2.1"] * 3)

    def test_a_signer_whose_certificate_is_missing_is_named_by_its_issuer(self):
        _, report, _ = inspect(PE / "without_signer.exe")
        signer = report["files"][0]["detail"]["signatures"][0]["signer"]
        self.assertEqual((signer["issuer"], signer["certificate_embedded"], "subject" in signer),
                         ("CN=Test Code CA, O=winroots tests", False, False))

    def test_an_unsigned_program_is_read_and_a_cut_one_is_not(self):
        code, report, _ = inspect(PE / "unsigned.exe", PE / "table_outside.exe")
        unsigned, cut = report["files"]
        self.assertEqual((code, unsigned["detail"]["signed"], unsigned["detail"]["signatures"]), (4, False, []))
        self.assertEqual((cut["kind"], cut["detail"], cut["diagnostics"][0]["code"]), ("pe", {}, "truncated"))

    def test_a_program_is_no_evidence_of_a_host(self):
        code, _, err = analyze(PE / "signed.exe")
        self.assertEqual(code, 3)
        self.assertIn("of kind pe", err)


if __name__ == "__main__":
    main()
