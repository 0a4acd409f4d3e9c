#!/usr/bin/env python3
"""Values of a host that are odd or damaged: what they say where they say something, and never a verdict that rests on
what could not be read."""
import re
import struct

from harness import Case, analyze, main
from registry import CERTIFICATES, POLICIES, blob, certificate, hive, record, sha1, store

import ctl  # registry.py has put the recipes' folder on the path

RSA, P256 = map(certificate, ("root_rsa", "root_P-256"))
ROOT, AUTHROOT = CERTIFICATES + "\\ROOT", CERTIFICATES + "\\AuthRoot"
AUTO_UPDATE, AUTHROOT_POLICY = AUTHROOT + "\\AutoUpdate", POLICIES + "\\AuthRoot"
PROTECTED = "Software\\" + CERTIFICATES + "\\Root\\ProtectedRoots"
AT = ("--as-of", "2030-06-01")
YEAR_2001 = struct.pack("<Q", 126227808000000000)


def damaged(content, name):
    """The hive with the data of each value of this name out of its bounds; longer data than stands in the value itself."""
    out, found = bytearray(content), 0
    for match in re.finditer(b"vk" + re.escape(struct.pack("<H", len(name))), content):
        if content[match.start() + 20:match.start() + 20 + len(name)] == name.encode():
            out[match.start() + 8:match.start() + 12] = struct.pack("<I", 0x7FFFFFF8)
            found += 1
    assert found, name
    return bytes(out)


class Damaged(Case):
    def report(self, content, *args):
        _, report, _ = analyze(self.file("SOFTWARE", content), *args, *AT)
        self.skipped = [d for d in report["diagnostics"] if d["severity"] == "skipped"]
        return report

    def statuses(self, report):
        return {t["status"] for c in report["certificates"] for t in c["trust"]}

    def policies(self, *branches):
        report = self.report(hive((ROOT, {}), *branches))
        return {p["name"]: p["value"] for p in report["policies"]}, [d["message"] for d in report["diagnostics"]]


class Policies(Damaged):
    def test_times(self):
        found, _ = self.policies((AUTO_UPDATE, {"values": {"LastSyncTime": YEAR_2001}}))
        self.assertEqual(found, {"LastSyncTime": "2001-01-01T00:00:00Z"})

    def test_another_size_says_nothing(self):
        for branch, name, size, expected in ((AUTHROOT_POLICY, "DisableRootAutoUpdate", 3, 4), (AUTO_UPDATE, "LastSyncTime", 4, 8)):
            found, said = self.policies((branch, {"values": {name: b"\1" * size}}))
            self.assertEqual(found, {})
            self.assertIn(f"value {name} has {size} bytes, expected {expected}", said)

    def test_a_value_that_cannot_be_read_is_skipped(self):
        content = hive((ROOT, {}), (AUTO_UPDATE, {"values": {"LastSyncTime": YEAR_2001}}))
        report = self.report(damaged(content, "LastSyncTime"))
        self.assertEqual(report["policies"], [])
        self.assertTrue(self.skipped)


class Lists(Damaged):
    def test_a_list_that_cannot_be_read_leaves_its_roots_unknown(self):
        content = hive(store(ROOT, RSA), (AUTO_UPDATE, {"values": {"EncodedCtl": ctl.signed(), "DisallowedCertEncodedCtl": ctl.signed()}}))
        self.assertIn("trusted", self.statuses(self.report(content)))
        for name in "EncodedCtl", "DisallowedCertEncodedCtl":
            report = self.report(damaged(content, name))
            self.assertTrue(self.skipped, name)
            self.assertEqual(self.statuses(report), {"unknown"}, name)

    def test_a_list_that_is_none_leaves_its_roots_unknown(self):
        for name, status in (("EncodedCtl", "unknown"), ("DisallowedCertEncodedCtl", "unknown"), ("PinRulesEncodedCtl", "trusted")):
            report = self.report(hive(store(ROOT, RSA), (AUTO_UPDATE, {"values": {name: ctl.signed()[:-9]}})))
            self.assertTrue(self.skipped, name)
            self.assertEqual(self.statuses(report), {status}, name)


class Elements(Damaged):
    def test_a_blob_that_cannot_be_read(self):
        report = self.report(damaged(hive(store(ROOT, RSA)), "Blob"))
        self.assertEqual(report["certificates"], [])
        self.assertEqual([(s["name"], s["skipped"]) for s in report["stores"]], [("Root", 1)])

    def test_a_key_without_a_blob(self):
        report = self.report(hive(store(ROOT, RSA, {"AB" * 20: {"values": {"Other": 1}}})))
        self.assertIn("the key has no value Blob, expected one", [d["message"] for d in self.skipped])
        self.assertEqual(len(report["certificates"]), 1)

    def test_a_store_in_one_value_that_is_none(self):
        for value in (b"no store", struct.pack("<I4s", 0, b"CERT") + blob(RSA)[:-40]):
            self.report(hive((POLICIES + "\\Root", {"values": {"Blob": value}})))
            self.assertTrue(self.skipped)

    def test_a_damaged_refusal_leaves_trust_unknown(self):
        """What stood in Disallowed may have been any of the roots."""
        for blob_, status in ((blob(P256), "trusted"), (b"7 bytes", "unknown")):
            content = hive(store(ROOT, RSA), store(CERTIFICATES + "\\Disallowed", {"AB" * 20: {"values": {"Blob": blob_}}}))
            (found,) = [c for c in self.report(content)["certificates"] if c["sha1"] == sha1(RSA)]
            self.assertEqual({t["status"] for t in found["trust"]}, {status})


class PhysicalStores(Damaged):
    def host(self, parameters):
        values = {"OpenStoreProvider": "File", "OpenParameters": parameters, "Flags": 0, "Priority": 1}
        return hive(store(ROOT, RSA), (ROOT + "\\PhysicalStores\\.Other", {"values": values}))

    def target(self, content):
        (found,) = [p for s in self.report(content)["stores"] for p in s.get("physical_stores", [])]
        return found.get("target")

    def test_parameters_are_text_where_they_are_text(self):
        self.assertEqual(self.target(self.host("c:\\store.sst".encode("utf-16-le") + b"\0\0")), "c:\\store.sst")
        self.assertFalse(self.target(self.host(b"\1\0\2\0\0\0")))

    def test_parameters_that_cannot_be_read(self):
        self.assertFalse(self.target(damaged(self.host("c:\\store.sst".encode("utf-16-le") + b"\0\0"), "OpenParameters")))
        self.assertTrue(self.skipped)


class Users(Damaged):
    def user(self, content, *more):
        path = self.file("Users/eve/NTUSER.DAT", content)
        report = self.report(hive((ROOT, {})), path, *more)
        return report["facts"]["users"][0]["consent"]

    def test_consent(self):
        stores = store("Software\\" + CERTIFICATES + "\\Root", RSA)
        whole = hive(stores, (PROTECTED, {"values": {"Certificates": struct.pack("<III", 24, 1, 0) + bytes(12)}}), name="")
        self.assertEqual(self.user(whole), "list")
        self.assertEqual(self.user(hive(stores, (PROTECTED, {}), name="")), "unused")
        self.assertEqual(self.user(hive(stores, name="")), "unused")
        self.assertEqual(self.user(damaged(whole, "Certificates")), "unknown")
        self.assertTrue(self.skipped)

    def test_a_profile_without_a_folder_is_passed_over(self):
        profiles = "Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\S-1-5-21-1-2-3-"
        machine = hive((ROOT, {}), (profiles + "1000", {}), (profiles + "1001", {"values": {"ProfileImagePath": "C:\\Users\\eve"}}))
        user = self.file("Users/eve/NTUSER.DAT", hive(store("Software\\" + CERTIFICATES + "\\Root", RSA), name=""))
        report = self.report(machine, user)
        self.assertEqual([u["owner"] for u in report["facts"]["users"]], ["S-1-5-21-1-2-3-1001"])


class Host(Damaged):
    def guid(self, text):
        return self.report(hive((ROOT, {}), ("Microsoft\\Cryptography", {"values": {"MachineGuid": text}})))["host"].get("machine_guid")

    def test_machine_guid(self):
        self.assertEqual(self.guid("3F2504E0-4F89-11D3-9A0C-0305E82C3301"), "3f2504e0-4f89-11d3-9a0c-0305e82c3301")
        for other in ("3F2504E0-4F89-11D3-9A0C-0305E82C330Z", "3F2504E04F89-11D3-9A0C-0305E82C33011", "3F2504E0", ""):
            self.assertIsNone(self.guid(other), other)


class Supply(Damaged):
    def test_what_is_no_certificate_is_skipped_and_the_rest_used(self):
        sst = struct.pack("<I4s", 0, b"CERT") + record(33, b"a crl") + record(32, b"none") + blob(RSA) + bytes(12)
        report = self.report(hive((ROOT, {})), "--supply", self.file("supply.sst", sst), "--require", self.profile())
        self.assertTrue(self.skipped)
        self.assertEqual([a["action"] for a in report["plan"]], ["add"])

    def profile(self):
        return self.file("p.json", '{"schema": "winroots.profile/1", "id": "p", "title": "p", "version": "1", "certificates": {"c": {"sha1": "%s"}},'
                         '"requirements": [{"id": "i", "kind": "certificate-present", "store": "Root", "certificate": "c", "basis": "inferred",'
                         '"severity": "required"}]}' % sha1(RSA))


if __name__ == "__main__":
    main()
