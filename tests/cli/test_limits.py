#!/usr/bin/env python3
"""Bounds that it would take gigabytes to meet, met in winroots_small, which has small ones (tests/small_limits.h): what
stands at a bound is taken, one more is said, and what rests on what was left out is unknown."""
import copy
import hashlib
import json
import pathlib
import re
import shutil
import ssl
import sys
import zipfile

import harness
from harness import AS_OF, FIXTURES, Case, main
from images import has_images, mbr, ntfs, shell
from registry import CERTIFICATES, blob, certificate, hive, pol, reg, sha1, store

sys.path.insert(0, str(FIXTURES / "recipes"))
import ctl  # noqa: E402
import pki  # noqa: E402
from fleet_records import dump, lines, record  # noqa: E402

SMALL = str(pathlib.Path(harness.PROGRAM).parent.parent / "tests/winroots_small")
CONFIG = "Windows/System32/config"
ROOT = CERTIFICATES + "\\Root"
A, B = certificate("root_rsa"), certificate("root_P-256")
LIMITS = dict(re.findall(r"#define WR_LIMIT_(\w+) +(?:\(\(\w+\))?(\d+)", (FIXTURES.parent / "tests/small_limits.h").read_text()))
PROFILE = {"schema": "winroots.profile/1", "id": "p", "title": "t", "version": "1",
           "certificates": {"b": {"sha1": sha1(B), "sha256": hashlib.sha256(B).hexdigest()}},
           "requirements": [{"id": "b", "kind": "certificate-present", "severity": "required", "certificate": "b",
                             "store": "Root", "purposes": ["server_auth"], "basis": "inferred"}]}
FAIL, UNKNOWN, NONE, FAILED = 1, 4, 3, 5


def run(*args, program=SMALL, **more):
    harness.COMMAND[-1] = program
    return harness.run(*args, **more)


def padded(document, size):
    """JSON of so many bytes."""
    text = json.dumps(document | {"title": ""})
    return text.replace('"title": ""', '"title": "%s"' % ("x" * (size - len(text))))


def nested(levels):
    return json.loads("[" * levels + "]" * levels)


class Limits(Case):
    def meet(self, limit, args, at, above, says, codes=(FAIL, UNKNOWN)):
        """args(n) makes what has n of what is bound: `at` is taken, `above` is said."""
        with self.subTest(limit):
            for n, code, said in (at, codes[0], False), (above, codes[1], True):
                shutil.rmtree(self.folder), self.folder.mkdir()
                got, out, err = run(*args(n), cwd=self.folder)
                self.assertEqual((bool(re.search(says, out + err)), got), (said, code), f"{n}: {out[-600:]}{err}")

    def bound(self, limit, args, says, codes=(FAIL, UNKNOWN)):
        self.meet(limit, args, int(LIMITS[limit]), int(LIMITS[limit]) + 1, says, codes)

    def judged(self, *evidence):
        return ["analyze", *evidence, "--require", self.file("p.json", json.dumps(PROFILE)), "--as-of", AS_OF]

    # ---- values, lists, certificates -------------------------------------------------------------------------------

    def blob_of(self, size):
        """A branch: a store with an element of so many bytes."""
        return store(ROOT, {sha1(A).upper(): {"values": {"Blob": blob(A, (9999, bytes(size - len(blob(A)) - 12)))}}})

    def test_values(self):
        self.bound("VALUE_BYTES", lambda n: self.judged(self.file("SOFTWARE", hive(self.blob_of(n)))), "the limit is 40000")
        self.bound("VALUE_BYTES", lambda n: self.judged(self.file(
            "a.reg", reg("HKEY_LOCAL_MACHINE\\SOFTWARE", self.blob_of(n)))), "40000")
        self.bound("VALUE_BYTES", lambda n: ["inspect", self.file("a.pol", pol(self.blob_of(n)))], "40000", (0, 0))

    def test_lists(self):
        self.bound("CTL_ENTRIES", lambda n: ["inspect", self.file("a.stl", ctl.signed(ctl.trust_list(
            subjects=[ctl.subject(bytes([i] * 20)) for i in range(n)])))], "more than 4 trusted subjects", (0, 3))
        self.bound("PKCS7_CERTIFICATES", lambda n: [*self.judged(), f"--store=LM/Root={self.bag(n)}"],
                   "more than 4 certificates in one message", (FAIL, NONE))
        self.bound("PKCS7_CERTIFICATES", lambda n: [*self.judged(), f"--store=LM/Root={self.pem(n)}"],
                   "more than 4 certificates", (FAIL, NONE))
        self.bound("TEXT_BYTES", lambda n: [*self.judged(), f"--store=LM/Root={self.pem(1, n)}"],
                   "a text of 10001 bytes", (FAIL, NONE))

    def bag(self, n):
        return self.file("a.p7b", pki.signed_data("1.2.840.113549.1.7.1", None, [A] * n))

    def pem(self, n, size=0):
        return self.file("a.pem", (ssl.DER_cert_to_PEM_cert(A) * n).ljust(size))

    def test_programs(self):
        self.meet("PE_CERTIFICATES", lambda n: ["inspect", FIXTURES / f"pe/{n}.exe"], "signed", "two_entries",
                  "more than 1 entries", (0, 0))

    def test_trust(self):
        """A root has one copy, and is judged for five purposes with it and without: 11 steps."""
        self.meet("TRUST_STEPS", lambda n: self.judged(self.file("SOFTWARE", hive(
            store(ROOT, *(A[:-1] + bytes([i]) for i in range(n)))))), 100 // 11, 100 // 11 + 1,
            "to judge this host takes more than 100 steps", (FAIL, FAILED))

    def test_consent(self):
        def user(size):
            machine = self.file(f"in/{CONFIG}/SOFTWARE", hive(store(ROOT, A)))
            self.file("in/Users/u/NTUSER.DAT", hive(
                store("Software\\" + ROOT, A),
                (f"Software\\{ROOT}\\ProtectedRoots", {"values": {"Certificates": bytes(size)}}), name="NTUSER.DAT"))
            return self.judged(machine.parents[len(CONFIG.split("/"))])
        self.bound("CONSENT_BYTES", user, "101\\s+bytes of consent in an unknown layout", (FAIL, FAIL))

    def test_issuers(self):
        leaf = pki.certificate("Leaf", "Issuer", issuer_key="Test Root")
        profile = copy.deepcopy(PROFILE)
        profile["certificates"]["b"] = {"sha1": sha1(leaf), "sha256": hashlib.sha256(leaf).hexdigest()}
        profile["requirements"][0] = {"id": "b", "kind": "chain-usable", "severity": "required", "certificate": "b",
                                      "purposes": ["server_auth"], "basis": "inferred"}

        def args(n):
            ders = [pki.certificate("Issuer", "Issuer", key_of="Test List CA", issuer_key="Test List CA", ca=True,
                                    since=f"20{i:02}-01-01") for i in range(n)]
            return ["analyze", self.file("SOFTWARE", hive(store(ROOT, *ders))), "--supply", self.file("leaf.cer", leaf),
                    "--require", self.file("p.json", json.dumps(profile)), "--as-of", AS_OF]
        self.meet("ISSUER_CHECKS", args, 4, 5, "4 possible issuers were tried")

    # ---- containers ------------------------------------------------------------------------------------------------

    def test_folders_and_archives(self):
        self.bound("FOLDER_FILES", lambda n: self.judged(self.files(n)), "more than 16 files", (FAIL, NONE))
        self.bound("TREE_FILE_BYTES", lambda n: self.judged(self.zip(n)), "more than 32768 bytes", (FAIL, NONE))
        half = int(LIMITS["TREE_BYTES"]) // 2
        self.meet("TREE_BYTES", lambda n: self.judged(self.zip(half, n)), half, half + 1,
                  "more\\s+than 32768 bytes", (FAIL, FAIL))  # a user's hive bears on no root of the machine

    def files(self, n):
        self.file(f"in/{CONFIG}/SOFTWARE", hive(store(ROOT, A)))
        for i in range(n - len(CONFIG.split("/")) - 1):
            self.file(f"in/{i}", b"")
        return self.folder / "in"

    def zip(self, *sizes):
        """Hives of so many bytes: the machine's, and those of users."""
        path = self.folder / "a.zip"
        with zipfile.ZipFile(path, "w") as z:
            for i, size in enumerate(sizes):
                name = f"Users/u{i}/NTUSER.DAT" if i else f"{CONFIG}/SOFTWARE"
                z.writestr(name, hive(store(f"Software\\{ROOT}" if i else ROOT, A)).ljust(size, b"\0"))
        return path

    def test_images(self):
        if not has_images():
            self.skipTest("no tool makes an image here")
        host = self.folder.parent / (self.folder.name + "-host")
        (host / CONFIG).mkdir(parents=True)
        self.addCleanup(shutil.rmtree, host)
        (host / CONFIG / "SOFTWARE").write_bytes(hive(store(ROOT, A)))
        volume = self.volume(host)
        self.meet("VOLUMES", lambda n: self.judged(mbr(self.folder / "d.raw", *[volume] * n)), 2, 3,
                  "more than 2 partitions", (FAIL, NONE))
        self.meet("SEARCH_BYTES", lambda n: self.judged(self.damaged(volume, n)), 8, 16, "where the search ends",
                  (FAIL, NONE))

        def shadows(n):
            disk, old = self.folder / "c.raw", self.folder / "old.raw"
            shutil.copy(volume, disk), shutil.copy(volume, old)
            shell("python3", pathlib.Path(__file__).parent.parent / "images/make_vss.py", disk, *[old] * n)
            return self.judged(disk)
        self.meet("SNAPSHOTS", shadows, 1, 2, "2 shadow copies, expected at most 1", (FAIL, FAIL))

    def volume(self, host):
        path = host.parent / (host.name + ".raw")
        self.addCleanup(path.unlink)
        return ntfs(path, host, 3)

    def damaged(self, volume, mib):
        """A disk whose table cannot be read, with a volume of 3 MiB near its end."""
        disk = mbr(self.folder / "d.raw", volume, first=(mib - 4) * 2048)
        table = bytearray(disk.read_bytes().ljust(mib << 20, b"\0"))
        table[446:462] = bytes(16)
        table[446 + 4], table[446 + 8:446 + 16] = 7, b"\0\0\xff\xff\xff\xff\0\0"
        disk.write_bytes(table)
        return disk

    # ---- documents -------------------------------------------------------------------------------------------------

    def test_profiles(self):
        def evidence():
            return self.file("SOFTWARE", hive(store(ROOT, A)))

        self.bound("PROFILE_BYTES", lambda n: ["analyze", evidence(), "--require", self.file("p.json", padded(PROFILE, n))],
                   "20001 bytes of JSON, expected at most 20000", (FAIL, 2))

        def sources(n):
            profile = copy.deepcopy(PROFILE)
            profile["sources"] = [{"id": f"s{i}", "uri": "https://example.org", "completeness": "complete"} for i in range(n)]
            profile["requirements"][0]["source"] = [f"s{i}" for i in range(n)]
            return ["analyze", evidence(), "--require", self.file("p.json", json.dumps(profile))]
        self.bound("PROFILE_SOURCES", sources, "at most 16", (FAIL, 2))

    def report(self):
        _, out, _ = run("analyze", self.file("SOFTWARE", hive(store(ROOT, A))), "--as-of", AS_OF, "--format", "json")
        return json.loads(out)

    def test_reports(self):
        self.bound("REPORT_BYTES", lambda n: ["inspect", self.file("r.json", padded(self.report(), n))],
                   "100001 bytes of JSON", (0, NONE))
        self.bound("REPORT_BYTES", lambda n: ["diff", self.file("r.json", padded(self.report(), n)), self.folder / "r.json"],
                   "100001 bytes of JSON", (0, NONE))

    def test_records(self):
        def inspect(n):
            found = record("A", self.report()) | {"pad": nested(n - 1)}
            return ["inspect", self.file("r.ndjson", dump(found) + "\n")]
        self.meet("RECORD_DEPTH", inspect, 17, 18, "deeper than 17 levels", (0, NONE))

    def test_manifests(self):
        def verify(change):
            run("analyze", FIXTURES / "demo/SOFTWARE", "--require", self.file("p.json", json.dumps(PROFILE)), "--supply",
                self.file("b.cer", B), "--bundle", self.folder / "b", "--as-of", AS_OF)
            manifest = self.folder / "b/manifest.json"
            manifest.write_text(change(json.loads(manifest.read_text())))
            return ["bundle", "verify", self.folder / "b"]
        self.bound("MANIFEST_BYTES", lambda n: verify(lambda m: padded(m, n)), "8193 bytes of JSON", (0, NONE))
        self.meet("MANIFEST_DEPTH", lambda n: verify(lambda m: json.dumps(m | {"pad": nested(n - 1)})), 8, 9,
                  "deeper than 8 levels", (0, NONE))

    # ---- logs ------------------------------------------------------------------------------------------------------

    def test_logs(self):
        """What lies behind the bound is told together, or not at all."""
        def both(*args):
            return tuple(run(*args, program=p)[1] for p in (SMALL, harness.PROGRAM))
        logs = FIXTURES / "regf_log"
        small, whole = both("analyze", logs / "dirty.hive", "--log", logs / "dirty.LOG1", "--log", logs / "dirty.LOG2")
        self.assertIn("a hive of 16384 bytes, of at most 8192 it is told", small, "PRIMARY_KEPT")
        self.assertNotIn("8192", whole)
        dirty = FIXTURES / "diff/SOFTWARE"
        small, whole = both("diff", dirty, "--as-of", AS_OF)
        self.assertIn("entry 9 to 10 (2 together)", small, "DIFF_STATES")
        self.assertNotIn("together", whole)
        small, whole = map(json.loads, both("analyze", dirty, "--as-of", AS_OF, "--format", "json"))
        self.assertIn("log_entry", json.dumps(whole))
        self.assertNotIn("log_entry", json.dumps(small), "KEYS_PASSED")
        self.assertEqual([d["message"] for d in small["diagnostics"] if "too many keys" in d["message"]],
                         ["which entry of its logs wrote a key is not said: the search would pass too many keys"])
        self.assertNotIn("too many keys", json.dumps(whole))
        self.assertEqual([c["trust"] for c in small["certificates"]], [c["trust"] for c in whole["certificates"]])

    def test_deleted_elements(self):
        """One whose path is too long has its place in the file."""
        bound, met = int(LIMITS["DELETED_PATH"]), [0, 0]
        args = "analyze", FIXTURES / "regf_recover/SOFTWARE", "--recover", "--as-of", AS_OF, "--format", "json"
        small, whole = (json.loads(run(*args, program=p)[1])["certificates"] for p in (SMALL, harness.PROGRAM))
        self.assertEqual([c["sha256"] for c in small], [c["sha256"] for c in whole])
        for one, other in zip(small, whole):
            for a, b in zip(one["instances"], other["instances"]):
                path = b["source"].split(":", 1)[1]
                if not b.get("deleted") or path.startswith("0x"):
                    continue
                met[len(path) > bound] += 1
                self.assertEqual(a.get("location"), None if len(path) > bound else b.get("location"), "DELETED_PATH")
                self.assertEqual(a["source"].startswith("e1:0x"), len(path) > bound)
        self.assertTrue(all(met), met)

    # ---- a fleet ---------------------------------------------------------------------------------------------------

    def test_fleets(self):
        def plan(n):
            names = [self.file(f"h{i:02}", hive(store(ROOT, A))) for i in range(n)]
            return ["fleet", "plan", *names, "--engine", "parallel", "--chunk", "1", "-o", self.folder / "job"]
        self.bound("FLEET_CHUNKS", plan, "5 tasks, expected at most 4", (0, 2))
        self.meet("FLEET_JOBS", lambda n: ["fleet", "run", self.file("h", hive(store(ROOT, A))), "-o", self.folder / "o",
                                           "--jobs", n], 1024, 1025, "--jobs", (0, 2))

        def actions(n):
            found = self.report()
            found["plan"] = [{"action": "add", "store": "Root", "reason": "r", "requirement": ["p/b"], "reversible": True,
                              "certificate": f"{i:064x}"} for i in range(n)]
            path = self.file("r.ndjson", lines(record("A", found)))
            self.assertEqual(run("fleet", "merge", path, "-o", self.folder / "f.sqlite", "--quiet")[0], 0)
            return ["fleet", "report", self.folder / "f.sqlite"]
        self.meet("FLEET_ACTIONS", actions, 1024, 1025, "more than 1024 different actions", (0, NONE))


main()
