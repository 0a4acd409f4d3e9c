"""harness.py - runs the program for tests: test_x.py PROGRAM FIXTURES."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import schemas

PROGRAM = os.path.abspath(sys.argv[1]) if len(sys.argv) > 2 else ""
FIXTURES = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else pathlib.Path()
EMULATOR = os.environ.get("WINROOTS_EMULATOR", "").split()  # what runs the program where this machine cannot
COMMAND = [*EMULATOR, PROGRAM]
WINDOWS = PROGRAM.endswith(".exe")
CORPUS = os.environ.get("WINROOTS_CORPUS")
AS_OF = "2026-11-22T00:00:00Z"


def run(*args, cwd=None, limit=120):
    """(exit code, stdout, stderr) as text; a crash or a sanitizer's report is an error of the test."""
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as said:  # Wine leaves pipes open
        done = subprocess.run([*COMMAND, *map(str, args)], stdout=printed, stderr=said, cwd=cwd,
                              timeout=limit)
        printed.seek(0), said.seek(0)
        out, err = printed.read().decode("utf-8"), said.read().decode("utf-8")
    if done.returncode < 0 or "Sanitizer" in err or "runtime error:" in err:
        raise AssertionError(f"{args}: exit {done.returncode}\n{err}")
    schemas.check(out)
    return done.returncode, out, err


def file_name(text):
    """Or as near as Windows lets a file be called."""
    return re.sub(r'[<>:"|?*\0-\x1f]', "_", text) if WINDOWS else text


def analyze(*args, **more):
    """(exit code, report, stderr)"""
    code, out, err = run("analyze", *args, "--format", "json", **more)
    return code, json.loads(out) if out else None, err


def inspect(*args, **more):
    code, out, err = run("inspect", *args, "--format", "json", **more)
    return code, json.loads(out) if out else None, err


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


def main(needs_corpus=False):
    if needs_corpus and not CORPUS:
        print("SKIP: WINROOTS_CORPUS is not set")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0]], verbosity=2 if "WINROOTS_EMULATOR" in os.environ else 1)  # says what is skipped
