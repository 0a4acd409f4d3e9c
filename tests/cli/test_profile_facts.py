#!/usr/bin/env python3
"""The built-in profiles against real certificates: every hash is that of a file, and every name what OpenSSL reads
there.  The files are those below $WINROOTS_CORPUS/crt and $WINROOTS_REQUIREMENTS/certs; one of the two is enough."""
import functools
import hashlib
import json
import os
import pathlib
import subprocess
import sys

from harness import AS_OF, CORPUS, Case, main, run

GIVEN = ((CORPUS, "crt"), (os.environ.get("WINROOTS_REQUIREMENTS"), "certs"))
FOLDERS = [pathlib.Path(root) / name for root, name in GIVEN if root]
LISTS = [pathlib.Path(CORPUS) / name for name in ("cab/robstradling-authroot/authroot-commit2025-07-03-4b898eb.cab",
                                                  "cab/harvester57/929f960-disallowedcertstl.cab")] if CORPUS else []


def certificates():
    """SHA-1 -> (SHA-256, path) of every DER file."""
    found = {}
    for folder in FOLDERS:
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix in (".der", ".crt", ".cer"):
                data = path.read_bytes()
                found[hashlib.sha1(data).hexdigest()] = (hashlib.sha256(data).hexdigest(), path)
    return found


@functools.cache
def by_openssl(path):
    """(subject, issuer, serial number)"""
    done = subprocess.run(["openssl", "x509", "-inform", "DER", "-in", path, "-noout", "-subject", "-issuer", "-serial",
                           "-nameopt", "RFC2253,sep_comma_plus_space,-esc_msb,utf8"],
                          capture_output=True, text=True, check=True)
    subject, issuer, serial = (line.split("=", 1)[1].strip() for line in done.stdout.splitlines())
    return subject, issuer, int(serial, 16)


class Facts(Case):
    def profiles(self):
        _, out, _ = run("profile", "list")
        for line in out.splitlines():
            yield json.loads(run("profile", "show", line.split()[0])[1])

    def test_hashes_and_names_are_those_of_the_files(self):
        files, checked = certificates(), set()
        for profile in self.profiles():
            for key, known in profile["certificates"].items():
                sha256, path = files.get(known["sha1"], (None, None))
                if not path:
                    self.assertNotIn(known.get("sha256"), {s for s, _ in files.values()}, (profile["id"], key))
                    continue
                with self.subTest(profile=profile["id"], certificate=key):
                    self.assertEqual(known.get("sha256"), sha256)
                    self.assertEqual((known["subject"], known["issuer"], int(known["serial"], 16)), by_openssl(path))
                    checked.add(known["sha1"])
        self.assertGreater(len(checked), 15)
        print(f"{len(checked)} certificates of built-in profiles are those of {len(files)} files")

    def test_they_are_clean_by_real_lists_or_say_what_they_know(self):
        ids = [p["id"] for p in self.profiles()]
        supply = [x for folder in FOLDERS for x in ("--supply", folder)]
        lists = [x for path in LISTS for x in ("--ctl", path)]
        code, out, err = run("profile", "lint", *ids, *supply, *lists, "--as-of", AS_OF, "--format", "json")
        self.assertEqual((code, err), (0, ""), out)
        if LISTS:
            known = {(p["id"], f["defect"]) for p in json.loads(out)["profiles"] for f in p["findings"]}
            self.assertEqual(known, {("microsoft-365-gcc-high", "restricted"), ("microsoft-365-gcc-high", "expired")})


if __name__ == "__main__":
    if not FOLDERS:
        print("SKIP: neither WINROOTS_CORPUS nor WINROOTS_REQUIREMENTS is set")
        sys.exit(77)
    main()
