#!/usr/bin/env python3
"""`diff` of two lists against the difference of what `openssl asn1parse` sees in them."""
import datetime
import functools
import json
import pathlib
import random
import re
import subprocess
import sys
import unittest

PROGRAM, CORPUS = pathlib.Path(sys.argv[1]).resolve(), None
ROW = re.compile(r"^ *(\d+):d=(\d+) +hl=(\d+) +l= *(\d+) +(?:prim|cons): *(.*?) *(?:\[HEX DUMP\])?(?::(.*))?$", re.M)
PROPERTY = "1.3.6.1.4.1.311.10.11."
DATES, PURPOSES = {"104", "126", "128"}, {"9", "105", "122", "127"}


@functools.cache
def entries(path):
    """{id: {attribute: data}}; a property stands under its number, anything else under its OID."""
    data = path.read_bytes()
    out = subprocess.run(["openssl", "asn1parse", "-inform", "DER", "-in", path],
                         capture_output=True, text=True, check=True).stdout
    rows = [(int(o), int(d), int(h), int(n), tag, value) for o, d, h, n, tag, value in ROW.findall(out)]
    ctl = next(i for i, r in enumerate(rows) if r[4] == "OBJECT" and ("10.1" == r[5][-4:] or "Trust List" in r[5]))
    depth = rows[ctl + 2][1] + 1  # of the members of the CTL
    first = next(i for i in range(ctl + 3, len(rows) - 2) if rows[i][1] == depth and rows[i][4] == "SEQUENCE" and
                 rows[i + 1][4] == "SEQUENCE" and rows[i + 2][4] == "OCTET STRING")
    end = sum(rows[first][i] for i in (0, 2, 3))
    found, subject, name = {}, None, None
    for at, d, head, size, tag, value in rows[first + 1:]:
        if at >= end:
            break
        content = data[at + head:at + head + size]
        if d == depth + 2 and tag == "OCTET STRING":
            subject = found.setdefault(content.hex(), {})
        elif d == depth + 4 and tag == "OBJECT":
            name = dotted(content)
        elif d == depth + 4 and tag == "SET":
            subject[name] = content
        elif d == depth + 5 and tag == "OCTET STRING" and name.startswith(PROPERTY):
            subject[name[len(PROPERTY):]] = content
            subject.pop(name, None)
    return found


def dotted(content):
    arcs, n = [], 0
    for octet in content:
        n = n << 7 | octet & 127
        if octet < 128:
            arcs, n = [*arcs, n], 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))


def oids(der):
    """Of a SEQUENCE OF OID; all here are shorter than 128 octets each."""
    body, result = der[2 + (der[1] & 127 if der[1] > 127 else 0):], []
    while body:
        result.append(dotted(body[2:2 + body[1]]))
        body = body[2 + body[1]:]
    return result


def shown(name, data):
    """A property as docs/diff.md says it is written."""
    if name in PURPOSES:
        return oids(data)
    if name in DATES and data:
        ticks = int.from_bytes(data, "little")
        time = datetime.datetime(1601, 1, 1) + datetime.timedelta(microseconds=ticks // 10)
        return time.strftime("%Y-%m-%dT%H:%M:%SZ")
    if name == "11":
        return data.decode("utf-16-le").removesuffix("\0")
    return data.hex()


def expected(a, b):
    rows = {}
    for key in a.keys() | b.keys():
        before, after = a.get(key, {}), b.get(key, {})
        names = {n for n in before.keys() | after.keys() if before.get(n) != after.get(n)}
        if key in a and key in b and not names:
            continue
        change = "changed" if key in a and key in b else "removed" if key in a else "added"
        rows[key] = (change, *({label(n): shown(n, side[n]) for n in names if n in side} for side in (before, after)))
    return rows


def label(name):
    return ("attributes." if "." in name else "properties.") + name


class Lists(unittest.TestCase):
    def compare(self, first, second):
        done = subprocess.run([PROGRAM, "diff", first, second, "--format", "json", "--as-of", "2026-11-22"],
                              capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        diff = json.loads(done.stdout)
        got = {r["id"]: (r["change"], r.get("before", {}), r.get("after", {})) for r in diff.get("entries", [])}
        kinds = {r["list"] for r in diff.get("entries", [])}
        a, b = entries(first), entries(second)
        if len(kinds) > 1:  # lists of two kinds have no entry in common
            self.assertEqual({k for k, r in got.items() if r[0] == "removed"}, set(a))
            self.assertEqual({k for k, r in got.items() if r[0] == "added"}, set(b))
            return 0
        want = expected(a, b)
        self.assertEqual(got.keys(), want.keys())
        for key, row in want.items():
            self.assertEqual(got[key], row, key)
        self.assertEqual(done.returncode, 0 if not want and "lists" not in diff else 1)
        return len(want)

    def test_each_list_against_the_next(self):
        files = sorted((CORPUS / "stl/robstradling-authroot").glob("*.stl"))
        self.assertGreater(len(files), 50)
        rows = 0
        for first, second in zip(files, files[1:]):
            with self.subTest(f"{first.name} {second.name}"):
                rows += self.compare(first, second)
        print(f"{len(files) - 1} pairs, {rows} entries differ")

    def test_pairs_at_random(self):
        files = sorted(p for f in ("robstradling-authroot", "harvester57") for p in (CORPUS / "stl" / f).glob("*.stl"))
        choose = random.Random(20261122)
        for _ in range(25):
            first, second = choose.sample(files, 2)
            with self.subTest(f"{first.name} {second.name}"):
                self.compare(first, second)


if __name__ == "__main__":
    import os
    if not os.environ.get("WINROOTS_CORPUS"):
        print("SKIP: WINROOTS_CORPUS is not set")
        sys.exit(77)
    CORPUS = pathlib.Path(os.environ["WINROOTS_CORPUS"])
    unittest.main(argv=[sys.argv[0]])
