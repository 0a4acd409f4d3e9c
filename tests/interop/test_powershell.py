#!/usr/bin/env python3
"""The PowerShell scripts of a bundle, parsed by tree-sitter's grammar.

    test_powershell.py PROGRAM FIXTURES

The grammar comes from npm (npm/package-lock.json says which, by hash) and is kept beside PROGRAM.  Nothing of it
is run but its WebAssembly.  Skipped where there is no node, no npm, or no way to fetch it."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
HERE = pathlib.Path(__file__).resolve().parent / "npm"
HOME = PROGRAM.parent.parent / "npm"
MAKE_BUNDLE = PROGRAM.parent.parent / "tests" / "make_bundle"


def set_up():
    """True once the grammar is there."""
    if not shutil.which("node") or not shutil.which("npm"):
        return False
    HOME.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, HOME)
    if not (HOME / "node_modules/tree-sitter-powershell/tree-sitter-powershell.wasm").exists():
        try:
            subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HOME, timeout=120,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        except (subprocess.SubprocessError, OSError):
            return False
    return True


def parse(*files):
    """What the grammar says of each file."""
    done = subprocess.run(["node", HERE / "parse_scripts.mjs", HOME / "node_modules", *files], capture_output=True,
                          text=True, timeout=400, check=True)
    return [line.rsplit(": ", 1)[1] for line in done.stdout.splitlines()]


class Scripts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_every_generated_script_parses(self):
        for plan in ("every", "none"):
            subprocess.run([MAKE_BUNDLE, self.folder / plan, plan], check=True, timeout=60)
        scripts = sorted(self.folder.glob("*/*.ps1"))
        self.assertEqual([s.name for s in scripts], ["detect.ps1", "install.ps1"] * 2)
        self.assertEqual(parse(*scripts), ["parses"] * 4)

    def test_what_is_broken_does_not(self):
        subprocess.run([MAKE_BUNDLE, self.folder / "every", "every"], check=True, timeout=60)
        script, broken = self.folder / "every/install.ps1", self.folder / "broken.ps1"
        text = script.read_text("ascii")
        for old, new in (("} finally {", "} finally "), ("PutCertificate 'add'", "PutCertificate 'add")):
            self.assertIn(old, text)
            broken.write_text(text.replace(old, new, 1))
            self.assertRegex(parse(broken)[0], "fails", old)


if __name__ == "__main__":
    if not set_up():
        print("SKIP: no node and npm, or the grammar cannot be fetched")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0]])
