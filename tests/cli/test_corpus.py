#!/usr/bin/env python3
"""The main job on real Microsoft data: the acceptance of the first release, and every figure of
expected/*.tsv through `winroots inspect`."""
import ast
import csv
import hashlib
import json
import pathlib
import re
import subprocess

from harness import AS_OF, CORPUS, FIXTURES, Case, analyze, inspect, main, run

C = pathlib.Path(CORPUS or ".")
HIVE = C / "hive/plaso/SOFTWARE"
CAB = C / "cab/robstradling-authroot/authroot-commit2025-07-03-4b898eb.cab"
SUPPLY = C / "crt/robstradling"
IDENTITY_ROOT = "f40042e2e5f7e8ef8189fed15519aece42c3bfa2"
IDENTITY_ROOT_SHA256 = "5367f20c7ade0e2bca790915056d086b720c33c1fa2a2661acf787e3292e1270"


def rows(name):
    with open(C / "expected" / name, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def utc(text):
    """UTCTime of the table as RFC 3339."""
    return f"20{text[0:2]}-{text[2:4]}-{text[4:6]}T{text[6:8]}:{text[8:10]}:{text[10:12]}Z"


def carries_its_ca(path):
    """Whether OpenSSL finds the issuer of the list's signer among the certificates of the message."""
    text = subprocess.run(["openssl", "pkcs7", "-inform", "DER", "-print_certs", "-noout", "-in", path],
                          capture_output=True, text=True, check=True).stdout
    pairs = re.findall(r"subject=(.*)\nissuer=(.*)", text)
    signers = [issuer for subject, issuer in pairs if "Certificate Trust List Publisher" in subject]
    return all(any(subject == issuer for subject, _ in pairs) for issuer in signers)


class MainJob(Case):
    def test_apex_one_on_a_windows_7_host(self):
        out = self.folder / "out"
        code, report, err = analyze(HIVE, "--ctl", CAB, "--supply", SUPPLY, "--require", "A1", "--as-of", AS_OF,
                                    "--bundle", out)
        self.assertEqual(code, 1, err)
        failed = [i for i in report["requirements"][0]["items"]
                  if i.get("certificate") == IDENTITY_ROOT_SHA256 and i["result"] == "FAIL"]
        self.assertTrue(failed)
        self.assertEqual({i["state"] for i in failed}, {"absent_fetchable"})
        self.assertIn("Microsoft Identity Verification Root Certificate Authority 2020", json.dumps(failed))
        cer = (out / "certs/Root" / f"{IDENTITY_ROOT}.cer").read_bytes()
        self.assertEqual(hashlib.sha256(cer).hexdigest(), IDENTITY_ROOT_SHA256)

    def test_counts_of_every_store(self):
        _, report, _ = analyze(HIVE, "--as-of", AS_OF)
        stores = {(s["location"], s["name"]): (s["certificates"], s["crls"]) for s in report["stores"]
                  if s["certificates"] or s["crls"]}
        self.assertEqual(stores, {
            ("LM", "AuthRoot"): (17, 0), ("LM", "Root"): (6, 0), ("LM", "Disallowed"): (24, 0), ("LM", "CA"): (3, 1),
            ("LM", "Remote Desktop"): (1, 0), ("LM-GroupPolicy", "EFS"): (1, 0), ("LM-Enterprise", "CA"): (1, 0),
            ("LM-Enterprise", "NTAuth"): (1, 0), ("LM-Enterprise", "Root"): (1, 0)})

    def test_the_list_is_verified_and_in_force(self):
        _, report, _ = analyze(HIVE, "--ctl", CAB, "--as-of", AS_OF)
        (listed,) = report["lists"]
        self.assertEqual((listed["kind"], listed["entries"], listed["in_force"], listed["signature"]["status"]),
                         ("authroot", 514, True, "valid"))
        self.assertEqual(len(report["on_demand"]) + len([c for c in report["certificates"] if "program" in c and
                         any(i["store"] in ("Root", "AuthRoot") for i in c["instances"])]), 514)

    def test_catalogues_of_windows_need_microsofts_root_of_2010(self):
        learned = self.folder / "learned.json"
        folders = [C / "stl/velociraptor-cat", C / "stl/signify"]
        self.assertEqual(run("profile", "learn", *folders, "--ctl", CAB, "-o", learned)[0], 0)
        profile = json.loads(learned.read_text())
        (root,) = [r for r in profile["requirements"] if r["store"] == "Root"]
        self.assertEqual((root["basis"], root["purposes"], len(root["source"])),
                         ("name-only", ["code_signing", "time_stamping"], 3))
        self.assertEqual(profile["certificates"][root["certificate"]]["sha256"],
                         "df545bf919a2439c36983b54cdfc903dfa4f37d3996d8d84b4c31eec6f3c163e")
        _, report, _ = analyze(HIVE, "--ctl", CAB, "--require", learned, "--as-of", AS_OF)
        (state,) = [i["state"] for i in report["requirements"][0]["items"] if i["store"] == "Root"]
        self.assertEqual(state, "absent_fetchable")

    def test_a_changed_list_is_reported_and_not_used(self):
        stl = C / "stl/robstradling-authroot/authroot-commit2025-07-03-4b898eb.stl"
        content = bytearray(stl.read_bytes())
        content[len(content) // 2] ^= 1
        path = self.file("changed.stl", bytes(content))
        _, report, _ = analyze(HIVE, "--ctl", path, "--as-of", AS_OF)
        self.assertFalse(any(l["in_force"] or l["signature"]["status"] == "valid" for l in report["lists"]))
        if report["lists"]:
            self.assertIn("list_not_verified", {f["id"] for f in report["findings"]})
        unsigned = C / "stl/tls-inspector/9285f2d-authroot_unsigned.stl"
        _, report, _ = analyze(HIVE, "--ctl", unsigned, "--as-of", AS_OF)
        self.assertEqual([(l["signature"]["status"], l["in_force"]) for l in report["lists"]], [("unsigned", False)])
        self.assertEqual(report["on_demand"], [])
        _, report, _ = analyze(HIVE, "--ctl", unsigned, "--as-of", AS_OF, "--allow-unverified-lists")
        self.assertEqual([l["in_force"] for l in report["lists"]], [True])


    def test_a_system_hive_of_windows_10_is_none_of_a_user(self):
        # It has a key Software\\Microsoft, as a user's hive has.
        for name in ("regipy_tests_data_SYSTEM_WIN_10_1709", "regipy_tests_data_SYSTEM"):
            _, report, _ = analyze(C / "hive/regipy" / name, "--as-of", AS_OF)
            self.assertEqual([e["role"] for e in report["evidence"]], ["system"], name)
            self.assertEqual(report["coverage"]["user_hives"], 0)

    def test_the_stores_of_a_user_are_told(self):
        code, out, _ = run("analyze", C / "hive/plaso/NTUSER-WIN7.DAT", "--as-of", AS_OF)
        self.assertEqual(code, 0)
        self.assertRegex(out, r"Stores +CU:\S+/CA 4")


class Inspect(Case):
    def test_every_list(self):
        for row in rows("stl.tsv"):
            with self.subTest(row["file"]):
                code, out, _ = inspect(C / row["file"], "--entries")
                self.assertEqual(code, 0)
                (file,) = out["files"]
                d = file["detail"]
                self.assertEqual(file["kind"], "catalogue" if row["file"].endswith(".cat") else "ctl")
                self.assertEqual(d["this_update"], utc(row["thisUpdate"]))
                self.assertEqual(d.get("next_update", ""), utc(row["nextUpdate"]) if row["nextUpdate"] else "")
                self.assertEqual((d["entries"], len({e["id"] for e in d["entries_detail"]})),
                                 (int(row["subjects"]), int(row["unique"])))
                self.assertEqual(d["subject_algorithm"], row["subjectAlg"])
                self.assertEqual(d.get("sequence", ""), row["seq"])
                self.assertEqual(d["usage"], [row["usage"]])
                self.assertEqual(d["certificates"], int(row["certs"]))
                lengths = {}
                for entry in d["entries_detail"]:
                    n = str(len(entry["id"]) // 2)
                    lengths[n] = lengths.get(n, 0) + 1
                self.assertEqual(lengths, ast.literal_eval(row["idlens"]))
                counts = {}
                for entry in d["entries_detail"]:
                    for oid in [*entry["properties"], *(a["oid"] for a in entry["attributes"])]:
                        counts[oid] = counts.get(oid, 0) + 1
                expected = {str(k).removeprefix("p"): v for k, v in ast.literal_eval(row["props"]).items()}
                self.assertEqual(counts, expected)

    def test_every_list_signature(self):
        incomplete = []
        for row in rows("stl.tsv"):
            with self.subTest(row["file"]):
                _, out, _ = inspect(C / row["file"])
                status = out["files"][0]["detail"]["signature"]["status"]
                if row["file"].endswith(".cat"):
                    self.assertNotEqual(out["files"][0]["detail"]["kind"], "authroot")
                elif row["signature"].startswith("no-signer"):
                    self.assertEqual(status, "unsigned")
                else:
                    self.assertEqual(status, "valid" if carries_its_ca(C / row["file"]) else "incomplete_chain")
                    incomplete += [row["file"]] if status == "incomplete_chain" else []
        self.assertEqual(incomplete, ["stl/robstradling-authroot/authroot-commit2016-01-26-95b5fca.stl"],
                         "the list of October 2009 without its CA")

    def test_every_cab_of_microsoft(self):
        for row in rows("cab.tsv"):
            if not row["file"].startswith("cab/"):
                continue
            with self.subTest(row["file"]):
                code, out, _ = inspect(C / row["file"])
                self.assertEqual(code, 0)
                members = ast.literal_eval(row["member sha256 (cabextract)"])
                d = out["files"][0]["detail"]
                self.assertEqual(d["members"], list(members))
                self.assertIn(d["kind"], ("authroot", "disallowed", "pinrules"))
                self.assertNotIn(d["signature"]["status"], ("invalid", "unsigned", "untrusted_chain"))

    def test_every_serialized_store(self):
        for row in rows("sst.tsv"):
            with self.subTest(row["file"]):
                code, out, _ = inspect(C / row["file"])
                self.assertEqual(code, 0)
                d = out["files"][0]["detail"]
                self.assertEqual((d["certificates"], d["crls"], d["ctls"], len({i["sha1"] for i in d["items"]})),
                                 tuple(int(row[k]) for k in ("certs", "crls", "ctls", "unique")))
                self.assertEqual(d["property_counts"],
                                 {str(k): v for k, v in ast.literal_eval(row["props"]).items()})

    def test_every_hive_without_its_logs(self):
        # One key below two parents is counted once: tests/interop/allowed.md.
        counted_twice_by_others = {"hive/yarp/hives_for_tests_BadListHive", "hive/yarp/hives_for_tests_BadSubkeyHive"}
        compared = 0
        for row in rows("hive-counts.tsv"):
            with self.subTest(row["file"]):
                _, out, _ = inspect(C / row["file"], "--no-logs")
                (file,) = out["files"]
                d = file["detail"]
                for reader in ("hivex(keys,vals)", "libregf", "yarp"):
                    figure = ast.literal_eval(row[reader])
                    if not figure or figure[0] == "ERR" or row["file"] in counted_twice_by_others:
                        continue
                    self.assertEqual([d["keys"], d["values"]], figure, reader)
                    compared += 1
                if "sequence" in d:
                    self.assertEqual(d["sequence"], {"primary": int(row["seq1"]), "secondary": int(row["seq2"])})
                    self.assertEqual((str(d["checksum_valid"]), d["version"]), (row["checksum_ok"], row["ver"]))
                    self.assertEqual(d["dirty"], row["state"] == "dirty" or row["checksum_ok"] == "False")
        self.assertGreater(compared, 300)

    def test_every_hive_with_its_logs(self):
        compared = 0
        for row in rows("hive-counts.tsv"):
            recovered = ast.literal_eval(row["yarp_after_log_recovery(keys,vals,recovered)"])
            if not recovered or recovered[0] == "ERR" or recovered[2] is not True:
                continue
            with self.subTest(row["file"]):
                _, out, _ = inspect(C / row["file"]) # its logs stand beside it
                d = out["files"][0]["detail"]
                self.assertEqual([d["keys"], d["values"]], list(recovered[:2]))
                compared += 1
        self.assertGreater(compared, 10)

    def test_every_registry_text(self):
        files = blobs = 0
        with open(C / "INDEX.tsv", newline="", encoding="utf-8") as f:
            index = [r for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE) if r["kind"] == "reg"]
        for row in index:
            with self.subTest(row["path"]):
                code, out, _ = inspect(C / row["path"])
                self.assertEqual(code, 0)
                certificates = out["files"][0]["detail"]["certificates"]
                named = re.search(r"cert Blobs=(\d+) \(thumbprint matches key name: (\d+)", row["description"])
                self.assertEqual(len(certificates), int(named[1]))
                self.assertEqual(sum(c["name"].lower() == c["sha1"] for c in certificates), int(named[2]))
                files, blobs = files + 1, blobs + len(certificates)
        self.assertGreaterEqual(files, 25)
        self.assertGreaterEqual(blobs, 18)

    def test_every_certificate_of_every_hive(self):
        by_file = {}
        for row in rows("hive-certs.tsv"):
            by_file.setdefault(row["file"], []).append(row)
        for name, expected in by_file.items():
            with self.subTest(name):
                _, out, _ = inspect(C / name)
                d = out["files"][0]["detail"]
                got = sorted((i["key_path"].lower(), i["blob_bytes"], i["blob_sha1"], i["sha1"],
                              ",".join(str(p) for p in sorted(i["property_ids"])), kind)
                             for kind, part in (("cert", "certificates"), ("crl", "crls"), ("ctl", "ctls"))
                             for i in d[part])
                want = sorted((f"{r['store path']}\\{r['key name (thumbprint)']}".lower(), int(r["blob bytes"]),
                               r["sha1(blob)"], r["sha1(DER element)"],
                               ",".join(sorted(r["property ids"].split(","), key=int)) if r["property ids"] else "",
                               r["element type"]) for r in expected)
                self.assertEqual(got, want)

    def test_every_store_key_of_every_hive(self):
        for row in rows("hive-certstores.tsv"):
            with self.subTest(row["file"], store=row["store path"]):
                _, out, _ = inspect(C / row["file"])
                store, part = row["store path"].rsplit("\\", 1)
                counts = {s["key"].lower(): s for s in out["files"][0]["detail"]["stores"]}
                self.assertEqual(counts[store.lower()][part.lower()], int(row["blobs"]))


class ProfileLint(Case):
    def test_roots_that_the_real_list_has_since_given_up(self):
        """CNNIC: disabled since 2022-08-01; UTN: since 2023-02-01; VeriSign: nothing issued from 2021-02-01 on."""
        code, out, err = run("profile", "lint", FIXTURES / "lint/distrusted.json", "--ctl", CAB, "--as-of", AS_OF)
        self.assertEqual((code, err), (1, ""))
        for line, words in zip(out.splitlines()[1:], (("0: disabled", "2022-08-01"), ("1: restricted", "2023-02-01"),
                                                      ("2: restricted", "2021-02-01")), strict=True):
            for word in words:
                self.assertIn(word, line)


if __name__ == "__main__":
    main(needs_corpus=True)
