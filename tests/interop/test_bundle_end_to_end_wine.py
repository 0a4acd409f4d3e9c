#!/usr/bin/env python3
"""From a failing host to a passing one and back, without a step by hand: Wine's registry is exported and
analyzed, the bundle is run on it, and what Wine holds then is analyzed again.

    test_bundle_end_to_end_wine.py PROGRAM FIXTURES"""
import hashlib
import json
import os
import pathlib
import struct
import subprocess
import unittest

from wine import ENV, FIXTURES, HOME, PROGRAM, windows, wine
from wine_host import POLICIES, RECORDS, STORES, Host, main, sha1

CORPUS = os.environ.get("WINROOTS_CORPUS")
AS_OF = ("--as-of", "2027-01-01T00:00:00Z")  # all fixtures are valid then
IDENTITY_2020 = "f40042e2e5f7e8ef8189fed15519aece42c3bfa2"
CODE_SIGNING_2010 = "0cfc19db681b014bfe3f23cb3a78b67208b4e3d8d7b6a7b1807f7cd6ecb2a54e"  # SHA-256
HOLDER = ("hive/r-winreg/NTUSER.DAT", 2285892)  # a hive that has it, and where its DER begins
LIST = "cab/robstradling-authroot/authroot-commit2025-07-03-4b898eb.cab"

# A subject that holds a NUL, which no recipe's tool writes: its signature is then wrong, its name is what counts.
NUL = (FIXTURES / "certs/name_script.der").read_bytes().replace(b"calc.exe & echo", b"calc.exe \0 echo")


def winroots(*args):
    """The program of this machine or, where Windows' was given, that on the same host as the bundle."""
    more = {"env": ENV} if PROGRAM.suffix == ".exe" else {}
    command = ["wine", PROGRAM] if more else [PROGRAM]
    done = subprocess.run([*command, *map(str, args)], capture_output=True, timeout=300, **more)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def records(blob):
    """{property: data} of a serialized element, the object too; read by this test's own hand."""
    found, at = {}, 0
    while at < len(blob):
        number, one, size = struct.unpack_from("<III", blob, at)
        found[number], at = blob[at + 12:at + 12 + size], at + 12 + size
    return found


def policy_values(content):
    """{(key, name): (type, data)} of a Registry.pol; read by this test's own hand ([MS-GPREG])."""
    found, at = {}, 8

    def text():
        nonlocal at
        end = at
        while content[end:end + 2] != b"\0\0":
            end += 2
        value, at = content[at:end].decode("utf-16-le"), end + 4  # behind ';'
        return value

    while at < len(content):
        at += 2  # '['
        key, name = text(), text()
        kind, _, size, _ = struct.unpack_from("<IHIH", content, at)
        found[key, name] = (kind, content[at + 12:at + 12 + size])
        at += 12 + size + 2
    return found


class EndToEnd(Host):
    OURS = (*map(sha1, ("root_rsa", "name_script", "name_hostile")), hashlib.sha1(NUL).hexdigest(), IDENTITY_2020)

    def evidence(self):
        """Exports of what the host holds."""
        keys = {"stores": STORES, "policies": POLICIES, "records": RECORDS}
        return [file for name, key in keys.items() if (file := self.export(key, f"{name}.reg")).exists()]

    def analyze(self, *args):
        """(exit code, {item: result}, report)"""
        code, out, err = winroots("analyze", *self.evidence(), *AS_OF, "--format", "json", *args)
        self.assertEqual(err, "")
        report = json.loads(out)
        return code, {i["id"]: i["result"] for r in report["requirements"] for i in r["items"]}, report

    def profile(self):
        """Certificates only, the most hostile names among them."""
        supply = self.folder / "supply"
        supply.mkdir(exist_ok=True)
        named = {n: (FIXTURES / f"certs/{n}.der").read_bytes() for n in
                 ("root_rsa", "name_script", "name_hostile", "root_v1", "leaf_sha1")} | {"name_nul": NUL}
        for name, der in named.items():
            (supply / f"{name}.crt").write_bytes(der)
        # A file that has the name of another, and one that calls itself by another's hash.
        (supply / "more").mkdir(exist_ok=True)
        (supply / "more/root_rsa.crt").write_bytes((FIXTURES / "certs/root_P-256.der").read_bytes())
        (supply / f"more/{sha1('root_rsa')}.crt").write_bytes((FIXTURES / "certs/root_P-384.der").read_bytes())
        item = {"severity": "required", "basis": "inferred"}
        need = [item | {"id": name.replace("_", "-"), "kind": "certificate-present", "certificate": name, "store": store}
                for name, store in (("root_rsa", "Root"), ("name_script", "Root"), ("name_hostile", "CA"),
                                    ("name_nul", "Root"), ("root_v1", "Disallowed"))]
        need.append(item | {"id": "no-leaf", "kind": "certificate-absent", "certificate": "leaf_sha1", "store": "CA"})
        path = self.folder / "profile.json"
        path.write_text(json.dumps({
            "schema": "winroots.profile/1", "id": "hostile", "title": "Hostile names", "version": "1",
            "certificates": {n: {"sha256": hashlib.sha256(der).hexdigest()} for n, der in named.items()},
            "requirements": need}))
        return "--require", path, "--supply", supply

    def make_bundle(self, *args):
        code, _, report = self.analyze(*args, "--bundle", self.bundle)
        self.assertEqual(code, 1)
        self.assertEqual(winroots("bundle", "verify", self.bundle)[::2], (0, ""))
        return report

    def read_back(self):
        return winroots("bundle", "readback", self.bundle, self.bundle / "log/result.json", *self.evidence())

    def test_a_host_is_fixed_and_restored(self):
        # What is deleted has a property of its own, which must come back with it.  Its SHA-1 is there because Wine,
        # when it adds to a store, writes what is in it again, with that.
        leaf = (FIXTURES / "certs/leaf_sha1.der").read_bytes()
        name = "Mine".encode("utf-16-le") + b"\0\0"
        properties = ((11, name), (3, hashlib.sha1(leaf).digest()), (32, leaf))
        blob = b"".join(struct.pack("<III", number, 1, len(data)) + data for number, data in properties)
        key = f"{STORES}\\CA\\Certificates\\{sha1('leaf_sha1').upper()}"
        self.host(f'reg delete "{key}" /f', f'reg add "{key}" /v Blob /t REG_BINARY /d {blob.hex()} /f')
        profile = self.profile()
        before = self.registry(STORES, POLICIES)
        self.make_bundle(*profile)

        code, result, outcomes = self.run_script()
        self.assertEqual((code, sorted(outcomes)), (0, ["added"] * 5 + ["deleted"]))
        self.assertEqual(self.analyze(*profile)[:2], (0, {
            "root-rsa": "PASS", "name-script": "PASS", "name-hostile": "PASS", "name-nul": "PASS", "root-v1": "PASS",
            "no-leaf": "PASS"}))
        self.assertEqual(self.read_back()[0], 0)
        self.assertEqual(winroots("bundle", "verify", self.bundle)[0], 0, "with the scripts' logs in it")

        after = self.registry(STORES, POLICIES, RECORDS)
        self.assertEqual(self.run_script()[0], 0)
        self.assertEqual(self.registry(STORES, POLICIES, RECORDS), after, "a second run changes nothing")

        self.assertEqual(self.run_script("rollback.cmd")[0], 0)
        restored = self.registry(STORES, POLICIES)
        self.assertEqual({k: v for k, v in restored.items() if v}, {k: v for k, v in before.items() if v})
        self.assertEqual(self.read_back()[0], 1, "the host no longer holds what it reported")

    def test_what_fails_does_not_stop_the_rest(self):
        profile = self.profile()
        self.make_bundle(*profile)
        self.host(f'certutil -f -addstore Root "{windows(FIXTURES / "certs/root_rsa.der")}"')
        code, result, outcomes = self.run_script(DOUBLE_FAIL=sha1("name_script"))
        outcome = {a["sha1"]: (a["outcome"], a["code"]) for a in result["actions"]}
        self.assertEqual(code, 5)
        self.assertEqual(outcome[sha1("name_script")], ("failed", -2146881269))
        self.assertEqual(outcome[sha1("root_rsa")], ("present", 0))
        self.assertEqual(sorted(outcomes), ["added"] * 3 + ["deleted", "failed", "present"])
        code, items, _ = self.analyze(*profile)
        self.assertEqual((code, [i for i, r in items.items() if r != "PASS"]), (1, ["name-script"]))
        code, out, _ = self.read_back()
        self.assertEqual(code, 1)
        self.assertRegex(out, f"not_in_place  {sha1('name_script')}: add: failed, before absent\n")
        self.assertEqual(self.run_script()[0], 0, "the next run does what was left")

    def test_the_registry_files_are_read_by_others_as_they_were_written(self):
        self.make_bundle(*self.profile())
        self.host(f'reg import "{windows(self.bundle / "gpo/roots.reg")}"')
        policy = policy_values((self.bundle / "gpo/Registry.pol").read_bytes())
        steps = json.loads((self.bundle / "manifest.json").read_text())["steps"]
        held = self.registry(STORES)
        for step in steps:
            name = f"{step['store']}\\Certificates\\{step['sha1'].upper()}"
            key = f"HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\{name}".upper()
            if step["action"] == "delete":
                self.assertNotIn(key, held)
                continue
            blob = bytes.fromhex(held[key]['"Blob"'].removeprefix("hex:").replace(",", ""))
            found = records(blob)
            self.assertEqual(sorted(found), [3, 32])
            self.assertEqual(found[3].hex(), step["sha1"])
            self.assertEqual(hashlib.sha256(found[32]).hexdigest(), step["sha256"])
            self.assertEqual(policy["SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\" + name, "Blob"], (3, blob))
        self.assertEqual(len(policy), 5, "without the deletion")
        self.assertEqual(self.analyze(*self.profile())[0], 0, "roots.reg does what install.cmd does")

    def elements(self):
        """[{property: hex}] of roots.sst, as Wine's crypt32 reads each element."""
        code, out = wine(HOME / "sst_elements.exe", windows(self.bundle / "roots.sst"))
        self.assertEqual(code, 0, out)
        return [dict(pair.split("=") for pair in line.split()) for line in out.splitlines()]

    def test_roots_sst_is_read_by_wine_and_openssl(self):
        self.make_bundle(*self.profile())
        self.assertEqual(sorted(e["3"] for e in self.elements()),
                         sorted(s["sha1"] for s in json.loads((self.bundle / "manifest.json").read_text())["steps"]
                                if s.get("store") == "Root"))
        content = (self.bundle / "roots.sst").read_bytes()
        for der in (FIXTURES / "certs/root_rsa.der").read_bytes(), NUL:
            at = content.index(der)
            done = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-fingerprint", "-sha1"],
                                  input=content[at:at + len(der)], capture_output=True, timeout=60, check=True)
            self.assertEqual(done.stdout.split(b"=")[1].strip().replace(b":", b"").lower().decode(),
                             hashlib.sha1(der).hexdigest())

    @unittest.skipUnless(CORPUS, "WINROOTS_CORPUS is not set")
    def test_apex_one_on_a_host_without_its_roots(self):
        lists = ("--ctl", pathlib.Path(CORPUS) / LIST)
        content, at = (pathlib.Path(CORPUS) / HOLDER[0]).read_bytes(), HOLDER[1]
        der = content[at:at + 4 + int.from_bytes(content[at + 2:at + 4], "big")]
        self.assertEqual(hashlib.sha256(der).hexdigest(), CODE_SIGNING_2010)
        (self.folder / "intermediate.crt").write_bytes(der)
        needs = (*lists, "--require", "A1", "--supply", pathlib.Path(CORPUS) / "crt/robstradling", "--supply",
                 self.folder / "intermediate.crt")
        report = self.make_bundle(*needs)
        action = next(a for a in report["plan"] if a.get("file", "").endswith(f"{IDENTITY_2020}.cer"))
        self.assertEqual(action["widens"], ["server_auth", "client_auth", "email"])
        readme = (self.bundle / "README.txt").read_text("ascii")
        self.assertIn("SHA-1: " + IDENTITY_2020, readme)
        self.assertRegex(readme.split("SHA-1: " + IDENTITY_2020)[1].split("\n\n")[0],
                         "WIDENS TRUST: this host will then accept it also for server_auth, client_auth, email")
        element = next(e for e in self.elements() if e["3"] == IDENTITY_2020)
        self.assertEqual(element["9"], "301406082b0601050507030306082b06010505070308", "code signing, time stamping")
        self.assertEqual(bytes.fromhex(element["11"]).decode("utf-16-le"),
                         "Microsoft Identity Verification Root Certificate Authority 2020\0")
        content = (self.bundle / "roots.sst").read_bytes()
        der = (self.bundle / f"certs/Root/{IDENTITY_2020}.cer").read_bytes()
        self.assertIn(struct.pack("<III", 98, 1, 32) + hashlib.sha256(der).digest(), content, "Wine knows no 98")

        self.assertEqual(self.run_script()[0], 0)
        code, items, _ = self.analyze(*needs)
        self.assertEqual([i for i, r in items.items() if r not in ("PASS", "NOT_APPLICABLE")], ["acs-os-update"], items)
        self.assertEqual(self.status(), {"server_auth": "trusted", "code_signing": "trusted"}, "a bare .cer")

        self.assertEqual(self.run_script("rollback.cmd")[0], 0)
        self.host(f'reg import "{windows(self.bundle / "gpo/roots.reg")}"')
        code, items, report = self.analyze(*needs)
        self.assertEqual([i for i, r in items.items() if r not in ("PASS", "NOT_APPLICABLE")], ["acs-os-update"], items)
        self.assertEqual([f for f in report["findings"] if f.get("certificate") in self.ours(report)], [])
        self.assertEqual(self.status(), {"server_auth": "not_trusted", "code_signing": "trusted"})

    @staticmethod
    def ours(report):
        return [c["sha256"] for c in report["certificates"] if c["sha1"] == IDENTITY_2020]

    def status(self):
        """Of the root that the list limits, judged without a list: by what is stored with it."""
        _, _, report = self.analyze()
        rows = next(c["trust"] for c in report["certificates"] if c["sha1"] == IDENTITY_2020)
        return {r["purpose"]: r["status"] for r in rows if r["purpose"] in ("server_auth", "code_signing")}


if __name__ == "__main__":
    main()
