#!/usr/bin/env python3
"""The HTML report as a file; in a browser: tests/interop/test_report_html.py."""
import base64
import hashlib
import html
import json
import re

from harness import AS_OF, FIXTURES, Case, analyze, file_name, main, run

DEMO = FIXTURES / "demo"
ARGS = (DEMO / "SOFTWARE", "--require", DEMO / "profile.json", "--supply", DEMO / "supply", "--as-of", AS_OF)


def element(page, tag):
    return re.search(rf"<{tag}>(.*?)</{tag.split()[0]}>", page, re.S)[1]


def command_line(page):
    return html.unescape(re.search(r"<dt>Command line</dt><dd><code>(.*?)</code>", page, re.S)[1])


class Html(Case):
    def test_the_page_holds_the_report(self):
        code, page, _ = run("analyze", *ARGS, "--format", "html")
        self.assertEqual(code, 1)
        held = element(page, 'script type="application/json" id="report"')
        self.assertNotRegex(held, "[<>&\u2028\u2029]")
        report = analyze(*ARGS)[1]
        for name in ("facts", "objects"):  # which nobody looks at on a page
            self.assertTrue(report.pop(name))
        self.assertEqual(json.loads(held), report)
        self.assertEqual(run("analyze", *ARGS, "--format", "html")[1], page)

    def test_nothing_but_its_own_style_and_script_is_allowed(self):
        page = run("analyze", *ARGS, "--format", "html")[1]
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
        hashes = {tag: "'sha256-%s'" % base64.b64encode(hashlib.sha256(element(page, tag).encode()).digest()).decode()
                  for tag in ("style", "script")}
        self.assertEqual(policy, f"default-src 'none'; style-src {hashes['style']}; script-src {hashes['script']}; "
                                 "base-uri 'none'; form-action 'none'")
        self.assertNotRegex(page, r"(?i)<(link|img|iframe|object|embed|base)\b| (src|srcset|style|on\w+)=|@import|url\(")

    def test_the_command_line_is_recorded_as_a_shell_takes_it_and_without_secrets(self):
        given = ("analyze", DEMO / "SOFTWARE", "--as-of", "2026-11-22", "--format", "html")
        self.assertEqual(command_line(run(*given)[1]), " ".join(["winroots", *map(str, given)]))
        odd = self.file(file_name("it's <odd>"), (DEMO / "SOFTWARE").read_bytes())
        quoted = "'" + str(odd).replace("'", "'\\''") + "'"
        self.assertIn(quoted, command_line(run("analyze", odd, "--format", "html")[1]))
        for secret in (("--recovery-key", "hush"), ("--bitlocker-password=hush",), ("--bitl", "hush")):
            line = command_line(run(*given, "--", *secret)[1])
            self.assertNotIn("hush", line)
            self.assertTrue(line.endswith("(not recorded)"), line)

    def test_what_is_no_report_of_one_host_has_no_page(self):
        for command in (("explain", "00" * 20, DEMO / "SOFTWARE"), ("diff", DEMO / "SOFTWARE", DEMO / "SOFTWARE")):
            code, out, err = run(*command, "--format", "html")
            self.assertEqual((code, out), (2, ""))
            self.assertIn("expected text or json", err)


if __name__ == "__main__":
    main()
