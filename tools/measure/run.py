#!/usr/bin/env python3
"""Runs each piece of work in turn with its peers, many rounds interleaved; prints medians, ratios and peak
memory, and writes them as JSON:

    run.py FOLDER [--rounds N] [--only LETTERS] [--without-slow] [--json FILE]
    run.py FOLDER --scale [--rounds N] [--json FILE]

FOLDER is what make_input.py filled; the programs that are run were built into FOLDER/bin by tools/bench.
Peers that take over a second run three times, and not at all with --without-slow.  What must print the
same is compared first: nothing is timed that does not agree."""
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time

from make_input import SCALE

SLOW_MS, SLOW_ROUNDS, LIMIT_SECONDS = 1000, 3, 120
AS_OF = ("--as-of", "2026-11-22T00:00:00Z")


def one_core(*command):
    return ("taskset", "-c", "0", *command)


def works(d):
    """letter: (title, {name: command}, names that print the same words)"""
    b, w = f"{d}/bin", f"{d}/bin/winroots"
    hive, stl, cab, sst = f"{d}/SOFTWARE", f"{d}/authroot.stl", f"{d}/authroot.cab", f"{d}/roots.sst"
    floor = {"cat": ("cat", hive), "touch every 64 bytes": (f"{b}/touch", hive)}
    stores = r"Microsoft\SystemCertificates"
    return {
        "a": ("list the certificates of a hive", {
            **floor, "winroots (library)": (f"{b}/winroots_certs", hive), "hivex": (f"{b}/hivex_certs", hive),
            "libregf": (f"{b}/libregf", "certs", hive), "reglookup": ("reglookup", "-p", stores, hive),
            "Parse::Win32Registry": ("perl", "tools/measure/peers/win32registry.pl", hive),
        }, ("winroots (library)", "hivex", "libregf", "Parse::Win32Registry")),
        "b": ("walk the whole hive", {
            **floor, "winroots inspect": (w, "inspect", hive, "--format", "json"),
            "winroots (library, names and data)": (f"{b}/winroots_walk", hive),
            "hivex (names and data)": (f"{b}/hivex_walk", hive),
            "libregf (names and data)": (f"{b}/libregf", "walk", hive), "hivexml": ("hivexml", hive),
            "reglookup": ("reglookup", hive),
        }, ("winroots (library, names and data)", "hivex (names and data)", "libregf (names and data)")),
        "c": ("analyze: hive, cabinet, profile, JSON report", {
            **floor,
            "winroots analyze": (w, "analyze", hive, "--ctl", cab, "--require", "A1", *AS_OF, "--format", "json"),
            "winroots analyze, one core":
                one_core(w, "analyze", hive, "--ctl", cab, "--require", "A1", *AS_OF, "--format", "json"),
        }, ("winroots analyze", "winroots analyze, one core")),
        "d": ("parse and verify authroot.stl", {
            "cat": ("cat", stl), "winroots inspect": (w, "inspect", stl, "--format", "json"),
            "openssl pkcs7 -noout": ("openssl", "pkcs7", "-inform", "DER", "-in", stl, "-noout"),
            "openssl asn1parse -noout": ("openssl", "asn1parse", "-inform", "DER", "-in", stl, "-noout"),
            "openssl asn1parse": ("openssl", "asn1parse", "-inform", "DER", "-in", stl),
        }, ()),
        "e": ("open an authroot cabinet", {
            "cat": ("cat", cab), "winroots inspect (list verified)": (w, "inspect", cab, "--format", "json"),
            "cabextract -t": ("cabextract", "-q", "-t", cab), "cabextract -p": ("cabextract", "-q", "-p", cab),
        }, ()),
        "f": ("read a store of 500 certificates (SST)", {
            "cat": ("cat", sst), "winroots inspect": (w, "inspect", sst, "--format", "json"),
            "d2i_X509 loop": (f"{b}/d2i", sst),
        }, ()),
        "g": ("analyze a folder: a machine hive and 200 user hives", {
            "winroots analyze": (w, "analyze", f"{d}/users", *AS_OF, "--format", "json"),
            "winroots analyze, one core": one_core(w, "analyze", f"{d}/users", *AS_OF, "--format", "json"),
            "arithmetic, two threads": (f"{b}/arithmetic", "2"), "arithmetic, one thread": (f"{b}/arithmetic", "1"),
        }, ("winroots analyze", "winroots analyze, one core")),
        "h": ("replay logs: 700 dirty pages", {
            "cat": ("cat", f"{d}/dirty/SOFTWARE", f"{d}/dirty/SOFTWARE.LOG1"),
            "winroots analyze, logs replayed": (w, "analyze", f"{d}/dirty/SOFTWARE", *AS_OF, "--format", "json"),
            "winroots analyze, no logs": (w, "analyze", hive, *AS_OF, "--format", "json"),
        }, ()),
        "i": ("recovery scan", {
            **floor, "winroots inspect --recover": (w, "inspect", "--recover", hive, "--format", "json"),
            "reglookup-recover": ("reglookup-recover", hive),
        }, ()),
        "j": ("start-up", {
            "true": ("/bin/true",), "winroots --version": (w, "--version"),
            "winroots --version, no components": (f"{d}/bin/winroots-bare", "--version"),
            "openssl version": ("openssl", "version"), "cabextract --version": ("cabextract", "--version"),
        }, ()),
    }


# (letter, name, peer, bound on the ratio of medians): what was promised
TARGETS = (
    ("a", "winroots (library)", "cat", 0.35), ("a", "winroots (library)", "hivex", 1 / 5),
    ("b", "winroots inspect", "hivex (names and data)", 1 / 2.5), ("c", "winroots analyze", "cat", 1.0),
    ("d", "winroots inspect", "openssl pkcs7 -noout", 1.0),
    ("g", "winroots analyze", "winroots analyze, one core", 1 / 1.7),
    ("j", "winroots --version", "winroots --version, no components", 1.5),
)
MEMORY_TARGETS = (("a", "winroots (library)", 24.0), ("c", "winroots analyze", 24.0))


def run_once(command):
    """Milliseconds; the output goes nowhere.  None where it fails or takes too long."""
    quiet = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_WRONLY, 0) for fd in (1, 2)]
    begin = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
    _, status = os.waitpid(pid, 0)
    elapsed = (time.perf_counter() - begin) * 1000
    return elapsed if os.waitstatus_to_exitcode(status) in (0, 1) else None


def words(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=LIMIT_SECONDS)
    return sorted(done.stdout.split())


def peak_megabytes(command):
    """By GNU time, since what Python starts inherits Python's own peak."""
    done = subprocess.run(["/usr/bin/time", "-f", "%M", *command], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True)
    return int(done.stderr.split()[-1]) / 1024


def measure(commands, rounds, slow):
    """{name: [ms]} of commands that run in turn."""
    times, broken = {name: [] for name in commands}, set()
    for name, command in commands.items():  # warms caches, and finds what is slow or not to be had
        tries = [run_once(command), run_once(command)] if shutil.which(command[0]) else [None]
        first = None if None in tries else min(tries)
        if first is None or (first > SLOW_MS and not slow):
            broken.add(name)
        elif first > SLOW_MS:
            times[name].append(first)
    for turn in range(rounds):
        for name, command in commands.items():
            if name in broken or (times[name] and times[name][0] > SLOW_MS and turn + 1 >= SLOW_ROUNDS):
                continue
            times[name].append(run_once(command))
    return {name: values for name, values in times.items() if values}


def machine():
    names = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return {"processor": names[0] if names else platform.machine(), "cores": len(os.sched_getaffinity(0)),
            "system": f"{platform.system()} {platform.release()}",
            "compiler": subprocess.run(["gcc", "--version"], capture_output=True, text=True).stdout.split("\n")[0]}


def print_table(letter, work):
    base = "cat" if "cat" in work["tools"] else None
    print(f"\n({letter}) {work['title']}")
    print(f"    {'':<36}{'median ms':>10}{'min ms':>9}{'x cat':>9}{'peak MB':>9}{'rounds':>8}")
    for name, tool in work["tools"].items():
        ratio = f"{tool['median_ms'] / work['tools'][base]['median_ms']:.2f}" if base else ""
        print(f"    {name:<36}{tool['median_ms']:>10.2f}{tool['min_ms']:>9.2f}{ratio:>9}{tool['peak_mb']:>9.1f}"
              f"{tool['rounds']:>8}")


def print_targets(result):
    print("\nTargets")
    for letter, name, peer, bound in TARGETS:
        tools = result["works"].get(letter, {}).get("tools", {})
        if name in tools and peer in tools:
            ratio = tools[name]["median_ms"] / tools[peer]["median_ms"]
            print(f"    ({letter}) {'met   ' if ratio <= bound else 'MISSED'}  {name} / {peer}: "
                  f"{ratio:.3f}, at most {bound:.3f}")
    for letter, name, bound in MEMORY_TARGETS:
        tools = result["works"].get(letter, {}).get("tools", {})
        if name in tools:
            peak = tools[name]["peak_mb"]
            print(f"    ({letter}) {'met   ' if peak <= bound else 'MISSED'}  {name}: {peak:.1f} MB, at most {bound:.0f}")


def run_works(args):
    result = {"machine": machine(), "works": {}}
    for letter, (title, commands, alike) in works(args.folder).items():
        if letter not in args.only:
            continue
        there = [name for name in alike if shutil.which(commands[name][0])]
        if args.without_slow:
            there = [name for name in there if "libregf" not in name]
        if len({tuple(words(commands[name])) for name in there}) > 1:
            sys.exit(f"bench: ({letter}) {', '.join(there)} do not say the same")
        times = measure(commands, args.rounds, not args.without_slow)
        result["works"][letter] = {"title": title, "tools": {
            name: {"command": list(commands[name]), "median_ms": statistics.median(values),
                   "min_ms": min(values), "rounds": len(values), "peak_mb": peak_megabytes(commands[name])}
            for name, values in times.items()}}
        print_table(letter, result["works"][letter])
    print_targets(result)
    return result


def fit(points):
    """(fixed ms, ms a unit, share of the variance that a line explains) by least squares."""
    xs, ys = zip(*points)
    x, y = statistics.mean(xs), statistics.mean(ys)
    slope = sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a in xs)
    rest = sum((b - y - slope * (a - x)) ** 2 for a, b in points)
    return y - slope * x, slope, 1 - rest / sum((b - y) ** 2 for b in ys)


def run_scale(args):
    w = f"{args.folder}/bin/winroots"
    how = {"keys": ("inspect", "SOFTWARE"), "certificates": ("analyze", "SOFTWARE"), "users": ("analyze", ""),
           "hosts": ("analyze", "")}
    result = {"machine": machine(), "scale": {}}
    print(f"{'by':<14}{'size':>9}{'median ms':>11}{'peak MB':>9}   fit")
    for what, sizes in SCALE.items():
        command, file = how[what]
        commands = {n: (w, command, f"{args.folder}/{what}-{n}/{file}", "--format", "json",
                        *(AS_OF if command == "analyze" else ())) for n in sizes}
        medians = {n: statistics.median(v) for n, v in measure(commands, args.rounds, True).items()}
        fixed, slope, explained = fit(list(medians.items()))
        peaks = {n: peak_megabytes(commands[n]) for n in sizes}
        result["scale"][what] = {"command": command, "medians_ms": medians, "peaks_mb": peaks,
                                 "fit": {"fixed_ms": fixed, "ms_each": slope, "r2": explained}}
        for n in sizes:
            print(f"{what if n == sizes[0] else '':<14}{n:>9}{medians[n]:>11.2f}{peaks[n]:>9.1f}" +
                  (f"   {fixed:.1f} ms + {slope * 1000:.2f} us each, r2 {explained:.4f}" if n == sizes[-1] else ""))
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--only", default="abcdefghij")
    parser.add_argument("--without-slow", action="store_true")
    parser.add_argument("--scale", action="store_true")
    parser.add_argument("--json")
    args = parser.parse_args()
    result = run_scale(args) if args.scale else run_works(args)
    if args.json:
        with open(args.json, "w") as out:
            json.dump(result, out, indent=1)
            out.write("\n")


if __name__ == "__main__":
    main()
