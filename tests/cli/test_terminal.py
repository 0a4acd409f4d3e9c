#!/usr/bin/env python3
"""The text report on a terminal: 80 columns, colours only for those who see them."""
import os
import re
import subprocess
import unicodedata

from harness import FIXTURES, PROGRAM, Case, main, run
from registry import CERTIFICATES, certificate, hive, store

DEMO = ("analyze", FIXTURES / "demo/SOFTWARE", "--require", FIXTURES / "demo/profile.json", "--as-of", "2026-11-22")
NAMES = ("name_bmp", "name_hostile", "name_multi", "name_script", "name_specials", "name_teletex", "name_utf8", "name_empty")
ESCAPE = re.compile("\x1b\\[[0-9;]*m")


def width(line):
    """Columns, as Unicode's tables have them."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def on_terminal(*args, **environment):
    """What the program writes where standard output is a terminal."""
    master, slave = os.openpty()
    env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"} | environment
    with subprocess.Popen([PROGRAM, *map(str, args)], stdout=slave, stderr=subprocess.DEVNULL, env=env) as process:
        os.close(slave)
        out = b""
        while True:
            try:
                more = os.read(master, 65536)
            except OSError:  # the other side is closed
                break
            if not more:
                break
            out += more
    os.close(master)
    return out.decode().replace("\r\n", "\n")


class Columns(Case):
    def test_lines_fit(self):
        host = self.file("SOFTWARE", hive(store(CERTIFICATES + "\\ROOT", *map(certificate, NAMES)), store(
            CERTIFICATES + "\\" + "\u8a3c\u660e\u66f8" * 9, certificate("root_rsa"))))
        for args in (DEMO, ("analyze", FIXTURES / "hives/host", "--require", "A1", "--require", "V1", "--as-of", "2026-11-22"),
                     ("analyze", host, "--as-of", "2026-11-22")):
            _, out, _ = run(*args, cwd=FIXTURES.parent)
            for line in out.splitlines():
                if width(line) > 80:  # nothing but one word that is longer than its room
                    self.assertEqual(len(line.split()), 1, line)
            self.assertGreater(len(out.splitlines()), 10)


class Colours(Case):
    def test_results_and_severities_have_one(self):
        out = on_terminal(*DEMO)
        _, plain, _ = run(*DEMO)
        self.assertEqual(ESCAPE.sub("", out), plain)
        painted = set(re.findall("\x1b\\[\\d+m(.*?)\x1b\\[0m", out))
        self.assertEqual(painted, {"PASS", "FAIL", "high", "low"})

    def test_nobody_gets_them_unasked(self):
        self.assertNotIn("\x1b", run(*DEMO)[1])
        self.assertNotIn("\x1b", on_terminal(*DEMO, NO_COLOR="1"))
        self.assertNotIn("\x1b", on_terminal(*DEMO, TERM="dumb"))
        self.assertIn("\x1b", on_terminal(*DEMO, NO_COLOR=""))
        self.assertNotIn("\x1b", on_terminal(*DEMO, "--format", "json"))

    def test_a_file_has_none(self):
        on_terminal(*DEMO, "-o", self.folder / "report")
        self.assertNotIn("\x1b", (self.folder / "report").read_text())


class Words(Case):
    def test_what_ends_the_run_is_said_even_so(self):
        for args in (("--require", "nothing"), ("--store", "x=y")):
            code, out, err = run("analyze", "-q", FIXTURES / "demo/SOFTWARE", *args)
            self.assertEqual((code, out), (2, ""))
            self.assertTrue(err)
        code, out, err = run("analyze", "-q", self.folder / "none")
        self.assertEqual((code, out), (3, ""))
        self.assertIn("winroots inspect", err)


if __name__ == "__main__":
    main()
