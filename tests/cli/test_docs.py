#!/usr/bin/env python3
"""What the program says of itself and what its pages say are the same."""
import pathlib
import re
import shutil
import subprocess
import unittest

from harness import FIXTURES, Case, main, run

DOCS = FIXTURES.parent / "docs"
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


class Docs(Case):
    def test_each_command_has_a_page_with_its_options(self):
        commands = re.findall(r"^  ([a-z]+) ", run("--help")[1].split("Commands:")[1], re.M)
        self.assertGreaterEqual(len(commands), 8)
        for command in commands:
            with self.subTest(command):
                _, help_text, _ = run(command, "--help")
                if command == "profile":
                    help_text += run(command, "lint", "--help")[1]
                    help_text += run(command, "learn", "--help")[1]
                if command == "fleet":
                    help_text = "".join(run(command, word, "--help")[1] for word in
                                        ("run", "plan", "gather", "merge", "report", "bundles"))
                page = (DOCS / "man" / f"winroots-{command}.1").read_text().replace("\\-", "-")
                options = page.split(".SH EXIT STATUS")[0]
                self.assertEqual(set(OPTION.findall(help_text)) - {"--help"}, set(OPTION.findall(options)) - {"--help"})

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_pages_are_set_without_a_warning(self):
        pages = sorted((DOCS / "man").glob("*.1"))
        done = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8", *pages], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        overview = (DOCS / "man/winroots.1").read_text().replace("\\-", "-")
        for page in pages:
            self.assertTrue(page.stem == "winroots" or f"{page.stem} (1)" in overview, page.name)

    def test_exit_codes_are_told_alike(self):
        _, help_text, _ = run("analyze", "--help")
        page = (DOCS / "man/winroots-analyze.1").read_text()
        for code in range(6):
            self.assertRegex(help_text, rf"(?<!\d){code} \w")
            self.assertRegex(page, rf"\.TP\n{code}\n")

    def test_each_finding_has_a_row(self):
        source = (FIXTURES.parent / "src/trust/finding.c").read_text()
        ids = re.findall(r"\] = \{ \"([a-z_]+)\"", source)
        self.assertGreater(len(ids), 10)
        rows = re.findall(r"^\| `([a-z_]+)` \|", (DOCS / "findings.md").read_text(), re.M)
        self.assertEqual(sorted(ids), sorted(rows))

    def test_the_screen_of_the_readme_is_real(self):
        _, out, _ = run("analyze", "fixtures/demo/SOFTWARE", "--require", "fixtures/demo/profile.json", "--supply",
                        "fixtures/demo/supply", "--as-of", "2026-11-22", cwd=FIXTURES.parent)
        self.assertIn("```\n" + out.rstrip() + "\n```", (FIXTURES.parent / "README.md").read_text())

    def test_each_defect_and_each_built_in_profile_has_a_row(self):
        page = (DOCS / "profile.md").read_text()
        source = (FIXTURES.parent / "src/require/defect.c").read_text()
        defects = re.findall(r"= \"([a-z_]+)\"", source)
        self.assertGreater(len(defects), 10)
        lint = page.split("## Lint")[1].split("## Built-in")[0]
        rows = [name for row in re.findall(r"^\| (`.*?) \|", lint, re.M) for name in re.findall(r"`([a-z_]+)`", row)]
        self.assertEqual(defects, rows)
        _, out, _ = run("profile", "list")
        for line in out.splitlines():
            end = line.split()[0].removeprefix("disa-stig-windows").removeprefix("disa-stig-server")
            self.assertIn(f"{end}`", page.split("## Built-in")[1])

    def test_each_format_has_a_row(self):
        page = (DOCS / "formats/README.md").read_text()
        kinds = re.findall(r'\[WR_KIND_\w+\] = "(\w+)"', (FIXTURES.parent / "src/format/probe.c").read_text())
        self.assertGreater(len(kinds), 15)
        names = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", page.split("## Written")[0], re.M))))
        self.assertEqual(names - {"kind"}, set(kinds))
        source = "".join(path.read_text() for room in ("output", "require") for path in (FIXTURES.parent / "src" / room).glob("*.c"))
        schemas = set(re.findall(r"\bwinroots\.[a-z-]+/\d", source))
        self.assertGreater(len(schemas), 5)
        self.assertEqual(set(re.findall(r"`(winroots\.[a-z-]+/\d)`", page.split("## Written")[1])), schemas | {"winroots.result/1"})
        for path in (DOCS / "formats").glob("*.md"):
            self.assertTrue(path.name == "README.md" or f"({path.name})" in page, path.name)

    def test_links_lead_somewhere(self):
        for page in [FIXTURES.parent / "README.md", *DOCS.rglob("*.md")]:
            for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
                self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")

    def test_pages_that_headers_name_exist(self):
        for header in (FIXTURES.parent / "src").rglob("*.h"):
            for name in re.findall(r"docs/[\w/.-]+?\.(?:md|json)", header.read_text()):
                self.assertTrue((DOCS.parent / name).exists(), f"{header.name}: {name}")


if __name__ == "__main__":
    main()
