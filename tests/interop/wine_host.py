"""wine_host.py - Wine as a Windows host, for tests that run the scripts of a bundle: test_x.py PROGRAM FIXTURES.

Wine's certutil does nothing, so a double over its crypt32 (certutil_double.c) stands in system32.  What Wine cannot
show: a percent sign in a path, which its cmd expands a second time, and %SystemRoot%\\Sysnative."""
import hashlib
import json
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

from wine import FIXTURES, HOME, compile_program, set_up, tear_down, windows, wine

SYSTEM = HOME / "prefix/drive_c/windows/system32"
LOGS = HOME / "prefix/drive_c/windows/logs/winroots"
USERS = HOME / "prefix/drive_c/users"

STORES = r"HKLM\SOFTWARE\Microsoft\SystemCertificates"
POLICIES = r"HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates"
RECORDS = r"HKLM\SOFTWARE\winroots"


def sha1(name):
    return hashlib.sha1((FIXTURES / f"certs/{name}.der").read_bytes()).hexdigest()


class Host(unittest.TestCase):
    """A test with a folder of its own and a host without certificates of ours."""

    OURS = ()  # SHA-1 of the roots that a test may install

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.bundle = self.folder / "bundle"
        shutil.copy(HOME / "certutil_double.exe", SYSTEM / "certutil.exe")
        for old in (LOGS, *USERS.glob("*/Temp/winroots")):
            shutil.rmtree(old, ignore_errors=True)
        self.host(*[f'reg delete "{key}" /f' for key in (STORES, POLICIES, RECORDS)],
                  f'certutil -f -addstore CA "{windows(FIXTURES / "certs/leaf_sha1.der")}"')

    def host(self, *commands):
        """Makes the host what a test needs it to be."""
        script = self.folder / "host.cmd"
        script.write_bytes("\r\n".join(["@echo off", *commands, ""]).encode())
        code, printed = wine("cmd", "/c", "host.cmd", cwd=self.folder)
        self.assertEqual(code, 0, printed)

    def run_script(self, name="install.cmd", **env):
        """(exit code, result, outcomes); the log, what was printed and the result agree, or the test fails."""
        code, printed = wine("cmd", "/c", f".\\{name}", cwd=self.bundle, **env)
        stem = {"install.cmd": ("winroots", "result", "Fixing"), "verify.cmd": ("verify", "verify", "Verification"),
                "rollback.cmd": ("rollback", "rollback", "Rollback")}[name]
        beside = self.bundle / f"log/{stem[0]}.log"
        self.assertTrue(beside.exists(), f"exit {code}, printed {printed}")
        log = beside.read_bytes()
        self.assertEqual(log.replace(b"\r\n", b"\n").decode("ascii"), printed)
        self.assertEqual(log.decode("ascii").splitlines()[-1], f"{stem[2]} result is {code == 0}.")
        result = json.loads((self.bundle / f"log/{stem[1]}.json").read_bytes().decode("ascii"))
        self.assertEqual((result["schema"], result["exit"], result["result"]), ("winroots.result/1", code, code == 0))
        self.assertEqual(result["bundle"], json.loads((self.bundle / "manifest.json").read_text())["bundle"])
        for action in result["actions"]:
            self.assertIn(action["outcome"], printed)
        return code, result, [a["outcome"] for a in result["actions"]]

    def export(self, key, name="export.reg"):
        """What the host holds below the key, as a file that `reg export` writes; it may not be there."""
        file = self.folder / name
        file.unlink(missing_ok=True)
        wine("reg", "export", key, windows(file), "/y")
        return file

    def registry(self, *keys):
        """{key: {value: text}} of what the host holds, without the roots of the machine below that Wine mirrors
        into Root when it likes."""
        held = {}
        for key in keys:
            file = self.export(key)
            text = file.read_text("utf-16") if file.exists() else ""
            for block in re.split(r"\n(?=\[)", text.replace("\r\n", "\n").replace("\\\n  ", ""))[1:]:
                name, *values = block.strip().split("\n")
                mirrored = re.search(r"\\SystemCertificates\\Root\\Certificates\\(\w{40})\]$", name)
                if not mirrored or mirrored[1].lower() in self.OURS:
                    held[name.strip("[]").upper()] = dict(v.split("=", 1) for v in values)
        return held


def main():
    set_up()
    try:
        for source in ("certutil_double.c", "sst_elements.c"):
            compile_program(source, "-lcrypt32", "-ladvapi32")
        unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
    finally:
        tear_down()
