#!/usr/bin/env python3
"""Every hive of the corpus, and Microsoft's lists: a saved report, judged again, says what its evidence says."""
import pathlib

from harness import CORPUS, Case, main
from test_saved_report import AT, analyze, save, without_sources

C = pathlib.Path(CORPUS or ".")
CAB = C / "cab/robstradling-authroot/authroot-commit2025-07-03-4b898eb.cab"
OLDER = C / "cab/robstradling-authroot/authroot-commit2020-03-06-5b4085c.cab"
DISALLOWED = C / "stl/harvester57/e13fbc7-out_disallowedcert.stl"
QUESTIONS = [(*AT, "--require", "A1"), ("--as-of", "2017-03-01"), (*AT, "--ctl", CAB, "--require", "V1"),
             (*AT, "--ctl", OLDER, "--ctl", DISALLOWED, "--require", "C1", "--require", "cylance-protect"),
             (*AT, "--ctl", CAB, "--assume-connected", "--os", "6.1.7601", "--require", "A1")]


class Corpus(Case):
    save = save

    def compare(self, evidence, saved, question):
        code, expected = analyze(evidence, *question)
        again, found = analyze(saved, *question)
        self.assertEqual(without_sources(found), without_sources(expected), (evidence, question))
        self.assertEqual(again, code, (evidence, question))

    def test_every_hive(self):
        hives = [p for p in sorted((C / "hive").rglob("*")) if p.is_file() and "LOG" not in p.name.upper()]
        compared = 0
        for hive in hives:
            try:
                report = analyze(hive, *AT)[1]
            except AssertionError:  # what no evidence is read from has no report
                continue
            saved = self.save(report)
            for question in QUESTIONS if report["certificates"] else QUESTIONS[:1]:
                self.compare(hive, saved, question)
            compared += 1
        self.assertGreater(compared, 100)

    def test_lists_that_it_was_made_with(self):
        hive = C / "hive/plaso/SOFTWARE"
        lists = ("--ctl", CAB, "--ctl", DISALLOWED)
        saved = self.save(analyze(hive, *AT, *lists)[1])
        for question in (AT, ("--as-of", "2017-03-01", "--require", "A1")):
            expected = without_sources(analyze(hive, *question, *lists)[1])
            self.assertEqual(sum(l["in_force"] for l in expected["lists"]), 2)
            self.assertEqual(without_sources(analyze(saved, *question)[1]), expected)
            self.assertEqual(without_sources(analyze(saved, *question, *lists)[1]), expected)


if __name__ == "__main__":
    main(needs_corpus=True)
