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


COMMANDS = ("analyze", "bundle", "convert", "diff", "explain", "export", "inspect", "profile", "profile lint", "profile learn")


class Help(Case):
    def test_lines_fit(self):
        for words in ("--help", *(f"{command} --help" for command in COMMANDS)):
            code, out, err = run(*words.split())
            self.assertEqual((code, err), (0, ""))
            for line in out.splitlines():
                self.assertLessEqual(width(line), 80, f"{words}: {line}")

    def test_alone_it_teaches_five_jobs_that_work(self):
        """Each command as it stands there, on files of these names."""
        code, out, _ = run()
        self.assertEqual(code, 2)
        jobs = out.split("Commands:\n")[0]
        self.assertEqual(re.findall(r"^  (\d)  ", jobs, re.M), list("12345"))
        commands = re.findall(r"^ {7}winroots (.*)$", jobs, re.M)
        self.assertGreaterEqual(len(commands), 5)
        self.assertEqual(len(re.findall("^ {7}", jobs, re.M)), len(commands), "none is broken into two lines")
        demo = (FIXTURES / "demo/SOFTWARE").read_bytes()
        self.file("certs/one.der", certificate("root_rsa"))
        for name in ("image.E01", "SOFTWARE", "BEFORE", "AFTER", "FILE"):  # known by content
            self.file(name, demo)
        self.file("authrootstl.cab", (FIXTURES / "ctl/list.stl").read_bytes())
        thumbprint = "2b8f1b57330dbba2d07a6c51f70ee90ddab9ad8e"
        for command in commands:
            words = [thumbprint if word == "THUMBPRINT" else word for word in command.split()]
            code, _, err = run(*words, cwd=self.folder)
            if words[:2] == ["bundle", "readback"]:
                self.assertEqual(code, 3, err)  # a script on the host would have written that file
                self.assertIn("out/log/result.json", err)
            else:
                self.assertIn(code, (0, 1, 4), f"{command}: {err}")


class Options(Case):
    """What every command makes of options, whatever mechanism it has."""

    def test_a_mistake_is_said_with_where_help_is(self):
        for command in COMMANDS:
            for words in (["--no-such-option"], ["--format"], ["--format", "xml"], ["-o"]):
                if words[0] == "--format" and "--format" not in run(*command.split(), "--help")[1]:
                    continue
                code, out, err = run(*command.split(), "x", *words)
                self.assertEqual((code, out), (2, ""), (command, words))
                self.assertRegex(err, rf"^winroots: {command.split()[0]}.*see `winroots {command.split()[0]}.* --help`\n$")

    def test_help_comes_before_anything_is_read(self):
        for command in COMMANDS:
            self.assertEqual(run(*command.split(), "--help")[1], run(*command.split(), "-h", "no-such-file")[1])

    def test_an_option_that_may_be_given_often_has_a_limit(self):
        many = [word for _ in range(65) for word in ("--ctl", "x")]
        for command in ("profile lint", "profile learn"):
            code, _, err = run(*command.split(), "x", *many)
            self.assertEqual(code, 2)
            self.assertIn("more than 64 times --ctl", err)
        code, _, err = run("inspect", "x", *[word for _ in range(65) for word in ("--log", "x")])
        self.assertEqual(code, 2)
        self.assertIn("more than 64 times --log", err)


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
