#!/usr/bin/env python3
"""A saved report, or a record of a fleet, as evidence: judged again it says what its evidence says, for any profile, list
and time; and where it was changed, nothing rests on what is not there."""
import base64
import copy
import hashlib
import json
import re
import sys

from harness import FIXTURES, Case, main, run

AT = ("--as-of", "2026-11-22")
HOSTS = [FIXTURES / "demo/SOFTWARE", FIXTURES / "hives/host", FIXTURES / "hives/dirty_adds",
         FIXTURES / "hives/dirty_removes", FIXTURES / "hives/physical_stores", FIXTURES / "diff", FIXTURES / "hives/user_software.hive"]
LIST = FIXTURES / "ctl/by_key_id.stl"
QUESTIONS = [AT, ("--as-of", "2015-01-01"), (*AT, "--require", FIXTURES / "demo/profile.json"),
             (*AT, "--require", "A1", "--require", "cylance-protect", "--assume-connected"), (*AT, "--os", "6.1.7601"),
             (*AT, "--ctl", LIST, "--allow-unverified-lists", "--require", "V1")]
FILES = ("evidence",)  # what a report says of files and not of the host


def analyze(*args):
    code, out, err = run("analyze", *args, "--format", "json")
    if not out:
        raise AssertionError(err)
    return code, json.loads(out)


def without_sources(report):
    """The report with its places freed of which file they are in, and of which log entry wrote them."""
    report = {name: value for name, value in report.items() if name not in FILES}
    for row in [*report["policies"], *report["stores"], *(i for c in report["certificates"] for i in c["instances"])]:
        row.pop("log_entry", None)
    return json.loads(re.sub(r'"e\d+[^":]*', '"e', json.dumps(report)))


def record_of(report, path="host"):
    """The lines of a record, as docs/fleet-record.md has them."""
    report = copy.deepcopy(report)
    objects = report.pop("objects")
    on_demand = json.dumps(report.pop("on_demand"), separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    name = hashlib.sha256(on_demand).hexdigest()
    report["on_demand_object"] = {"sha256": name, "count": 0}
    lines = [{"schema": "winroots.object/1", **o} for o in objects]
    lines.append({"schema": "winroots.host/1", "tool": report["tool"], "host": {"key": "evidence:x"},
                  "evidence": {"path": path, "id": "0" * 64, "host": 1, "hosts": 1}, "status": "ok", "report": report})
    return [json.dumps(line) for line in lines]


def save(self, document, name="saved.json"):
    """A file of the test's folder."""
    path = self.folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


class SavedReport(Case):
    save = save

    def test_it_says_what_its_evidence_says(self):
        for host in HOSTS:
            saved = self.save(analyze(host, *AT)[1])
            for question in QUESTIONS:
                code, expected = analyze(host, *question)
                again, found = analyze(saved, *question)
                self.assertEqual(without_sources(found), without_sources(expected), (host, question))
                self.assertEqual(again, code, (host, question))

    def test_a_list_that_it_was_made_with_counts_on_and_once(self):
        question = (*AT, "--allow-unverified-lists")
        _, expected = analyze(HOSTS[0], *question, "--ctl", LIST)
        saved = self.save(expected)
        self.assertEqual(len(expected["lists"]), 1)
        for more in ((), ("--ctl", LIST)):
            self.assertEqual(without_sources(analyze(saved, *question, *more)[1]), without_sources(expected))

    def test_a_report_of_a_report_is_the_same(self):
        saved = self.save(analyze(HOSTS[0], *AT)[1])
        again = self.save(analyze(saved, *AT)[1], "again.json")
        self.assertEqual(without_sources(analyze(again, *AT)[1]), without_sources(analyze(HOSTS[0], *AT)[1]))

    def test_explain_and_export_take_it(self):
        saved = self.save(analyze(HOSTS[0], *AT)[1])
        held = json.loads(saved.read_text())["certificates"][0]
        for form in ("sha1", "sha256"):
            code, out, _ = run("explain", held[form], saved, *AT, "--format", "json")
            self.assertEqual(json.loads(out)["certificate"]["trust"][0]["status"], held["trust"][0]["status"])
        pems = []
        for evidence in (HOSTS[0], saved):
            path = self.folder / "out.pem"
            code, _, err = run("export", evidence, *AT, "--purpose", "server_auth", "-o", path)
            self.assertEqual(code, 0, err)
            pems.append(path.read_text())
        self.assertTrue("BEGIN CERTIFICATE" in pems[0])
        self.assertEqual(pems[0], pems[1])

    def test_diff_of_a_host_and_its_record_is_equal(self):
        records = self.save("\n".join(record_of(analyze(HOSTS[0], *AT)[1])) + "\n", "host.ndjson")
        code, out, err = run("diff", HOSTS[0], records, *AT)
        self.assertEqual(code, 0, out + err)

    def test_records_are_hosts(self):
        lines = []
        for host in HOSTS[:2]:
            lines += [line for line in record_of(analyze(host, *AT)[1], str(host)) if line not in lines]
        _, found = analyze(self.save("\n".join(lines) + "\n", "fleet.ndjson"), *AT)
        self.assertEqual(len(found), 2)
        for host, report in zip(HOSTS, found):
            self.assertEqual(without_sources(report), without_sources(analyze(host, *AT)[1]), host)

    def test_reports_of_several_hosts_are_several(self):
        reports = [analyze(host, *AT)[1] for host in HOSTS[:2]]
        for text in (json.dumps(reports), "\n".join(map(json.dumps, reports)), json.dumps(reports, indent=2)):
            _, found = analyze(self.save(text), *AT)
            self.assertEqual([without_sources(r) for r in found], [without_sources(r) for r in reports])

    # ---- what was changed ------------------------------------------------------------------------

    def changed(self, change):
        """Exit code and report of the demo host's report after `change`."""
        report = analyze(*self.demo)[1]
        change(report)
        return analyze(self.save(report), *self.demo[1:])

    demo = (FIXTURES / "demo/SOFTWARE", "--require", FIXTURES / "demo/profile.json", *AT)

    def test_its_conclusions_are_not_looked_at(self):
        def lie(report):
            for certificate in report["certificates"]:
                certificate["subject"] = "CN=Microsoft"
                for verdict in certificate["trust"]:
                    verdict["status"] = "trusted"
            report["requirements"] = report["findings"] = report["plan"] = []
            report["certificates"].pop()

        code, found = self.changed(lie)
        expected_code, expected = analyze(*self.demo)
        self.assertEqual(code, expected_code)
        self.assertEqual(without_sources(found), without_sources(expected))

    def test_octets_that_are_not_what_they_are_named_by_are_not_used(self):
        def certificate(report):
            for o in report["objects"]:
                if o["kind"] == "certificate":
                    octets = bytearray(base64.b64decode(o["data"]))
                    octets[-1] ^= 1
                    o["data"] = base64.b64encode(octets).decode()

        code, found = self.changed(certificate)
        self.assertEqual(found["certificates"], [])
        self.assertTrue(any(d["severity"] == "skipped" for d in found["diagnostics"]))
        self.assertEqual(found["requirements"][0]["result"], "UNKNOWN")
        self.assertEqual(code, 4)

    def test_what_is_not_there_is_unknown_and_never_passes(self):
        def drop(*path):
            def change(report):
                at = report
                for step in path[:-1]:
                    at = at[step]
                del at[path[-1]]
            return change

        required = {item["id"] for item in analyze(*self.demo)[1]["requirements"][0]["items"]}
        for path in (("facts",), ("objects",), ("facts", "stores"), ("facts", "copies"), ("facts", "host"), ("facts", "lists")):
            code, found = self.changed(drop(*path))
            self.assertNotEqual(code, 0, path)
            self.assertIn(found["requirements"][0]["result"], ("UNKNOWN", "FAIL"), path)
            self.assertEqual({item["id"] for item in found["requirements"][0]["items"]}, required)
            self.assertTrue(any(d["severity"] == "skipped" for d in found["diagnostics"]), path)

    def test_facts_of_a_wrong_form_are_said_with_their_place(self):
        for path, value, place in ((("facts", "stores", 0, "location"), "Mars", "/facts/stores/0/location"),
                                   (("facts", "copies", 0, "store"), 9999, "/facts/copies/0/store"),
                                   (("facts", "copies", 0, "last_write"), "noon", "/facts/copies/0/last_write"),
                                   (("facts", "copies", 0, "properties"), "ab", "/facts/copies/0/properties"),
                                   (("facts", "copies"), {}, "/facts/copies")):
            def change(report):
                at = report
                for step in path[:-1]:
                    at = at[step]
                at[path[-1]] = value
            report = analyze(*self.demo)[1]
            change(report)
            code, found = analyze(self.save(report), *self.demo[1:])
            said = [d for d in found["diagnostics"] if place in d.get("source", "")]
            self.assertTrue(said, (place, found["diagnostics"]))
            self.assertNotEqual(code, 0)

    def test_every_fact_of_a_host_has_its_form(self):
        """A host with users, lists and every kind of fact; what is wrong is named, and nothing passes that rests on it."""
        host = (HOSTS[1], "--ctl", FIXTURES / "ctl/list.stl", "--require", FIXTURES / "demo/profile.json", *AT)
        _, whole = analyze(*host)
        whole["facts"]["policies"] = [{"name": "DisableRootAutoUpdate", "source": "e1", "key": "Policies", "number": "1", "text": "1"}]
        for path, value, words in ((("stores", 1), whole["facts"]["stores"][0], "a store that stands twice"),
                                   (("stores", 0, "skipped"), 1 << 40, "expected at most"),
                                   (("stores", 0, "name"), 7, "/facts/stores/0/name"),
                                   (("copies", 0, "certificate"), "00", "/facts/copies/0/certificate"),
                                   (("others", 0, "kind"), "certificate", 'kind "certificate", expected crl, ctl or keyid'),
                                   (("others", 0, "store"), 1000, "/facts/others/0/store"),
                                   (("lists", 0), {"source": "e1"}, "a list without its octets"),
                                   (("lists", 0, "from_host"), "yes", "/facts/lists/0/from_host"),
                                   (("policies", 0, "number"), "1x", 'number "1x", expected decimal digits'),
                                   (("policies", 0, "key"), [], "/facts/policies/0/key"),
                                   (("physical_stores", 0, "flags"), 1 << 32, "expected at most 4294967295"),
                                   (("users", 0, "consent"), "granted", 'consent "granted" is not known'),
                                   (("users", 0, "list"), "!!", "/facts/users/0"),
                                   (("users", 0, "owner"), None, "/facts/users/0/owner"),
                                   (("host", "updates"), "KB1", "no array, expected one"),
                                   (("host", "updates"), ["KB1"], "/facts/host/updates/0"),
                                   (("host", "os", "build"), -1, "/facts/host/os/build"),
                                   (("host", "observed"), "noon", "/facts/host/observed")):
            report = copy.deepcopy(whole)
            at = report["facts"]
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = value
            code, found = analyze(self.save(report), *host[3:])
            said = [d for d in found["diagnostics"] if words in d["message"] + d.get("source", "")]
            self.assertTrue(said, (words, found["diagnostics"]))
            self.assertIn(code, (1, 4))
            self.assertNotIn("PASS", [item["result"] for item in found["requirements"][0]["items"]], path)

    def test_a_list_that_is_damaged_or_gone_leaves_the_host_unknown(self):
        _, whole = analyze(HOSTS[1], "--ctl", FIXTURES / "ctl/list.stl", *AT)
        name = whole["facts"]["lists"][0]["object"]
        for octets in (None, b"\x30\x03\x02\x01\x01", b"no list"):
            report = copy.deepcopy(whole)
            report["objects"] = [o for o in report["objects"] if o["sha256"] != name]
            if octets:
                sha256 = hashlib.sha256(octets).hexdigest()
                report["objects"].append({"sha256": sha256, "kind": "list", "data": base64.b64encode(octets).decode()})
                report["facts"]["lists"][0]["object"] = sha256
            _, found = analyze(self.save(report), *AT)
            self.assertLess(len(found["lists"]), len(whole["lists"]))
            self.assertTrue(any(d["severity"] == "skipped" for d in found["diagnostics"]))
            statuses = {t["status"] for c in found["certificates"] for t in c["trust"]}
            self.assertNotIn("trusted", statuses)

    def test_a_report_beside_a_hive_says_that_it_adds(self):
        report = self.save(analyze(*self.demo)[1])
        _, found = analyze(report, FIXTURES / "demo/SOFTWARE", *AT)
        self.assertTrue(any("a report beside a machine hive" in d["message"] for d in found["diagnostics"]), found["diagnostics"])

    def test_what_was_deleted_is_said_and_not_judged_again(self):
        report = analyze(FIXTURES / "regf_recover/SOFTWARE", "--recover", *AT)[1]
        _, found = analyze(self.save(report), *AT)
        self.assertTrue(any("that were deleted; they are not judged again" in d["message"] for d in found["diagnostics"]))

    def test_a_line_that_is_cut_or_of_another_version_costs_its_host_alone(self):
        lines = record_of(analyze(HOSTS[0], *AT)[1])
        bad = [lines[-1][:-40], lines[-1].replace("winroots.host/1", "winroots.host/7"),
               json.dumps({**json.loads(lines[-1]), "status": "failed", "report": None})]
        for line in bad:
            code, found = analyze(self.save("\n".join([*lines, line]) + "\n", "fleet.ndjson"), *self.demo[1:])
            self.assertEqual(len(found), 2)
            self.assertEqual([r["evidence"][0]["role"] for r in found], ["report", "unreadable"])
            self.assertTrue(found[1]["diagnostics"])
            self.assertEqual(found[1]["requirements"][0]["result"], "UNKNOWN")

    def test_names_are_data(self):
        def names(report):
            report["facts"]["host"]["computer_name"] = "a\x1b[2J<script>"
            for store in report["facts"]["stores"]:
                store["path"] = "\u202e../../etc"
                store["source"] = "e1\x1b]0;x\x07"

        report = analyze(*self.demo)[1]
        names(report)
        saved = self.save(report)
        for form in ("text", "html", "csv", "json"):
            _, out, _ = run("analyze", saved, *self.demo[1:], "--format", form)
            self.assertNotIn("\x1b", out)
            self.assertNotIn("\x07", out)


if __name__ == "__main__":
    main()
