#!/usr/bin/env python3
"""convert: Wine's crypt32 opens what is written, and finds the same certificates and properties.

    test_convert_wine.py PROGRAM FIXTURES

OBSERVED: Wine 8 refuses an element with property 104, 122 or 126."""
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

from wine import FIXTURES, PROGRAM, compile_program, set_up, tear_down, windows, wine

PURPOSES = bytes.fromhex("300a06082b06010505070301")
PROPERTIES = ((11, "Name\0".encode("utf-16-le")), (9, PURPOSES))


def record(number, data):
    return struct.pack("<III", number, 1, len(data)) + data


class Stores(unittest.TestCase):
    reader = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.ders = [(FIXTURES / f"certs/{name}.der").read_bytes() for name in ("root_rsa", "root_P-256", "root_v1")]
        self.source = self.folder / "source.reg"
        blobs = [b"".join(record(*p) for p in PROPERTIES) + record(32, self.ders[0])] + \
            [record(32, der) for der in self.ders[1:]]
        text = "Windows Registry Editor Version 5.00\r\n" + "".join(
            f"\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\ROOT\\Certificates\\{i}]\r\n"
            f'"Blob"=hex:{blob.hex(",")}\r\n' for i, blob in enumerate(blobs))
        self.source.write_bytes(text.encode())

    def read_by_wine(self, name):
        """{certificate: {property: data}}"""
        subprocess.run([PROGRAM, "convert", self.source, self.folder / name], check=True, capture_output=True)
        code, printed = wine(self.reader, windows(self.folder / name))
        self.assertEqual(code, 0, printed)
        found = {}
        for line in printed.splitlines():
            kind, *rest = line.split(" ")
            if kind == "certificate":
                last = found.setdefault(bytes.fromhex(rest[0]), {})
            else:
                last[int(rest[0])] = bytes.fromhex(rest[1])
        return found

    def test_sst(self):
        found = self.read_by_wine("out.sst")
        self.assertEqual(set(found), set(self.ders))
        self.assertEqual([found[der] for der in self.ders], [dict(PROPERTIES), {}, {}])

    def test_p7b(self):
        self.assertEqual(set(self.read_by_wine("out.p7b")), set(self.ders))


if __name__ == "__main__":
    set_up()
    try:
        Stores.reader = compile_program("read_store.c", "-lcrypt32")
        unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
    finally:
        tear_down()
