#!/usr/bin/env python3
"""Every n-th call for memory, of reading and of writing fails in turn, whoever makes it: the program or a library.

It must end in an error that leaves nothing behind, or in an answer: the whole one, or one that says what it lacks and is
nowhere better.  Some of the calls in an ordinary run, all with WINROOTS_FAULTS set.  fault_library.c makes them fail."""
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import unittest
import zipfile

from fleet_records import lines, record, report
from harness import AS_OF, FIXTURES, PROGRAM, Case, main
from images import has_images, ntfs

LIBRARY = pathlib.Path(PROGRAM).parent.parent / "tests/libfault_library.so"
ALL = "WINROOTS_FAULTS" in os.environ
SAMPLED = 12  # of each kind in an ordinary run
KINDS = "memory", "read", "write"
ORDER = struct.Struct("=6Q")  # struct order of the library
DEMO = FIXTURES / "demo"
CONFIG = "Windows/System32/config"
ENDS = {  # how libraries end the process without memory: nobody can ask them not to
    (127, "out of memory"): "ended by the loader",
    (127, "cannot allocate memory for thread-local data: ABORT"): "ended by the loader",
    (-6, "std::bad_alloc"): "ended by The Sleuth Kit",  # in C++, behind an interface of C
    (1, "Fatal Internal Error in libarchive"): "ended by libarchive",
    (-11, "/libtsk.so"): "a crash in The Sleuth Kit",
    (-11, "/libarchive.so"): "a crash in libarchive",  # when an archive is opened
}


HANGS = -1000  # in place of an exit code


class Outcome(collections.namedtuple("Outcome", "code said files calls")):
    """What a run gave: its exit code, its messages, the bytes of what it wrote, and how often it called."""


def run_faulty(job, folder, stays=(), kind=0, which=0, for_good=False):
    out = folder / "out"
    out.mkdir()
    order = folder / "order"
    order.write_bytes(ORDER.pack(kind, which, for_good, 0, 0, 0))
    environment = {**os.environ, "LD_PRELOAD": str(LIBRARY), "WINROOTS_FAULT": str(order)}
    with subprocess.Popen([PROGRAM, *map(str, job(out))], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=environment) as process:
        try:
            said, code = process.communicate(timeout=60)[0], process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            said, code = process.communicate()[0], HANGS
    files = {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file() and p.name not in stays}
    shutil.rmtree(out)
    return Outcome(code, said, files, ORDER.unpack(order.read_bytes())[3:])


def verdicts(report):
    """{what: how good}: what a poorer answer may not have better than the whole one."""
    items = {(p["profile"], i["id"]): i["result"] == "PASS" for p in report["requirements"] for i in p["items"]}
    trust = {(c["sha256"], t["scope"], t["purpose"]): t["status"] == "trusted"
             for c in report["certificates"] for t in c["trust"]}
    return {**items, **trust}


def better(wanted, found):
    whole = verdicts(wanted)
    return [what for what, good in verdicts(found).items() if good and not whole.get(what)]


@unittest.skipIf(b"__gcov" in pathlib.Path(PROGRAM).read_bytes(), "what counts lines crashes where memory ends")
class Faults(Case):
    stays = ()  # files that are no output
    goes_on = False  # what cannot be read stops nothing else, and is said

    def fault_of(self, kind, whole, got):
        """What is wrong with an outcome; None where nothing is."""
        if got.code == whole.code and got.files == whole.files:
            return None
        if got.code == HANGS:
            return "it hangs"
        if self.goes_on and kind == "read" and got.code in (3, 4) and "cannot be" in got.said:
            return None
        if got.code < 0 or got.code > 5:
            return f"exit {got.code}" + (f", left behind: {sorted(got.files)}" if got.files else "")
        if got.code in (2, 3, 5):
            return self.fault_of_error(kind, whole, got)
        return "memory ended, and there is another answer" if kind == "memory" else self.fault_of_poorer(whole, got)

    def fault_of_error(self, kind, whole, got):
        if "winroots: " not in got.said:
            return "no message says why"
        if kind == "memory" and "memory" not in got.said:
            return "memory ended, and another reason is given"
        bundle = {name for name in got.files if name.startswith("bundle/")}
        if bundle and {name for name in whole.files if name.startswith("bundle/")} != bundle:
            return f"a part of a bundle: {sorted(bundle)}"
        rest = set(got.files) - bundle
        return f"left behind: {rest}" if rest else None

    def fault_of_poorer(self, whole, got):
        if "report.json" not in got.files:
            return f"exit {got.code}, and no report"
        wanted, found = json.loads(whole.files["report.json"]), json.loads(got.files["report.json"])
        said = [d for d in found["diagnostics"] if d not in wanted["diagnostics"]]
        if not said:
            return f"exit {got.code}: another answer, and no diagnostic says why"
        wrong = better(wanted, found)
        if wrong:
            return f"better than the whole answer: {wrong[:3]}"
        for entry in json.loads(got.files["bundle/manifest.json"])["files"]:
            if hashlib.sha256(got.files["bundle/" + entry["path"]]).hexdigest() != entry["sha256"]:
                return f"a bundle whose {entry['path']} is not what its manifest says"
        return None

    def every(self, job):
        whole = run_faulty(job, self.folder, self.stays)
        self.assertIn(whole.code, (0, 1), whole.said)
        self.assertTrue(whole.files)
        wrong, counts, workers = [], collections.Counter(), concurrent.futures.ThreadPoolExecutor(2)
        for kind, name in enumerate(KINDS):
            calls = whole.calls[kind]
            step = 1 if ALL else calls // SAMPLED + 1
            tries = [(kind, n, for_good) for n in range(1, calls + 1, step) for for_good in (False, True)]
            for (_, n, for_good), got in zip(tries, workers.map(lambda t: self.one(job, *t), tries)):
                fault = self.fault_of(name, whole, got)
                known = fault and got.files in ({}, whole.files) and next(
                    (why for (code, said), why in ENDS.items() if got.code == code and said in got.said), None)
                what = known or ("wrong" if fault else "complete" if got.files == whole.files else
                                 "error" if got.code in (2, 3, 5) else "poorer")
                counts[name, what] += 1
                if fault and not known:
                    wrong.append(f"{name} {n} of {calls}{' and all after it' * for_good}: {fault}\n{got.said[:300]}")
        print(self.id().split(".")[-1], whole.calls, dict(counts))
        self.assertEqual(wrong, [], f"{len(wrong)}:\n" + "\n".join(wrong[:400]))

    def one(self, job, *fault):
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            return run_faulty(job, pathlib.Path(folder), self.stays, *fault)

    def analyze(self, evidence):
        return lambda out: ["analyze", evidence, "--ctl", FIXTURES / "ctl/list.stl", "--supply", DEMO / "supply",
                            "--require", DEMO / "profile.json", "--bundle", out / "bundle", "--as-of", AS_OF,
                            "--format", "json", "-o", out / "report.json"]

    def test_a_host_in_an_archive_with_a_bundle(self):
        path = self.folder / "host.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(DEMO / "SOFTWARE", f"{CONFIG}/SOFTWARE")
        self.every(self.analyze(path))

    def test_a_host_in_an_image(self):
        if not has_images():
            self.skipTest("no tool makes an image here")
        host = self.folder / "host" / CONFIG
        host.mkdir(parents=True)
        shutil.copy(DEMO / "SOFTWARE", host)
        self.every(self.analyze(ntfs(self.folder / "disk.raw", self.folder / "host", 8)))

    def test_a_fleet(self):
        found = report()
        self.stays, self.goes_on = ("fleet.sqlite.lock", "fleet.sqlite.lock-journal"), True
        records = self.file("fleet.ndjson", lines(record("ALPHA", found), record("BETA", found)))
        self.every(lambda out: ["fleet", "merge", records, "-o", out / "fleet.sqlite", "--quiet"])


main()
