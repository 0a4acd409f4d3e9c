#!/usr/bin/env python3
"""What ctest's own summary keeps to itself:  summary.py BUILD_FOLDER

How many tests the programs counted that junit.xml there tells of, which of them were skipped with what was said of it,
and which programs were not built for this machine, with the reason that tests/portable/machine.cmake has."""
import collections
import pathlib
import re
import sys
import xml.etree.ElementTree

FOLDER = pathlib.Path(sys.argv[1])


def main():
    ran, passed, failed, skipped, why = 0, 0, 0, 0, collections.Counter()
    for case in xml.etree.ElementTree.parse(FOLDER / "junit.xml").iter("testcase"):
        name, out = case.get("name"), case.findtext("system-out") or ""
        ran += 1
        for count in re.findall(r"^passed (\d+), failed (\d+), skipped (\d+)$", out, re.M):  # tests/portable/criterion.c
            passed, failed, skipped = (have + int(n) for have, n in zip((passed, failed, skipped), count))
        for count, more in re.findall(r"^Ran (\d+) tests? in .*\n\n(?:OK|FAILED)(.*)", out, re.M):  # unittest
            bad = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", more))
            left = sum(int(n) for n in re.findall(r"skipped=(\d+)", more))
            passed, failed, skipped = passed + int(count) - bad - left, failed + bad, skipped + left
        for reason in re.findall(r"^(?:skipped: |SKIP: |.* \.\.\. skipped )(.*)$", out, re.M):
            why[name, reason.strip("'\"")] += 1
    print(f"\n{ran} programs of tests: {passed} tests passed, {failed} failed, {skipped} skipped")
    for (name, reason), count in sorted(why.items()):
        print(f"  {count} skipped in {name}: {reason}")
    gone = collections.defaultdict(list)
    for line in (FOLDER / "left_out.tsv").read_text().splitlines():
        source, reason = line.split("\t")
        gone[reason].append(source)
    print(f"{sum(map(len, gone.values()))} programs of tests are not for this machine")
    for reason, sources in gone.items():
        print(f"  {len(sources)} {reason}: {', '.join(pathlib.PurePath(source).stem for source in sorted(sources))}")


if __name__ == "__main__":
    main()
