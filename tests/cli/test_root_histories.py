#!/usr/bin/env python3
"""docs/root-histories.md: that the tool still writes it, and that it says what windows-trust sections 4.4, 4.5 and 11,
from Microsoft's notices and from lists read by other programs, say of these roots."""
import pathlib
import subprocess
import sys

from harness import CORPUS, PROGRAM, Case, main

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools/root_histories.py"
PAGE = ROOT / "docs/root-histories.md"
G5, TRUSTCOR, SECOM, UTN = "4eb6d578", "ffbdcde7", "36b12b49", "e12dfb4b"
WITHOUT_9 = ["cdd4eeae", "a4348915", "3b1efd3a", "31f9fc8b", "06f1aa33", "8f43288a"]


def tables():
    """{first digits of the SHA-1: [{column: text}]}"""
    found = {}
    for part in PAGE.read_text().split("\n## ")[1:]:
        lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in part.splitlines() if line[:2] == "| "]
        found[part.split("`")[1][:8]] = [dict(zip(lines[0], line)) for line in lines[1:]]
    return found


class Histories(Case):
    def setUp(self):
        super().setUp()
        self.tables = tables()

    def on(self, root, day):
        """The row that holds on a day."""
        return [row for row in self.tables[root] if row["From"] <= day][-1]

    def statuses(self, root, day):
        row = self.on(root, day)
        return [row[p].split(":")[0] for p in ("server_auth", "client_auth", "code_signing", "email", "time_stamping")]

    def entry(self, root, day):
        """{property: text} that the entry has on a day, from what was new in each row."""
        held = {}
        for row in self.tables[root]:
            if row["From"] <= day:
                for news in row["New in its entry"].removeprefix("listed").lstrip(": ").split("; "):
                    number, _, text = news.partition(" ")
                    held[number] = text
        return {n: text for n, text in held.items() if n and text != "absent"}

    def test_the_tool_writes_the_page(self):
        done = subprocess.run([sys.executable, TOOL, PROGRAM, CORPUS], capture_output=True, check=True, timeout=300)
        self.assertEqual(done.stdout.decode(), PAGE.read_text())

    def test_g5_is_trusted_for_old_leaves(self):
        may_2019 = self.entry(G5, "2019-12-31")  # Microsoft's notice of May 2019
        self.assertEqual((may_2019["126"], may_2019["127"]), ("2019-05-01", "server"))
        self.assertEqual(self.statuses(G5, "2019-07-09"), ["trusted"] * 4 + ["not_trusted"])
        self.assertEqual(self.statuses(G5, "2019-07-10"), ["conditional"] + ["trusted"] * 3 + ["not_trusted"])
        now = self.entry(G5, "2025-06-16")
        self.assertEqual((now["104"], now["126"], now["127"], now["9"]),
                         ("empty", "2021-02-01", "client code email server", "client code email server"))
        for day in ("2023-08-01", "2023-11-07", "2025-06-16"):
            self.assertEqual(self.statuses(G5, day), ["conditional"] * 4 + ["not_trusted"])

    def test_trustcor_was_cut_in_two_steps(self):
        self.assertEqual(self.statuses(TRUSTCOR, "2022-11-14"), ["trusted"] * 2 + ["not_trusted", "trusted", "not_trusted"])
        self.assertEqual(self.entry(TRUSTCOR, "2023-07-20"), {"9": "client email server", "122": "server",
                                                              "126": "2022-11-01"})
        self.assertEqual(self.statuses(TRUSTCOR, "2023-07-20"),
                         ["distrusted", "conditional", "not_trusted", "conditional", "not_trusted"])

    def test_secom_names_ocsp_twice(self):
        now = self.entry(SECOM, "2025-06-16")
        self.assertIn("OCSP", now["9"].split())
        self.assertEqual(now["122"], "OCSP")
        self.assertEqual(self.on(SECOM, "2020-02-25")["ocsp_signing"], "conditional: not_before")
        self.assertEqual(self.on(SECOM, "2020-02-26")["ocsp_signing"], "distrusted: purpose_removed")

    def test_utn_object_expired_and_was_disabled(self):
        self.assertEqual(self.statuses(UTN, "2019-07-08")[2], "trusted")
        self.assertEqual(self.statuses(UTN, "2019-07-09")[2], "conditional")
        self.assertEqual(self.entry(UTN, "2025-06-16")["104"], "2023-02-01")

    def test_six_roots_have_every_purpose(self):
        for root in WITHOUT_9:
            with self.subTest(root):
                self.assertNotIn("9", self.entry(root, "2025-06-16"))
        for root in ("3b1efd3a", "31f9fc8b", "06f1aa33", "8f43288a"):
            self.assertEqual(self.statuses(root, "2025-06-16"), ["trusted"] * 5)
        for root, end in (("cdd4eeae", "2021-05-09"), ("a4348915", "2020-12-31")):  # section 5.6
            self.assertIn("expired", self.on(root, end)["code_signing"])
            self.assertEqual(self.statuses(root, end)[2], "conditional")


if __name__ == "__main__":
    main(needs_corpus=True)
