#!/usr/bin/env python3
"""A static program needs nothing beside it:  test_static.py PROGRAM READELF"""
import subprocess
import sys
import unittest

PROGRAM, READELF = sys.argv[1:3]


class Static(unittest.TestCase):
    def test_no_loader_and_no_library(self):
        shown = subprocess.run([READELF, "--wide", "--program-headers", "--dynamic", PROGRAM], check=True,
                               capture_output=True, text=True).stdout
        self.assertIn("LOAD", shown, "the list is read as readelf prints it")
        self.assertNotIn("INTERP", shown)
        self.assertNotIn("(NEEDED)", shown)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
