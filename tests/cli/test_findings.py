#!/usr/bin/env python3
"""Findings that need a host of letters: each is there where it fits, and not where it does not."""
import hashlib
import struct

from harness import FIXTURES, Case, analyze, main
from registry import CERTIFICATES, POLICIES, certificate, element, hive, store

import ctl  # registry.py has put the recipes' folder on the path
import pki

RSA, P256, LEAF = map(certificate, ("root_rsa", "root_P-256", "leaf_sha1"))
ROOT, AUTHROOT = CERTIFICATES + "\\ROOT", CERTIFICATES + "\\AuthRoot"
USER = "Software\\" + CERTIFICATES
AUTO_UPDATE = AUTHROOT + "\\AutoUpdate"
SERVER, CODE = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.3"
YEAR_2001 = struct.pack("<Q", 126227808000000000)


def oids(*dotted):
    return pki.seq(*map(pki.oid, dotted))


def entry(der, *properties):
    return ctl.subject(hashlib.sha1(der).digest(), *(ctl.property_(n, d) for n, d in properties))


class Findings(Case):
    def found(self, *branches, listed=None, more=()):
        """{id: severity} of a host of these branches, under a list of these entries."""
        host = self.file("SOFTWARE", hive((ROOT, {}), *branches))
        args = [host, *more, "--as-of", "2030-06-01T00:00:00Z", "--allow-unverified-lists"]
        if listed is not None:
            path = self.file("list.stl", ctl.signed(ctl.trust_list(subjects=listed)))
            args += ["--ctl", path]
        _, report, _ = analyze(*args)
        self.details = {f["id"]: f["detail"] for f in report["findings"]}
        return {f["id"]: f["severity"] for f in report["findings"]}

    def test_a_clone_by_name(self):
        clone = pki.certificate("Program Root", "Program Root", ca=True)
        listed = [ctl.subject(b"\1" * 20, ctl.property_(29, hashlib.md5(pki.name("Program Root")).digest()),
                              ctl.property_(20, b"\2" * 20))]
        self.assertEqual(self.found(store(ROOT, clone), listed=listed)["clone_of_program_root"], "high")
        self.assertIn("01" * 20, self.details["clone_of_program_root"])
        self.assertNotIn("clone_of_program_root", self.found(store(ROOT, RSA), listed=listed))

    def test_purposes_widened(self):
        listed = [entry(RSA, (9, oids(SERVER)))]
        for own, widened in (((), True), (((9, oids(SERVER, CODE)),), True), (((9, oids(SERVER)),), False)):
            with self.subTest(own=own):
                found = self.found(store(ROOT, element(RSA, *own)), listed=listed)
                self.assertEqual("purposes_widened" in found, widened)

    def test_restriction_dropped(self):
        listed = [entry(RSA, (104, YEAR_2001))]
        self.assertIn("restriction_dropped", self.found(store(AUTHROOT, RSA), listed=listed))
        own = element(RSA, (104, YEAR_2001))
        self.assertNotIn("restriction_dropped", self.found(store(AUTHROOT, own), listed=listed))

    def test_removed_from_the_list(self):
        self.assertIn("removed_from_list", self.found(store(AUTHROOT, RSA), listed=[entry(P256)]))
        self.assertNotIn("removed_from_list", self.found(store(ROOT, RSA), listed=[entry(P256)]))
        self.assertNotIn("removed_from_list", self.found(store(AUTHROOT, RSA), listed=[entry(RSA)]))
        self.assertNotIn("removed_from_list", self.found(store(AUTHROOT, RSA)))

    def test_security_vendor_refused(self):
        vendor = pki.certificate("Trend Micro, Inc.", "Some CA")
        self.assertEqual(self.found(store(CERTIFICATES + "\\Disallowed", vendor))["security_vendor_disallowed"],
                         "high")
        self.assertNotIn("security_vendor_disallowed", self.found(store(CERTIFICATES + "\\CA", vendor)))
        other = pki.certificate("RESET Inc.", "Some CA")
        self.assertNotIn("security_vendor_disallowed", self.found(store(CERTIFICATES + "\\Disallowed", other)))

    def test_physical_store(self):
        def registered(of, name, **values):
            return f"{CERTIFICATES}\\{of}\\PhysicalStores\\{name}", {"values": values}

        self.assertIn("physical_store", self.found(registered("ROOT", ".AuthRoot", OpenStoreProvider="#0", Flags=2)))
        self.assertIn("physical_store", self.found(registered("ROOT", "x", OpenStoreProvider="File", Flags=1)))
        self.assertNotIn("physical_store",
                         self.found(registered("ACRS", ".LocalMachine", OpenStoreProvider="#0", Flags=2)))
        for values in ({"OpenStoreProvider": "#0", "Flags": 0}, {"Flags": 0}, {}):
            self.assertNotIn("physical_store", self.found(registered("ROOT", ".AuthRoot", **values)), "as Windows has it")

    def test_wow6432node(self):
        self.assertIn("wow6432node_copy", self.found(store("Wow6432Node\\" + ROOT, RSA)))
        self.assertNotIn("wow6432node_copy", self.found(store(ROOT, RSA)))

    def test_user_root_without_consent(self):
        head = struct.pack("<IIQII", 24, 1, 0, 1, 24)
        protected = USER + "\\Root\\ProtectedRoots"
        for der, there in ((P256, True), (RSA, False)):
            value = head + hashlib.sha1(der).digest()
            user = self.file("Users/eve/NTUSER.DAT", hive(
                store(USER + "\\Root", RSA), (protected, {"values": {"Certificates": value}}), name=""))
            self.assertEqual("user_root_without_consent" in self.found(more=[user]), there)

    def test_redirected_update(self):
        self.assertIn("update_redirected", self.found((AUTO_UPDATE, {"values": {"RootDirUrl": "file://x"}})))
        self.assertNotIn("update_redirected", self.found((AUTO_UPDATE, {})))

    def test_rollback(self):
        def at(day):
            return ctl.signed(ctl.trust_list(sequence=ctl.SEQUENCE + day))

        cached = self.file("Users/a/AppData/LocalLow/Microsoft/CryptnetUrlCache/Content/X", at(9))
        for day, rolled_back in ((5, False), (9, False), (12, False)):
            found = self.found((AUTO_UPDATE, {"values": {"EncodedCtl": at(day)}}), more=[cached])
            self.assertEqual("list_rollback" in found, rolled_back, "lists that do not verify prove nothing")

    def test_weak_key(self):
        weak = pki.certificate("Old Root", "Old Root", ca=True)
        self.assertEqual(self.found(store(ROOT, weak))["weak_key"], "low")
        self.assertIn("rsa key of 1024 bits", self.details["weak_key"])
        self.assertNotIn("weak_key", self.found(store(ROOT, RSA, P256)))

    def test_watch_list(self):
        """A root of Entrust's, real, whose trust for new certificates ended."""
        _, report, _ = analyze(FIXTURES / "demo/SOFTWARE")
        (watched,) = [f for f in report["findings"] if f["id"] == "watch_list"]
        self.assertIn("partial-distrust", watched["detail"])
        self.assertEqual(watched["severity"], "info")

    def test_policy_of_a_user_is_looked_at_too(self):
        user = self.file("Users/eve/NTUSER.DAT", hive(store("Software\\" + POLICIES + "\\Root", LEAF), name=""))
        self.assertIn("not_self_signed_root", self.found(more=[user]))


if __name__ == "__main__":
    main()
