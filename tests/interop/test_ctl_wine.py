#!/usr/bin/env python3
"""Trust lists as Wine's crypt32 reads them: the same entries, with the same properties.

    test_ctl_wine.py PROGRAM FIXTURES

With WINROOTS_CORPUS, Microsoft's own lists too, oldest to newest.  Wine refuses a list with an entry that has no
attributes, which Microsoft's disallowed list and pin rules have: allowed.md."""
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "fixtures" / "recipes"))
import pki  # noqa: E402
from wine import FIXTURES, PROGRAM, compile_program, set_up, tear_down, windows, wine  # noqa: E402

CORPUS = os.environ.get("WINROOTS_CORPUS")
PROPERTY = "1.3.6.1.4.1.311.10.11."
EPOCH = datetime.datetime(1601, 1, 1)


def octet_string(encoded):
    """Contents, in hex, of one OCTET STRING."""
    data = bytes.fromhex(encoded)
    size = data[1] & 0x7F if data[1] & 0x80 else 0
    length = int.from_bytes(data[2:2 + size], "big") if size else data[1]
    assert data[0] == 0x04 and len(data) == 2 + size + length, encoded
    return data[2 + size:].hex()


def time_of(ticks):
    return (EPOCH + datetime.timedelta(microseconds=int(ticks) // 10)).isoformat()[:19] + "Z"


def read_by_wine(reader, path):
    """The list in the words of `inspect --entries`; None where Wine refuses it."""
    code, printed = wine(reader, windows(path))
    if code == 1:
        return None
    assert code == 0, f"{path}: exit {code}: {printed}"
    read = {"usage": [], "entries_detail": []}
    for line in printed.splitlines():
        name, _, rest = line.partition(" ")
        if name == "usage":
            read["usage"].append(rest)
        elif name == "entry":
            read["entries_detail"].append({"id": rest, "properties": {}, "attributes": {}})
        elif name == "value":
            oid, encoded = rest.split(" ")
            entry = read["entries_detail"][-1]
            if oid.startswith(PROPERTY):
                assert oid not in entry["properties"], "one value a property"
                entry["properties"][oid[len(PROPERTY):]] = octet_string(encoded)
            else:
                entry["attributes"][oid] = entry["attributes"].get(oid, "") + encoded
        elif name in ("update", "next"):
            if int(rest):
                read[name] = time_of(rest)
        elif name == "list_id":
            if rest:
                read[name] = bytes.fromhex(rest).decode("utf-16-le").rstrip("\0")
        else:
            read[name] = rest
    return read


def read_by_winroots(path):
    done = subprocess.run([PROGRAM, "inspect", path, "--entries", "--format", "json"], capture_output=True, check=True)
    detail = json.loads(done.stdout)["files"][0]["detail"]
    read = {"usage": detail["usage"], "algorithm": detail["subject_algorithm"], "sequence": detail.get("sequence", ""),
            "update": detail["this_update"], "entries_detail": [
                {"id": e["id"], "properties": e["properties"],
                 "attributes": {a["oid"]: a["values"] for a in e["attributes"]}} for e in detail["entries_detail"]]}
    return read | {name: detail[key] for name, key in (("next", "next_update"), ("list_id", "list_id")) if key in detail}


class Lists(unittest.TestCase):
    maxDiff = 2000
    reader = None

    def same(self, path):
        """Compares one list; gives how many entries Wine read."""
        ours, wines = read_by_winroots(path), read_by_wine(self.reader, path)
        bare = any(not e["properties"] and not e["attributes"] for e in ours["entries_detail"])
        self.assertEqual(wines is None, bare, path)
        if bare:
            return 0
        self.assertEqual({k: v for k, v in ours.items() if k != "entries_detail"},
                         {k: v for k, v in wines.items() if k != "entries_detail"}, path)
        self.assertEqual(ours["entries_detail"], wines["entries_detail"], path)
        return len(ours["entries_detail"])

    def test_lists_of_our_recipes(self):
        self.assertEqual(self.same(FIXTURES / "ctl/pinrules.stl"), 1)
        self.assertEqual(self.same(FIXTURES / "ctl/list.stl"), 0)

    def test_properties_empty_short_and_long(self):
        entries = [{104: b"", 126: b""}, {104: bytes(8), 9: pki.seq()}, {11: bytes(range(256)) * 2, 98: bytes(32)}]
        content = pki.seq(pki.seq(pki.oid("1.3.6.1.4.1.311.10.3.9")), pki.integer(0x14 << 64 | 1), pki.utc("2021-06-01"),
                          pki.algorithm("1.3.14.3.2.26"), pki.seq(*(
                              pki.seq(pki.octets(bytes([i]) * 20), pki.set_of(*(
                                  pki.attribute(f"{PROPERTY}{n}", pki.octets(data)) for n, data in entry.items())))
                              for i, entry in enumerate(entries))))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "made.stl"
            path.write_bytes(pki.signed_data("1.3.6.1.4.1.311.10.1", content))
            self.assertEqual(self.same(path), 3)

    @unittest.skipUnless(CORPUS, "WINROOTS_CORPUS is not set")
    def test_lists_of_microsoft(self):
        corpus = pathlib.Path(CORPUS)
        issued = sorted((corpus / "stl/robstradling-authroot").glob("*.stl"))
        paths = issued[::15] + issued[-1:] + sorted((corpus / "stl/harvester57").glob("*.stl"))
        entries = 0
        for path in paths:
            with self.subTest(path.name):
                entries += self.same(path)
        self.assertGreater(entries, 2000)


if __name__ == "__main__":
    set_up()
    try:
        Lists.reader = compile_program("read_ctl.c", "-lcrypt32")
        unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
    finally:
        tear_down()
