#!/usr/bin/env python3
"""Hives of fixtures/hives: what their recipe put where, and what only their logs say."""
import hashlib
import pathlib
import struct
import sys

from harness import AS_OF, CORPUS, FIXTURES, Case, analyze, inspect, main, run

sys.dont_write_bytecode = True
sys.path.insert(0, str(FIXTURES / "recipes"))
import hives  # noqa: E402
import regf  # noqa: E402

HIVES = FIXTURES / "hives"


def sha256(name):
    return hashlib.sha256(hives.root(name)).hexdigest()


def sha1(name):
    return hives.sha1(hives.root(name)).lower()


def report_of(*args):
    code, report, err = analyze(*args, "--as-of", AS_OF)
    assert code == 0, err
    return report


def subjects(report):
    return sorted(c["subject"].split(",")[0].removeprefix("CN=") for c in report["certificates"])


def certificate(report, name):
    (found,) = [c for c in report["certificates"] if c["sha256"] == sha256(name)]
    return found


def machine_trust(report, name):
    return {t["purpose"]: t["status"] for t in certificate(report, name)["trust"] if t["scope"] == "machine"}


class Recipe(Case):
    def test_the_recipe_makes_these_files(self):
        kept = {f.relative_to(HIVES).as_posix(): f.read_bytes() for f in HIVES.rglob("*") if f.is_file()}
        self.assertEqual(kept, hives.hives())


class Stores(Case):
    def setUp(self):
        super().setUp()
        self.report = report_of(HIVES / "host/Windows/System32/config/SOFTWARE")

    def test_each_place_of_the_machine(self):
        stores = {(s["location"], s["name"]): (s["certificates"], s["crls"], s["ctls"])
                  for s in self.report["stores"] if s["certificates"] or s["crls"] or s["ctls"]}
        self.assertEqual(stores, {
            ("LM", "Root"): (2, 0, 0), ("LM", "AuthRoot"): (1, 0, 0), ("LM", "My"): (1, 0, 0),
            ("LM", "CA"): (0, 1, 0), ("LM", "Trust"): (0, 0, 1),
            ("LM-GroupPolicy", "Root"): (1, 0, 0), ("LM-GroupPolicy", "TrustedPeople"): (2, 0, 0),
            ("LM-Enterprise", "Root"): (1, 0, 0), ("LM-Enterprise", "NTAuth"): (1, 0, 0),
            ("LM-Service:NTDS", "Root"): (1, 0, 0), ("LM-Service:NTDS", "My"): (1, 0, 0),
            ("LM-Wow6432Node", "Root"): (1, 0, 0)})

    def test_roots_of_policy_and_enterprise_are_roots_of_the_machine(self):
        for name in "Machine Root", "Program Root", "Policy Root", "Enterprise Root":
            self.assertEqual(machine_trust(self.report, name)["server_auth"], "trusted", name)

    def test_elsewhere_they_are_none(self):
        for name in "Serialized Root", "Service Root", "Host", "Wow64 Root":
            self.assertEqual(machine_trust(self.report, name)["server_auth"], "not_trusted", name)

    def test_a_policy_store_may_be_one_value(self):
        (instance,) = certificate(self.report, "Serialized Root")["instances"]
        self.assertEqual((instance["location"], instance["store"]), ("LM-GroupPolicy", "TrustedPeople"))
        self.assertEqual(sorted(i["store"] for i in certificate(self.report, "Policy Root")["instances"]),
                         ["Root", "TrustedPeople"])

    def test_a_key_name_that_is_not_the_hash(self):
        (instance,) = certificate(self.report, "Misnamed Root")["instances"]
        self.assertTrue(instance["name_mismatch"])
        self.assertEqual([f["certificate"] for f in self.report["findings"] if f["id"] == "key_name_mismatch"],
                         [sha256("Misnamed Root")])

    def test_users_and_local_system_have_their_own(self):
        report = report_of(HIVES / "host")
        roots = {s["location"]: s["certificates"] for s in report["stores"]
                 if s["location"].startswith("CU") and s["name"] == "Root"}
        self.assertEqual(roots, {"CU:Users/alice": 2, "CU-GroupPolicy:Users/alice": 1, "CU:Users/bob": 1,
                                 "CU:S-1-5-18": 1})
        for name in "Consented Root", "Unasked Root", "User Policy Root", "System Root":
            self.assertEqual(machine_trust(report, name)["server_auth"], "not_trusted", name)
        users = {name: {t["scope"]: t["status"] for t in certificate(report, name)["trust"]
                        if t["purpose"] == "server_auth" and t["scope"].startswith("user:")}
                 for name in ("Consented Root", "Unasked Root", "Program Root")}
        self.assertEqual(users, {
            "Consented Root": {"user:Users/alice": "trusted"},
            "Unasked Root": {"user:Users/alice": "not_trusted", "user:Users/bob": "conditional"},
            "Program Root": {"user:Users/alice": "distrusted"}})

    def test_physical_stores_lead_elsewhere_and_shut_others(self):
        report = report_of(HIVES / "physical_stores/SOFTWARE")
        (store,) = [s for s in report["stores"] if s["name"] == "Root"]
        self.assertEqual({(p["name"], p["provider"], p.get("target"), p["flags"]) for p in store["physical_stores"]},
                         {("Extra", "File", "C:\\ProgramData\\extra.sst", 0), (".AuthRoot", "System", None, 2)})
        self.assertEqual(machine_trust(report, "Machine Root")["server_auth"], "trusted")
        self.assertNotEqual(machine_trust(report, "Program Root")["server_auth"], "trusted")

    def test_the_key_software_of_a_user_is_none_of_the_machine(self):
        report = report_of(HIVES / "user_software.hive")
        self.assertEqual([e["role"] for e in report["evidence"]], ["user"])
        self.assertEqual({s["location"].split(":")[0] for s in report["stores"]}, {"CU", "CU-GroupPolicy"})


class Logs(Case):
    """Only replay shows what the log of a dirty hive adds and removes."""

    def logs(self, folder):
        code, out, _ = inspect(HIVES / folder / "SOFTWARE")
        self.assertEqual(code, 0)
        detail = out["files"][0]["detail"]
        self.assertTrue(detail["dirty"])
        return [(pathlib.Path(log["path"]).name, log["first_sequence"], log["last_sequence"])
                for log in detail["logs_applied"] if log["applied"]]

    def test_plaso_4952_the_log_is_applied_unasked_and_adds_a_root(self):
        report = report_of(HIVES / "dirty_adds/SOFTWARE")
        self.assertEqual(subjects(report), ["Machine Root", "Rogue Root"])
        self.assertEqual(machine_trust(report, "Rogue Root")["server_auth"], "trusted")
        self.assertEqual({p["name"]: p["value"] for p in report["policies"]}, {"DisableRootAutoUpdate": "1"})
        (added,) = [f for f in report["findings"] if f["id"] == "added_by_log"]
        (rogue,) = [c for c in report["certificates"] if "Rogue Root" in c["subject"]]
        self.assertEqual(added["certificate"], rogue["sha256"])
        self.assertEqual(self.logs("dirty_adds"), [("SOFTWARE.LOG1", 7, 8)])
        (log,) = report["evidence"][0]["detail"]["logs"]
        self.assertEqual((log["use"], log["first_sequence"], log["last_sequence"], log["stopped"]),
                         ("applied", 7, 8, "end"))

    def test_ez_issues_41_without_the_log_the_hive_is_read_and_said_to_be_dirty(self):
        report = report_of(HIVES / "dirty_adds/SOFTWARE", "--no-logs")
        self.assertEqual(subjects(report), ["Machine Root"])
        self.assertEqual(report["policies"], [])
        self.assertTrue(any("dirty" in d["message"] for d in report["diagnostics"]))

    def test_a_root_that_the_log_removes(self):
        path = HIVES / "dirty_removes/SOFTWARE"
        self.assertEqual(subjects(report_of(path)), ["Machine Root"])
        self.assertEqual(subjects(report_of(path, "--no-logs")), ["Machine Root", "Rogue Root"])
        self.assertEqual(self.logs("dirty_removes"), [("SOFTWARE.LOG1", 8, 8), ("SOFTWARE.LOG2", 7, 7)])

    def test_of_two_logs_the_earlier_alone_shows_what_passed(self):
        report = report_of(HIVES / "dirty_removes/SOFTWARE", "--log", HIVES / "dirty_removes/SOFTWARE.LOG2")
        self.assertEqual(subjects(report), ["Machine Root", "Passing Root", "Rogue Root"])

    def test_what_a_log_held_that_cannot_be_opened_is_unknown(self):
        """Here it removes a root: read without it, the hive would show one that Windows does not trust."""
        report = report_of(HIVES / "dirty_removes/SOFTWARE", "--log", HIVES / "no.LOG1")
        for root in "Machine Root", "Rogue Root":
            self.assertEqual(set(machine_trust(report, root).values()), {"unknown"})
        self.assertIn(("skipped", "io"), {(d["severity"], d["code"]) for d in report["diagnostics"]})

    def test_evidence_stays_as_it_is(self):
        files = [f for folder in ("dirty_adds", "dirty_removes") for f in sorted((HIVES / folder).iterdir())]
        before = [f.read_bytes() for f in files]
        for folder in "dirty_adds", "dirty_removes":
            report_of(HIVES / folder / "SOFTWARE")
        self.assertEqual([f.read_bytes() for f in files], before)


class Recovery(Case):
    def setUp(self):
        super().setUp()
        if "--recover" not in run("inspect", "--help")[1]:
            self.skipTest("inspect recovers nothing yet")

    def lost(self, path):
        _, out, _ = inspect(HIVES / path, "--recover")
        return {c["sha1"]: c.get("key_path", "") for c in out["files"][0]["detail"]["deleted"]["certificates"]}

    def test_a_root_whose_key_is_gone(self):
        self.assertEqual(self.lost("deleted/SOFTWARE"), {sha1("Deleted Root"): ""})

    def test_roots_that_the_logs_removed(self):
        key = "Microsoft\\SystemCertificates\\ROOT\\Certificates\\"
        self.assertEqual(self.lost("dirty_removes/SOFTWARE"),
                         {sha1(name): key + sha1(name).upper() for name in ("Rogue Root", "Passing Root")})


class Large(Case):
    def test_a_hive_of_more_than_2_gb(self):
        """Offsets have 32 bits and no sign; the root stands behind a bin of 2.4 GB, which is a hole."""
        small, hole = bytearray(regf.hive({"values": {"n": b"data of 17 bytes."}})), 0x98000000
        bins = 4096
        nk, = struct.unpack_from("<I", small, 36)
        listed, = struct.unpack_from("<I", small, bins + nk + 4 + 40)
        vk, = struct.unpack_from("<I", small, bins + listed + 4)
        for at in (bins + 4, bins + nk + 4 + 40, bins + nk + 4 + 44, bins + listed + 4, bins + vk + 4 + 8):
            struct.pack_into("<I", small, at, struct.unpack_from("<I", small, at)[0] + hole)
        first = struct.pack("<4sII", b"hbin", 0, hole)
        path = self.folder / "large"
        with open(path, "wb") as f:
            f.write(regf.base_block(hole + len(small) - bins, root=hole + nk) + first)
            f.seek(bins + hole)
            f.write(small[bins:])
        code, out, _ = inspect(path)
        self.assertEqual(code, 0)
        detail = out["files"][0]["detail"]
        self.assertEqual((detail["keys"], detail["values"]), (1, 1))
        self.assertEqual([d for d in out["files"][0]["diagnostics"] if d["severity"] != "note"], [])


class BigData(Case):
    def test_a_list_in_the_smallest_cells_is_whole(self):
        (found,) = report_of(HIVES / "big_data/SOFTWARE")["lists"]
        self.assertEqual((found["kind"], found["this_update"], found["entries"]),
                         ("authroot", "2021-06-01T12:00:00Z", 4))

    def test_lists_of_microsoft_in_the_smallest_cells_verify(self):
        """Whatever the last cell's size modulo 8; their signature stands at the end of the data."""
        if not CORPUS:
            self.skipTest("WINROOTS_CORPUS is not set")
        by_rest = {}
        for path in sorted(pathlib.Path(CORPUS, "stl").rglob("*.stl")):
            size = path.stat().st_size
            if size > 16344 and "authroot" in path.name:
                by_rest.setdefault(size % 16344 % 8, path)
        self.assertGreaterEqual(len(by_rest), 4)
        self.assertIn(4, by_rest, "no byte of the cell is left")
        for rest, path in by_rest.items():
            with self.subTest(path.name, rest=rest):
                (found,) = report_of(self.file("SOFTWARE", hives.with_list(path.read_bytes())))["lists"]
                _, alone, _ = inspect(path)
                self.assertEqual(found["entries"], alone["files"][0]["detail"]["entries"])
                self.assertEqual(found["signature"]["status"], "valid")


if __name__ == "__main__":
    main()
