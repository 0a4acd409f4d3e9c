#!/usr/bin/env python3
"""export: the trusted set of a purpose and scope, as OpenSSL takes it."""
import hashlib
import re
import struct
import subprocess

from harness import FIXTURES, Case, main, run
from registry import CERTIFICATES, POLICIES, certificate, element, hive, record, sha1, store

import ctl  # registry.py has put the recipes' folder on the path
import pki

RSA, P256, V1 = map(certificate, ("root_rsa", "root_P-256", "root_v1"))
ROOT_A, ROOT_B = ((FIXTURES / f"chain/root_{x}.der").read_bytes() for x in "ab")
ROOT = CERTIFICATES + "\\ROOT"
USER_ROOT = "Software\\" + CERTIFICATES + "\\Root"
LATER = "2030-06-01T00:00:00Z"
SERVER_AUTH = pki.seq(pki.oid("1.3.6.1.5.5.7.3.1"))
PAST = struct.pack("<Q", 133353216000000000)  # 2023-08-01
UPDATE_OFF = POLICIES + "\\AuthRoot", {"values": {"DisableRootAutoUpdate": 1}}


def openssl(*args, code=0):
    done = subprocess.run(["openssl", *map(str, args)], capture_output=True)
    assert done.returncode == code, (args, done)
    return done.stdout


class Export(Case):
    def export(self, purpose, *args, code=0):
        """{sha1: status} of what is written."""
        path = self.folder / "set.pem"
        path.unlink(missing_ok=True)
        got, out, self.err = run("export", *args, "--purpose", purpose, "--as-of", LATER, "-o", path)
        self.assertEqual((got, out), (code, ""), self.err)
        self.text = path.read_text()
        found = {}
        for block in self.text.split("\n\n")[1:]:
            der = subprocess.run(["openssl", "x509", "-outform", "DER"], input=block.encode(), capture_output=True,
                                 check=True).stdout
            self.assertIn("# sha256: " + hashlib.sha256(der).hexdigest(), block)
            found[sha1(der)] = re.search("^# status: (.*)", block, re.M).group(1)
        return found

    def host(self, *branches):
        return self.file("SOFTWARE", hive((ROOT, {}), *branches))

    def root_list(self, *entries):
        return self.file("list.stl", ctl.signed(ctl.trust_list(subjects=list(entries))))

    def verify(self, purpose, host, leaf, ca, holds):
        self.export(purpose, host)
        pem = {}
        for name in leaf, ca:
            pem[name] = self.folder / f"{name}.pem"
            openssl("x509", "-inform", "DER", "-in", FIXTURES / f"chain/{name}.der", "-out", pem[name])
        printed = openssl("verify", "-no-CApath", "-no-CAstore", "-CAfile", self.folder / "set.pem", "-attime", "1906502400",
                          "-untrusted", pem[ca], pem[leaf], code=0 if holds else 2)
        self.assertEqual(printed.strip().endswith(b": OK"), holds)

    def test_openssl_verifies_with_it(self):
        host = self.host(store(ROOT, element(ROOT_A)), store(CERTIFICATES + "\\CA", V1))
        self.verify("code_signing", host, "leaf", "ca", True)

    def test_openssl_refuses_what_windows_does_not_trust(self):
        for branches in ((store(ROOT, ROOT_B),),
                         (store(ROOT, ROOT_A, ROOT_B), store(CERTIFICATES + "\\Disallowed", ROOT_A)),
                         (store(ROOT, element(ROOT_A, (9, SERVER_AUTH)), ROOT_B),),
                         (store(ROOT, element(ROOT_A, (126, PAST)), ROOT_B),)):
            self.verify("code_signing", self.host(*branches), "leaf", "ca", False)

    def test_purpose(self):
        host = self.host(store(ROOT, element(RSA, (9, SERVER_AUTH)), P256))
        both, one = {sha1(RSA): "trusted", sha1(P256): "trusted"}, {sha1(P256): "trusted"}
        for name in "server_auth", "serverAuth", "1.3.6.1.5.5.7.3.1":
            self.assertEqual(self.export(name, host), both)
        for name in "code_signing", "1.2.3.4":
            self.assertEqual(self.export(name, host), one)
        self.assertIn("# purpose: 1.2.3.4,", self.text)

    def test_conditional(self):
        host = self.host(store(ROOT, element(RSA, (126, PAST)), P256))
        self.assertEqual(self.export("server_auth", host), {sha1(P256): "trusted"})
        self.assertIn("1 certificates are trusted under a condition and left out", self.err)
        self.assertEqual(self.export("server_auth", host, "--with-conditional"),
                         {sha1(P256): "trusted", sha1(RSA): "conditional"})
        self.assertIn("\n# reasons: not_before installed\n", self.text)

    def test_scopes(self):
        listed = struct.pack("<IIQII", 24, 1, 0x01D5B03C4B5A8000, 1, 24) + hashlib.sha1(RSA).digest()
        user = self.file("Users/alice/NTUSER.DAT", hive(
            store(USER_ROOT, RSA), (USER_ROOT + "\\ProtectedRoots", {"values": {"Certificates": listed}}), name=""))
        service = "Microsoft\\Cryptography\\Services\\NTDS\\SystemCertificates\\Root"
        hosts = self.host(store(ROOT, P256), store(service, V1)), user
        machine = {sha1(P256): "trusted"}
        self.assertEqual(self.export("email", *hosts), machine)
        self.assertEqual(self.export("email", *hosts, "--scope", "machine"), machine)
        self.assertEqual(self.export("email", *hosts, "--scope", "user:users/ALICE"), machine | {sha1(RSA): "trusted"})
        self.assertEqual(self.export("email", *hosts, "--scope", "service:NTDS"), machine | {sha1(V1): "trusted"})
        code, out, err = run("export", *hosts, "--purpose", "email", "--scope", "user:bob")
        self.assertEqual((code, out), (2, ""))
        self.assertRegex(err, "machine, .*service:NTDS")
        self.assertIn("user:Users/alice", err)

    def test_unknown(self):
        key = f"{ROOT}\\PhysicalStores\\Acme", {"values": {"OpenStoreProvider": "File", "Flags": 0}}
        host = self.host(store(ROOT, P256), store(CERTIFICATES + "\\CA", RSA), key)
        self.assertEqual(self.export("email", host, code=4), {sha1(P256): "trusted"})
        self.assertIn(f"the set may be incomplete: 1 certificates are unknown, the first is {sha1(RSA)}", self.err)

    def test_evidence_that_cannot_be_read(self):
        host = self.host(store(ROOT, P256), (f"{ROOT}\\Certificates\\{sha1(RSA).upper()}",
                                             {"values": {"Blob": b"damaged"}}))
        self.assertEqual(self.export("email", host, code=4), {sha1(P256): "trusted"})
        self.assertIn("the set may be incomplete: evidence could not be read", self.err)
        self.assertIn(sha1(RSA).upper(), self.err)
        nowhere = self.folder / "nowhere"
        self.assertEqual(self.export("email", self.host(store(ROOT, P256)), nowhere, code=4), {sha1(P256): "trusted"})
        self.assertEqual(run("export", nowhere, "--purpose", "email")[0], 3)

    def test_store_without_a_hive(self):
        bag = self.file("roots.pem", openssl("x509", "-inform", "DER", "-in", FIXTURES / "certs/root_rsa.der"))
        self.assertEqual(self.export("email", "--store", f"LM/Root={bag}"), {sha1(RSA): "trusted"})
        self.assertIn("no machine hive is given", self.err)

    def on_demand(self, *args, entry=(), branches=(), code=0):
        """RSA is in the list and in the supply, V1 in the supply alone; P256 is installed."""
        supply = self.file("supply/rsa.cer", RSA)
        self.file("supply/v1.cer", V1)
        path = self.root_list(ctl.subject(hashlib.sha1(RSA).digest(), *entry))
        found = self.export("server_auth", self.host(store(ROOT, P256), *branches), "--ctl", path, "--supply",
                            supply.parent, *args, code=code)
        self.assertEqual(found.pop(sha1(P256)), "trusted")
        return found

    def test_on_demand(self):
        self.assertEqual(self.on_demand("--assume-connected"), {})
        self.assertIn("the list is not used: its signature does not verify", self.err)
        unverified = "--allow-unverified-lists"
        self.assertEqual(self.on_demand(unverified), {})
        self.assertIn("1 certificates are trusted under a condition", self.err)
        fetched = {sha1(RSA): "trusted, from the supply"}
        self.assertEqual(self.on_demand(unverified, "--assume-connected"), fetched)
        self.assertIn("2 certificates for server_auth: 0 of them conditional, 1 from the supply", self.err)
        condition = {sha1(RSA): "conditional, from the supply"}
        self.assertEqual(self.on_demand(unverified, "--with-conditional"), condition)
        self.assertEqual(self.on_demand(unverified, "--assume-connected", branches=[UPDATE_OFF]), {})
        self.assertEqual(self.on_demand(unverified, "--with-conditional", branches=[UPDATE_OFF]), condition)

    def test_on_demand_is_judged_by_its_entry(self):
        options = "--allow-unverified-lists", "--assume-connected"
        sha256 = [ctl.property_(98, hashlib.sha256(x).digest()) for x in (RSA, V1)]
        fetched = {sha1(RSA): "trusted, from the supply"}
        self.assertEqual(self.on_demand(*options, entry=[sha256[0]]), fetched)
        self.assertEqual(self.on_demand(*options, entry=[sha256[1]]), {})  # another certificate of this SHA-1
        self.assertIn("1 roots of the list are on demand", self.err)
        self.assertEqual(self.on_demand(*options, entry=[ctl.property_(9, pki.seq(pki.oid("1.3.6.1.5.5.7.3.3")))]), {})
        self.assertEqual(self.on_demand(*options, entry=[ctl.property_(126, PAST)]), {})
        self.assertEqual(self.on_demand(*options, "--with-conditional", entry=[ctl.property_(126, PAST)]),
                         {sha1(RSA): "conditional, from the supply"})
        self.assertEqual(self.on_demand(*options, branches=[store(CERTIFICATES + "\\Disallowed", RSA)]), {})

    def test_on_demand_without_its_certificate(self):
        path = self.root_list(ctl.subject(hashlib.sha1(RSA).digest()),
                              ctl.subject(hashlib.sha1(V1).digest(), ctl.property_(9, pki.seq(pki.oid("1.2.3")))))
        self.export("server_auth", self.host(store(ROOT, P256)), "--ctl", path, "--allow-unverified-lists")
        self.assertIn("1 roots of the list are on demand and in nothing that was given", self.err)

    def test_sst_limits_each_to_the_purpose(self):
        host = self.host(store(ROOT, element(RSA, (11, b"N\0\0\0"), (126, PAST)), P256))
        for args in (("-o", self.folder / "x.sst"), ("-o", self.folder / "y.out", "--format", "sst")):
            code, _, err = run("export", host, "--purpose", "server_auth", "--as-of", LATER, "--with-conditional", *args)
            self.assertEqual(code, 0, err)
            elements = [record(9, SERVER_AUTH) + record(32, der) for der in (RSA, P256)]
            self.assertIn(args[1].read_bytes(), [b"\0\0\0\0CERT" + a + b + bytes(12)
                                                 for a, b in (elements, reversed(elements))])
            self.assertIn("1 certificates are conditional, and an SST does not say so", err)

    def test_names_stay_comments(self):
        key, conf = self.folder / "key", self.file("conf", "[req]\ndistinguished_name=d\n[d]\n")
        ders = [certificate(name) for name in ("name_hostile", "name_script", "name_empty", "name_bmp")]
        begin = "-----BEGIN CERTIFICATE-----"
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        for fill in range(8):  # OpenSSL reads 254 bytes of a line, then the rest as another line
            names = "".join(f"/OU={'x' * n}" for n in (60, 60, 60, fill)) + f"/CN={begin}"
            openssl("req", "-x509", "-config", conf, "-key", key, "-subj", "/OU=" + begin + names, "-days", "3650",
                    "-outform", "DER", "-out", self.folder / "made.der")
            ders.append((self.folder / "made.der").read_bytes())
        found = self.export("email", self.host(store(ROOT, *ders)), "--with-conditional")
        self.assertEqual(set(found), set(map(sha1, ders)))
        printed = openssl("storeutl", "-certs", "-noout", self.folder / "set.pem")
        self.assertIn(f"Total found: {len(ders)}".encode(), printed)
        self.assertEqual(self.text.count("-----BEGIN"), len(ders))
        for line in self.text.split("\n"):
            self.assertTrue(line.isprintable() and len(line.encode()) < 200, line)
            self.assertRegex(line, "^(#|-----(BEGIN|END) CERTIFICATE-----$|[A-Za-z0-9+/=]*$)")

    def test_standard_output(self):
        code, out, _ = run("export", self.host(store(ROOT, P256)), "--purpose", "email", "--as-of", LATER)
        self.assertEqual(code, 0)
        self.assertEqual(out.count("-----BEGIN CERTIFICATE-----"), 1)

    def test_usage(self):
        host = self.host(store(ROOT, P256))
        for args in ((), ("--purpose", "nothing at all"), ("--purpose", "email", "--format", "jks"),
                     ("--purpose", "email", "--scope", "LM")):
            code, out, err = run("export", host, *args)
            self.assertEqual((code, out), (2, ""), err)
            self.assertTrue(err)
        self.assertEqual(run("export", "--purpose", "email")[0], 2)
        self.assertEqual(run("export", host, "--purpose", "email", "-o", self.folder / "no/folder")[0], 5)


if __name__ == "__main__":
    main()
