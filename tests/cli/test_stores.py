#!/usr/bin/env python3
"""Every place of windows-trust section 1 where Windows keeps certificates, in every kind of registry evidence."""
import struct

from harness import Case, analyze, inspect, main
from registry import (CERTIFICATES, POLICIES, blob, certificate, element, hive, pol, record, reg, sha1,
                      store)

RSA, P256, P384, V1 = map(certificate, ("root_rsa", "root_P-256", "root_P-384", "root_v1"))
USER = "Software\\" + CERTIFICATES


def places(report, der):
    """{(location, store)} of a certificate"""
    for c in report["certificates"]:
        if c["sha1"] == sha1(der):
            return {(i["location"], i["store"]) for i in c["instances"]}
    return set()


def messages(report):
    return " ".join(d["message"] for d in report["diagnostics"])


class Machine(Case):
    def test_every_machine_location(self):
        path = self.file("SOFTWARE", hive(
            store(CERTIFICATES + "\\ROOT", RSA), store(CERTIFICATES + "\\AuthRoot", RSA),
            store(POLICIES + "\\Root", RSA), store("Microsoft\\EnterpriseCertificates\\NTAuth", RSA),
            store("Microsoft\\Cryptography\\Services\\NTDS\\SystemCertificates\\MY", RSA)))
        _, report, _ = analyze(path)
        self.assertEqual(places(report, RSA), {
            ("LM", "Root"), ("LM", "AuthRoot"), ("LM-GroupPolicy", "Root"), ("LM-Enterprise", "NTAuth"),
            ("LM-Service:NTDS", "My")})
        self.assertEqual(report["coverage"]["machine_hive"], "given")

    def test_wow6432node_copy_gives_no_trust(self):
        path = self.file("SOFTWARE", hive(
            (CERTIFICATES + "\\ROOT", {}), store("Wow6432Node\\" + CERTIFICATES + "\\ROOT", RSA)))
        _, report, _ = analyze(path)
        self.assertEqual(places(report, RSA), {("LM-Wow6432Node", "Root")})
        self.assertEqual({row["status"] for row in report["certificates"][0]["trust"]}, {"not_trusted"})

    def test_keys_of_my_are_elements_too(self):
        key = {"subkeys": {"Keys": {"subkeys": {"AB" * 20: {"values": {
            "Blob": record(35, b"key id")}}}}}}
        path = self.file("SOFTWARE", hive((CERTIFICATES + "\\MY", key)))
        _, report, _ = analyze(path)
        self.assertEqual([s["name"] for s in report["stores"]], ["My"])
        self.assertFalse([d for d in report["diagnostics"] if d["severity"] == "skipped"])

    def test_store_in_one_value(self):
        sst = struct.pack("<I4s", 0, b"CERT") + blob(RSA) + blob(P256) + bytes(12)
        path = self.file("SOFTWARE", hive((POLICIES + "\\Root", {"values": {"Blob": sst}})))
        _, report, _ = analyze(path)
        for der in RSA, P256:
            self.assertEqual(places(report, der), {("LM-GroupPolicy", "Root")})

    def test_core_os_data(self):
        path = self.file("OSDATA", hive(store("Software\\Microsoft\\WCOSCertificates\\Root", RSA)))
        _, report, _ = analyze(path)
        self.assertEqual(places(report, RSA), {("LM-WCOS", "Root")})
        self.assertEqual(report["coverage"]["machine_hive"], "absent")


class Users(Case):
    """Whose hive it is: by its path, by its content, by the machine's ProfileList."""

    def location(self, name, content, *more):
        _, report, _ = analyze(self.file(name, content), *more)
        (place,) = places(report, RSA)
        return place[0]

    def test_by_path(self):
        for name, owner in (("Users/alice/NTUSER.DAT", "Users/alice"),
                            ("Windows/System32/config/DEFAULT", "S-1-5-18"),
                            ("Windows/ServiceProfiles/LocalService/NTUSER.DAT", "S-1-5-19"),
                            ("Windows/ServiceProfiles/NetworkService/NTUSER.DAT", "S-1-5-20")):
            with self.subTest(name):
                self.assertEqual(self.location(name, hive(store(USER + "\\Root", RSA), name="")),
                                 "CU:" + owner)

    def test_by_the_name_that_the_hive_stores(self):
        content = hive(store(USER + "\\Root", RSA), name="files\\LocalService\\NTUSER.DAT")
        self.assertEqual(self.location("a.dat", content), "CU:S-1-5-19")

    def test_profile_list_gives_the_sid(self):
        sid = "S-1-5-21-1-2-3-1001"
        machine = self.file("SOFTWARE", hive(
            (CERTIFICATES + "\\ROOT", {}),
            ("Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\" + sid,
             {"values": {"ProfileImagePath": "C:\\Users\\Alice"}})))
        content = hive(store(USER + "\\Root", RSA), name="")
        self.assertEqual(self.location("Users/alice/NTUSER.DAT", content, machine), "CU:" + sid)

    def test_root_is_the_software_key(self):
        """As `reg save HKCU\\Software` writes it; the same keys of the machine are the machine's."""
        explorer = "Microsoft\\Windows\\CurrentVersion\\Explorer\\UserAssist"
        branch = store(CERTIFICATES + "\\Root", RSA)
        self.assertEqual(self.location("Users/bob/saved.hiv", hive(branch, (explorer, {}), name="")),
                         "CU:Users/bob")
        build = ("Microsoft\\Windows NT\\CurrentVersion", {"values": {"CurrentBuild": "19045"}})
        self.assertEqual(self.location("saved.hiv", hive(branch, (explorer, {}), build)), "LM")

    def test_policy_of_a_user(self):
        content = hive(store("Software\\" + POLICIES + "\\Root", RSA), name="")
        self.assertEqual(self.location("Users/alice/NTUSER.DAT", content), "CU-GroupPolicy:Users/alice")


class Texts(Case):
    """.reg texts, whose keys may stand below any mount name, and policy files, which are intent."""

    def test_each_root_key(self):
        for root, branch, expected in (
                ("HKEY_LOCAL_MACHINE\\SOFTWARE", CERTIFICATES + "\\ROOT", ("LM", "Root")),
                ("HKEY_LOCAL_MACHINE\\OFFLINE_SW", CERTIFICATES + "\\AuthRoot", ("LM", "AuthRoot")),
                ("HKEY_USERS\\S-1-5-21-9", USER + "\\Root", ("CU:S-1-5-21-9", "Root")),
                ("HKEY_USERS\\.DEFAULT", USER + "\\Root", ("CU:S-1-5-18", "Root")),
                ("HKEY_LOCAL_MACHINE\\NTUSER_bob", USER + "\\Root", ("CU:NTUSER_bob", "Root")),
                ("HKEY_CURRENT_USER", USER + "\\CA", ("CU:export.reg", "CA"))):
            for whole in True, False:
                with self.subTest(root=root, whole=whole):
                    path = self.file("export.reg", reg(root, store(branch, RSA), whole=whole))
                    _, report, _ = analyze(path)
                    self.assertEqual(places(report, RSA), {expected})

    def test_a_part_of_the_machine_is_said_to_be_one(self):
        branch = store(CERTIFICATES + "\\ROOT", RSA)
        root = "HKEY_LOCAL_MACHINE\\SOFTWARE"
        _, whole, _ = analyze(self.file("whole.reg", reg(root, branch)))
        _, part, _ = analyze(self.file("part.reg", reg(root, branch, whole=False)))
        self.assertEqual(whole["coverage"]["machine_hive"], "given")
        self.assertEqual(part["coverage"]["machine_hive"], "partial")

    def test_classes_of_a_user_are_no_second_user(self):
        path = self.file("a.reg", reg("HKEY_USERS\\S-1-5-21-9_Classes", store(USER + "\\Root", RSA)))
        _, report, _ = analyze(path)
        self.assertEqual(report["certificates"], [])

    def test_hive_and_text_give_the_same(self):
        branches = (store(CERTIFICATES + "\\ROOT", RSA, element(P256, name="00" * 20)),
                    store(POLICIES + "\\Disallowed", V1),
                    (POLICIES + "\\AuthRoot", {"values": {"DisableRootAutoUpdate": 1}}))
        reports = [analyze(self.file("SOFTWARE", hive(*branches)))[1],
                   analyze(self.file("a.reg", reg("HKEY_LOCAL_MACHINE\\SOFTWARE", *branches)))[1]]
        for report in reports:
            del report["evidence"], report["as_of"]
            report["host"].pop("observed", None)  # a text has no date
            del report["facts"]  # places and dates, all of them
            for c in report["certificates"]:
                for i in c["instances"]:
                    i.pop("source"), i.pop("last_write", None)
                for row in c["trust"]:
                    for reason in row["reasons"]:
                        reason.pop("source", None)
                c.get("disallowed", {}).pop("source", None)
            for thing in report["stores"] + report["findings"]:
                thing.pop("source", None), thing.pop("last_write", None)
            for policy in report["policies"]:
                policy.pop("key"), policy.pop("last_write", None)
            report["diagnostics"] = []
        self.assertEqual(*reports)
        self.assertEqual(len(reports[0]["certificates"]), 3)

    def test_policy_file_is_intent(self):
        content = pol(store("Software\\" + POLICIES + "\\Root", RSA),
                      ("Software\\" + POLICIES + "\\AuthRoot", {"values": {"DisableRootAutoUpdate": 1}}))
        path = self.file("Machine/Registry.pol", content)
        _, report, _ = analyze(self.file("SOFTWARE", hive((CERTIFICATES + "\\ROOT", {}))), path)
        self.assertEqual(report["certificates"], [])
        self.assertEqual({p["name"] for p in report["policies"]},
                         {"DisableRootAutoUpdate", "Root\\Certificates\\" + sha1(RSA).upper()})
        self.assertFalse([f for f in report["findings"] if f["id"] == "root_update_disabled"])
        _, shown, _ = inspect(path)
        detail = shown["files"][0]["detail"]
        self.assertEqual([c["sha1"] for c in detail["certificates"]], [sha1(RSA)])
        self.assertEqual((detail["keys"], detail["values"], detail["deletes"]), (2, 2, 0))

    def test_deletions_of_a_text(self):
        text = ("Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\" +
                CERTIFICATES + "\\ROOT\\Certificates\\" + sha1(RSA) + "]\r\n\"Blob\"=hex:" +
                blob(RSA).hex(",") + "\r\n[-HKEY_LOCAL_MACHINE\\SOFTWARE\\" + CERTIFICATES +
                "\\ROOT\\Certificates\\" + sha1(RSA).upper() + "]\r\n")
        path = self.file("a.reg", text)
        _, shown, _ = inspect(path)
        self.assertEqual(shown["files"][0]["detail"]["deletes"], 1)
        _, report, _ = analyze(path)
        self.assertEqual(report["certificates"], [])


if __name__ == "__main__":
    main()
