#!/usr/bin/env python3
"""The packages: the same bytes from two places, and in them what a Debian user expects.

    test_package.py SOURCE_DIR"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(sys.argv[1]).resolve()


def make(source, folder, **environment):
    done = subprocess.run([source / "tools/package/make", folder], capture_output=True, text=True, timeout=850,
                          env={**os.environ, "SOURCE_DATE_EPOCH": "1795305600", **environment})
    if done.returncode:
        raise AssertionError(done.stdout[-3000:] + done.stderr)
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix in (".deb", ".gz")}


def control(package, field):
    return subprocess.run(["dpkg-deb", "-f", package, field], capture_output=True, text=True, check=True).stdout


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.first = cls.folder / "first"
        cls.made = make(SOURCE, cls.first)
        cls.program = next(cls.first.glob("winroots_*.deb"))

    def test_another_place_umask_and_zone_give_the_same_bytes(self):
        copy = self.folder / "a copy/of the source"
        for part in ("tools", "fixtures", "docs", "src", "include"):  # in another order than it was made
            shutil.copytree(SOURCE / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md"):
            shutil.copy(SOURCE / name, copy / name)
        before = os.umask(0o077)
        self.addCleanup(os.umask, before)
        again = make(copy, self.folder / "second", TZ="Asia/Tokyo", LC_ALL="C")
        self.assertEqual(sorted(again), sorted(self.made))
        self.assertEqual(len(again), 3)
        for name, content in again.items():
            self.assertTrue(content == self.made[name], f"{name} differs")

    def test_the_package_brings_pages_and_completions(self):
        listing = subprocess.run(["dpkg-deb", "-c", self.program], capture_output=True, text=True, check=True).stdout
        paths = {line.split()[5].removeprefix(".") for line in listing.splitlines()}
        expected = {f"/usr/share/man/man1/{p.name}" for p in (SOURCE / "docs/man").glob("*.1")}
        expected |= {"/usr/bin/winroots", "/usr/share/bash-completion/completions/winroots",
                     "/usr/share/zsh/vendor-completions/_winroots", "/usr/share/doc/winroots/examples/demo/SOFTWARE"}
        self.assertLessEqual(expected, paths)
        self.assertTrue(all(line.split()[1] == "root/root" for line in listing.splitlines()))

    def test_the_package_depends_on_what_the_program_links(self):
        depends = {item.split()[0] for item in control(self.program, "Depends").split(", ")}
        self.assertLessEqual({"libc6", "libssl3", "libcjson1"}, {name.removesuffix("t64") for name in depends})
        self.assertTrue(any(name.startswith("libarchive13") for name in depends), depends)
        self.assertFalse(any(name.startswith("libtsk") for name in depends), "loaded only when it is needed")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
