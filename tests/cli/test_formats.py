#!/usr/bin/env python3
"""The formats of analyze beside text and JSON: each says what the JSON report says, and no name out of evidence
gets out of its field."""
import csv
import datetime
import io
import json
import re
import xml.etree.ElementTree as ElementTree

from harness import FIXTURES, Case, analyze, file_name, main, run
from registry import CERTIFICATES, certificate, element, hive, store

FORMATS = ("csv", "junit", "sarif", "timeline", "bodyfile")
AT = ("--as-of", "2026-11-22")
DEMO = (FIXTURES / "demo/SOFTWARE", "--require", FIXTURES / "demo/profile.json", *AT)
HOST = (FIXTURES / "hives/host", *AT)
DELETED = (FIXTURES / "regf_recover/SOFTWARE", "--recover", *AT)
PURPOSES = ("server_auth", "client_auth", "code_signing", "email", "time_stamping")
HOSTILE = ("name_bmp", "name_hostile", "name_multi", "name_script", "name_specials", "name_teletex", "name_utf8", "name_empty")
NASTY = ("=HYPERLINK(\"http://x\",\"y\")", "+1", "-1", "@SUM(A1)", "  =1", "\uff1d1", "]]><!--", "a|b", "[x](http://y) {0}",
         "\u202egnp.exe", "\ufffe\uffff", "a\",\"b", "a;=1")
CONTROLS = ("x\ty", "\u009b31m")  # which a profile cannot have, and a key can
RESULTS = {"PASS": None, "FAIL": "failure", "UNKNOWN": "error", "ERROR": "error", "NOT_APPLICABLE": "skipped"}


def written(form, *args):
    """(exit code, text)"""
    code, out, _ = run("analyze", *args, "--format", form)
    return code, out


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def top(requirements):
    return [(r["profile"], i) for r in requirements for i in r["items"] if "parent" not in i]


def printable(text):
    """As the program writes text that a terminal might obey."""
    return re.sub("[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]",
                  lambda m: f"\\u{{{ord(m.group()):04X}}}", text)


FORMULA = re.compile("^[ \u00a0\u3000]*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")


def cell(text):
    """As it stands in a table."""
    text = printable(text)
    return "'" + text if FORMULA.match(text) else text


class Formats(Case):
    def hostile(self):
        """A host and a profile whose every name is against us."""
        ders = [certificate(name) for name in HOSTILE]
        elements = {}
        for der in ders:
            elements.update(element(der, (11, "=cmd|'/c calc'!A1\0".encode("utf-16-le"))))
        stores = [store(f"{CERTIFICATES}\\{name}", ders[0]) for name in NASTY + CONTROLS]
        path = self.file(file_name("=1|[h](x) \u202e"), hive(store(CERTIFICATES + "\\ROOT", elements), *stores))
        items = [{"id": f"i{n}", "kind": "certificate-present", "store": "Root", "certificate": f"c{n}", "basis": "inferred",
                  "severity": "required"} for n in range(len(NASTY))]
        nested = {"id": "any", "kind": "any-of", "severity": "required", "basis": "inferred",
                  "children": [dict(items[0], id="k1"), dict(items[1], id="k2")]}
        del nested["children"][0]["severity"], nested["children"][1]["severity"]
        items[2]["severity"] = "recommended"
        profile = self.file("p.json", json.dumps({
            "schema": "winroots.profile/1", "id": "nasty", "title": "=1<>&\"'", "version": "@2",
            "certificates": {f"c{n}": {"sha1": f"{n:040x}", "subject": text} for n, text in enumerate(NASTY)},
            "requirements": [*items, nested]}))
        return path, "--require", profile, *AT


class All(Formats):
    def test_exit_codes_are_those_of_the_report(self):
        for args in (DEMO, HOST):
            code, _, _ = analyze(*args)
            for form in FORMATS:
                self.assertEqual(written(form, *args)[0], code, form)

    def test_nothing_that_a_terminal_obeys(self):
        args = self.hostile()
        for form in FORMATS:
            _, out = written(form, *args)
            self.assertGreater(len(out), 500, form)
            self.assertNotRegex(out, "[\0-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", form)


class Csv(Formats):
    def test_an_instance_is_a_row(self):
        for args in (DEMO, HOST, DELETED, self.hostile()):
            _, report, _ = analyze(*args)
            told = sorted(
                (i.get("location", ""), i.get("store", ""), c["sha256"], c["sha1"], c["not_after"], i.get("last_write", ""),
                 "yes" if i.get("deleted") else "", i["source"])
                for c in report["certificates"] for i in c["instances"])
            found = sorted((r["location"], r["store"], r["sha256"], r["sha1"], r["not_after"], r["last_write"], r["deleted"],
                            r["source"]) for r in rows(written("csv", *args)[1]) if r["record"] == "instance")
            self.assertTrue(told)
            self.assertEqual(sorted(tuple(map(cell, t)) for t in told), found)

    def test_statuses_are_those_of_the_scope_that_the_store_is_of(self):
        _, report, _ = analyze(*HOST)
        trust = {c["sha256"]: {(t["scope"], t["purpose"]): t["status"] for t in c["trust"]} for c in report["certificates"]}
        scopes = set()
        for row in rows(written("csv", *HOST)[1]):
            scopes.add(row["scope"])
            for purpose in PURPOSES:
                held = trust[row["sha256"]]
                self.assertEqual(row[purpose], held.get((row["scope"], purpose), held["machine", purpose]))
            if row["location"].startswith("CU:") and row["scope"] != "machine":
                self.assertEqual(row["scope"].split(":", 1)[1], row["location"].split(":", 1)[1])
        self.assertGreater(len(scopes), 1)

    def test_a_requirement_is_a_row(self):
        for args in (DEMO, self.hostile()):
            _, report, _ = analyze(*args)
            told = [(r["profile"], i["id"], i["result"], i.get("state", ""), i["severity"], i.get("detail", ""))
                    for r in report["requirements"] for i in r["items"]]
            found = [(r["profile"], r["id"], r["result"], r["state"], r["severity"], r["detail"])
                     for r in rows(written("csv", *args)[1]) if r["record"] == "requirement"]
            self.assertTrue(told)
            self.assertEqual(told, found)

    def test_rows_are_those_of_rfc_4180(self):
        for args in (DEMO, self.hostile()):
            _, out = written("csv", *args)
            self.assertEqual(out.count("\n"), out.count("\r\n"))
            self.assertTrue(out.endswith("\r\n"))
            self.assertEqual({len(row) for row in csv.reader(io.StringIO(out, newline=""), strict=True)}, {26})

    def test_no_cell_is_a_formula(self):
        found = rows(written("csv", *self.hostile())[1])
        for row in found:
            for text in row.values():
                self.assertNotRegex(text, FORMULA)
        subjects = [row["subject"] for row in found if row["record"] == "requirement"]
        for text in NASTY[:6]:
            self.assertIn("'" + text, subjects)
        self.assertIn(printable(NASTY[9]), subjects)


class JUnit(Formats):
    def test_a_requirement_is_a_case(self):
        for args in (DEMO, self.hostile(), (*HOST, "--require", "A1", "--require", "V1")):
            code, report, _ = analyze(*args)
            document = ElementTree.fromstring(written("junit", *args)[1].encode())
            cases = document.findall("testsuite/testcase")
            told = top(report["requirements"])
            self.assertEqual([(p, i["id"]) for p, i in told], [(c.get("classname"), c.get("name")) for c in cases])
            self.assertTrue(cases)
            for (_, item), case in zip(told, cases):
                wanted = RESULTS[item["result"]]
                if wanted and item["severity"] == "recommended":
                    wanted = "skipped"
                self.assertEqual([child.tag for child in case], [wanted] if wanted else [])
            counts = {k: sum(int(s.get(k)) for s in document) for k in ("tests", "failures", "errors", "skipped")}
            self.assertEqual(counts, {
                "tests": len(cases), **{k: len(document.findall(f".//{tag}")) for k, tag in (
                    ("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))}})
            self.assertEqual(code, 1 if counts["failures"] else 4 if counts["errors"] else 0)

    def test_names_stay_text(self):
        document = ElementTree.fromstring(written("junit", *self.hostile())[1].encode())
        texts = [e.text.split("\n")[1] for e in document.iter("failure")]
        for text in NASTY:
            if text not in (NASTY[2], "\ufffe\uffff"):
                self.assertIn(printable(text), texts)
        self.assertIn("FAIL k2", "".join(e.text for e in document.iter("failure")))

    def test_without_a_profile_there_is_no_case(self):
        code, out = written("junit", *HOST)
        self.assertEqual((code, len(ElementTree.fromstring(out.encode()))), (0, 0))


class Sarif(Formats):
    def test_findings_and_failures_are_results(self):
        for args in (DEMO, HOST, DELETED, self.hostile()):
            _, report, _ = analyze(*args)
            document = json.loads(written("sarif", *args)[1])
            (sarif,) = document["runs"]
            rules = [r["id"] for r in sarif["tool"]["driver"]["rules"]]
            told = [("requirement", i["id"]) for _, i in top(report["requirements"]) if i["result"] not in (
                "PASS", "NOT_APPLICABLE")] + [(f["id"], f.get("certificate")) for f in report["findings"]]
            found = [(r["ruleId"], r["properties"].get("requirement") or r["properties"].get("sha256"))
                     for r in sarif["results"]]
            self.assertTrue(told)
            self.assertEqual(told, found)
            self.assertEqual([a["length"] for a in sarif["artifacts"]], [e["bytes"] for e in report["evidence"]])
            for result in sarif["results"]:
                self.assertEqual(rules[result["ruleIndex"]], result["ruleId"])
                self.assertEqual(result["level"] == "none", result["kind"] == "open")

    def test_no_name_becomes_a_link_or_a_placeholder(self):
        (sarif,) = json.loads(written("sarif", *self.hostile())[1])["runs"]
        texts = [r["message"]["text"] for r in sarif["results"]]
        self.assertTrue(any("\\[x\\](http://y) {{0}}" in text for text in texts))
        for text in texts:
            self.assertNotRegex(text, r"(?<!\\)[\[\]]")
            self.assertNotRegex(text.replace("{{", "").replace("}}", ""), "[{}]")
        for artifact in sarif["artifacts"]:
            self.assertRegex(artifact["location"]["uri"], r"^(file:/)?/?[\w./~%-]+$")

    def test_the_key_is_a_logical_location(self):
        (sarif,) = json.loads(written("sarif", *DEMO)[1])["runs"]
        keys = {r["ruleId"]: r["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for r in sarif["results"]
                if r["ruleId"] != "requirement"}
        self.assertEqual(keys["root_update_disabled"], "Policies\\Microsoft\\SystemCertificates\\AuthRoot")


def last_writes(report):
    """Every date of the host that the report has."""
    times = [i["last_write"] for c in report["certificates"] for i in c["instances"] if "last_write" in i]
    times += [p["last_write"] for p in report["policies"] if "last_write" in p]
    return times + [item["this_update"] for item in report["lists"]]


class Timeline(Formats):
    def test_every_date_of_the_host_is_an_event(self):
        for args in (DEMO, HOST, DELETED, self.hostile()):
            _, report, _ = analyze(*args)
            events = [json.loads(line) for line in written("timeline", *args)[1].splitlines()]
            found = [e["exact_time"] for e in events if e["event"] in ("certificate", "policy", "trust_list")]
            self.assertEqual(sorted(last_writes(report)), sorted(found))
            self.assertTrue(found)
            for e in events:
                self.assertTrue(e["message"] and e["timestamp_desc"])
                datetime.datetime.strptime(e["datetime"][:19], "%Y-%m-%dT%H:%M:%S")
                self.assertRegex(e["datetime"], r"^[\d-]{10}T[\d:]{8}(\.\d{6})?Z$")
            self.assertEqual([e["datetime"] for e in events], sorted(e["datetime"] for e in events))

    def test_what_was_deleted_says_so(self):
        events = [json.loads(line) for line in written("timeline", *DELETED)[1].splitlines()]
        self.assertTrue([e for e in events if e.get("deleted") and "found again" in e["message"]])


class Bodyfile(Formats):
    def test_every_event_is_a_line(self):
        for args in (DEMO, HOST, DELETED, self.hostile()):
            events = [json.loads(line) for line in written("timeline", *args)[1].splitlines()]
            lines = [line.split("|") for line in written("bodyfile", *args)[1].splitlines()]
            self.assertEqual({len(line) for line in lines}, {11})
            epoch = datetime.datetime(1970, 1, 1)
            seconds = [max(0, (datetime.datetime.strptime(e["datetime"][:19], "%Y-%m-%dT%H:%M:%S") - epoch) //
                           datetime.timedelta(seconds=1)) for e in events]
            self.assertEqual([int(line[8]) for line in lines], seconds)


if __name__ == "__main__":
    main()
