#!/usr/bin/env python3
"""docs/*.schema.json and the documents of the program: harness.py holds each document that a test prints to its
schema; here each schema is shown to be one, to be met by each kind of document, and to be narrow."""
import copy
import json
import re
import sys

import schemas
from harness import FIXTURES, Case, main, run

if not schemas.jsonschema:
    print("SKIP: no jsonschema for Python")
    sys.exit(77)

AT = ("--as-of", "2026-11-22")
DEMO = (FIXTURES / "demo/SOFTWARE", "--require", FIXTURES / "demo/profile.json", *AT)
ISRG = "cabd2a79a1076a31f21d253635cb039d4329a5e8"
CTL = FIXTURES / "ctl/right.stl"
HOST = FIXTURES / "hives/host"


def document(*args):
    _, out, err = run(*args, "--format", "json")
    if not out:
        raise AssertionError(err)
    return json.loads(out)


def parts(value, path=()):
    """Every value inside, with its path; of array items like each other only the first."""
    yield path, value
    members = value.items() if isinstance(value, dict) else list(enumerate(value))[:1] if isinstance(value, list) else ()
    for key, member in members:
        yield from parts(member, path + (key,))


def changed(whole, path, change):
    whole = copy.deepcopy(whole)
    at = whole
    for step in path[:-1]:
        at = at[step]
    change(at, path[-1])
    return whole


class Schemas(Case):
    def documents(self):
        run("analyze", *DEMO, "--supply", FIXTURES / "demo/supply", "--bundle", self.folder / "b")
        lists = sorted((FIXTURES / "ctl").glob("*.stl"))
        return {
            "report": document("analyze", *DEMO, "--hash", "--ctl", lists[0], "--allow-unverified-lists"),
            "report, deleted": document("analyze", FIXTURES / "regf_recover/SOFTWARE", "--recover", *AT),
            "report, dirty": document("analyze", FIXTURES / "diff", *AT),
            "report, users": document("analyze", HOST, *AT),
            "explain": document("explain", ISRG, *DEMO),
            "explain, absent": document("explain", "00" * 20, *DEMO),
            "diff": document("diff", FIXTURES / "demo/SOFTWARE", HOST, *AT),
            "diff, lists": document("diff", *lists[:2]),
            "diff, replay": document("diff", FIXTURES / "diff/SOFTWARE", *AT),
            "inspect": document("inspect", "--entries", "--hash", "--recover", *lists[:3], FIXTURES / "demo/SOFTWARE",
                                FIXTURES / "certs/root_rsa.der", FIXTURES / "certs/bundle.pem",
                                *sorted((FIXTURES / "pe").glob("*.exe"))[:3], *sorted((FIXTURES / "ctl").glob("*.p7b"))[:1]),
            "bundle": json.loads((self.folder / "b/manifest.json").read_text()),
            "bundle-check": document("bundle", "verify", self.folder / "b"),
            "lint": document("profile", "lint", *sorted((FIXTURES / "lint").glob("*.json"))[:2]),
        }

    def test_each_is_a_schema_and_has_a_page(self):
        pages = "".join(p.read_text() for p in schemas.DOCS.glob("*.md"))
        for path in schemas.DOCS.glob("*.schema.json"):
            schemas.jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))
            self.assertTrue(f"({path.name})" in pages, path.name)

    def test_each_kind_of_document_is_valid(self):
        for name, whole in self.documents().items():
            self.assertEqual(schemas.faults(whole), [], name)
            self.assertEqual(schemas.name_of(whole), name.split(",")[0])

    def test_no_member_may_be_null_or_unknown(self):
        seen = set()
        for name, whole in self.documents().items():
            for path, value in parts(whole):
                kind = schemas.name_of(whole) + re.sub(r"\d+", "#", "/" + "/".join(map(str, path)))
                if not path or kind in seen:
                    continue
                seen.add(kind)
                null = changed(whole, path, lambda at, key: at.__setitem__(key, None))
                self.assertTrue(schemas.faults(null, schemas.name_of(whole)), f"{name}: {kind} is null")
                if isinstance(value, dict) and path[-1] not in ("before", "after"):
                    more = changed(whole, path, lambda at, key: at[key].__setitem__("surprise", "x"))
                    self.assertTrue(schemas.faults(more, schemas.name_of(whole)), f"{name}: {kind} has a surprise")

    def test_every_fixture_is_inspected_to_a_valid_document(self):
        for folder in ("certs", "ctl", "cab", "pe", "hives", "regf_log", "regf_recover", "diff", "fuzz/sst", "fuzz/reg_text", "fuzz/regf"):
            run("inspect", "--entries", "--recover", FIXTURES / folder, "--format", "json")  # which the harness checks


if __name__ == "__main__":
    main()
