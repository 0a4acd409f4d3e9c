#!/usr/bin/env python3
"""Bad input: each its own message with the place, the right exit code, nothing half-written."""
import os
import struct
import zlib

from harness import AS_OF, EMULATOR, FIXTURES, Case, analyze, inspect, main, run

HIVE = FIXTURES / "demo/SOFTWARE"
PROFILE = FIXTURES / "demo/profile.json"
SUPPLY = FIXTURES / "demo/supply"
G4 = "ddfb16cd4931c973a2037d3fc83a4d7d775d05e4"


def regf_log():
    """A transaction log's base block: file type 6, checksum right."""
    block = bytearray(512)
    block[0:4] = b"regf"
    struct.pack_into("<IIQIIIIII", block, 4, 1, 1, 0, 1, 5, 6, 1, 0x20, 4096)
    value = 0
    for (word,) in struct.iter_unpack("<I", bytes(block[:508])):
        value ^= word
    struct.pack_into("<I", block, 508, value)
    return bytes(block)


def cab_bomb(size):
    """A cabinet of one folder in MSZIP blocks of zeros: 32 kB from about 50 bytes each."""
    blocks = []
    for at in range(0, size, 32768):
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
        data = b"CK" + squeeze.compress(bytes(min(32768, size - at))) + squeeze.flush()
        blocks.append(struct.pack("<IHH", 0, len(data), min(32768, size - at)) + data)
    name = b"zeros.sst\0"
    files_at = 36 + 8
    data_at = files_at + 16 + len(name)
    total = data_at + sum(map(len, blocks))
    return (struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, total, 0, files_at, 0, 3, 1, 1, 1, 0, 0, 0) +
            struct.pack("<IHH", data_at, len(blocks), 1) +
            struct.pack("<IIHHHH", size, 0, 0, 0x21, 0, 0x20) + name + b"".join(blocks))


class BadInput(Case):
    def refused(self, code, message, *args):
        got, out, err = run("analyze", *args, "--as-of", AS_OF)
        self.assertEqual(got, code, err)
        self.assertRegex(err, message)
        self.assertTrue(all(line.startswith("winroots: ") for line in err.splitlines()), err)
        return out

    def test_not_a_hive(self):
        path = self.file("SOFTWARE", "just some words\n" * 300)
        self.assertEqual(self.refused(3, r"SOFTWARE.*text", path), "")

    def test_empty_file(self):
        self.refused(3, r"empty", self.file("SOFTWARE", b""))

    def test_cut_hive(self):
        self.refused(3, r"SOFTWARE", self.file("SOFTWARE", HIVE.read_bytes()[:600]))

    def test_hive_cut_in_the_middle_is_read_and_said(self):
        path = self.file("SOFTWARE", HIVE.read_bytes()[:12288])
        code, report, _ = analyze(path, "--require", PROFILE, "--as-of", AS_OF)
        self.assertIn(code, (1, 4))
        self.assertTrue(any(d["severity"] in ("skipped", "warning") for d in report["diagnostics"]))
        self.assertNotIn("PASS", {i["result"] for i in report["requirements"][0]["items"]
                                  if i["id"] == "signed-updates"})

    def test_hive_without_a_root_ends_no_other_file(self):
        hive = bytearray(HIVE.read_bytes())
        struct.pack_into("<i", hive, 4096 + 0x20, 0)
        path = self.file("SOFTWARE", bytes(hive))
        for args in ([], ["--recover"]):
            code, report, err = inspect(path, HIVE, *args)
            self.assertEqual((code, err), (4, ""))
            bad, good = report["files"]
            self.assertEqual((bad["kind"], bad["detail"]), ("regf", {}))
            self.assertIn("cell 0x20 has size 0", [d["message"] for d in bad["diagnostics"]])
            self.assertEqual(good["detail"]["keys"], 51)
            self.assertEqual(inspect(path, *args)[0], 3)
        self.assertEqual(analyze(path)[1]["coverage"]["machine_hive"], "incomplete")

    def test_log_given_as_hive(self):
        self.refused(3, r"transaction log", self.file("SOFTWARE.LOG1", regf_log()))

    def test_cab_bomb(self):
        path = self.file("bomb.cab", cab_bomb(64 << 20))
        code, out, err = run("analyze", HIVE, "--ctl", path, "--as-of", AS_OF)
        self.assertEqual(code, 0)
        self.assertRegex(err, r"bomb\.cab.*(ratio|times|limit)")
        self.assertRegex(out, r"skipped")

    def test_unknown_profile(self):
        self.refused(2, r"no built-in profile", HIVE, "--require", "Z9")

    def test_malformed_profile(self):
        cut = self.file("cut.json", PROFILE.read_text()[:200])
        self.refused(2, r"cut\.json", HIVE, "--require", cut)
        wrong = self.file("wrong.json", PROFILE.read_text().replace('"certificate-present"', '"certificate-pleasant"'))
        self.refused(2, r"/requirements/0/kind", HIVE, "--require", wrong)

    def test_supply_that_does_not_match_its_pinned_hash(self):
        der = bytearray((SUPPLY / f"{G4}.crt").read_bytes())
        der[-1] ^= 1
        folder = self.file(f"supply/{G4}.crt", bytes(der)).parent
        out = self.folder / "out"
        code, report, _ = analyze(HIVE, "--require", PROFILE, "--supply", folder, "--as-of", AS_OF, "--bundle", out)
        self.assertEqual(code, 1)
        self.assertEqual([a["action"] for a in report["plan"] if "signed-updates" in str(a["requirement"])], ["manual"])
        self.assertFalse((out / "certs").exists())

    def test_missing_and_unreadable_file(self):
        self.refused(3, r"No such file", self.folder / "absent")
        if os.geteuid():
            path = self.file("SOFTWARE", HIVE.read_bytes())
            path.chmod(0)
            self.refused(3, r"Permission denied", path)

    def test_output_folder_not_empty(self):
        self.file("out/mine.txt", "keep me")
        self.refused(2, r"not empty", HIVE, "--require", PROFILE, "--bundle", self.folder / "out")
        self.assertEqual([p.name for p in (self.folder / "out").iterdir()], ["mine.txt"])
        self.assertEqual([p.name for p in self.folder.iterdir()], ["out"], "nothing half-written beside it")

    def test_force_replaces_a_bundle_and_nothing_else(self):
        self.file("out/mine.txt", "keep me")
        self.refused(2, r"no bundle", HIVE, "--require", PROFILE, "--bundle", self.folder / "out", "--force")
        self.assertEqual([p.name for p in (self.folder / "out").iterdir()], ["mine.txt"])
        for _ in range(2):
            code, _, err = run("analyze", HIVE, "--require", PROFILE, "--bundle", self.folder / "new", "--force")
            self.assertEqual(code, 1, err)

    def test_output_that_cannot_be_written(self):
        self.refused(5, r"No such file", HIVE, "--output", self.folder / "no/such/folder/report.txt")
        if os.path.exists("/dev/full"):
            code, _, err = run("analyze", HIVE, "--as-of", AS_OF, "--output", "/dev/full")
            self.assertEqual(code, 5, err)

    def test_second_input_unreadable_makes_absence_unknown(self):
        code, report, err = analyze(HIVE, self.folder / "absent", "--require", PROFILE, "--as-of", AS_OF)
        self.assertRegex(err, r"No such file")
        items = {i["id"]: i["result"] for i in report["requirements"][0]["items"]}
        self.assertEqual(items["signed-updates"], "UNKNOWN")
        self.assertEqual(code, 1, "the disallowed one still fails")

    def test_usage(self):
        for args, message in [((), "no evidence"), (("--frobnicate",), "frobnicate"),
                              ((HIVE, "--as-of", "yesterday"), "as-of"), ((HIVE, "--os", "10"), "os"),
                              ((HIVE, "--format", "xml"), "format"), ((HIVE, "--store", "LM/Root"), "LOC/NAME=FILE"),
                              ((HIVE, "--store", "XX/Root=f"), "store place"), ((HIVE, "--expiring", "-1"), "expiring")]:
            with self.subTest(args=args):
                code, out, err = run("analyze", *args)
                self.assertEqual((code, out), (2, ""), err)
                self.assertIn(message, err)

    def test_unplaced_store_grants_no_trust_and_says_how_to_place_it(self):
        store = SUPPLY / f"{G4}.crt"
        code, report, _ = analyze(store, "--require", PROFILE, "--as-of", AS_OF)
        self.assertEqual(report["stores"], [])
        self.assertTrue(any("--store" in d["message"] for d in report["diagnostics"]))
        code, report, _ = analyze("--store", f"LM/Root={store}", "--require", PROFILE, "--as-of", AS_OF)
        items = {i["id"]: i["result"] for i in report["requirements"][0]["items"]}
        self.assertEqual(items["signed-updates"], "PASS")

    def test_inspect_goes_on_and_says_so(self):
        text = self.file("words.txt", "nothing here\n")
        code, out, _ = inspect(HIVE, text)
        self.assertEqual(code, 4)
        self.assertEqual([f["kind"] for f in out["files"]], ["regf", "text"])
        self.assertTrue(out["files"][1]["diagnostics"])
        self.assertEqual(inspect(text)[0], 3)
        self.assertEqual(inspect(HIVE)[0], 0)

    def test_help_and_version(self):
        self.assertEqual(run("--version")[0], 0)
        for args in [("--help",), ("analyze", "--help"), ("inspect", "--help"), ("profile", "--help")]:
            code, out, _ = run(*args)
            self.assertEqual(code, 0)
            self.assertIn("winroots", out)
        self.assertEqual(run()[0], 2)
        self.assertEqual(run("frobnicate")[0], 2)

    def test_closed_output_is_an_error(self):
        with open("/dev/full", "w") as full:
            import subprocess
            from harness import PROGRAM
            done = subprocess.run([*EMULATOR, PROGRAM, "analyze", HIVE, "--as-of", AS_OF], stdout=full,
                                  stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 5)


if __name__ == "__main__":
    main()
