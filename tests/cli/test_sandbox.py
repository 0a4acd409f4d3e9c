#!/usr/bin/env python3
"""Each command that reads gives up its rights first, and answers as it does with them.

What the sandbox refuses is tests/test_sandbox.c's question; here it is asked what the commands ask for."""
import ctypes
import errno
import json
import os
import pathlib
import platform
import shutil
import struct
import subprocess
import sys
import time
import unittest

import harness
from harness import FIXTURES, Case, main, run

DEMO = FIXTURES / "demo"
DIRTY = FIXTURES / "regf_log/dirty.hive"
HASH = "0" * 40

_, VERSION, _ = run("--version")
SANDBOX = next(line.split(": ", 1)[1] for line in VERSION.splitlines() if line.startswith("sandbox: "))


def status(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


@unittest.skipUnless("seccomp" in SANDBOX, f"sandbox: {SANDBOX}")
class Active(Case):
    """A reader that waits at a pipe is looked at from outside."""

    def while_reading(self, *args):
        pipe = self.folder / "pipe"
        if not pipe.exists():
            os.mkfifo(pipe)
        child = subprocess.Popen([harness.PROGRAM, *map(str, args)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                 cwd=self.folder)
        with open(pipe, "wb"):  # waits until it is opened for reading
            seen = status(child.pid)
        for _ in range(100):  # one that opens it again
            try:
                child.communicate(timeout=0.1)
                return seen
            except subprocess.TimeoutExpired:
                try:
                    os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
                except OSError:
                    pass
        child.kill()
        self.fail(f"{args} does not end")

    COMMANDS = [
        ["analyze", "pipe"], ["analyze", DEMO / "SOFTWARE", "--ctl", "pipe"], ["analyze", "--store=LM/Root=pipe"],
        ["explain", HASH, "pipe"], ["diff", "pipe", "pipe"], ["inspect", "pipe"], ["profile", "lint", "pipe"],
        ["profile", "learn", "pipe"], ["bundle", "readback", "out", "pipe"],
    ]

    def setUp(self):
        super().setUp()
        run("analyze", DEMO / "SOFTWARE", "--require", DEMO / "profile.json", "--supply", DEMO / "supply", "--bundle",
            self.folder / "out", "--as-of", "2026-11-22")

    def test_every_command_reads_in_it(self):
        for args in self.COMMANDS:
            with self.subTest(args):
                seen = self.while_reading(*args)
                self.assertEqual((seen["Seccomp"], seen["NoNewPrivs"]), ("2", "1"))

    def test_none_does_where_that_is_asked(self):
        for args in self.COMMANDS:
            with self.subTest(args):
                seen = self.while_reading(*args, "--no-sandbox")
                self.assertEqual((seen["Seccomp"], seen["NoNewPrivs"]), ("0", "0"))

    def test_a_profile_that_is_shown_is_read_in_it(self):
        seen = self.while_reading("profile", "show", "pipe")
        self.assertEqual((seen["Seccomp"], seen["NoNewPrivs"]), ("2", "1"))


def without(*calls):
    """For preexec_fn: a kernel that does not have these calls, as a filter of our own plays it."""
    # SPEC linux/filter.h: code, jumps, constant.  Load the number; one comparison each; ENOSYS; allow.
    steps = [(0x20, 0, 0, 0)]
    for i, call in enumerate(calls):
        steps.append((0x15, len(calls) - i, 0, call))
    steps += [(0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050000 | errno.ENOSYS)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    libc = ctypes.CDLL(None, use_errno=True)

    def install():
        program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
        if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program):  # NO_NEW_PRIVS, SECCOMP
            raise OSError(ctypes.get_errno(), "prctl")

    return install


@unittest.skipUnless("seccomp" in SANDBOX and "Landlock" in SANDBOX, f"sandbox: {SANDBOX}")
class Less(Case):
    """An older kernel, or a container that forbids it: the work is done, and --version says so."""

    LANDLOCK, SECCOMP = 444, {"x86_64": 317, "aarch64": 277}.get(platform.machine())
    NONE = "off, this system offers none"

    def run_without(self, calls, *args):
        done = subprocess.run([harness.PROGRAM, *map(str, args)], capture_output=True, text=True,
                              preexec_fn=without(*calls))
        return done.returncode, done.stdout, done.stderr

    def test_each_part_may_be_missing(self):
        landlock = SANDBOX.split(",")[0]
        args = ["analyze", DEMO / "SOFTWARE", "--require", DEMO / "profile.json", "--as-of", "2026-11-22"]
        for calls, left in (([self.LANDLOCK], "seccomp"), ([self.SECCOMP], landlock),
                            ([self.LANDLOCK, self.SECCOMP], self.NONE)):
            with self.subTest(left):
                self.assertIn(f"\nsandbox: {left}\n", self.run_without(calls, "--version")[1])
                self.assertEqual(self.run_without(calls, *args), run(*args))


class Same(Case):
    """The answer is that of a process with all rights: what is named is read, wherever it is."""

    def alike(self, *args, **more):
        without = run(*args, "--no-sandbox", **more)
        self.assertEqual(run(*args, **more), without)
        return without

    def applied(self, out):
        logs = next(f["detail"]["logs_applied"] for f in json.loads(out)["files"] if f["path"].endswith("SOFTWARE"))
        return sum(log["use"] == "applied" for log in logs)

    def test_with_inputs_from_everywhere(self):
        for name, source in (("a/SOFTWARE", "SOFTWARE"), ("b/profile.json", "profile.json")):
            self.file(name, (DEMO / source).read_bytes())
        shutil.copytree(DEMO / "supply", self.folder / "c/supply")
        code, out, _ = self.alike("analyze", "SOFTWARE", "--require=../b/profile.json", "--supply", "../c/supply/",
                                  "--as-of", "2026-11-22", cwd=self.folder / "a")
        self.assertEqual(code, 1)
        self.assertIn("FAIL", out)

    def test_with_the_logs_beside_a_hive(self):
        for name in ("dirty.hive", "dirty.LOG1", "dirty.LOG2"):
            end = name.removeprefix("dirty").replace(".hive", "")
            self.file("SOFTWARE" + end, (DIRTY.parent / name).read_bytes())
        for where, args in ((self.folder, ["SOFTWARE"]), (None, [self.folder / "SOFTWARE"]), (None, [self.folder]),
                            (self.folder / "..", [f"{self.folder.name}/SOFTWARE"])):
            code, out, _ = self.alike("inspect", *args, "--format", "json", cwd=where)
            self.assertEqual(code, 0)
            self.assertEqual(self.applied(out), 2)

    def test_with_a_log_that_is_a_link(self):
        """One beside the hive may lead anywhere and is not followed; one that is named is."""
        self.file("given/SOFTWARE", DIRTY.read_bytes())
        log = self.file("elsewhere/log", (DIRTY.parent / "dirty.LOG1").read_bytes())
        os.symlink(log, self.folder / "given/SOFTWARE.LOG1")
        hive = self.folder / "given/SOFTWARE"
        self.assertEqual(self.applied(self.alike("inspect", hive, "--log", f"{hive}.LOG1", "--format", "json")[1]), 1)
        out = run("inspect", hive, "--format", "json")[1]
        if "Landlock" in SANDBOX:
            self.assertRegex(out, "cannot be opened")

    def test_from_a_pipe(self):
        hive = (DEMO / "SOFTWARE").read_bytes()
        answers = [subprocess.run([harness.PROGRAM, "inspect", "/dev/stdin", *more], input=hive, capture_output=True)
                   for more in ([], ["--no-sandbox"])]
        self.assertEqual(answers[0].stdout, answers[1].stdout)
        self.assertEqual(answers[0].returncode, 0, answers[0].stderr)

    def test_what_it_writes(self):
        self.file("target", "")
        os.symlink("target", self.folder / "link")
        for output in ("report", "./report", self.folder / "report", "/dev/null", "link"):
            for _ in range(2):  # made, and replaced
                code, out, err = run("inspect", DEMO / "SOFTWARE", "-o", output, cwd=self.folder)
                self.assertEqual((code, out, err), (0, "", ""))
        code, out, _ = run("inspect", DEMO / "SOFTWARE")
        self.assertEqual((self.folder / "report").read_text(), out)
        self.assertEqual((self.folder / "target").read_text(), out)

    def test_a_bundle(self):
        options = ["--require", DEMO / "profile.json", "--supply", DEMO / "supply", "--as-of", "2026-11-22"]
        for folder in ("out", "out2/", self.folder / "out3", "./out4"):
            for more in ([], ["--force"]):
                code, _, err = run("analyze", DEMO / "SOFTWARE", *options, f"--bundle={folder}", *more, "-o", "report",
                                   cwd=self.folder)
                self.assertEqual((code, err), (1, ""), folder)
            self.assertEqual(run("bundle", "verify", folder, cwd=self.folder)[0], 0)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["out", "out2", "out3", "out4", "report"])


if __name__ == "__main__":
    if sys.platform != "linux":
        sys.exit(77)
    main()
