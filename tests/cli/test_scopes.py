#!/usr/bin/env python3
"""Users and services: what they trust beside the machine.  windows-trust 1.3, 2.1, 2.2."""
import hashlib
import struct

from harness import Case, analyze, main, run
from registry import CERTIFICATES, POLICIES, certificate, hive, reg, sha1, store

RSA, P256, V1 = map(certificate, ("root_rsa", "root_P-256", "root_v1"))
TIME = "2030-06-01T00:00:00Z"
USER = "Software\\" + CERTIFICATES
PROTECTED = USER + "\\Root\\ProtectedRoots"
FLAGS = POLICIES + "\\Root\\ProtectedRoots"


def consent(*ders, layout=True):
    """The value Certificates, as the one published sample and its reading have it."""
    hashes = b"".join(hashlib.sha1(der).digest() for der in ders)
    head = struct.pack("<IIQII", 24, 1, 0x01D5B03C4B5A8000, len(ders), 24)
    return PROTECTED, {"values": {"Certificates": (head if layout else b"\x02\0\0\0unknown") + hashes}}


def flags(number):
    return FLAGS, {"values": {"Flags": number}}


def physical(path, name, **values):
    return f"{path}\\PhysicalStores\\{name}", {"values": values}


class Scope(Case):
    def rows(self, der, scope, *files):
        """{purpose: (status, code that decided)} of a scope; a user has rows only where they differ."""
        paths = [self.file(name, content) for name, content in files]
        _, self.report, _ = analyze(*paths, "--as-of", TIME)
        for c in self.report["certificates"]:
            if c["sha1"] == sha1(der):
                return {t["purpose"]: (t["status"], t["reasons"][0]["code"]) for t in c["trust"]
                        if t["scope"] == scope}
        return None

    def alice(self, *branches):
        return "Users/alice/NTUSER.DAT", hive(store(USER + "\\Root", RSA), *branches, name="")

    def machine(self, *branches):
        return "SOFTWARE", hive((CERTIFICATES + "\\ROOT", {}), *branches)


class Users(Scope):
    def server_auth(self, *files):
        rows = self.rows(RSA, "user:Users/alice", *files)
        self.assertEqual(self.rows(RSA, "machine", *files)["server_auth"], ("not_trusted", "not_installed"))
        return rows["server_auth"]

    def test_with_consent(self):
        self.assertEqual(self.server_auth(self.machine(), self.alice(consent(P256, RSA)))[0], "trusted")

    def test_consent_in_an_unknown_layout(self):
        self.assertEqual(self.server_auth(self.machine(), self.alice(consent(RSA, layout=False)))[0], "trusted")

    def test_without_consent(self):
        for listed in (consent(P256), consent(), consent(P256, layout=False)):
            self.assertEqual(self.server_auth(self.machine(), self.alice(listed)), ("not_trusted", "no_consent"))

    def test_a_hash_behind_the_counted_ones_is_no_consent(self):
        path, key = consent(P256)
        key["values"]["Certificates"] += hashlib.sha1(RSA).digest()
        self.assertEqual(self.server_auth(self.machine(), self.alice((path, key))), ("not_trusted", "no_consent"))

    def test_protection_not_begun(self):
        self.assertEqual(self.server_auth(self.machine(), self.alice()), ("conditional", "consent_not_recorded"))
        self.assertEqual(self.server_auth(self.machine(flags(2)), self.alice()), ("not_trusted", "no_consent"))

    def test_an_export_need_not_hold_the_list(self):
        text = reg("HKEY_USERS\\S-1-5-21-7", store(USER + "\\Root", RSA))
        rows = self.rows(RSA, "user:S-1-5-21-7", self.machine(), ("a.reg", text))
        self.assertEqual(rows["server_auth"], ("unknown", "consent_unknown"))

    def test_flag_1_shuts_users_roots(self):
        rows = self.rows(RSA, "user:Users/alice", self.machine(flags(1)), self.alice(consent(RSA)))
        self.assertEqual(rows["server_auth"], ("not_trusted", "member_not_opened"))

    def test_a_root_of_the_machine_too_has_no_rows_for_users(self):
        rows = self.rows(RSA, "user:Users/alice", self.machine(store(CERTIFICATES + "\\ROOT", RSA)),
                         self.alice(consent()))
        self.assertEqual(rows, {})

    def test_policy_root_of_a_user_is_uncertain(self):
        rows = self.rows(V1, "user:Users/alice", self.machine(),
                         self.alice(store("Software\\" + POLICIES + "\\Root", V1)))
        self.assertEqual(rows["server_auth"], ("conditional", "user_policy_root"))

    def test_disallowed_of_a_user_refuses_for_that_user_alone(self):
        machine = self.machine(store(CERTIFICATES + "\\ROOT", RSA))
        user = self.alice(store(USER + "\\Disallowed", RSA))
        self.assertEqual(self.rows(RSA, "user:Users/alice", machine, user)["server_auth"],
                         ("distrusted", "disallowed_store"))
        self.assertEqual(self.rows(RSA, "machine", machine, user)["server_auth"][0], "trusted")
        bob = ("Users/bob/NTUSER.DAT", hive(store(USER + "\\CA", P256), name=""))
        self.assertEqual(self.rows(RSA, "user:Users/bob", machine, user, bob), {})

    def test_disallowed_of_the_machine_refuses_users_roots(self):
        rows = self.rows(RSA, "user:Users/alice", self.machine(store(CERTIFICATES + "\\Disallowed", RSA)),
                         self.alice(consent(RSA)))
        self.assertEqual(rows, {})
        self.assertEqual(self.report["certificates"][0]["disallowed"]["by"], "store")

    def test_text_shows_what_differs(self):
        _, out, _ = run("analyze", self.file(*self.machine()), self.file(*self.alice(consent(RSA))), "--as-of", TIME)
        self.assertRegex(out, rf"Users and services, where they differ\n  user:Users/alice\n  YYYYY  \S+  .*\n +{sha1(RSA)}\n")

    def test_service(self):
        path = "Microsoft\\Cryptography\\Services\\NTDS\\SystemCertificates\\Root"
        rows = self.rows(RSA, "service:NTDS", self.machine(store(path, RSA)))
        self.assertEqual(rows["server_auth"][0], "trusted")


class PhysicalStores(Scope):
    def test_machine_member_switched_off(self):
        for member, branch in ((".AuthRoot", CERTIFICATES + "\\AuthRoot"), (".Default", CERTIFICATES + "\\ROOT"),
                               (".GroupPolicy", POLICIES + "\\Root"),
                               (".Enterprise", "Microsoft\\EnterpriseCertificates\\Root")):
            with self.subTest(member):
                host = self.machine(store(branch, RSA),
                                    physical(CERTIFICATES + "\\ROOT", member, OpenStoreProvider="#0", Flags=2))
                self.assertEqual(self.rows(RSA, "machine", host)["server_auth"],
                                 ("not_trusted", "member_not_opened"))

    def test_user_without_the_machines_roots(self):
        machine = self.machine(store(CERTIFICATES + "\\ROOT", P256))
        user = self.alice(consent(RSA), physical(USER + "\\Root", ".LocalMachine", OpenStoreProvider="#0", Flags=2))
        self.assertEqual(self.rows(P256, "user:Users/alice", machine, user)["server_auth"],
                         ("not_trusted", "member_not_opened"))
        self.assertEqual(self.rows(P256, "machine", machine, user)["server_auth"][0], "trusted")

    def test_ordinary_acrs_store_changes_nothing(self):
        host = self.machine(store(CERTIFICATES + "\\ROOT", RSA),
                            physical(CERTIFICATES + "\\ACRS", ".LocalMachine", OpenStoreProvider="#0", Flags=2))
        self.assertEqual(self.rows(RSA, "machine", host)["server_auth"][0], "trusted")

    def test_what_a_store_elsewhere_holds_is_unknown(self):
        host = self.machine(store(CERTIFICATES + "\\CA", P256), store(CERTIFICATES + "\\ROOT", RSA),
                            physical(CERTIFICATES + "\\ROOT", "Acme", OpenStoreProvider="File", Flags=0,
                                     OpenParameters="C:\\acme.sst\0".encode("utf-16-le")))
        self.assertEqual(self.rows(P256, "machine", host)["server_auth"],
                         ("unknown", "physical_store_elsewhere"))
        self.assertEqual(self.rows(RSA, "machine", host)["server_auth"][0], "trusted")


if __name__ == "__main__":
    main()
