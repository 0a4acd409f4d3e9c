#!/usr/bin/env python3
"""The same evidence gives the same bytes on every machine:  same.py FIXTURES PROGRAM TARGET=PROGRAM...

PROGRAM, of this machine, says what is expected.  Over each file of WINROOTS_CORPUS: `inspect` in JSON, many files at
once; over each hive and .reg text: `analyze` in JSON with the profile of the demo host and the newest list; the demo
host as a folder and in archives of each kind, with a user of many letters; and one bundle, every file of it.  Exit 1
where a byte differs.  Disk images are left out: static programs read none."""
import hashlib
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


def run(command, arguments, cwd):
    """Into files: Wine leaves processes behind, which would keep a pipe open."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        done = subprocess.run([*command, *arguments], cwd=cwd, stdout=out, stderr=err, timeout=LIMIT)
        out.seek(0), err.seek(0)
        return done.returncode, out.read(), err.read().decode(errors="replace")


def containers(fixtures, folder):
    """The demo host as each kind of container that Python writes, 7z too where there is 7z."""
    host = folder / "host"
    files = {"Windows/System32/config/SOFTWARE": fixtures / "demo/SOFTWARE",
             "Users/J\u00f6rg \u6839/NTUSER.DAT": fixtures / "fuzz/regf/minimal.hive"}
    for name, source in files.items():
        (host / name).parent.mkdir(parents=True, exist_ok=True)
        (host / name).write_bytes(source.read_bytes())
    with zipfile.ZipFile(folder / "host.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in files:
            archive.write(host / name, name)
    for kind in ("gz", "bz2", "xz"):
        with tarfile.open(folder / f"host.tar.{kind}", f"w:{kind}") as archive:
            archive.add(host, "")
    if shutil.which("7z"):
        subprocess.run(["7z", "a", "-bso0", folder / "host.7z", "."], cwd=host, check=True)
    return sorted(path for path in folder.iterdir())


def jobs(corpus, fixtures, folder):
    """(name, arguments), paths relative to the corpus."""
    files = sorted(path.relative_to(corpus).as_posix() for path in corpus.rglob("*") if path.is_file())
    files = [name for name in files if name.split("/")[0] not in ("expected", "disk")]
    for at in range(0, len(files), AT_ONCE):
        some = files[at:at + AT_ONCE]
        yield f"inspect {some[0]} ... {some[-1]}", ["inspect", *some, "--hash", "--entries", "--format", "json"]
    lists = sorted(name for name in files if name.startswith("cab/") and "authroot" in name.lower())
    more = ["--ctl", lists[-1]] if lists else []
    for name in files:
        if name.split("/")[0] in ("hive", "reg") and ".LOG" not in name.upper():
            yield f"analyze {name}", ["analyze", name, *more, "--require", f"{fixtures}/demo/profile.json",
                                      "--as-of", AS_OF, "--format", "json"]
    for path in containers(pathlib.Path(fixtures), folder):
        yield f"analyze {path.name}", ["analyze", path.as_posix(), "--as-of", AS_OF, "--format", "json"]


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
        work = list(jobs(corpus, fixtures, pathlib.Path(kept)))
        expected = {name: run([program], arguments, corpus)[:2] for name, arguments in work}
        wrong = [name for name, (code, out) in expected.items() if code not in (0, 1, 3, 4) or (code != 3 and not out)]
        with tempfile.TemporaryDirectory() as folder:
            expected_bundle = bundle([program], fixtures, folder)
        none = sum(code == 3 for code, _ in expected.values())
        print(f"this machine: {len(work)} runs, {sum(len(out) for _, out in expected.values())} bytes of JSON, {none} times "
              f"no evidence, {len(wrong)} without an answer, a bundle of {len(expected_bundle)} files", flush=True)
        different = len(wrong) + (not expected_bundle)
        for argument in sys.argv[3:]:
            target, _, other = argument.partition("=")
            different += compare(target, other, expected, expected_bundle, work, fixtures, corpus)
    sys.exit(different > 0)


if __name__ == "__main__":
    main()
