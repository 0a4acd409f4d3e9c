#!/usr/bin/env python3
"""The HTML report in a browser: report_page.js asks the questions, this file makes the pages.

Needs chromium, node and npm's playwright-core, as tools/install has them; skipped where one is absent."""
import datetime
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from harness import AS_OF, FIXTURES, run  # noqa: E402

sys.path.insert(0, str(FIXTURES / "recipes"))
import demo  # noqa: E402
import pki  # noqa: E402
import regf  # noqa: E402

CERTIFICATES = 5000
HOSTILE = ["</script><script>window.pwned = 1</script>", "<img src=x onerror=window.pwned=1>", "\"><b id=pwned>", "{{report}}",
           "moc.elpmaxe\u202eexample.com", "<!--<script>", "a\u2028b", "javascript:window.pwned=1"]


def root(name):
    """A certificate of its own name and serial number; one key does for all, and nothing checks the signature."""
    return pki.certificate(name, name, key_of="page", issuer_key="page", ca=True)


def host(names, batch=datetime.datetime(2024, 3, 4, 9, 30), lone=datetime.datetime(2025, 6, 17, 22, 5)):
    """A machine hive whose Root holds all of them from one minute, but for the last, which came alone."""
    def key(der, when):
        return {"values": {"Blob": demo.blob(der)}, "last_write": when}
    ders = [root(name) for name in names]
    keys = {demo.sha1(der): key(der, batch) for der in ders[:-1]} | {demo.sha1(ders[-1]): key(ders[-1], lone)}
    return regf.hive({"subkeys": {"Microsoft": {"subkeys": {
        "SystemCertificates": {"subkeys": {"ROOT": {"subkeys": {"Certificates": {"subkeys": keys}}}}},
        "Windows NT": {"subkeys": {"CurrentVersion": {"values": {
            "ProductName": "<i>Windows</i>", "CurrentBuildNumber": "19045", "CurrentVersion": "6.3",
            "CurrentMajorVersionNumber": 10, "CurrentMinorVersionNumber": 0}}}}}}}})


def page(folder, name, *arguments):
    code, _, err = run("analyze", *arguments, "--as-of", AS_OF, "--format", "html", "-o", folder / f"{name}.html")
    assert code in (0, 1), (code, err)
    return folder / f"{name}.html"


def make_pages(folder):
    pki.sign = lambda *_, **__: bytes(128)
    (folder / "hostile").write_bytes(host([*HOSTILE, "the last"]))
    (folder / "large").write_bytes(host([f"Root number-{n:04}" for n in range(CERTIFICATES)]))
    there = FIXTURES / "demo"
    return [page(folder, "demo", there / "SOFTWARE", "--require", there / "profile.json", "--supply", there / "supply",
                 "--hash"),
            page(folder, "hostile", folder / "hostile"), page(folder, "large", folder / "large"),
            page(folder, "dirty", FIXTURES / "diff/SOFTWARE")]


def modules():
    """Where npm keeps what is installed for everybody; None without playwright-core."""
    if not all(map(shutil.which, ("chromium", "node", "npm"))):
        return None
    where = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=True).stdout.strip()
    return where if (pathlib.Path(where) / "playwright-core").is_dir() else None


def main():
    where = modules()
    if not where:
        print("SKIP: chromium, node or playwright-core is not installed")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        pages = make_pages(pathlib.Path(folder))
        script = pathlib.Path(__file__).with_name("report_page.js")
        return subprocess.run(["node", script, shutil.which("chromium"), *pages],
                              env={**os.environ, "NODE_PATH": where}, timeout=300).returncode


if __name__ == "__main__":
    sys.exit(main())
