#!/usr/bin/env python3
"""Every key path, value name, type and byte of data of the corpus' hives is what Parse::Win32Registry reads.

    test_regf_content.py WINROOTS FIXTURES

Of names only ASCII is compared: that reader takes Latin-1 for Windows-1252 and loses surrogate pairs.  It has
no opinion on big data.  Skipped where it is not installed (Debian package libparse-win32registry-perl)."""
import collections
import os
import pathlib
import re
import subprocess
import sys

PROGRAM, FIXTURES = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
MAKE_DUMP = PROGRAM.parent.parent / "tests" / "make_dump"
LARGEST = 1 << 20
DUMP = """use Parse::Win32Registry; use Digest::SHA qw(sha1_hex); binmode STDOUT, ':utf8'; no warnings;
my $hive = Parse::Win32Registry->new($ARGV[0]) or exit 1;
sub dump_key { my ($key, $path) = @_; print "$path\\n";
    for my $value ($key->get_list_of_values) { my $data = $value->get_raw_data;
        print join('|', $path, $value->get_name, $value->get_type, defined $data ? sha1_hex($data) : ''), "\\n" }
    dump_key($_, $path eq '' ? $_->get_name : $path . '\\\\' . $_->get_name) for $key->get_list_of_subkeys }
dump_key($hive->get_root_key || exit(1), '');"""

# Where it differs, and why that is no fault of ours.
DIFFERS = {
    "parse-win32registry/winnt_entry_tests.rf": "keys listed by cells that are not aligned: docs/formats/regf.md",
    "parse-win32registry/winnt_key_tests.rf": "the same",
    "parse-win32registry/winnt_error_tests.rf": "it drops cut names and lists that claim too much",
    "yarp/hives_for_tests_TruncatedNameHive": "it reads a name beyond the end of its cell",
    "yarp/hives_for_tests_BadListHive": "one key below two parents: once to us",
    "yarp/hives_for_tests_BadSubkeyHive": "the same",
    "regipy/regipy_tests_data_corrupted_system_hive": "9 values whose data cell is free or has a damaged size",
}


def lines(*command):
    """Sorted; None where the reader refuses the file."""
    done = subprocess.run(command, capture_output=True, timeout=300)
    text = done.stdout.decode("utf-8", "replace")
    return sorted(re.sub(r"[^\x21-\x7e\n]", "", text).split("\n")) if done.returncode == 0 else None


def differing(ours, theirs):
    """What one has and the other has not; data is left out where they have no opinion."""
    silent = collections.Counter(line[:-1] for line in theirs if line.endswith("|"))
    known = []
    for line in ours:
        head = line.rpartition("|")[0]
        if line.count("|") >= 3 and silent[head]:
            silent[head] -= 1
            line = head + "|"
        known.append(line)
    ours, theirs = collections.Counter(known), collections.Counter(theirs)
    return sorted(((ours - theirs) + (theirs - ours)).elements())


def main():
    corpus = os.environ.get("WINROOTS_CORPUS")
    try:
        there = subprocess.run(["perl", "-MParse::Win32Registry", "-e1"], capture_output=True).returncode == 0
    except FileNotFoundError:
        there = False
    if not corpus or not there:
        print("SKIP: no Parse::Win32Registry" if corpus else "SKIP: WINROOTS_CORPUS is not set")
        return 77
    bad, hives, compared = [], 0, 0
    for path in sorted(p for p in pathlib.Path(corpus, "hive").rglob("*") if p.is_file()):
        name = path.relative_to(pathlib.Path(corpus, "hive")).as_posix()
        if path.stat().st_size > LARGEST:
            continue
        ours, theirs = lines(MAKE_DUMP, path), lines("perl", "-e", DUMP, path)
        if ours is None or theirs is None:
            continue
        hives, compared = hives + 1, compared + len(ours)
        different = differing(ours, theirs)
        if bool(different) != (name in DIFFERS):
            bad.append(f"{name}: {len(different)} lines differ: {different[:3]}")
    print("\n".join(bad) or f"{compared} keys and values of {hives} hives are equal, names and data")
    return 1 if bad or hives < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
