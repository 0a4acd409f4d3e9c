#!/usr/bin/env python3
"""`profile learn` over fixtures/pe, whose chains fixtures/recipes/pe.py makes: what each file needs is known."""
import hashlib
import json
import shutil

from harness import AS_OF, FIXTURES, Case, analyze, file_name, main, run

PE = FIXTURES / "pe"


def sha256(name):
    return hashlib.sha256((PE / f"{name}.cer").read_bytes()).hexdigest()


def names(*certificates):
    return {f"CN=Test {name}, O=winroots tests" for name in certificates}


class Learn(Case):
    def learn(self, *args, expected=0):
        path = self.folder / "learned.json"
        code, out, err = run("profile", "learn", *args, "-o", path)
        self.assertEqual((code, out, path.exists()), (expected, "", expected == 0), err)
        return (json.loads(path.read_text()) if expected == 0 else None), err

    @staticmethod
    def items(profile, store):
        """{subject: (item, certificate)} of a store."""
        certificates = profile["certificates"]
        return {certificates[r["certificate"]]["subject"]: (r, certificates[r["certificate"]])
                for r in profile["requirements"] if r["store"] == store}

    def test_a_file_that_carries_its_roots_is_the_source_of_all(self):
        profile, err = self.learn(PE / "nested.exe", "--supply", PE)
        roots, cas = self.items(profile, "Root"), self.items(profile, "CA")
        self.assertEqual(set(roots), names("Code Root", "Time Root", "Other Root"))
        self.assertEqual(set(cas), names("Code CA", "Time CA", "Other CA"))
        item, code = roots["CN=Test Code Root, O=winroots tests"]
        self.assertEqual((code["sha256"], item["basis"], item["purposes"]),
                         (sha256("code_root"), "sourced", ["code_signing"]))
        item, other = roots["CN=Test Other Root, O=winroots tests"]
        self.assertEqual((other["sha256"], item["basis"]), (sha256("other_root"), "name-only"))
        item, time = roots["CN=Test Time Root, O=winroots tests"]
        self.assertEqual((time["sha256"], item["basis"], item["purposes"]),
                         (sha256("time_root"), "sourced", ["time_stamping"]))
        for item, _ in roots.values():
            self.assertEqual((item["severity"], item["accept_expired"], item["existing_signatures"]),
                             ("required", True, True), "every signature of it is time-stamped")
        for item, _ in cas.values():
            self.assertEqual((item["severity"], item["basis"]), ("recommended", "sourced"))
        self.assertEqual(profile["sources"], [{"id": "file-1", "uri": str(PE / "nested.exe"),
                                               "completeness": "complete"}])
        self.assertIn("learned from 1 of 1 programs and catalogues: 3 roots and 3 intermediates, and 0", err)

    def test_a_root_that_nobody_has_gets_no_hash(self):
        profile, err = self.learn(PE / "signed.exe")
        item, certificate = self.items(profile, "Root")["CN=Test Code Root, O=winroots tests"]
        key = hashlib.sha1(b"").hexdigest()
        self.assertEqual(set(certificate), {"identity", "subject", "key_id"})
        self.assertEqual((certificate["identity"], len(certificate["key_id"]), item["basis"]),
                         ("issuer-only", len(key), "inferred"))
        self.assertIn("and 1 issuers known only by name", err)

    def test_what_is_not_time_stamped_must_not_be_expired(self):
        profile, _ = self.learn(PE / "two_entries.exe", "--supply", PE)
        item, certificate = self.items(profile, "Root")["CN=Test Code Root, O=winroots tests"]
        self.assertEqual(certificate["sha256"], sha256("code_root"))
        self.assertFalse({"accept_expired", "existing_signatures"} & set(item))
        item, certificate = self.items(profile, "CA")["CN=Test Code CA, O=winroots tests"]
        self.assertEqual((certificate["sha256"], item["severity"], item["basis"]),
                         (sha256("code_ca"), "required", "name-only"), "the file lacks it")

    def test_files_help_each_other_and_folders_are_read_by_content(self):
        for name in ("nested.exe", "signed.exe", "unsigned.exe"):
            shutil.copy(PE / name, self.folder / f"{name}.bin")
        self.file("sub/note.txt", "no program")
        shutil.copy(FIXTURES / "ctl/catalogue.cat", self.folder / "sub/driver")
        profile, err = self.learn(self.folder)
        self.assertEqual({u["uri"][len(str(self.folder)) + 1:] for u in profile["sources"]},
                         {"nested.exe.bin", "signed.exe.bin", "sub/driver"})
        item, _ = self.items(profile, "Root")["CN=Test Code Root, O=winroots tests"]
        self.assertEqual((item["basis"], len(item["source"])), ("sourced", 2))
        self.assertIn("CN=Test Root, O=winroots tests", self.items(profile, "Root"))
        self.assertIn("unsigned.exe.bin: not signed", err)
        self.assertIn("learned from 3 of 4", err)

    def test_the_same_files_give_the_same_profile_which_loads_again(self):
        path = self.folder / "learned.json"
        self.learn(PE)
        first = path.read_bytes()
        self.learn(PE)
        self.assertEqual(path.read_bytes(), first)
        self.assertEqual(run("profile", "show", path)[:2], (0, first.decode()))
        self.assertEqual(run("profile", "learn", PE)[:2], (0, first.decode()), "without -o, to standard output")

    def test_a_host_is_compared_with_it_and_a_name_proves_nothing(self):
        self.learn(PE / "signed.exe", "--supply", PE / "code_root.cer")
        learned, host = self.folder / "learned.json", self.file("host.p7b", (PE / "code_root.cer").read_bytes())
        place = ("--store", f"LM/Root={host}", "--require", learned, "--as-of", AS_OF)
        code, report, _ = analyze(*place)
        results = {i["subject"]: (i["severity"], i["result"]) for i in report["requirements"][0]["items"]}
        self.assertEqual(results["CN=Test Code Root, O=winroots tests"], ("required", "PASS"))
        self.assertEqual((code, results["CN=Test Time Root, O=winroots tests"]), (1, ("required", "FAIL")))
        self.learn(PE / "two_entries.exe", "--supply", PE / "code_ca.cer")
        code, report, _ = analyze(*place)
        item = next(i for i in report["requirements"][0]["items"] if i["id"].startswith("root-"))
        self.assertEqual((item["result"], "certificate" in item), ("UNKNOWN", False))
        self.assertIn("a name is no proof", item["detail"])

    def test_nothing_to_learn(self):
        _, err = self.learn(PE / "unsigned.exe", PE / "table_outside.exe", PE / "code_ca.cer", expected=3)
        self.assertIn("unsigned.exe: not signed", err)
        self.assertIn("table_outside.exe:0xe8: a certificate table", err)
        self.assertIn("code_ca.cer: neither a program (PE) nor a catalogue", err)
        _, err = self.learn(PE / "without_signer.exe", expected=3)
        self.assertIn("neither in the file nor in the supply", err)
        _, err = self.learn(self.folder / "absent.exe", expected=3)
        self.assertIn("absent.exe", err)

    def test_wrong_use(self):
        for args in ([], ["--surprise", PE], [PE / "signed.exe", "--supply", self.folder / "absent"],
                     [PE / "signed.exe", "--ctl", PE / "code_ca.cer"]):
            self.learn(*args, expected=2)
        _, err = self.learn(PE / "nested.exe", "--ctl", FIXTURES / "ctl/list.stl")
        self.assertIn("does not verify: not used", err)
        code, _, err = run("profile", "show", PE / "signed.exe")
        self.assertEqual(code, 2, err)
        code, _, err = run("profile", "learn", PE / "nested.exe", "-o", self.folder / "no/such/folder.json")
        self.assertEqual(code, 5, err)

    def test_hostile_names_stay_one_line(self):
        path = self.folder / file_name("a\nb\x1b[31m.exe")
        shutil.copy(PE / "nested.exe", path)
        profile, _ = self.learn(path)
        self.assertTrue(profile["sources"][0]["uri"].isprintable())


if __name__ == "__main__":
    main()
