#!/usr/bin/env python3
"""The same evidence gives the same bytes on every machine:  same.py FIXTURES PROGRAM TARGET=PROGRAM...

PROGRAM, of this machine, says what is expected.  Over each file of WINROOTS_CORPUS: `inspect` in JSON, many files at
once; over each hive, .reg text and serialized store, and over the hosts of FIXTURES: `analyze` in JSON with the newest
lists of the corpus, every built-in profile and the demo host's, which has logs replayed and deleted records recovered;
the demo host in every format and in archives of each kind, with a user of many letters; and one bundle, every file
of it.  What is compared is counted: where nothing of a kind is in it, the comparison says too little.  Exit 1 for that
and where a byte differs.  Disk images are left out, and counted: static programs read none."""
import collections
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

AS_OF = "2026-11-22T00:00:00Z"
EMULATORS = {"windows": ["wine"], "linux-aarch64": ["qemu-aarch64"], "linux-s390x": ["qemu-s390x"]}
AT_ONCE = 60  # files: a command line of Windows has 32,767 letters
LIMIT = 1800  # seconds: QEMU is some twenty times slower
FORMATS = ("text", "ndjson", "csv", "html", "junit", "sarif", "timeline", "bodyfile")
EVIDENCE = ("hives/big_data/SOFTWARE", "hives/deleted/SOFTWARE", "hives/dirty_adds/SOFTWARE", "hives/dirty_removes/SOFTWARE",
            "hives/physical_stores/SOFTWARE", "hives/user_software.hive", "hives/host", "diff/SOFTWARE",
            "regf_log/dirty.hive", "regf_recover/SOFTWARE", "demo/SOFTWARE")


def run(command, arguments, cwd):
    """Into files: Wine leaves processes behind, which would keep a pipe open."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        done = subprocess.run([*command, *arguments], cwd=cwd, stdout=out, stderr=err, timeout=LIMIT)
        out.seek(0), err.seek(0)
        return done.returncode, out.read(), err.read().decode(errors="replace")


def containers(fixtures, folder):
    """The demo host as each kind of container that Python writes, and of tools that are here."""
    host = folder / "host"
    files = {"Windows/System32/config/SOFTWARE": fixtures / "demo/SOFTWARE",
             "Users/J\u00f6rg \u6839/NTUSER.DAT": fixtures / "hives/host/Users/alice/NTUSER.DAT"}
    for name, source in files.items():
        (host / name).parent.mkdir(parents=True, exist_ok=True)
        (host / name).write_bytes(source.read_bytes())
    with zipfile.ZipFile(folder / "host.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in files:
            archive.write(host / name, name)
    with zipfile.ZipFile(folder / "of-windows.zip", "w") as archive:  # as .NET wrote them
        for name in files:
            member = zipfile.ZipInfo(name.replace("/", "\\"))
            member.create_system = 0
            archive.writestr(member, (host / name).read_bytes())
    for kind in ("gz", "bz2", "xz"):
        with tarfile.open(folder / f"host.tar.{kind}", f"w:{kind}") as archive:
            archive.add(host, "")
    for tool, *more in (("7z", "a", "-bso0", folder / "host.7z", "."), ("zip", "-qr", folder / "info.zip", "."),
                        ("xorriso", "-as", "mkisofs", "-quiet", "-J", "-r", "-o", folder / "host.iso", "."),
                        ("gcab", "-c", "-z", folder / "host.cab", *files)):
        if shutil.which(tool):
            subprocess.run([tool, *more], cwd=host, check=True, stderr=subprocess.DEVNULL)
        else:
            print(f"this machine: without {tool}, so without its archive")
    return sorted(path for path in folder.iterdir())


def jobs(program, corpus, fixtures, folder):
    """(name, arguments), paths relative to the corpus."""
    files = sorted(path.relative_to(corpus).as_posix() for path in corpus.rglob("*") if path.is_file())
    images = [name for name in files if name.startswith("disk/")]
    print(f"this machine: {len(images)} disk images are left out")
    files = [name for name in files if name.split("/")[0] not in ("expected", "disk")]
    for at in range(0, len(files), AT_ONCE):
        some = files[at:at + AT_ONCE]
        yield f"inspect {some[0]} ... {some[-1]}", ["inspect", *some, "--hash", "--entries", "--recover", "--format", "json"]
    how = ["--recover", "--supply", f"{fixtures}/demo/supply", "--as-of", AS_OF, "--format", "json"]
    for word in ("authroot", "disallowed"):
        how += ["--ctl", max(name for name in files if name.startswith("cab/") and word in name)]
    for line in run([program], ["profile", "list"], corpus)[1].decode().splitlines():
        how += ["--require", line.split()[0]]
    how += ["--require", f"{fixtures}/demo/profile.json"]
    hosts = [name for name in files if name.split("/")[0] in ("hive", "reg") and ".LOG" not in name.upper()]
    hosts += [f"{fixtures}/{name}" for name in EVIDENCE]
    hosts += [path.as_posix() for path in containers(pathlib.Path(fixtures), folder)]
    for name in hosts:
        yield f"analyze {name}", ["analyze", name, *how]
    for name in files:
        if name.startswith("sst/"):
            yield f"analyze --store {name}", ["analyze", "--store", f"LM/Root={name}", *how]
    for name in FORMATS:
        yield f"--format {name}", ["analyze", f"{fixtures}/demo/SOFTWARE", *how[:-1], f"{fixtures}/demo/profile.json",
                                   "--format", name]


def contents(expected):
    """{what: how much of it is in what is compared}"""
    found = collections.Counter()
    for name, (code, out) in expected.items():
        if not name.startswith("analyze") or not out:
            continue
        report = json.loads(out)
        for one in report["lists"]:
            found[f"{one['kind']} lists in force, signature valid"] += (one.get("in_force", False) and
                                                                        one["signature"]["status"] == "valid")
        for one in report["evidence"]:
            found["log entries replayed"] += one.get("logs_applied", 0)
            found["members with letters beyond ASCII"] += not one["path"].isascii()
        for one in report["certificates"]:
            found["certificates"] += 1
            found["verdicts"] += len(one.get("trust", ()))
            found["deleted copies"] += any(copy.get("deleted") for copy in one["instances"])
        for one in report.get("requirements", ()):
            found.update(f"items {item['result']}" for item in one["items"])
        found.update(f"actions {action['action']}" for action in report.get("plan", ()))
        found["findings"] += len(report["findings"])
        found["diagnostics"] += len(report["diagnostics"])
    return found


NEEDED = ("authroot lists in force, signature valid", "disallowed lists in force, signature valid", "log entries replayed",
          "members with letters beyond ASCII", "certificates", "verdicts", "deleted copies", "items PASS", "items FAIL",
          "items UNKNOWN", "actions add", "actions manual", "findings", "diagnostics")


def bundle(command, fixtures, folder):
    """name -> SHA-256 of the demo host's bundle"""
    run(command, ["analyze", f"{fixtures}/demo/SOFTWARE", "--require", f"{fixtures}/demo/profile.json", "--supply",
                  f"{fixtures}/demo/supply", "--as-of", AS_OF, "--bundle", "bundle"], folder)
    root = pathlib.Path(folder) / "bundle"
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in root.rglob("*") if path.is_file()}


def compare(target, program, expected, expected_bundle, work, fixtures, corpus):
    command = [*EMULATORS.get(target, []), os.path.abspath(program)]
    different, begun = 0, time.monotonic()
    for name, arguments in work:
        code, out, err = run(command, arguments, corpus)
        if (code, out) != expected[name]:
            different += 1
            print(f"{target}: {name}: exit {code} for {expected[name][0]}, {len(out)} bytes for "
                  f"{len(expected[name][1])}; {err[:300]}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        if (made := bundle(command, fixtures, folder)) != expected_bundle:
            different += 1
            names = {name for name in {*made, *expected_bundle} if made.get(name) != expected_bundle.get(name)}
            print(f"{target}: the bundle differs in {sorted(names)}")
    print(f"{target}: {len(work)} runs and a bundle of {len(expected_bundle)} files, {different} differ, "
          f"{time.monotonic() - begun:.0f} s", flush=True)
    return different


def main():
    fixtures = os.path.abspath(sys.argv[1])
    corpus = pathlib.Path(os.environ["WINROOTS_CORPUS"]).resolve()
    program = os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory() as kept:
        work = list(jobs(program, corpus, fixtures, pathlib.Path(kept)))
        expected = {name: run([program], arguments, corpus)[:2] for name, arguments in work}
        wrong = [name for name, (code, out) in expected.items() if code not in (0, 1, 3, 4) or (code != 3 and not out)]
        with tempfile.TemporaryDirectory() as folder:
            expected_bundle = bundle([program], fixtures, folder)
        none = sum(code == 3 for code, _ in expected.values())
        print(f"this machine: {len(work)} runs, {sum(len(out) for _, out in expected.values())} bytes, {none} times "
              f"no evidence, {len(wrong)} without an answer, a bundle of {len(expected_bundle)} files", flush=True)
        found = contents(expected)
        print("this machine: " + ", ".join(f"{count} {what}" for what, count in sorted(found.items())), flush=True)
        different = len(wrong) + (not expected_bundle)
        for what in NEEDED:
            if not found[what]:
                different += 1
                print(f"this machine: {what}: none, so nothing of that is compared")
        for argument in sys.argv[3:]:
            target, _, other = argument.partition("=")
            different += compare(target, other, expected, expected_bundle, work, fixtures, corpus)
    sys.exit(different > 0)


if __name__ == "__main__":
    main()
