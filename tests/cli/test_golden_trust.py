#!/usr/bin/env python3
"""The golden table of verdicts: every case of tests/golden/trust through `analyze`.

A case is one host and what windows-trust says of it, and names the section that says so:

    section   "4.5", or "9 #31" for a pitfall
    says      the sentence
    as_of     default 2025-06-01
    os        --os
    [certificate.X]   subject issuer since until eku bits key digest; default: a root of 2010 to 2040, RSA 2048, SHA-256
    [stores]          "LM/Root" = ["X", {of = "X", 9 = ["server_auth"], 104 = "2024-02-01", name = KEY}]; KEY is
                      hex or "lower"
    [list]            date, where ("hive": EncodedCtl), X = {9 = [...], 104 = "" (empty) or "zero" or a date}
    [older_list]      the same
    [disallowed]      names = ["key:X", "tbs:X", "tbs_sha256:X", "sha1:X", "spki:X"]
    [values]          "KEY PATH\\VALUE" = number, text or "hex:..." in the SOFTWARE hive
    [user]            the values of alice's NTUSER.DAT; consent = ["X"] writes ProtectedRoots\\Certificates
    [system]          the same of config\\DEFAULT, the hive of S-1-5-18
    [expect.X]        purpose = "status: reason, reason"; the first decided, the rest in any order.  `all` is for the
                      standard purposes that are not named
    [expect_user.X]   the same in the scope of alice; [expect_system.X] of S-1-5-18
    findings, no_findings, lists (in_force of each given), on_demand {X = availability}, policies

Every property has the form of section 3.3 and 4.4; stores are real hives, lists real unsigned lists."""
import datetime
import hashlib
import pathlib
import random
import struct
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent / "golden" / "trust"
sys.path.insert(0, str(HERE.parents[1] / "fixtures" / "recipes"))
import pki  # noqa: E402
import regf  # noqa: E402
from harness import Case, analyze, main  # noqa: E402

# Pitfalls that no verdict shows, and what holds them.
ELSEWHERE = {
    1: "tests/test_property.c", 9: "tests/test_pkcs7_verify.c", 10: "tests/test_ctl.c", 11: "tests/corpus_ctl.c",
    12: "tests/cli/test_corpus.py", 13: "tests/test_pkcs7_verify.c",
    23: "tests/test_time.c", 25: "tests/test_ctl.c", 26: "tests/test_reg_pol.c", 27: "tests/test_plan.c",
    28: "tests/test_bundle.c", 29: "tests/test_bundle.c", 30: "tests/interop/test_bundle_wine.py",
    34: "tests/test_pkcs7.c",
}

PURPOSES = {"server_auth": "1.3.6.1.5.5.7.3.1", "client_auth": "1.3.6.1.5.5.7.3.2",
            "code_signing": "1.3.6.1.5.5.7.3.3", "email": "1.3.6.1.5.5.7.3.4", "time_stamping": "1.3.6.1.5.5.7.3.8"}
NAMES = {**PURPOSES, "ocsp_signing": "1.3.6.1.5.5.7.3.9", "any": "2.5.29.37.0",
         "no_eku_placeholder": "1.3.6.1.4.1.311.94.1.2"}
SOFTWARE_STORES = {"LM": r"Microsoft\SystemCertificates", "LM-GroupPolicy": r"Policies\Microsoft\SystemCertificates",
                   "LM-Enterprise": r"Microsoft\EnterpriseCertificates",
                   "LM32": r"Wow6432Node\Microsoft\SystemCertificates"}
USER_STORES = {"CU": r"Software\Microsoft\SystemCertificates",
               "CU-GroupPolicy": r"Software\Policies\Microsoft\SystemCertificates"}
SYSTEM_STORES = {"SYSTEM": USER_STORES["CU"]}
ROOT_LIST, DISALLOWED_LIST = "1.3.6.1.4.1.311.10.3.9", "1.3.6.1.4.1.311.10.3.30"
WINDOWS = {"Microsoft\\Windows NT\\CurrentVersion\\" + name: value for name, value in {
    "ProductName": "Windows 10 Pro", "CurrentBuildNumber": "19045", "CurrentMajorVersionNumber": 10,
    "CurrentMinorVersionNumber": 0, "CurrentVersion": "6.3"}.items()}


def moment(text):
    return regf.filetime(datetime.datetime.fromisoformat(text))


def property_data(number, value):
    if number in (9, 83, 105, 122, 127):
        return pki.seq(*(pki.oid(NAMES.get(name, name)) for name in value))
    if number in (104, 126, 128):
        return b"" if value == "" else struct.pack("<Q", 0 if value == "zero" else moment(value))
    return bytes.fromhex(value)


def properties(table):
    return sorted((int(n), property_data(int(n), value)) for n, value in table.items() if n.isdigit())


class Made:
    """A certificate of a case: right in form, signed by nobody."""

    def __init__(self, name, subject=None, issuer=None, since="2010-01-01", until="2040-01-01", eku=None, bits=2048,
                 key=None, digest="sha256", number=1):
        subject = subject or f"Root {name}"
        rng = random.Random(f"{key or name}/{bits}")
        modulus = rng.getrandbits(bits) | 1 << (bits - 1) | 1
        self.key_bits = pki.seq(pki.integer(modulus), pki.integer(65537))
        self.spki = pki.seq(pki.algorithm(pki.RSA), pki.bits(self.key_bits))
        extensions = [pki.extension("2.5.29.19", pki.seq(pki.boolean(True)), critical=True)]
        if eku is not None:
            extensions.append(pki.extension("2.5.29.37", pki.seq(*(pki.oid(NAMES.get(e, e)) for e in eku))))
        algorithm = pki.algorithm(pki.HASHES[digest][1])
        self.digest = digest
        self.tbs = pki.seq(pki.context(0, pki.integer(2)), pki.integer(number), algorithm,
                           pki.name(issuer or subject), pki.seq(pki.utc(since), pki.utc(until)), pki.name(subject),
                           self.spki, pki.context(3, pki.seq(*extensions)))
        self.der = pki.seq(self.tbs, algorithm, pki.bits(bytes(64)))
        self.sha1 = hashlib.sha1(self.der).digest()


DISALLOWED_NAME = {
    "key": lambda c: hashlib.md5(c.key_bits).digest(), "spki": lambda c: hashlib.md5(c.spki).digest(),
    "tbs": lambda c: hashlib.new(c.digest, c.tbs).digest(), "tbs_sha256": lambda c: hashlib.sha256(c.tbs).digest(),
    "sha1": lambda c: c.sha1,
}


def trust_list(usage, algorithm, date, subjects):
    content = pki.seq(pki.seq(pki.oid(usage)), pki.integer(moment(date)), pki.utc(date), pki.algorithm(algorithm),
                      pki.seq(*subjects))
    return pki.signed_data("1.3.6.1.4.1.311.10.1", content)


class Host:
    """A case, made into files."""

    def __init__(self, case, folder):
        self.case, self.folder = case, folder
        self.made = {}
        self.hives = {"SOFTWARE": {}, "NTUSER.DAT": {}, "DEFAULT": {}}
        self.args = []
        for name, table in case.get("certificate", {}).items():
            self.made[name] = Made(name, **table)
        self.set_values("SOFTWARE", WINDOWS if case.get("windows_10", True) else {})
        self.set_values("SOFTWARE", case.get("values", {}))
        for hive, table in (("NTUSER.DAT", case.get("user")), ("DEFAULT", case.get("system"))):
            if table is not None:
                self.set_user(hive, table)
        for place, elements in case.get("stores", {}).items():
            self.set_store(place, elements)
        for name, usage in (("list", ROOT_LIST), ("older_list", ROOT_LIST)):
            if name in case:
                self.add_list(name, case[name])
        if "disallowed" in case:
            self.add_disallowed(case["disallowed"])
        self.write()

    def certificate(self, name):
        return self.made.setdefault(name, Made(name)) if name not in self.made else self.made[name]

    def set_values(self, hive, table):
        for path, value in table.items():
            key, name = path.rsplit("\\", 1)
            if isinstance(value, str) and value.startswith("hex:"):
                value = bytes.fromhex(value[4:])
            regf.at_path(self.hives[hive], key).setdefault("values", {})[name] = value

    def set_user(self, hive, table):
        self.set_values(hive, {path: v for path, v in table.items() if path != "consent"})
        regf.at_path(self.hives[hive], USER_STORES["CU"] + r"\Root\ProtectedRoots")
        if "consent" in table:  # section 2.2: the form of the one public sample
            hashes = [self.certificate(name).sha1 for name in table["consent"]]
            data = struct.pack("<IIQII", 24, 1, moment("2024-01-01"), len(hashes), 24) + b"".join(hashes)
            self.set_values(hive, {USER_STORES["CU"] + r"\Root\ProtectedRoots\Certificates": "hex:" + data.hex()})

    def set_store(self, place, elements):
        location, store = place.split("/")
        for hive, locations in (("SOFTWARE", SOFTWARE_STORES), ("NTUSER.DAT", USER_STORES),
                                ("DEFAULT", SYSTEM_STORES)):
            if location not in locations:
                continue
            for element in elements:
                table = {"of": element} if isinstance(element, str) else element
                made = self.certificate(table["of"])
                blob = b"".join(struct.pack("<III", n, 1, len(d)) + d
                                for n, d in [*properties(table), (32, made.der)])
                name = table.get("name", made.sha1.hex().upper())
                name = made.sha1.hex() if name == "lower" else name
                self.set_values(hive, {f"{locations[location]}\\{store}\\Certificates\\{name}\\Blob":
                                       "hex:" + blob.hex()})

    def add_list(self, name, table):
        subjects = []
        for who, entry in table.items():
            if who not in ("date", "where"):
                attributes = [pki.attribute(f"1.3.6.1.4.1.311.10.11.{n}", pki.octets(data))
                              for n, data in properties(entry)]
                if entry.get("reversed"):
                    attributes.reverse()
                subjects.append(pki.seq(pki.octets(self.certificate(who).sha1),
                                        *([pki.tlv(0x31, *attributes)] if attributes else [])))
        stl = trust_list(ROOT_LIST, "1.3.14.3.2.26", table.get("date", "2025-05-01"), subjects)
        if table.get("where") == "hive":
            self.set_values("SOFTWARE", {r"Microsoft\SystemCertificates\AuthRoot\AutoUpdate\EncodedCtl":
                                         "hex:" + stl.hex()})
        else:
            self.give(name, stl)

    def add_disallowed(self, table):
        subjects = []
        for text in table["names"]:
            how, name = text.split(":")
            subjects.append(pki.seq(pki.octets(DISALLOWED_NAME[how](self.certificate(name)))))
        self.give("disallowed", trust_list(DISALLOWED_LIST, "1.3.6.1.4.1.311.10.11.15",
                                           table.get("date", "2025-05-01"), subjects))

    def give(self, name, stl):
        path = self.folder / f"{name}.stl"
        path.write_bytes(stl)
        self.args += ["--ctl", path]

    def write(self):
        root = self.folder / "host"
        for name, place in (("SOFTWARE", "Windows/System32/config"), ("DEFAULT", "Windows/System32/config"),
                            ("NTUSER.DAT", "Users/alice")):
            if self.hives[name]:
                path = root / place / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(regf.hive(self.hives[name], name=name))
        self.args = [root, *self.args, "--as-of", self.case.get("as_of", "2025-06-01") + "T00:00:00Z"]
        if self.case.get("allow_unverified", True):
            self.args.append("--allow-unverified-lists")
        if "os" in self.case:
            self.args += ["--os", self.case["os"]]


class Golden(Case):
    maxDiff = None

    def same(self, row, text, what):
        status, _, reasons = text.partition(": ")
        codes = [r["code"] for r in row["reasons"]]
        self.assertEqual((row["status"], codes[0], sorted(codes)),
                         (status, reasons.split(", ")[0], sorted(reasons.split(", "))), what)

    def check_machine(self, name, host, report):
        judged = {c["sha1"]: c for c in report["certificates"]}
        for who, table in host.case.get("expect", {}).items():
            certificate = judged.get(host.certificate(who).sha1.hex())
            self.assertIsNotNone(certificate, f"{name}: {who} is not in the report")
            rows = {t["purpose"]: t for t in certificate["trust"] if t["scope"] == "machine"}
            wanted = {p: table["all"] for p in PURPOSES if "all" in table} | table
            wanted.pop("all", None)
            for purpose, text in wanted.items():
                self.same(rows[purpose], text, f"{name}: {who} {purpose}")

    def check_user(self, name, host, report, table, scopes):
        """A user's row is written where it differs; else the machine's holds."""
        judged = {c["sha1"]: c for c in report["certificates"]}
        for who, purposes in table.items():
            certificate = judged.get(host.certificate(who).sha1.hex())
            self.assertIsNotNone(certificate, f"{name}: {who} is not in the report")
            for purpose in PURPOSES if "all" in purposes else purposes:
                rows = {t["scope"]: t for t in certificate["trust"] if t["purpose"] == purpose}
                row = next((rows[s] for s in scopes if s in rows), rows["machine"])
                self.same(row, purposes.get(purpose, purposes.get("all")), f"{name}: {who} {purpose}")

    def check_case(self, name, case, folder):
        host = Host(case, folder)
        code, report, err = analyze(*host.args)
        self.assertEqual(code, 0, f"{name}: {err}")
        self.check_machine(name, host, report)
        self.check_user(name, host, report, case.get("expect_user", {}), ["user:Users/alice"])
        self.check_user(name, host, report, case.get("expect_system", {}), ["user:S-1-5-18"])
        found = {f["id"] for f in report["findings"]}
        self.assertLessEqual(set(case.get("findings", [])), found, name)
        self.assertFalse(found & set(case.get("no_findings", [])), name)
        if "lists" in case:
            self.assertEqual({l["this_update"][:10]: l["in_force"] for l in report["lists"]}, case["lists"], name)
        for who, availability in case.get("on_demand", {}).items():
            rows = {row["sha1"]: row["availability"] for row in report["on_demand"]}
            self.assertEqual(rows.get(host.certificate(who).sha1.hex(), "none"), availability, f"{name}: {who}")
        policies = {p["name"]: p["value"] for p in report["policies"]}
        self.assertLessEqual(case.get("policies", {}).items(), policies.items(), name)
        self.assertFalse(set(case.get("no_policies", [])) & set(policies), name)

    def cases(self):
        return {path.stem: tomllib.loads(path.read_text()) for path in sorted(GOLDEN.glob("*.toml"))}

    def test_every_case(self):
        cases = self.cases()
        for name, case in cases.items():
            with self.subTest(name):
                self.assertTrue(case["section"] and case["says"])
                self.assertTrue(any(k.startswith("expect") for k in case) or "lists" in case or "policies" in case)
                folder = self.folder / name
                folder.mkdir()
                self.check_case(name, case, folder)
        print(f"{len(cases)} cases")

    def test_every_row_has_a_case(self):
        cases = self.cases()
        sections = {case["section"] for case in cases.values()}
        self.assertGreaterEqual(len(cases), 60)
        self.assertLessEqual({"2.2", "2.3", "2.5", "4.4", "4.5", "4.6", "5.1", "5.2", "5.3", "5.4", "5.5"},
                             {s.split()[0] for s in sections})
        pitfalls = {int(n.lstrip("#,")) for s in sections if s.startswith("9 ") for n in s.split()[1:]}
        self.assertEqual(pitfalls | set(ELSEWHERE), set(range(1, 36)))
        for path in ELSEWHERE.values():
            self.assertTrue((HERE.parents[1] / path).exists(), path)


if __name__ == "__main__":
    main()
