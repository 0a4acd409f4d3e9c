#!/usr/bin/env python3
"""What the program does for three pieces of work, counted in instructions by valgrind: exact for the same
binary and input, where time is not.

    test_instructions.py PROGRAM FIXTURES             the counts are at most what instructions.json says, and a part
    test_instructions.py PROGRAM FIXTURES --rewrite   writes instructions.json

`own` counts instructions of the program itself, `all` those of its libraries, their loading included, too: another
version of OpenSSL or of libc may differ more.  Another major version of the compiler than that of the file skips."""
import json
import pathlib
import re
import shutil
import subprocess
import sys

from harness import AS_OF, FIXTURES, PROGRAM, Case, main
from registry import CERTIFICATES, hive, store

BASELINE = pathlib.Path(__file__).with_name("instructions.json")
TOLERANCE = {"own": 0.15, "all": 0.25}  # a report that says more costs more
LESS = 0.2  # one that got this much better is written down, so that it stays so


def is_release():
    cache = pathlib.Path(PROGRAM).parent.parent / "CMakeCache.txt"
    return "CMAKE_BUILD_TYPE:STRING=Release" in cache.read_text()


def compiler():
    text = subprocess.run(["gcc", "-dumpversion"], capture_output=True, text=True).stdout
    return "gcc " + text.strip().split(".")[0]


def copies(count):
    """Certificates of fixtures/certs and copies of them, whose last octet differs."""
    ders = [f.read_bytes() for f in sorted((FIXTURES / "certs").glob("root_*.der"))]
    return [der[:-1] + bytes([der[-1] ^ n // len(ders)]) for n, der in
            ((n, ders[n % len(ders)]) for n in range(count))]


def software():
    """A SOFTWARE hive of 3,000 keys and 6,000 values with 60 certificates in three stores."""
    ders = copies(60)
    product = {"values": {"InstallLocation": "C:\\Program Files\\Example", "Version": 7}}
    vendors = {f"Vendor {v:02}": {"subkeys": {f"Product {p:03}": product for p in range(100)}} for v in range(30)}
    return hive(*(store(f"{CERTIFICATES}\\{name}", *ders[i::3]) for i, name in enumerate(("AuthRoot", "CA", "ROOT"))),
                ("", {"subkeys": vendors}))


def count(path):
    """(instructions of the program itself, of everything) from callgrind's output."""
    own = total = 0
    ours, skip, names = False, False, {}
    for line in path.read_text().splitlines():
        if line.startswith("ob="):
            number, name = re.match(r"ob=(\(\d+\))(?: (.*))?", line.strip()).groups()
            names[number] = name or names[number]
            ours = pathlib.Path(names[number]).name in ("winroots", "winroots_certs")
        elif line.startswith("cob="):
            number, name = re.match(r"cob=(\(\d+\))(?: (.*))?", line.strip()).groups()
            names[number] = name or names[number]
        elif line.startswith("calls="):
            skip = True
        elif line[:1] in "0123456789+-*" and line.strip():
            if not skip:
                cost = int(line.split()[-1])
                total += cost
                own += cost if ours else 0
            skip = False
    return {"own": own, "all": total}


class Instructions(Case):
    def counted(self, *command):
        out = self.folder / "callgrind.out"
        done = subprocess.run(["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={out}",
                               *map(str, command)], capture_output=True, timeout=300)
        self.assertIn(done.returncode, (0, 1), done.stderr.decode())
        return count(out)

    def works(self):
        path = self.file("SOFTWARE", software())
        certs = pathlib.Path(PROGRAM).parent.parent / "tests/winroots_certs"
        lists = FIXTURES / "ctl/list.stl"
        return {
            "list the certificates of a hive": (certs, path),
            "analyze a hive with a list and a profile": (
                PROGRAM, "analyze", path, "--ctl", lists, "--allow-unverified-lists", "--require", "A1",
                "--as-of", AS_OF, "--format", "json", "--no-sandbox"),
            "parse and verify a list": (PROGRAM, "inspect", lists, "--format", "json", "--no-sandbox"),
        }

    def test_no_more_than_before(self):
        known = json.loads(BASELINE.read_text())
        if known["compiler"] != compiler():
            self.skipTest(f"{BASELINE.name} was counted with {known['compiler']}")
        for name, command in self.works().items():
            with self.subTest(name):
                now = self.counted(*command)
                for kind, tolerance in TOLERANCE.items():
                    before = known["works"][name][kind]
                    change = now[kind] / before - 1
                    print(f"{name}, {kind}: {now[kind]:,}, {change:+.1%}")
                    self.assertLess(change, tolerance, f"{name}: {kind} rose; look with callgrind_annotate, or write "
                                                       "the counts down again with --rewrite and say why")
                    if kind == "own":
                        self.assertGreater(change, -LESS, f"{name}: well done; keep it with --rewrite")


def rewrite():
    case = Instructions("works")
    case.setUp()
    works = {name: case.counted(*command) for name, command in case.works().items()}
    case.doCleanups()
    BASELINE.write_text(json.dumps({"compiler": compiler(), "works": works}, indent=1) + "\n")
    print(BASELINE.read_text(), end="")


if __name__ == "__main__":
    if not shutil.which("valgrind") or not is_release():
        print("SKIP: valgrind is not here, or this is not the release build")
        sys.exit(77)
    if sys.argv[3:] == ["--rewrite"]:
        rewrite()
    else:
        main()
