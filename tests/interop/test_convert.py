#!/usr/bin/env python3
"""convert: hivexregedit makes a hive of the .reg that is written from a store, and the hive is converted back.

    test_convert.py PROGRAM FIXTURES

With WINROOTS_CORPUS every store of it, too."""
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM, FIXTURES = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
CORPUS = os.environ.get("WINROOTS_CORPUS")
AUTHROOT = "Microsoft\\SystemCertificates\\AuthRoot"


def convert(*args):
    done = subprocess.run([PROGRAM, "convert", *args], capture_output=True, text=True)
    assert done.returncode == 0, f"{args}: {done.returncode} {done.stderr}"


def elements(sst):
    """The serialized elements of a store, each as bytes; read here from docs/formats/sst.md alone."""
    at, start, found = 8, 8, []
    while True:
        number, reserved, length = struct.unpack_from("<III", sst, at)
        if not number:
            return found
        at += 12 + length
        if number in (32, 33, 34, 35):
            found.append(sst[start:at])
            start = at


def record(number, data):
    return struct.pack("<III", number, 1, len(data)) + data


class Hive(unittest.TestCase):
    def through_a_hive(self, source):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            hive, reg, back = folder / "SOFTWARE", folder / "out.reg", folder / "back.sst"
            convert(source, reg, "--store", "LM/AuthRoot")
            text = reg.read_bytes().decode("utf-16").replace("\r\n", "\n")
            keys = re.findall(r"^\[HKEY_LOCAL_MACHINE\\SOFTWARE\\(.*)\]$", text, re.M)
            parts = [key.split("\\") for key in keys]  # hivexregedit wants a key's parents before it
            parents = sorted({"\\".join(p[:n]) for p in parts for n in range(1, len(p) + 1)})
            (folder / "in.reg").write_text("".join(f"[\\{p}]\n\n" for p in parents) +
                                           text.replace("[HKEY_LOCAL_MACHINE\\SOFTWARE\\", "[\\"))
            shutil.copy(FIXTURES / "fuzz/regf/minimal.hive", hive)
            subprocess.run(["hivexregedit", "--merge", hive, folder / "in.reg"], check=True, capture_output=True)
            for key in keys:
                self.assertTrue(key.startswith(AUTHROOT + "\\"), key)
            convert(hive, back, "--store", "LM/AuthRoot")
            return elements(back.read_bytes())

    def test_a_store_with_properties(self):
        purposes = bytes.fromhex("300a06082b06010505070301")
        certs = [(FIXTURES / f"certs/{name}.der").read_bytes() for name in ("root_rsa", "root_P-256", "root_v1")]
        expected = [record(11, "Name\0".encode("utf-16-le")) + record(9, purposes) + record(126, bytes(8)) +
                    record(127, purposes) + record(32, certs[0]), record(32, certs[1]),
                    record(104, b"") + record(122, purposes) + record(32, certs[2])]
        with tempfile.NamedTemporaryFile(suffix=".sst") as file:
            file.write(b"\0\0\0\0CERT" + b"".join(expected) + bytes(12))
            file.flush()
            self.assertEqual(sorted(self.through_a_hive(file.name)), sorted(expected))

    @unittest.skipUnless(CORPUS, "WINROOTS_CORPUS is not set")
    def test_stores_of_the_corpus(self):
        compared = 0
        for path in sorted(pathlib.Path(CORPUS, "sst").rglob("*.sst")):
            stored = elements(path.read_bytes())
            if len(stored) > 200 or not stored:  # hivexregedit is slow
                continue
            with self.subTest(path.name):
                self.assertEqual(sorted(self.through_a_hive(path)), sorted(set(stored)))
                compared += 1
        self.assertGreater(compared, 0)


if __name__ == "__main__":
    if not shutil.which("hivexregedit"):
        print("SKIP: no hivexregedit (Debian package libwin-hivex-perl)")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
