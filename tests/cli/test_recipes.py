#!/usr/bin/env python3
"""The pages of docs/recipes do what they say: each block of shell is run, and prints what the page shows.

A block ```sh is run by bash, in a folder of the page's own that holds a link to the fixtures.  A block ```output after it
is what it prints on both streams; "exit N" behind the word is its exit code, else 0.  Other blocks are for another machine
and are not run.    test_recipes.py PROGRAM FIXTURES --rewrite   puts what is printed into the pages."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from harness import FIXTURES, PROGRAM, Case, main, run

RECIPES = FIXTURES.parent / "docs/recipes"
BLOCK = re.compile(r"^```sh\n(?P<commands>.*?)^```\n(?:\n```output(?: exit (?P<code>\d+))?\n(?P<output>.*?)^```\n)?",
                   re.M | re.S)


def run_block(commands, folder):
    environment = {**os.environ, "PATH": f"{folder / '.bin'}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
    done = subprocess.run(["bash", "-c", commands], cwd=folder, env=environment, text=True, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def run_page(text, folder):
    """The page with what its blocks really print."""
    (folder / "fixtures").symlink_to(FIXTURES)
    (folder / ".bin").mkdir()
    (folder / ".bin/winroots").symlink_to(PROGRAM)

    def real(match):
        code, output = run_block(match["commands"], folder)
        block = f"```sh\n{match['commands']}```\n"
        if output or code:
            block += f"\n```output{f' exit {code}' if code else ''}\n{output}```\n"
        return block

    return BLOCK.sub(real, text)


class Recipes(Case):
    maxDiff = None

    def test_each_page_is_real(self):
        pages = sorted(RECIPES.glob("*.md"))
        self.assertGreaterEqual(len(pages), 5)
        for number, page in enumerate(pages):
            if ".E01" in page.read_text() and "disk images (The Sleuth Kit" not in run("--version")[1]:
                continue
            with self.subTest(page.name):
                folder = self.folder / str(number)
                folder.mkdir()
                text = page.read_text()
                self.assertEqual(text, run_page(text, folder))

    def test_a_wrong_page_is_seen(self):
        page = "```sh\nwinroots --version | head -n 1 | tr -d 0-9.; exit 3\n```\n\n```output\nwrong\n```\nrest\n"
        right = page.replace("output\nwrong", "output exit 3\nwinroots ")
        self.assertEqual(run_page(page, self.folder), right)


if __name__ == "__main__":
    if sys.argv[-1] == "--rewrite":
        for path in RECIPES.glob("*.md"):
            with tempfile.TemporaryDirectory() as name:
                path.write_text(run_page(path.read_text(), pathlib.Path(name)))
    else:
        main()
