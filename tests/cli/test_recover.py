#!/usr/bin/env python3
"""Deleted certificates through --recover: what the recipe deleted is shown, and nothing rests on it.  With
WINROOTS_CORPUS, real hives: the counts of other tools, and the same host with and without."""
import copy
import hashlib
import json
import pathlib
import sys
import unittest

from harness import AS_OF, CORPUS, FIXTURES, Case, analyze, inspect, main, run

sys.path.insert(0, str(FIXTURES / "recipes"))
import regf  # noqa: E402
import regf_deleted  # noqa: E402
import regf_log  # noqa: E402

HIVE = FIXTURES / "regf_recover/SOFTWARE"
AT = ("--as-of", "2030-01-01")
STORES = "Microsoft\\SystemCertificates\\"
C = pathlib.Path(CORPUS or ".")


def der(name):
    return next(FIXTURES.glob(f"c*/{name}.der")).read_bytes()


def sha1(name):
    return hashlib.sha1(der(name)).hexdigest()


def sha256(name):
    return hashlib.sha256(der(name)).hexdigest()


def by_name(report, *names):
    held = {c["sha256"]: c for c in report["certificates"]}
    return [held[sha256(n)] for n in names]


def profile(*requirements):
    """Items (id, kind, certificate, more) about certificates of the fixtures."""
    return json.dumps({
        "schema": "winroots.profile/1", "id": "deleted", "title": "t", "version": "1",
        "certificates": {n: {"sha256": sha256(n), "sha1": sha1(n)} for n in ("root_a", "root_b", "ca", "leaf", "root_rsa")},
        "requirements": [{"id": i, "kind": kind, "severity": "required", "certificate": name, "basis": "inferred", **more}
                         for i, kind, name, more in requirements]})


PROFILE = profile(("needs_b", "certificate-present", "root_b", {"store": "Root", "purposes": ["server_auth"]}),
                  ("needs_rsa", "certificate-present", "root_rsa", {"store": "Root", "purposes": ["server_auth"]}),
                  ("no_b", "certificate-absent", "root_b", {"store": "Root"}),
                  ("a_not_refused", "not-disallowed", "root_a", {}),
                  ("a_usable", "certificate-present", "root_a", {"store": "Root", "purposes": ["server_auth"]}),
                  ("chain", "chain-usable", "leaf", {"purposes": ["code_signing"]}))


def without_deleted(report, plain):
    """The report less what --recover may add to the plain one, the octets of what it found included."""
    report = copy.deepcopy(report)
    for c in report["certificates"]:
        c["instances"] = [i for i in c["instances"] if not i.get("deleted")]
    report["certificates"] = [c for c in report["certificates"] if c["instances"]]
    report["findings"] = [f for f in report["findings"] if f["id"] != "deleted_certificate"]
    report["facts"].pop("deleted", None)
    report["objects"] = [o for o in report["objects"] if o in plain["objects"]]
    return report


class Analyze(Case):
    def test_what_was_deleted_stands_where_it_was(self):
        _, report, _ = analyze(HIVE, "--recover", *AT)
        places = {}
        for c in report["certificates"]:
            for i in c["instances"]:
                if i.get("deleted"):
                    places[c["sha1"], i.get("location"), i.get("store")] = i
        self.assertEqual(set(places), {
            (sha1("root_b"), "LM", "Root"), (sha1("ca"), "LM", "CA"), (sha1("root_a"), "LM", "Disallowed"),
            (sha1("root_P-256"), "LM-Enterprise", "Root"), (sha1("ca_impostor"), None, "CA"),
            (sha1("root_rsa"), None, None)})
        root = places[sha1("root_b"), "LM", "Root"]
        self.assertEqual(root["source"], "e1:" + STORES + "ROOT\\Certificates\\" + sha1("root_b").upper())
        self.assertEqual((root["confidence"], root["place"]), ("high", "free"))
        self.assertIn("a key lists it", root["reason"])
        self.assertEqual(root["properties"], {"3": sha1("root_b")})
        self.assertIn("last_write", root)
        lost = places[sha1("root_rsa"), None, None]
        at = HIVE.read_bytes().index(der("root_rsa"))
        self.assertEqual(int(lost["source"].partition(":")[2], 16), at - 12 - 32, "where its first property begins")
        self.assertNotIn("last_write", lost)
        self.assertTrue(places[sha1("ca_impostor"), None, "CA"]["source"].startswith("e1:?\\SystemCertificates\\CA\\"))

    def test_nothing_is_searched_unless_asked(self):
        _, out, _ = run("analyze", HIVE, "--format", "json", *AT)
        self.assertNotIn("deleted", out)
        self.assertNotIn(sha1("root_b"), out)

    def test_findings(self):
        _, report, _ = analyze(HIVE, "--recover", *AT)
        found = {f["certificate"]: f for f in report["findings"] if f["id"] == "deleted_certificate"}
        names = "root_b", "ca", "root_a", "root_P-256", "ca_impostor", "root_rsa"
        self.assertEqual(set(found), {sha256(n) for n in names})
        self.assertIn("LM/Root", found[sha256("root_b")]["detail"])
        self.assertIn("LM/Disallowed", found[sha256("root_a")]["detail"])
        self.assertIn("not known", found[sha256("root_rsa")]["detail"])
        self.assertEqual({f["attack"] for f in found.values()}, {"T1070"})

    def test_a_copy_in_another_place_does_not_stand_for_it(self):
        """root_b left the machine's Root; that a user has it there is another matter."""
        def lost(*more):
            _, report, _ = analyze(HIVE, "--recover", *more, *AT)
            return sha256("root_b") in {f.get("certificate") for f in report["findings"] if f["id"] == "deleted_certificate"}

        other = FIXTURES / "chain/root_b.der"
        self.assertTrue(lost())
        for place, there in (("CU:eve/Root", True), ("LM/CA", True), ("LM/Root", False)):
            self.assertEqual(lost("--store", f"{place}={other}"), there, place)

    def test_a_deleted_root_is_not_trusted_and_not_counted(self):
        _, report, _ = analyze(HIVE, "--recover", *AT)
        for c in by_name(report, "root_b", "root_rsa", "root_P-256", "ca"):
            self.assertNotIn("trust", c)
        kept, = by_name(report, "root_a")
        self.assertEqual({t["status"] for t in kept["trust"] if t["scope"] == "machine"}, {"trusted"})
        self.assertNotIn("disallowed", kept, "the refusal was deleted as well")
        counts = {(s["location"], s["name"]): s["certificates"] for s in report["stores"] if s["certificates"]}
        self.assertEqual(counts, {("LM", "Root"): 1})

    def test_no_requirement_rests_on_one(self):
        path = self.file("profile.json", PROFILE)
        supplied = FIXTURES / "chain/root_b.der"
        for more in (), ("--supply", supplied), ("--assume-connected",):
            with self.subTest(more):
                code, report, _ = analyze(HIVE, "--recover", "--require", path, *more, *AT)
                plain_code, plain, _ = analyze(HIVE, "--require", path, *more, *AT)
                del report["plan"], plain["plan"]  # it may put back what was deleted
                self.assertEqual((code, without_deleted(report, plain)), (plain_code, plain))
                items = {i["id"]: i["result"] for i in report["requirements"][0]["items"]}
                self.assertEqual(items["needs_b"], "FAIL")
                self.assertEqual(items["needs_rsa"], "FAIL")
                self.assertEqual(items["no_b"], "PASS")
                self.assertEqual(items["a_not_refused"], "PASS")
                self.assertEqual(items["a_usable"], "PASS")
                self.assertNotEqual(items["chain"], "PASS", "its intermediate was deleted")

    def test_one_serves_to_put_it_back(self):
        """As supply, by the hash that the profile names, and the bundle holds its very bytes."""
        path = self.file("profile.json", PROFILE)
        _, report, _ = analyze(HIVE, "--recover", "--require", path, *AT, "--bundle", self.folder / "out")
        added = {p["certificate"] for p in report["plan"] if p["action"] == "add"}
        self.assertEqual(added, {sha256("root_rsa")}, "root_b is to be absent as well, so it stays so")
        der = (FIXTURES / "certs/root_rsa.der").read_bytes()
        self.assertIn(der, [f.read_bytes() for f in (self.folder / "out/certs/Root").iterdir()])
        _, plain, _ = analyze(HIVE, "--require", path, *AT)
        self.assertEqual([p for p in plain["plan"] if p["action"] == "add"], [])

    def test_text(self):
        _, out, _ = run("analyze", HIVE, "--recover", *AT)
        self.assertRegex(out, r"Deleted +6 certificates found again")
        self.assertRegex(out, r"\[deleted_certificate\]")
        self.assertRegex(out, sha1("root_b") + r"  root_b\n +it was in LM/Root and is there no more; confidence high")

    def test_a_moved_copy_is_no_finding(self):
        """What stands where it stood: its old Blob is shown, and that is all."""
        name, blob = regf_deleted.stored(der("root_b"))
        tree = {"subkeys": {}}
        regf.at_path(tree, STORES + "ROOT").update(regf_deleted.store((name, blob)))
        key = regf.at_path(tree, STORES + "ROOT\\Certificates\\" + name)
        key["values"]["Older"] = blob  # last, so that the slack of the list still names it
        hive = regf_deleted.Editor(regf.hive(tree))
        hive.delete_value(STORES + "ROOT\\Certificates\\" + name, "Older")
        _, report, _ = analyze(self.file("SOFTWARE", hive.hive()), "--recover", *AT)
        root, = by_name(report, "root_b")
        self.assertEqual([(i["location"], i["store"], i.get("deleted", False)) for i in root["instances"]],
                         [("LM", "Root", False), ("LM", "Root", True)])
        self.assertEqual([f for f in report["findings"] if f["id"] == "deleted_certificate"], [])

    def test_a_users_store_has_its_owner(self):
        tree = {"subkeys": {}}
        regf.at_path(tree, "Software\\" + STORES + "Root").update(regf_deleted.store(regf_deleted.stored(der("root_b"))))
        hive = regf_deleted.Editor(regf.hive(tree, name="NTUSER.DAT"))
        hive.delete_key("Software\\" + STORES + "Root\\Certificates\\" + sha1("root_b").upper())
        path = self.file("Users/ann/NTUSER.DAT", hive.hive())
        _, report, _ = analyze(path, "--recover", *AT)
        root, = by_name(report, "root_b")
        self.assertEqual([(i["location"], i["store"]) for i in root["instances"]], [("CU:Users/ann", "Root")])


class Logs(Case):
    """A dirty hive whose log holds, behind the entry that counts, one of an older round."""

    def setUp(self):
        super().setUp()
        def tree(*certificates, **more):
            root = {"subkeys": {}}
            regf.at_path(root, STORES + "ROOT").update(regf_deleted.store(*map(regf_deleted.stored, certificates)))
            regf.at_path(root, "Note")["values"] = more
            return regf.hive(root)
        before, after = tree(der("root_a"), n=1), tree(der("root_a"), n=2)
        older = tree(der("root_b"), n=1)
        dirty = regf_log.with_sequence(before, 8, 7)
        log = regf_log.new_log(dirty, 7, [before, after])
        log += regf_log.entry(len(log), 3, older[regf.PAGE:], [(0, len(older) - regf.PAGE)])
        self.hive, self.log = self.file("SOFTWARE", dirty), self.file("SOFTWARE.LOG1", log)

    def test_a_remnant_entry_is_searched(self):
        _, report, _ = analyze(self.hive, "--recover", *AT)
        self.assertEqual(report["evidence"][0]["logs_applied"], 1)
        root, = by_name(report, "root_b")
        self.assertNotIn("trust", root)
        copy, = root["instances"]
        self.assertEqual({k: copy[k] for k in copy if k not in ("properties", "reason")},
                         {"source": "e1", "deleted": True, "place": "log", "log": "SOFTWARE.LOG1", "confidence": "high"})
        self.assertIn(sha256("root_b"), {f.get("certificate") for f in report["findings"]})

    def test_inspect_says_where_in_the_log(self):
        _, out, _ = inspect(self.hive, "--recover")
        found = [c for c in out["files"][0]["detail"]["deleted"]["certificates"] if c["place"] == "log"]
        self.assertEqual([(c["sha1"], c["log"]) for c in found], [(sha1("root_b"), str(self.log))])
        self.assertEqual(found[0]["offset"], self.log.read_bytes().index(der("root_b")) - 12 - 32)

    def test_logs_that_nobody_looks_at_are_not_searched(self):
        _, report, _ = analyze(self.hive, "--recover", "--no-logs", *AT)
        self.assertNotIn(sha256("root_b"), {c["sha256"] for c in report["certificates"]})


class Inspect(Case):
    def test_counts_and_what_was_in_stores(self):
        code, out, _ = inspect(HIVE, "--recover")
        self.assertEqual(code, 0)
        detail = out["files"][0]["detail"]
        deleted = detail["deleted"]
        # Of stores: seven keys of elements less the one overwritten, Enterprise, its Root and its Certificates, and of
        # Policies SystemCertificates, CA and Certificates; a Blob each.
        self.assertEqual((deleted["keys"], deleted["values"]), (12, 6))
        self.assertEqual((len(deleted["certificates"]), len(deleted["crls"]), len(deleted["ctls"])), (6, 1, 0))
        root = next(c for c in deleted["certificates"] if c["sha1"] == sha1("root_b"))
        blob = regf_deleted.stored(der("root_b"))[1]
        self.assertEqual({k: root[k] for k in root if k not in ("last_write", "reason", "offset")}, {
            "key_path": STORES + "ROOT\\Certificates\\" + sha1("root_b").upper(), "name": sha1("root_b").upper(),
            "sha1": sha1("root_b"), "blob_bytes": len(blob), "blob_sha1": hashlib.sha1(blob).hexdigest(),
            "property_ids": [3], "place": "free", "confidence": "high"})
        self.assertEqual(HIVE.read_bytes()[root["offset"]:][:len(blob)], blob)
        lost = next(c for c in deleted["certificates"] if c["sha1"] == sha1("root_rsa"))
        self.assertNotIn("key_path", lost)
        self.assertEqual([c["sha1"] for c in detail["certificates"]], [sha1("root_a")], "the live one alone")

    def test_each_file_of_a_folder_shows_its_own(self):
        self.file("one/SOFTWARE", HIVE.read_bytes())
        self.file("two/SOFTWARE", (FIXTURES / "demo/SOFTWARE").read_bytes())
        _, out, _ = inspect(self.folder, "--recover")
        got = {pathlib.Path(f["path"]).parent.name: (len(f["detail"]["certificates"]), f["detail"]["deleted"]["keys"])
               for f in out["files"]}
        self.assertEqual(got, {"one": (1, 12), "two": (8, 0)})
        self.assertFalse([d for f in out["files"] for d in f["diagnostics"] if "second" in d["message"]])

    def test_nothing_is_searched_unless_asked(self):
        _, out, _ = inspect(HIVE)
        self.assertNotIn("deleted", out["files"][0]["detail"])

    def test_text(self):
        _, out, _ = run("inspect", HIVE, "--recover")
        self.assertRegex(out, r"deleted: \n +keys: 12\n +values: 6\n +certificates: \n")
        self.assertIn("confidence: high", out)

    def test_what_only_looks_like_a_certificate_is_a_note(self):
        code, out, _ = inspect(FIXTURES / "regf_recover/deleted.hive", "--recover")
        self.assertEqual(code, 0)
        deleted = out["files"][0]["detail"]["deleted"]
        self.assertEqual((deleted["keys"], deleted["values"], deleted["certificates"]), (5, 5, []))
        notes = [d for d in out["files"][0]["diagnostics"] if d["code"] == "malformed"]
        self.assertEqual([d["severity"] for d in notes], ["note"] * 3)

    def test_the_recipe_makes_this_hive(self):
        self.assertEqual(regf_deleted.machine_hive(FIXTURES), HIVE.read_bytes())


@unittest.skipUnless(CORPUS, "WINROOTS_CORPUS is not set")
class Corpus(Case):
    def test_counts_of_other_tools(self):
        """yarp, and reglookup-recover where it reads the hive: (keys, values), of the file alone."""
        yarp = "yarp/hives_for_tests_"
        for name, expected in {
                yarp + "DeletedDataHive": (1, 2), yarp + "DeletedTreeHive": (4, 0),
                yarp + "DeletedTreeNoRootFlagHive": (4, 0), yarp + "DeletedTreePartialPathHive": (4, 0),
                yarp + "SlackHive": (1, 0), yarp + "RemnantData": (0, 1),
                "ez-registry/Registry.Test_Hives_UsrClassDeletedBags.dat": (4, 113), "plaso/NTUSER-WIN7.DAT": (82, 457),
                "regipy/regipy_tests_data_NTUSER.DAT": (103, 415),
                "regipy/regipy_tests_data_UsrClass.dat": (94, 222)}.items():
            with self.subTest(name):
                _, out, _ = inspect(C / "hive" / name, "--recover", "--no-logs")
                deleted = out["files"][0]["detail"]["deleted"]
                self.assertEqual((deleted["keys"], deleted["values"]), expected)

    def test_certificates_whose_values_are_gone(self):
        _, out, _ = inspect(C / "hive/plaso/SYSTEM", "--recover")
        found = out["files"][0]["detail"]["deleted"]["certificates"]
        self.assertEqual(len(found), 32)
        self.assertIn((0xb28078, "fdadc166e39a6a440de7376cea83796195dec198"), {(c["offset"], c["sha1"]) for c in found})

    def test_a_real_host_is_judged_the_same(self):
        given = C / "hive/plaso/SOFTWARE", C / "hive/plaso/SYSTEM", "--require", "A1", "--as-of", AS_OF
        code, report, _ = analyze(*given, "--recover")
        plain_code, plain, _ = analyze(*given)
        self.assertEqual(code, plain_code)
        self.assertEqual(without_deleted(report, plain), plain)
        self.assertEqual(len([i for c in report["certificates"] for i in c["instances"] if i.get("deleted")]), 32)


if __name__ == "__main__":
    main()
