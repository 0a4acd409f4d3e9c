#!/usr/bin/env python3
"""A release build is hardened: what its program and library say of themselves, by readelf.

    test_hardening.py READELF PROCESSOR FILE..."""
import pathlib
import subprocess
import sys
import unittest

READELF, PROCESSOR, *FILES = sys.argv[1:]


def readelf(option, path):
    return subprocess.run([READELF, "-W", option, path], capture_output=True, text=True, check=True).stdout


def segments(path):
    """(type, flags) of each, such as ("GNU_STACK", "RW")."""
    rows = [row.split() for row in readelf("-l", path).splitlines() if row.startswith("  ")]
    return [(row[0], "".join(row[6:-1])) for row in rows if len(row) > 7 and row[1].startswith("0x")]


class Hardening(unittest.TestCase):
    def test_is_loaded_anywhere(self):
        for path in FILES:
            self.assertRegex(readelf("-h", path), r"Type:\s+DYN", path)
        self.assertIn("PIE", readelf("-d", FILES[0]), "the program is one")

    def test_tables_are_read_only_once_it_runs(self):
        for path in FILES:
            self.assertIn("GNU_RELRO", [kind for kind, _ in segments(path)], path)
            self.assertRegex(readelf("-d", path), r"BIND_NOW|FLAGS.*NOW", path)

    def test_no_memory_is_written_and_run(self):
        for path in FILES:
            self.assertIn(("GNU_STACK", "RW"), segments(path), path)
            self.assertGreater(len([kind for kind, _ in segments(path) if kind == "LOAD"]), 2)
            self.assertNotIn(("LOAD", "RWE"), segments(path), path)
            self.assertNotIn("TEXTREL", readelf("-d", path), path)

    def test_looks_for_libraries_nowhere_of_its_own(self):
        for path in FILES:
            self.assertNotRegex(readelf("-d", path), r"\((RPATH|RUNPATH)\)", path)

    def test_stack_and_lengths_are_guarded(self):
        for path in FILES:
            symbols = readelf("--dyn-syms", path)
            for name in ("__stack_chk_fail", "__memcpy_chk", "__vsnprintf_chk"):
                self.assertIn(name, symbols, path)

    @unittest.skipUnless(PROCESSOR in ("x86_64", "AMD64"), "of x86-64")
    def test_jumps_land_where_they_may(self):
        """The note in the file needs a libc that has it, too: Debian 12's does not, so look for the instructions."""
        for path in FILES:
            self.assertGreater(pathlib.Path(path).read_bytes().count(bytes.fromhex("f30f1efa")), 100, path)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
