#!/usr/bin/env python3
"""The page of 10,000 hosts in a browser: fleet_page.js asks the questions, this file makes the page.

Needs chromium, node and npm's playwright-core, as tools/install has them; skipped where one is absent."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from fleet_records import certificate, dump, record, report  # noqa: E402
from harness import run  # noqa: E402
from test_report_html import modules  # noqa: E402

HOSTILE = ["<script>window.pwned = 1</script>", "<img src=x onerror=window.pwned=1>"]


def make_page(folder):
    found = report()
    like = next(c for c in found["certificates"] if c["instances"][0]["store"] == "AuthRoot")
    base = found | {"certificates": [like], "findings": found["findings"][:2], "plan": []}
    add = {"action": "add", "store": "Root", "reason": "missing", "requirement": ["demo-product/signed-updates"],
           "reversible": True, "certificate": certificate(like, 9)["sha256"]}
    more = base | {"certificates": [like, certificate(like, 7)], "plan": [add]}
    with open(folder / "r.ndjson", "w", encoding="utf-8") as out:
        for n in range(10000):
            name = HOSTILE[n] if n < len(HOSTILE) else f"HOST-{n:05}"
            made = record(name, more if 100 <= n < 200 else base)
            if n == 9999:
                made |= {"status": "failed", "error": {"code": "malformed", "message": "no hive"}}
                del made["report"]
            out.write(dump(made) + "\n")
    for args in (("merge", folder / "r.ndjson", "-o", folder / "f.sqlite", "--quiet"),
                 ("report", folder / "f.sqlite", "--format", "html", "-o", folder / "fleet.html")):
        code, _, err = run("fleet", *args)
        assert code == 0, err
    return folder / "fleet.html"


def main():
    where = modules()
    if not where or "SQLite: loads" not in run("--version")[1]:
        print("SKIP: chromium, node or playwright-core is not installed, or SQLite is not built in")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        page = make_page(pathlib.Path(folder))
        script = pathlib.Path(__file__).with_name("fleet_page.js")
        return subprocess.run(["node", script, shutil.which("chromium"), page], env={**os.environ, "NODE_PATH": where},
                              timeout=300).returncode


if __name__ == "__main__":
    sys.exit(main())
