#!/usr/bin/env python3
"""Some hundred mutants of the fixtures, by the command that makes 20,000 of real files: none crashes, hangs, swells or
lies.  And what does is caught, or else that would say nothing.

    test_mutants.py WINROOTS FIXTURES"""
import json
import pathlib
import re
import struct
import subprocess
import sys
import unittest
import zlib

from harness import FIXTURES, PROGRAM, Case, analyze, inspect, main

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools/mutants"
sys.dont_write_bytecode = True
sys.path.insert(0, str(TOOL))
import evidence  # noqa: E402
import judge  # noqa: E402
from run import Done  # noqa: E402

SANITIZED = PROGRAM and b"__asan_init" in pathlib.Path(PROGRAM).read_bytes()
HIVE, PROFILE = FIXTURES / "demo/SOFTWARE", FIXTURES / "demo/profile.json"
ROOT = "cabd2a79a1076a31f21d253635cb039d4329a5e8"  # one of its certificates, which the demo's profile requires

# A program that says of every state of a file what it said of the first.
LIAR = """#!/bin/bash
key='{kept}'/"${{*//\\//_}}"
[[ -e $key.code ]] || {{ '{program}' "$@" > "$key" 2> "$key.err"; echo $? > "$key.code"; }}
printf %s "$(<"$key")"
printf %s "$(<"$key.err")" >&2
exit "$(<"$key.code")"
"""


def mutants(program, number, seed, folder, *options):
    """(exit code, what it printed, {kind: {column: number}})"""
    done = subprocess.run([sys.executable, TOOL, program, str(number), str(seed), "--fixtures", "--keep", folder,
                           *options], capture_output=True, text=True, timeout=500)
    lines = [re.split(r"\s{2,}", line.strip()) for line in done.stdout.splitlines()
             if re.match(r"[\w ]*( +[\d.]+){11}$| +mutants ", line)]
    rows = {name: dict(zip(lines[0], cells)) for name, *cells in lines[1:]}
    return done.returncode, done.stdout + done.stderr, rows


@unittest.skipIf(SANITIZED, "a sanitizer takes more memory and address space than is allowed")
class Mutants(Case):
    def test_of_the_fixtures(self):
        code, said, rows = mutants(PROGRAM, 300, 1, self.folder)
        self.assertEqual(code, 0, said)
        self.assertEqual(rows["all"]["mutants"], "300", said)
        for kind in ("hive", "list", "store", "cab", "archive", "profile"):
            self.assertGreater(int(rows[kind]["read"]) + int(rows[kind]["damaged"]), 0, said)
        for change in ("certificate", "signed part", "structure", "splice"):
            self.assertGreater(int(rows[change]["mutants"]), 5, said)

    def test_who_tells_of_the_old_state_is_caught(self):
        kept = self.folder / "kept"
        kept.mkdir()
        liar = self.file("liar", LIAR.format(program=PROGRAM, kept=kept))
        liar.chmod(0o755)
        code, said, _ = mutants(liar, 120, 6, self.folder / "found", "--jobs", "1")
        self.assertEqual(code, 1, said)
        self.assertGreaterEqual(len(re.findall("keeps the old hash", said)), 3, said)
        self.assertGreaterEqual(len(re.findall(r"no genuine list of \d+ stands whole", said)), 2, said)
        self.assertGreaterEqual(len(re.findall(r"no bytes of the evidence have that hash", said)), 3, said)


class Judge(Case):
    """Each of its questions, answered wrongly."""

    GOOD = Done(0, 0, 0.1, 0.1, 10 << 20)

    def said(self, generator):
        return "\n".join(generator)

    def test_cost(self):
        for wrong, what in ((self.GOOD._replace(signal=11, code=None), "ended by signal 11"),
                            (self.GOOD._replace(wall=5.1), "hang"), (self.GOOD._replace(cpu=5.1), "hang"),
                            (self.GOOD._replace(memory=(64 << 20) + 4001), "memory")):
            self.assertIn(what, self.said(judge.cost("inspect", wrong, 1000)))
        good = self.GOOD._replace(memory=(64 << 20) + 4000)
        self.assertEqual(self.said(judge.cost("inspect", good, 1000)), "")

    def test_answer(self):
        def wrong(command, code, out, err):
            return self.said(judge.answer(command, self.GOOD._replace(code=code), out, err, judge.CODES)[1])

        self.assertIn("exit code 5", wrong("inspect", 5, b"{}", b""))
        self.assertIn("exit code 2", wrong("analyze", 2, b"", b"winroots: x"))
        self.assertIn("no JSON", wrong("inspect", 0, b'{"files": [', b""))
        self.assertIn("no JSON", wrong("inspect", 0, b"\xff", b""))
        self.assertIn("no answer", wrong("inspect", 0, b"", b""))
        self.assertIn("no answer", wrong("analyze", 3, b"", b"oops"))
        self.assertEqual("", wrong("analyze", 3, b"", b"winroots: x: not a hive"))

    def test_exit_code_of_requirements(self):
        code, report, _ = analyze(HIVE, "--require", PROFILE)
        out = json.dumps(report).encode()
        self.assertEqual(judge.answer("analyze", self.GOOD._replace(code=code), out, b"", judge.CODES)[1], [])
        self.assertEqual(len(judge.answer("analyze", self.GOOD._replace(code=0), out, b"", judge.CODES)[1]), code != 0)

    def stands(self, data, kind="hive"):
        return evidence.Evidence(kind, [(str(self.file("evidence", data)), data)])

    def test_a_certificate_that_is_not_there(self):
        whole = HIVE.read_bytes()
        documents = {"inspect": inspect(HIVE)[1], "analyze": analyze(HIVE, "--require", PROFILE)[1]}
        self.assertEqual(self.said(judge.unfounded(documents, self.stands(whole))), "")
        begin, end = next(s for s in evidence.spans(whole) if evidence.sha1(whole[s[0]:s[1]]) == ROOT)
        for at in (begin, (begin + end) // 2, end - 1):
            mutant = bytearray(whole)
            mutant[at] ^= 1
            said = self.said(judge.unfounded(documents, self.stands(bytes(mutant))))
            for part in (f"inspect: {ROOT}", f"analyze: {ROOT}", "requirement "):
                self.assertIn(part, said)

    def test_a_changed_certificate_must_show(self):
        whole, report = HIVE.read_bytes(), inspect(HIVE)[1]
        begin, end = next(s for s in evidence.spans(whole) if evidence.sha1(whole[s[0]:s[1]]) == ROOT)
        old, new = whole[begin:end], whole[begin:end - 1] + b"!"
        place = next(p for p, digest, _ in judge.inspected(report) if digest == ROOT)
        mutant = self.file("SOFTWARE", whole.replace(old, new))
        told = {"inspect": inspect(mutant)[1], "analyze": analyze(mutant)[1]}
        self.assertEqual(self.said(judge.silent(told, old, new, [place], True)), "")
        self.assertIn("keeps the old hash", self.said(judge.silent({"inspect": report}, old, new, [place], True)))
        gone = inspect(self.file("SOFTWARE", whole.replace(old, new[::-1])))[1]
        gone["files"][0]["diagnostics"] = []
        self.assertIn("and nothing else", self.said(judge.silent({"inspect": gone}, old, new, [place], True)))
        self.assertEqual(self.said(judge.mismatched(told["analyze"], new)), "")
        for one in told["analyze"]["certificates"]:
            for instance in one["instances"]:
                instance.pop("name_mismatch", None)
        told["analyze"]["findings"] = []
        self.assertIn("no finding says so", self.said(judge.mismatched(told["analyze"], new)))

    def test_signed_parts_of_lists(self):
        for name in ("list", "by_key_id", "sha512"):
            data = (FIXTURES / f"ctl/{name}.stl").read_bytes()
            parts = evidence.signed_parts(data)
            self.assertLessEqual({"content", "signed attributes", "signature"}, set(parts))
            self.assertEqual("signer's certificate" in parts, name != "by_key_id")
        self.assertIsNone(evidence.signed_parts((FIXTURES / "ctl/unsigned.stl").read_bytes()))
        self.assertIsNone(evidence.signed_parts(data.replace(data[slice(*parts["content"])][-8:], b"elsewise")))

    def test_what_a_profile_does_not_name(self):
        report = analyze(HIVE, "--require", PROFILE)[1]
        met = sorted({digest for digest, _ in judge.passes(report)})
        self.assertTrue(met)
        self.assertEqual(self.said(judge.of_profile(report, PROFILE.read_bytes())), "")
        text = PROFILE.read_text().replace(met[0], "0" * 64)
        for one in report["certificates"]:
            if one["sha256"] == met[0]:
                text = text.replace(one["sha1"], "0" * 40)
        self.assertIn(met[0], self.said(judge.of_profile(report, text.encode())))


class Evidence(Case):
    """Its own readers, against what made the fixtures."""

    def test_a_text_of_the_registry(self):
        data = evidence.reg_data('\ufeff"a"=hex:01,2,\\\r\n  ff\r\n'.encode("utf-16-le"))
        self.assertEqual(data, b"\x01\x02\xff")

    def test_a_cabinet_of_two_blocks(self):
        text = bytes(range(256)) * 200
        one = zlib.compressobj(9, zlib.DEFLATED, -15)
        two = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=text[:32768])
        packed = [b"CK" + z.compress(part) + z.flush() for z, part in ((one, text[:32768]), (two, text[32768:]))]
        blocks = b"".join(struct.pack("<IHH", 0, len(p), 1) + p for p in packed)
        self.assertEqual(evidence.expanded(b"MSCF".ljust(36, b"\0") + struct.pack("<IHH", 44, 2, 1) + blocks), text)

    def test_a_dirty_hive(self):
        folder = FIXTURES / "regf_log"
        logs = [(folder / f"dirty.LOG{i}").read_bytes() for i in (1, 2)]
        images = list(evidence.replayed((folder / "dirty.hive").read_bytes(), logs))
        for after in (7, 8, 9):
            bins = (folder / f"after_{after}.hive").read_bytes()[4096:]
            self.assertTrue(any(image[4096:].startswith(bins) for image in images), after)


if __name__ == "__main__":
    main()
