#!/usr/bin/env python3
"""convert: a store from each format to each other; what is written is read by OpenSSL, or is what the recipes write."""
import hashlib
import re
import struct
import subprocess

from harness import FIXTURES, Case, main, run
from registry import CERTIFICATES, POLICIES, blob, certificate, element, hive, pol, sha1, store

RSA, P256, V1 = map(certificate, ("root_rsa", "root_P-256", "root_v1"))
SERVER_AUTH = bytes.fromhex("300a06082b06010505070301")
DATE = struct.pack("<Q", 133353216000000000)
PROPERTIES = ((11, "Ärger & Söhne\0".encode("utf-16-le")), (9, SERVER_AUTH), (104, b""), (122, SERVER_AUTH),
              (126, DATE), (127, SERVER_AUTH), (0x8001, b"any"))
BUNDLE = [certificate(n) for n in ("root_P-256", "root_P-384", "root_ed25519")]  # recipes/certs.sh
FORMATS = ("sst", "pem", "p7b", "reg", "pol")
WITH_PROPERTIES = ("sst", "reg", "pol")
ROOT = CERTIFICATES + "\\ROOT"


def sst(*blobs):
    return b"\0\0\0\0CERT" + b"".join(blobs) + bytes(12)


STORE = sst(blob(RSA, *PROPERTIES), blob(P256), blob(V1))
BARE = sst(blob(RSA), blob(P256), blob(V1))


def openssl(*args):
    return subprocess.run(["openssl", *map(str, args)], capture_output=True, check=True).stdout


def pem_blocks(text):
    """DER of each block, as `openssl x509` decodes it."""
    blocks = re.findall(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", text, re.S)
    return [subprocess.run(["openssl", "x509", "-outform", "DER"], input=block, capture_output=True,
                           check=True).stdout for block in blocks]


class Convert(Case):
    def convert(self, source, name, *options, code=0):
        got, out, self.err = run("convert", source, self.folder / name, *options)
        self.assertEqual((got, out), (code, ""), self.err)
        return self.folder / name

    def refused(self, source, name, *options, code=2):
        path = self.convert(source, name, *options, code=code)
        self.assertFalse(path.exists(), path)
        return self.err

    def test_each_format_to_each_other_and_back(self):
        source = self.file("store.sst", STORE)
        for one in FORMATS:
            first = self.convert(source, f"first.{one}")
            for two in FORMATS:
                with self.subTest(f"{one} to {two}"):
                    second = self.convert(first, f"{one}.{two}", "--force")
                    back = self.convert(second, f"{one}.{two}.sst", "--force").read_bytes()
                    kept = one in WITH_PROPERTIES and two in WITH_PROPERTIES
                    if {one, two} & {"reg", "pol"}:  # stores of a registry are in the order of their names or keys
                        self.assertEqual(len(back), len(STORE if kept else BARE))
                        for expected in (blob(RSA, *(PROPERTIES if kept else ())), blob(P256), blob(V1)):
                            self.assertIn(expected, back)
                    else:
                        self.assertEqual(back, STORE if kept else BARE)

    def test_pem_is_read_by_openssl(self):
        path = self.convert(self.file("store.sst", STORE), "out.pem")
        self.assertEqual(pem_blocks(path.read_bytes()), [RSA, P256, V1])
        self.assertIn("7 properties are lost", self.err)
        for name in "11 FRIENDLY_NAME", "9 ENHKEY_USAGE", "104 DISALLOWED_FILETIME", "32769":
            self.assertIn(name, self.err)

    def test_p7b_is_read_by_openssl(self):
        path = self.convert(FIXTURES / "certs/bundle.pem", "out.p7b")
        printed = openssl("pkcs7", "-inform", "DER", "-in", path, "-print_certs")
        self.assertEqual(pem_blocks(printed), BUNDLE)
        self.assertEqual(self.err, "")

    def test_p7b_is_the_bytes_that_openssl_writes(self):
        source = self.file("three.pem", b"".join(
            openssl("x509", "-inform", "DER", "-in", FIXTURES / f"certs/{n}.der")
            for n in ("root_rsa", "root_P-256", "root_v1")))
        expected = openssl("crl2pkcs7", "-nocrl", "-certfile", source, "-outform", "DER")
        self.assertEqual(self.convert(source, "out.p7b").read_bytes(), expected)

    def test_every_length_of_a_pem_block(self):
        """One to three bytes more: each end of the base64 text."""
        for name in sorted((FIXTURES / "certs").glob("root_*.der")):
            path = self.convert(name, f"{name.stem}.pem")
            self.assertEqual(path.read_bytes(), openssl("x509", "-inform", "DER", "-in", name), name)

    def test_der_holds_one(self):
        source = self.file("one.sst", sst(blob(P256, *PROPERTIES)))
        self.assertEqual(self.convert(source, "out.cer").read_bytes(), P256)
        self.assertIn("7 properties are lost, which a der cannot hold", self.err)
        self.assertIn("3 certificates, and DER holds one", self.refused(self.file("s.sst", STORE), "out.der"))

    def test_crls_of_a_store(self):
        key, cert = self.folder / "ca.key", self.folder / "ca.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                "-out", cert, "-subj", "/CN=ca", "-days", "9")
        conf = self.file("conf", "[ca]\ndefault_ca=d\n[d]\ndatabase=%s\ndefault_md=sha256\ndefault_crl_days=9\n" %
                         self.file("index", ""))
        crl = self.folder / "ca.crl"
        openssl("ca", "-config", conf, "-gencrl", "-keyfile", key, "-cert", cert, "-out", crl)
        der = openssl("crl", "-in", crl, "-outform", "DER")
        bag = self.folder / "bag.p7b"
        openssl("crl2pkcs7", "-in", crl, "-certfile", cert, "-outform", "DER", "-out", bag)
        self.assertEqual(self.convert(bag, "again.p7b").read_bytes(), bag.read_bytes())
        kept = self.convert(bag, "out.sst")
        self.assertIn(blob(der, kind=33), kept.read_bytes())
        self.convert(kept, "out.pem")
        self.assertIn("1 CRLs, CTLs or key identifiers are left out", self.err)
        text = self.convert(kept, "out.reg").read_bytes().decode("utf-16")
        self.assertIn(f"\\Root\\CRLs\\{hashlib.sha1(der).hexdigest().upper()}]", text)
        self.assertEqual(self.convert(self.folder / "out.reg", "back.sst").read_bytes(), kept.read_bytes())

    def test_places(self):
        source = self.file("one.sst", sst(blob(RSA, *PROPERTIES)))
        name = sha1(RSA).upper()
        for place, key in ((None, "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\Root"),
                           ("LM/AuthRoot", "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot"),
                           ("LM-Enterprise/Root", "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\EnterpriseCertificates\\Root"),
                           ("LM-Service:NTDS/Root", "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography\\Services\\"
                            "NTDS\\SystemCertificates\\Root"),
                           ("CU:S-1-5-21-1/Root", "HKEY_USERS\\S-1-5-21-1\\Software\\Microsoft\\SystemCertificates\\Root"),
                           ("CU:Users/alice/CA", "HKEY_CURRENT_USER\\Software\\Microsoft\\SystemCertificates\\CA")):
            with self.subTest(place):
                path = self.convert(source, "out.reg", "--force", *(["--store", place] if place else []))
                self.assertIn(f"\r\n[{key}\\Certificates\\{name}]\r\n\"Blob\"=hex:", path.read_bytes().decode("utf-16"))

    def test_policy_file_is_the_one_of_the_recipe(self):
        source = self.file("one.sst", sst(blob(RSA, *PROPERTIES)))
        for place, key in ((None, "Software\\" + POLICIES + "\\Root"),
                           ("LM-GroupPolicy/Disallowed", "Software\\" + POLICIES + "\\Disallowed"),
                           ("LM/Root", "Software\\" + CERTIFICATES + "\\Root")):
            path = self.convert(source, "out.pol", "--force", *(["--store", place] if place else []))
            self.assertEqual(path.read_bytes(), pol(store(key, element(RSA, *PROPERTIES))))

    def test_store_of_a_hive(self):
        path = self.file("SOFTWARE", hive(store(ROOT, element(RSA, *PROPERTIES)), store(CERTIFICATES + "\\CA", P256),
                                          (CERTIFICATES + "\\My", {})))
        error = self.refused(path, "out.sst")
        self.assertIn("say which one with --store: LM/CA, LM/Root", error)
        self.assertEqual(self.convert(path, "root.sst", "--store", "LM/root").read_bytes(),
                         sst(blob(RSA, *PROPERTIES)))
        self.assertEqual(self.convert(path, "ca.cer", "--store", "LM/CA").read_bytes(), P256)
        self.assertIn("no store LM/AuthRoot is in it", self.refused(path, "x.sst", "--store", "LM/AuthRoot"))
        self.assertEqual(self.convert(path, "root.pol", "--store", "LM/Root").read_bytes(),
                         pol(store("Software\\" + POLICIES + "\\Root", element(RSA, *PROPERTIES))))

    def test_the_place_of_the_input_is_kept(self):
        path = self.file("Registry.pol", pol(store("Software\\" + POLICIES + "\\Disallowed", P256)))
        text = self.convert(path, "out.reg").read_bytes().decode("utf-16")
        self.assertIn("[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Disallowed\\Certificates\\",
                      text)

    def test_a_certificate_that_stands_twice(self):
        source = self.file("twice.sst", sst(blob(P256, (9, SERVER_AUTH)), blob(P256)))
        self.convert(source, "out.reg")
        self.assertIn("1 elements repeat others", self.err)
        self.assertEqual(self.convert(self.folder / "out.reg", "back.sst").read_bytes(), sst(blob(P256)))
        self.assertEqual(self.convert(source, "out.sst").read_bytes(), source.read_bytes())

    def test_nothing_is_overwritten(self):
        source, out = self.file("one.sst", STORE), self.file("out.pem", "mine")
        self.assertIn("--force", self.convert(source, "out.pem", code=2) and self.err)
        self.assertEqual(out.read_bytes(), b"mine")
        self.assertEqual(pem_blocks(self.convert(source, "out.pem", "--force").read_bytes()), [RSA, P256, V1])
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["one.sst", "out.pem"])

    def test_usage(self):
        source = self.file("one.sst", STORE)
        self.assertIn("names no format", self.refused(source, "out.txt"))
        self.assertIn("names no format", self.refused(source, "out.sst", "--to", "jks"))
        self.assertEqual(pem_blocks(self.convert(source, "out.txt", "--to", "PEM").read_bytes()), [RSA, P256, V1])
        self.assertIn("is no store place", self.refused(source, "out.reg", "--store", "Root"))
        self.assertIn("a folder, expected a file", self.refused(self.folder, "out.pem"))
        self.assertEqual(run("convert", source)[0], 2)

    def test_input_that_cannot_be_read(self):
        self.refused(self.folder / "nowhere", "a.pem", code=3)
        self.refused(self.file("text", "no store"), "b.pem", code=3)
        self.assertIn("holds no certificate", self.refused(self.file("empty.sst", sst()), "c.pem", code=3))
        self.refused(FIXTURES / "ctl/../chain", "d.pem", code=2)

    def test_a_part_that_cannot_be_read(self):
        source = self.file("cut.sst", STORE[:-40])
        self.assertEqual(pem_blocks(self.convert(source, "out.pem", code=4).read_bytes()), [RSA, P256])
        source = self.file("not.sst", sst(blob(b"no certificate"), blob(P256)))
        self.assertEqual(self.convert(source, "out.cer", code=4).read_bytes(), P256)

    def test_a_crl_that_is_cut_does_not_spoil_a_bag(self):
        source = self.file("crl.sst", sst(blob(P256), blob(b"\x30\x05\x02\x01", kind=33), blob(b"crl", kind=33)))
        bag = self.convert(source, "out.p7b", code=4)
        self.assertEqual(self.err.count("\n"), 2, self.err)
        self.assertEqual(self.convert(bag, "back.cer").read_bytes(), P256)

    def test_output_that_cannot_be_written(self):
        self.refused(self.file("one.sst", STORE), "no/such/folder/out.pem", code=5)


if __name__ == "__main__":
    main()
