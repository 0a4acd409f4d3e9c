#!/usr/bin/env python3
"""How much of src/ the tests run, by room and by file: gcovr's count of build/coverage, in which tests ran.

    coverage.py [--lines]      --lines also names the lines that nothing runs

Exit 1 where src/ or a room is below its goal."""
import json
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
GOAL, GOALS = 90, {"format": 95, "store": 95, "trust": 95, "require": 95}


def ranges(numbers):
    out = []
    for n in numbers:
        if out and n == out[-1][1] + 1:
            out[-1][1] = n
        else:
            out.append([n, n])
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in out)


def main():
    report = json.loads(subprocess.run(
        ["gcovr", "--root", TOP, "--filter", "src/", "--json", "--gcov-ignore-parse-errors", "-j", "2",
         "--object-directory", TOP / "build/coverage/src", TOP / "build/coverage/src"],
        cwd=TOP, check=True, capture_output=True, text=True).stdout)
    rooms, ok = {}, True
    for file in sorted(report["files"], key=lambda file: file["file"]):
        lines = [line for line in file["lines"] if not line.get("gcovr/noncode")]
        branches = [branch for line in lines for branch in line.get("branches", [])]
        room = rooms.setdefault(file["file"].split("/")[1], [0, 0, 0, 0])
        missed = [line["line_number"] for line in lines if not line["count"]]
        for i, n in enumerate((len(lines), len(lines) - len(missed), len(branches),
                               sum(branch["count"] > 0 for branch in branches))):
            room[i] += n
        if "--lines" in sys.argv and missed:
            print(f"{file['file']}: {len(missed)} of {len(lines)}: {ranges(missed)}")
    rooms["src"] = [sum(room[i] for room in rooms.values()) for i in range(4)]
    for name, (lines, run, branches, taken) in rooms.items():
        goal = GOALS.get(name) or (GOAL if name == "src" else 0)
        percent = 100 * run / lines
        ok &= percent >= goal
        print(f"{name:9} lines {run:6} of {lines:6} = {percent:5.1f} %{f' (goal {goal} %)' if goal else '':14} "
              f"branches {taken:6} of {branches:6} = {100 * taken / max(1, branches):5.1f} %")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
