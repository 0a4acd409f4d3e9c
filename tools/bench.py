#!/usr/bin/env python3
"""Runs each piece of work in turn, many rounds interleaved, and prints medians, ratios and peak memory:

    bench.py HIVE

Called by tools/bench, which builds what is run.  The lists of certificates must be equal, or nothing is
printed."""
import os
import statistics
import subprocess
import sys
import time

ROUNDS = 41


def once(command):
    """(ms, stdout)"""
    begin = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    elapsed = (time.perf_counter() - begin) * 1000
    if done.returncode:
        sys.exit(f"bench: {command} ended with {done.returncode}")
    return elapsed, done.stdout


def peak_megabytes(command):
    """By GNU time, since what Python starts inherits Python's own peak."""
    done = subprocess.run(["/usr/bin/time", "-f", "%M", *command], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True)
    return int(done.stderr.split()[-1]) / 1024


def main():
    hive = sys.argv[1]
    work = {
        "cat": ["cat", hive],
        "certificates, winroots": ["build/bench/winroots_certs", hive],
        "certificates, hivex": ["build/bench/hivex_certs", hive],
        "analyze --format json": ["build/release/src/winroots", "analyze", hive, "--format", "json",
                                  "--as-of", "2026-11-22"],
        "inspect --format json": ["build/release/src/winroots", "inspect", hive, "--format", "json"],
        "start-up (--version)": ["build/release/src/winroots", "--version"],
    }
    same = [sorted(once(work[name])[1].split()) for name in work if name.startswith("certificates")]
    if same[0] != same[1]:
        sys.exit("bench: the two readers list different certificates")
    times = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, command in work.items():
            times[name].append(once(command)[0])
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"{hive}: {os.path.getsize(hive):,} bytes, {len(same[0])} certificates, {ROUNDS} rounds interleaved")
    print(f"{'work':<26}{'median ms':>10}{'min ms':>9}{'x cat':>8}{'x hivex':>9}{'peak MB':>9}")
    for name, values in times.items():
        print(f"{name:<26}{medians[name]:>10.2f}{min(values):>9.2f}{medians[name] / medians['cat']:>8.2f}"
              f"{medians[name] / medians['certificates, hivex']:>9.2f}{peak_megabytes(work[name]):>9.1f}")


if __name__ == "__main__":
    main()
