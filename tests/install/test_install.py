#!/usr/bin/env python3
"""The installed tree: what it holds, what its library exports, and that others can build on it.

    test_install.py BUILD_DIR SOURCE_DIR C_COMPILER"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

BUILD, SOURCE = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
COMPILER = sys.argv[3]
DEMO = SOURCE / "fixtures/demo/SOFTWARE"
EXAMPLE = SOURCE / "tests/install"


def output(*command, **more):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=300, **more)
    if done.returncode:
        raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        output("cmake", "--install", BUILD, "--prefix", cls.folder / "first")
        cls.prefix = cls.folder / "moved"  # nothing in the tree may remember where it was put
        (cls.folder / "first").rename(cls.prefix)
        cls.shared_object = next(cls.prefix.rglob("libwinroots.so"))
        cls.environment = {**os.environ, "LD_LIBRARY_PATH": str(cls.shared_object.parent),
                           "PKG_CONFIG_PATH": str(cls.shared_object.parent / "pkgconfig")}
        cls.expected = output(cls.prefix / "bin/winroots", "analyze", DEMO, "--as-of", "2026-11-22")

    def check_example(self, program):
        text = output(program, DEMO, env=self.environment)
        self.assertIn("USERTrust RSA Certification Authority", text)
        self.assertEqual(text, self.expected)

    def test_everything_has_its_place(self):
        share = self.prefix / "share"
        pages = {p.name for p in (share / "man/man1").iterdir()}
        self.assertEqual(pages, {p.name for p in (SOURCE / "docs/man").glob("*.1")})
        headers = {p.name for p in (self.prefix / "include/winroots").iterdir()}
        self.assertEqual(headers, {p.name for p in (SOURCE / "include/winroots").glob("*.h")})
        for name in ("bash-completion/completions/winroots", "doc/winroots/copyright", "doc/winroots/examples/demo/SOFTWARE"):
            self.assertTrue((share / name).is_file(), name)
        self.assertEqual(len(list(share.rglob("_winroots"))), 1)

    def test_what_the_recipes_work_on_is_there(self):
        doc = self.prefix / "share/doc/winroots"
        for page in (SOURCE / "docs/recipes").glob("*.md"):
            self.assertTrue((doc / "recipes" / page.name).is_file(), page.name)
            commands = "".join(re.findall(r"^```sh\n(.*?)^```$", page.read_text(), re.M | re.S))
            for path in re.findall(r"\bfixtures/([\w/.]+\w)", commands):
                self.assertTrue((doc / "examples" / path).exists(), f"{page.name}: {path}")

    def test_the_example_builds_through_pkg_config(self):
        flags = output("pkg-config", "--cflags", "--libs", "winroots", env=self.environment).split()
        program = self.folder / "through-pkg-config"
        output(COMPILER, "-std=c11", "-Wall", "-Wextra", "-Werror", EXAMPLE / "example.c", *flags, "-o", program)
        self.check_example(program)

    def test_the_example_builds_through_find_package(self):
        build = self.folder / "through-find-package"
        output("cmake", "-S", EXAMPLE, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_C_COMPILER={COMPILER}")
        output("cmake", "--build", build)
        self.check_example(build / "example")

    def test_the_library_exports_what_the_headers_declare_and_the_list_names(self):
        declared = set()
        for header in (SOURCE / "include/winroots").glob("*.h"):
            text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
            declared |= set(re.findall(r"\b(wr_\w+)\s*\(", text))
        listed = set(re.findall(r"^ +(wr_\w+);", (SOURCE / "src/libwinroots.map").read_text(), re.M))
        lines = output("nm", "-D", "--defined-only", self.shared_object).splitlines()
        exported = {line.split()[-1].split("@")[0] for line in lines if line.split()[-2] != "A"}
        self.assertGreater(len(declared), 15)
        self.assertEqual(declared, listed, "tools/dev exports writes the list src/libwinroots.map")
        self.assertEqual(listed, exported)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
