#!/usr/bin/env python3
"""What cppcheck, gcc -fanalyzer, clang-tidy and scan-build say of src/, but for what was looked at and accepted.

    analyse.py [cppcheck|gcc|tidy|scan]...   all four by default

tests/analysis/accepted.tsv has a row for each report that stands: tool, kind, file, the line's text, reason.
Exit 1 where a report is not there, or a row is for nothing."""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
BUILD = TOP / "build/analyse"
ACCEPTED = TOP / "tests/analysis/accepted.tsv"
FAILING = TOP / "tests/analysis/failing.h"
# What is wrong, not what could be written otherwise; clang's analyzer is run once, by scan, and conversions are gcc's
# (-Wconversion, an error in every build).
CHECKS = ("-*,bugprone-*,cert-*,-bugprone-easily-swappable-parameters,-bugprone-suspicious-string-compare,"
          "-bugprone-narrowing-conversions")
REPORT = re.compile(r"^(?P<path>[^\s:]+):(?P<line>\d+):(?:\d+:)? (?:warning|error|style|performance|portability): "
                    r"(?P<what>.*?) ?\[(?P<kind>[\w.,+=-]+)\](?: \[.*\])?$", re.M)


def commands():
    """One compilation of each file of src/."""
    subprocess.run(["cmake", "-G", "Ninja", "-S", TOP, "-B", BUILD, "-DCMAKE_BUILD_TYPE=Release",
                    "-DCMAKE_C_COMPILER=gcc"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", BUILD, "--target", "winroots_embedded_builtin_profiles",
                    "winroots_embedded_bundle_cmd", "winroots_embedded_bundle_ps1", "winroots_embedded_report_page",
                    "winroots_embedded_fleet_job", "winroots_embedded_fleet_page"],
                   check=True, stdout=subprocess.DEVNULL)
    rows = {row["file"]: row for row in json.loads((BUILD / "compile_commands.json").read_text())
            if row["file"].startswith(f"{TOP}/src/")}
    folder = BUILD / "database"
    folder.mkdir(exist_ok=True)
    (folder / "compile_commands.json").write_text(json.dumps(list(rows.values())))
    return list(rows.values()), folder


def run(command, folder=TOP):
    done = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True)
    return done.stdout + done.stderr


def each(work, items):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return "".join(pool.map(work, items))


def cppcheck(rows, database):
    return run(["cppcheck", f"--project={database}/compile_commands.json", "--quiet", "--std=c11", "-j",
                os.cpu_count(), "--enable=warning,performance,portability", "--suppress=normalCheckLevelMaxBranches",
                "--template={file}:{line}: {severity}: {message} [{id}]"])


def plain(row):
    words = [word for word in shlex.split(row["command"]) if word != "-Werror" and not word.endswith("ccache")]
    words[words.index("-o") + 1] = "/dev/null"
    return words


def failing(row):
    """What tells an analyzer that a call only fails, but where that call is written."""
    text = pathlib.Path(row["file"]).read_text()
    return [] if re.search(r"^bool wr_\w*(fail|error_at)", text, re.M) else ["-include", FAILING]


def gcc(rows, database):
    return each(lambda row: run([*plain(row), *failing(row), "-fanalyzer", "-fdiagnostics-plain-output"],
                                row["directory"]), rows)


def tidy(rows, database):
    return each(lambda row: run(["clang-tidy", "-p", database, "--quiet", f"--checks={CHECKS}", row["file"]]), rows)


def scan(rows, database):
    """scan-build's own run: clang's analyzer with the checks that it has on by default."""
    flags = [word for name in ("core", "deadcode", "nullability", "security", "unix")
             for word in ("-Xclang", f"-analyzer-checker={name}")]
    off = ["-Xclang", "-analyzer-disable-checker=security.insecureAPI.DeprecatedOrUnsafeBufferHandling"]
    return each(lambda row: run(["clang", "--analyze", "--analyzer-output", "text", *flags, *off,
                                *failing(row), *(
        word for word in plain(row)[1:] if word.startswith(("-I", "-D", "-std", "-U")) or word.endswith(".c"))],
        row["directory"]), rows)


TOOLS = {"cppcheck": cppcheck, "gcc": gcc, "tidy": tidy, "scan": scan}


def reports(tool, text):
    """{(tool, kind, file, text of the line): message}"""
    found = {}
    for match in REPORT.finditer(text):
        path = pathlib.Path(BUILD, match["path"]).resolve()
        if path.is_relative_to(TOP / "src") or path.is_relative_to(TOP / "include"):
            line = path.read_text().splitlines()[int(match["line"]) - 1].strip()
            found[tool, match["kind"], str(path.relative_to(TOP)), line] = f"{match['line']}: {match['what']}"
    return found


def main():
    wanted = sys.argv[1:] or list(TOOLS)
    if not set(wanted) <= set(TOOLS):
        print(__doc__)
        return 2
    accepted = {tuple(row.split("\t")[:4]) for row in ACCEPTED.read_text().splitlines()[1:]}
    rows, database = commands()
    left = 0
    for tool in wanted:
        text = TOOLS[tool](rows, database)
        (BUILD / f"{tool}.txt").write_text(text)
        found = reports(tool, text)
        fresh = {key: what for key, what in found.items() if key not in accepted}
        stale = {key for key in accepted if key[0] == tool and key not in found}
        for key, what in sorted(fresh.items()):
            print(f"{key[2]}:{what} [{key[1]}]\n    {key[3]}")
        for key in sorted(stale):
            print(f"accepted for nothing: {' '.join(key)}")
        print(f"{tool}: {len(rows)} files, {len(found)} reports, {len(found) - len(fresh)} accepted, {len(fresh)} new")
        left += len(fresh) + len(stale)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
