#!/usr/bin/env python3
"""`winroots diff`: each form, on hosts whose difference the test itself made."""
import copy
import hashlib
import json
import subprocess
import sys

from harness import FIXTURES, Case, analyze, main, run

sys.path.insert(0, str(FIXTURES / "recipes"))
import diff as recipe  # noqa: E402
import regf  # noqa: E402
from demo import blob, oids, sha1  # noqa: E402

DEMO, DIRTY, CHAIN = FIXTURES / "demo/SOFTWARE", FIXTURES / "diff/SOFTWARE", FIXTURES / "chain"
DER = {name: (CHAIN / f"{name}.der").read_bytes() for name in ("root_a", "root_b")}
SHA256 = {name: hashlib.sha256(der).hexdigest() for name, der in DER.items()}
A, B = ((sha1(DER[name]), blob(DER[name])) for name in ("root_a", "root_b"))
DAY = "2027-01-01"
PURPOSES = {"server_auth", "client_auth", "code_signing", "email", "time_stamping"}
AUTHROOT = "Policies\\Microsoft\\SystemCertificates\\AuthRoot"


def diff(*args):
    code, out, err = run("diff", *args, "--as-of", DAY, "--format", "json")
    return code, json.loads(out) if out else None, err


def rows(document, section):
    """(change, what the row is about) of a section"""
    about = {"instances": ("store", "certificate"), "policies": ("name",), "entries": ("id",)}[section]
    return [(r["change"], *(r[k] for k in about if k in r)) for r in document.get(section, [])]


def verdicts(document):
    """{(certificate, purpose): (status before, status after)}"""
    return {(r["certificate"], r["purpose"]): tuple(r.get(side, {}).get("status") for side in ("before", "after"))
            for group in document.get("trust", []) for r in group["rows"]}


class Hosts(Case):
    def host(self, name, *args, **more):
        return self.file(name, regf.hive(recipe.tree(*args, **more), name="SOFTWARE"))

    def setUp(self):
        super().setUp()
        self.before = self.host("before", [], [A], recipe.INSTALLED)
        limited = sha1(DER["root_a"]), blob(DER["root_a"], (9, oids("1.3.6.1.5.5.7.3.1")))
        self.after = self.host("after", [B], [limited], recipe.INSTALLED, update_off=True)

    def test_equal(self):
        code, document, _ = diff(self.before, self.before)
        self.assertEqual((code, document["equal"], document["kind"], document["counts"]), (0, True, "host", {}))
        self.assertFalse({"instances", "trust", "policies"} & document.keys())

    def test_added_changed_and_policy(self):
        code, document, _ = diff(self.before, self.after)
        self.assertEqual((code, document["equal"]), (1, False))
        self.assertEqual(rows(document, "instances"), [("changed", "LM/AuthRoot", SHA256["root_a"]),
                                                       ("added", "LM/Root", SHA256["root_b"])])
        changed, added = document["instances"]
        self.assertNotIn("properties.9", changed["before"])
        self.assertEqual(changed["after"], {"properties.9": ["1.3.6.1.5.5.7.3.1"]})
        self.assertEqual((added["sha1"], added["last_write"]), (sha1(DER["root_b"]).lower(), "2025-06-17T22:05:12Z"))
        self.assertEqual(rows(document, "policies"), [("added", "DisableRootAutoUpdate")])
        self.assertEqual(document["policies"][0]["after"]["value"], "1")

    def test_verdicts_are_grouped_by_reason(self):
        _, document, _ = diff(self.before, self.after)
        expected = {(SHA256["root_b"], p): (None, "trusted") for p in PURPOSES}
        expected |= {(SHA256["root_a"], p): ("trusted", "not_trusted") for p in PURPOSES - {"server_auth"}}
        self.assertEqual(verdicts(document), expected)
        groups = {(g.get("before", {}).get("reason"), g["after"]["reason"]): len(g["rows"]) for g in document["trust"]}
        self.assertEqual(groups, {(None, "installed"): 5, ("installed", "purpose_not_in_property"): 4})

    def test_the_other_way_round(self):
        _, document, _ = diff(self.after, self.before)
        self.assertEqual(rows(document, "instances"), [("changed", "LM/AuthRoot", SHA256["root_a"]),
                                                       ("removed", "LM/Root", SHA256["root_b"])])
        self.assertEqual(verdicts(document)[SHA256["root_b"], "email"], ("trusted", None))

    def test_text_reads_well(self):
        code, out, _ = run("diff", self.before, self.after, "--as-of", DAY)
        self.assertEqual(code, 1)
        self.assertIn("Differ    instances +1 ~1; trust +5 ~4; policies +1\n", out)
        self.assertIn(f"  + LM/Root  {B[0].lower()}  root_b\n      key last written 2025-06-17T22:05:12Z\n", out)
        self.assertIn("      property 9 (purposes): absent -> server_auth\n", out)
        self.assertIn("  trusted (installed) -> not_trusted (purpose_not_in_property): 1 certificate\n", out)
        self.assertIn(f"  + DisableRootAutoUpdate  {AUTHROOT}\n", out)

    def test_a_saved_report_is_as_good_as_the_host(self):
        saved = self.folder / "saved.json"
        self.assertEqual(run("analyze", self.before, "--as-of", DAY, "--format", "json", "-o", saved)[0], 0)
        for first, second in ((saved, self.before), (self.before, saved), (saved, saved)):
            self.assertEqual(diff(first, second)[0], 0)
        _, by_report, _ = diff(saved, self.after)
        _, by_host, _ = diff(self.before, self.after)
        for document in (by_report, by_host):
            document["a"].pop("given")
        self.assertEqual(by_report, by_host)

    def test_two_times(self):
        code, document, _ = diff("--and", "2026-01-01", self.before)
        self.assertEqual(code, 1)
        self.assertEqual((document["a"]["as_of"], document["b"]["as_of"]),
                         ("2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z"))
        self.assertEqual(document["counts"], {"trust": {"added": 0, "removed": 0, "changed": 5}})
        self.assertEqual({g["after"]["reason"] for g in document["trust"]}, {"not_yet_valid"})
        self.assertEqual(diff("--and", DAY, self.before)[0], 0)

    def test_a_store_that_both_get_makes_no_difference_but_its_verdicts_do(self):
        code, document, _ = diff(self.before, self.after, "--store", f"LM/Disallowed={CHAIN / 'root_a.der'}")
        self.assertEqual(code, 1)
        self.assertEqual(rows(document, "instances")[-1], ("added", "LM/Root", SHA256["root_b"]))
        self.assertFalse([v for v in verdicts(document) if v[0] == SHA256["root_a"]])

    def test_requirements(self):
        profile = FIXTURES / "demo/profile.json"
        _, document, _ = diff(DEMO, self.before, "--require", profile)
        changed = {r["item"]: (r["before"]["result"], r["after"]["result"]) for r in document["requirements"]
                   if "result" in r["before"]}
        self.assertEqual(changed["download-server"], ("PASS", "FAIL"))

    def test_what_a_user_does_not_have_apart_is_the_machine_s(self):
        _, report, _ = analyze(self.before, "--as-of", DAY)
        machine = copy.deepcopy(report)
        (certificate,) = report["certificates"]
        for row in list(certificate["trust"]):
            certificate["trust"].append({**row, "scope": "user:S-1-5-21-1"})
        files = [self.file(f"{i}.json", json.dumps(r)) for i, r in enumerate((machine, report))]
        self.assertEqual(diff(*files)[0], 0)
        certificate["trust"][-1]["status"] = "distrusted"
        code, document, _ = diff(files[0], self.file("2.json", json.dumps(report)))
        self.assertEqual((code, document["counts"]), (1, {"trust": {"added": 0, "removed": 0, "changed": 1}}))

    def test_names_from_evidence_are_data(self):
        _, report, _ = analyze(self.before, "--as-of", DAY)
        report["certificates"][0]["subject"] = "CN=\x1b[31mred\u202e"
        _, out, _ = run("diff", self.after, self.file("x.json", json.dumps(report)))
        self.assertNotIn("\x1b", out)
        self.assertNotIn("\u202e", out)
        self.assertIn("\\u{001B}[31mred", out)

    def test_a_property_that_repeats_stands_once_in_a_report(self):
        def unique(pairs):
            self.assertEqual(len(pairs), len(dict(pairs)), pairs)
            return dict(pairs)

        twice = sha1(DER["root_a"]), blob(DER["root_a"], (9, oids("1.3.6.1.5.5.7.3.3")), (9, oids("1.3.6.1.5.5.7.3.1")))
        host = self.host("twice", [], [twice], recipe.INSTALLED)
        _, out, _ = run("analyze", host, "--as-of", DAY, "--format", "json")
        (instance,) = json.loads(out, object_pairs_hook=unique)["certificates"][0]["instances"]
        self.assertEqual(instance["properties"], {"9": ["1.3.6.1.5.5.7.3.1"]})  # the last counts
        code, document, _ = diff(self.before, host)
        self.assertEqual((code, document["instances"][0]["after"]), (1, {"properties.9": ["1.3.6.1.5.5.7.3.1"]}))

    def test_what_was_skipped_is_said(self):
        broken = sha1(b"another"), b"no element"
        damaged = self.host("damaged", [], [A, broken], recipe.INSTALLED)
        code, document, _ = diff(self.before, damaged)
        self.assertEqual(code, 1)  # a store that could not be read as a whole is not the same
        self.assertEqual((len(document["a"]["skipped"]), len(document["b"]["skipped"])), (0, 1))
        self.assertIn(broken[0], document["b"]["skipped"][0]["source"])
        _, out, _ = run("diff", self.before, damaged, "--as-of", DAY)
        self.assertRegex(out, r"\nB +skipped: e1:\S+" + broken[0])


class Stores(Case):
    def test_two_stores(self):
        both = self.file("both.pem", b"".join(
            subprocess.run(["openssl", "x509", "-inform", "DER"], input=der, capture_output=True, check=True).stdout
            for der in DER.values()))
        code, document, _ = diff(both, CHAIN / "root_b.der")
        self.assertEqual((code, document["kind"]), (1, "store"))
        self.assertEqual(rows(document, "instances"), [("removed", SHA256["root_a"])])
        self.assertEqual(diff(both, both)[0], 0)

    def test_copies_are_a_set(self):
        pem = subprocess.run(["openssl", "x509", "-inform", "DER"], input=DER["root_a"], capture_output=True,
                             check=True).stdout
        code, document, _ = diff(self.file("one.pem", pem), self.file("three.pem", pem * 3))
        self.assertEqual((code, rows(document, "instances")), (1, [("added", SHA256["root_a"])] * 2))


class Lists(Case):
    def test_two_lists(self):
        first, second = FIXTURES / "ctl/list.stl", FIXTURES / "ctl/disallowed.stl"
        self.assertEqual(diff(first, first)[0], 0)
        code, document, _ = diff(first, second)
        self.assertEqual((code, document["kind"]), (1, "list"))
        self.assertFalse({"on_demand", "trust", "instances"} & document.keys())


class Replay(Case):
    def steps(self, document):
        return [(e["sequence"], e["log"].rsplit("/", 1)[1], e["time"]) for e in document["log_entries"]]

    def test_the_recipe_makes_these_files(self):
        (self.folder / "chain").symlink_to(CHAIN)
        recipe.main(self.folder)
        for made in (self.folder / "diff").iterdir():
            self.assertEqual(made.read_bytes(), (FIXTURES / "diff" / made.name).read_bytes(), made.name)

    def test_which_entry_did_it(self):
        content = DIRTY.read_bytes()
        code, document, _ = diff(DIRTY)
        self.assertEqual((code, document["kind"], document["entries_applied"]), (1, "replay", 4))
        self.assertEqual(rows(document, "instances"), [("removed", "LM/AuthRoot", SHA256["root_a"]),
                                                       ("added", "LM/Root", SHA256["root_b"])])
        self.assertEqual(rows(document, "policies"), [("added", "DisableRootAutoUpdate")])
        self.assertEqual(self.steps(document), [
            (8, "SOFTWARE.LOG1", "2025-06-17T22:05:12Z"), (9, "SOFTWARE.LOG2", "2025-06-17T22:06:40Z"),
            (10, "SOFTWARE.LOG2", "2025-06-17T22:07:03Z")])
        added, removed, policy = document["log_entries"]
        self.assertEqual(rows(added, "instances"), [("added", "LM/Root", SHA256["root_b"])])
        self.assertEqual(rows(removed, "instances"), [("removed", "LM/AuthRoot", SHA256["root_a"])])
        self.assertEqual(rows(policy, "policies"), [("added", "DisableRootAutoUpdate")])
        self.assertFalse("instances" in policy or "trust" in policy)
        self.assertEqual(DIRTY.read_bytes(), content)

    def test_a_report_names_the_entry_that_wrote_a_key(self):
        _, report, _ = analyze(DIRTY)
        entry = {"8": {"log": "SOFTWARE.LOG1", "sequence": 8, "offset": 0x2000}, "9": {"log": "SOFTWARE.LOG2", "sequence": 9,
                 "offset": 0x200}, "10": {"log": "SOFTWARE.LOG2", "sequence": 10, "offset": 0x2000}}
        self.assertEqual({c["sha256"]: [i.get("log_entry") for i in c["instances"]] for c in report["certificates"]},
                         {SHA256["root_b"]: [entry["8"]]})
        self.assertEqual([p["log_entry"] for p in report["policies"]], [entry["10"]])
        (authroot,) = [s for s in report["stores"] if "log_entry" in s]  # the list of its certificates, which lost root_a
        self.assertEqual((authroot["location"], authroot["name"], authroot["last_write"], authroot["log_entry"]),
                         ("LM", "AuthRoot", "2025-06-17T22:06:40Z", entry["9"]))
        for args in (DIRTY, "--no-logs"), (DEMO,):
            self.assertNotIn("log_entry", json.dumps(analyze(*args)[1]))

    def test_a_log_alone_makes_no_difference(self):
        """What a hive has from its log and another from its file is alike."""
        _, document, _ = diff(DIRTY, self.file("SOFTWARE", regf.hive(recipe.tree(
            [B], [], recipe.REMOVED, noise=1, update_off=True), name="SOFTWARE")))
        self.assertEqual([key for key in ("instances", "policies", "stores", "trust") if key in document], [])

    def test_an_entry_stands_where_its_log_says(self):
        _, document, _ = diff(DIRTY)
        for entry in document["log_entries"]:
            log = (FIXTURES / "diff" / entry["log"].rsplit("/", 1)[1]).read_bytes()
            self.assertEqual(log[entry["offset"]:entry["offset"] + 4], b"HvLE")
            self.assertEqual(int.from_bytes(log[entry["offset"] + 12:entry["offset"] + 16], "little"), entry["sequence"])

    def test_text_reads_well(self):
        code, out, _ = run("diff", DIRTY, "--as-of", DAY)
        self.assertEqual(code, 1)
        self.assertIn("Which log entry did it: 3 of 4 changed something\n", out)
        self.assertRegex(out, r"\n== entry 9 of \S+SOFTWARE.LOG2 at 0x200, keys written 2025-06-17T22:06:40Z ==\n"
                              r"\nCertificates in stores\n  - LM/AuthRoot  " + A[0].lower() + "  root_a\n")

    def test_what_comes_and_goes_is_different(self):
        """The hive is the same before and after, yet a root stood in it for a while."""
        import regf_log
        states = [regf.hive(recipe.tree(root, [A], recipe.INSTALLED), name="SOFTWARE") for root in ([], [B], [])]
        dirty = regf_log.with_sequence(states[0], 3, 2)
        hive = self.file("SOFTWARE", dirty)
        self.file("SOFTWARE.LOG1", regf_log.new_log(dirty, 2, states))
        code, document, _ = diff(hive)
        self.assertEqual((code, document["equal"], document["counts"]), (1, False, {}))
        self.assertEqual([rows(e, "instances")[0][0] for e in document["log_entries"]], ["added", "removed"])

    def test_logs_that_are_named(self):
        alone = self.file("alone", DIRTY.read_bytes())
        code, document, _ = diff(alone, "--log", f"{DIRTY}.LOG1")
        self.assertEqual((code, [s[0] for s in self.steps(document)]), (1, [8]))
        code, document, _ = diff(alone)
        self.assertEqual((code, document["entries_applied"]), (0, 0))
        self.assertIn("dirty", document["a"]["warnings"][0]["message"])

    def test_a_clean_hive_is_equal(self):
        code, document, _ = diff(DEMO)
        self.assertEqual((code, document["equal"], document["a"]["warnings"]), (0, True, []))

    def test_the_states_are_those_that_analyze_sees(self):
        for args, side in (([], ("LM/Root", "root_b")), (["--no-logs"], ("LM/AuthRoot", "root_a"))):
            _, report, _ = analyze(DIRTY, "--as-of", DAY, *args)
            self.assertEqual([(f"{i['location']}/{i['store']}", c["subject"].split(", ")[0].removeprefix("CN="))
                              for c in report["certificates"] for i in c["instances"]], [side])


class Wrong(Case):
    def code(self, *args):
        code, out, err = run("diff", *args)
        self.assertEqual(out, "")
        self.assertTrue(err.startswith("winroots: "), err)
        return code

    def test_usage(self):
        for args in ([], [DEMO, DEMO, DEMO], [DEMO, DEMO, "--bogus"], [DEMO, "--and", "2026-01-01"],
                     [DEMO, "--as-of", "soon", "--and", DAY], [DEMO, "--as-of", DAY, "--and", "later"],
                     [DEMO, DEMO, "--format", "csv"], [DIRTY, "--no-logs"], [DIRTY, DIRTY, "--log", f"{DIRTY}.LOG1"],
                     [FIXTURES / "ctl/list.stl"], [DEMO, FIXTURES / "ctl/list.stl"],
                     [CHAIN / "root_a.der", FIXTURES / "ctl/list.stl"]):
            with self.subTest(args):
                self.assertEqual(self.code(*args), 2)

    def test_a_side_that_cannot_be_read(self):
        nothing, text = self.folder / "nothing", self.file("text", "no evidence")
        for args in ([DEMO, nothing], [nothing, DEMO], [text, DEMO], [nothing], [text],
                     [DEMO, nothing, "--as-of", DAY, "--and", DAY]):
            with self.subTest(args):
                self.assertEqual(self.code(*args), 3)

    def test_a_report_that_is_damaged(self):
        for content, place in (('{"schema": "winroots.report/1", "certificates": [{"sha256": 7}]}', "/certificates/0/sha256"),
                               ('{"schema": "winroots.report/1", "certificates": [7]}', "/certificates/0"),
                               ('{"schema": "winroots.report/1", "policies": {}}', "/policies"),
                               ('{"schema": "winroots.report/1", ', "")):
            with self.subTest(content):
                code, out, err = run("diff", self.file("r.json", content), DEMO)
                self.assertEqual((code, out), (3, ""))
                self.assertIn("r.json", err)
                self.assertIn(place, err)

    def test_a_report_has_no_logs_and_is_judged_again_for_two_times(self):
        saved = self.folder / "saved.json"
        run("analyze", DEMO, "--as-of", DAY, "--format", "json", "-o", saved)
        self.assertEqual(self.code(saved), 2)
        for second, equal in ((DAY, 0), ("2045-01-01", 1)):
            found = [run("diff", side, "--as-of", DAY, "--and", second, "--format", "json") for side in (DEMO, saved)]
            self.assertEqual([code for code, _, _ in found], [equal, equal])
            of_host, of_report = (json.loads(out) for _, out, _ in found)
            self.assertEqual(verdicts(of_report), verdicts(of_host))
            self.assertEqual(len(verdicts(of_host)) > 0, equal == 1)

    def test_output(self):
        target = self.folder / "out.json"
        self.assertEqual(run("diff", DEMO, DEMO, "--format", "json", "-o", target)[:2], (0, ""))
        self.assertTrue(json.loads(target.read_text())["equal"])
        self.assertEqual(self.code(DEMO, DEMO, "-o", self.folder / "no/such/out"), 5)


if __name__ == "__main__":
    main()
