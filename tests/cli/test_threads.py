#!/usr/bin/env python3
"""The answer has the same bytes on one core and on all, inside the sandbox, where threads are allowed."""
import os
import subprocess

from harness import AS_OF, COMMAND, FIXTURES, Case, main
from registry import CERTIFICATES, hive, store
from test_instructions import copies

USER = "Software\\" + CERTIFICATES + "\\Root"


class Threads(Case):
    def bytes_of(self, cores, *command):
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores)
        try:
            done = subprocess.run([*COMMAND, *map(str, command)], capture_output=True, timeout=120)
        finally:
            os.sched_setaffinity(0, before)
        self.assertEqual(done.stderr, b"")
        self.assertIn(done.returncode, (0, 1, 4))
        return done.stdout

    def test_one_core_and_all(self):
        cores = os.sched_getaffinity(0)
        if len(cores) < 2:
            self.skipTest("one core is all there is")
        ders = copies(200)
        self.file("Windows/System32/config/SOFTWARE", hive(store(CERTIFICATES + "\\ROOT", *ders[:120])))
        for n in range(20):
            self.file(f"Users/u{n:02}/NTUSER.DAT", hive(store(USER, *ders[5 * n:5 * n + 20]), name=""))
        for form in ("json", "ndjson", "text", "html", "csv"):
            command = ("analyze", self.folder, "--ctl", FIXTURES / "ctl/list.stl", "--require", "A1", "--as-of", AS_OF,
                       "--format", form)
            one = self.bytes_of({min(cores)}, *command)
            self.assertGreater(len(one), 1000)
            for _ in range(3):
                self.assertEqual(self.bytes_of(cores, *command), one, form)


if __name__ == "__main__":
    main()
