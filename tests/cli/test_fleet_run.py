#!/usr/bin/env python3
"""Records of many hosts: whatever goes wrong with one of them, with a process or with the disk, each is there once."""
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
import unittest

import harness
from harness import AS_OF, EMULATOR, FIXTURES, Case, main, run

DEMO = FIXTURES / "demo"
SANITIZED = b"__asan_init" in pathlib.Path(harness.PROGRAM).read_bytes()


def hosts(path):
    records = [json.loads(line) for line in path.read_bytes().splitlines()]
    return [record for record in records if record["schema"] == "winroots.host/1"]


def children(pid):
    """Of a process: {number: words}."""
    found = {}
    try:
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found[int(child)] = pathlib.Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[:-1]
    except OSError:
        pass
    return found


class Fleet(Case):
    def hosts(self, count, start=0):
        names = [f"host{i:02}" for i in range(start, start + count)]
        for name in names:
            self.file(f"{name}/SOFTWARE", (DEMO / "SOFTWARE").read_bytes())
        return names

    def fleet(self, *args, **more):
        return run("fleet", "run", *args, "--as-of", AS_OF, cwd=self.folder, **more)

    def start(self, *args, **more):
        return subprocess.Popen([harness.PROGRAM, "fleet", "run", *args, "--as-of", AS_OF], cwd=self.folder,
                                stderr=subprocess.PIPE, text=True, **more)

    def slow(self, name):
        """A hive that takes as long to hash as a test needs to find its worker."""
        path = self.file(f"{name}/SOFTWARE", (DEMO / "SOFTWARE").read_bytes())
        os.truncate(path, 400 << 20)
        return name


class Records(Fleet):
    def test_they_come_in_the_order_of_the_evidence(self):
        names = self.hosts(7)[::-1]
        self.file("list", "".join(f"{name}\n" for name in names[3:]))
        expected = None
        for output, records, jobs in (("a", "a/records.ndjson", 1), ("b", "b/records.ndjson", 4), ("c.ndjson", "c.ndjson", 2)):
            code, out, err = self.fleet(*names[:3], "--list", "list", "--jobs", jobs, "-o", output)
            self.assertEqual((code, out), (0, ""), err)
            self.assertIn("7 read, 0 in part, 0 not; 0 of them before", err)
            found = (self.folder / records).read_bytes()
            self.assertEqual([host["evidence"]["path"] for host in hosts(self.folder / records)], names)
            self.assertEqual(found, expected or found)
            expected = found
        # What hosts have alike is there once, also when files are gathered.
        self.assertEqual(run("fleet", "gather", "c.ndjson", "c.ndjson", "-o", "twice", cwd=self.folder)[0], 0)
        lines, twice = expected.splitlines(), (self.folder / "twice").read_bytes().splitlines()
        self.assertEqual(len(lines), len(set(lines)))
        self.assertEqual(twice, lines + [line for line in lines if b"winroots.host/1" in line[:30]])

    def test_a_report_is_what_analyze_says(self):
        self.hosts(1)
        options = ["--require", DEMO / "profile.json", "--supply", DEMO / "supply", "--os", "10.0.19045"]
        self.assertEqual(self.fleet("host00", *options, "-o", "out")[0], 0)
        _, report, _ = harness.analyze("host00", *options, "--as-of", AS_OF, cwd=self.folder)
        found = hosts(self.folder / "out/records.ndjson")[0]["report"]
        for part in ("as_of", "coverage", "requirements", "findings", "plan"):
            self.assertEqual(found[part], report[part], part)
        self.assertEqual(sorted(c["sha256"] for c in found["certificates"]), sorted(c["sha256"] for c in report["certificates"]))

    @unittest.skipIf(EMULATOR, "pipes, links and devices are this machine's")
    def test_a_bad_one_costs_one_record(self):
        names = self.hosts(2)
        self.file("junk", b"nothing that is known")
        self.file("zero", b"")
        self.file("broken/SOFTWARE", b"regf" + bytes(9000))
        (self.folder / "empty").mkdir()
        os.mkfifo(self.folder / "pipe")
        os.symlink("loop", self.folder / "loop")
        entries = [names[0], "junk", "zero", "pipe", "/dev/zero", "missing", "loop", "empty", names[1], "broken"]
        code, _, err = self.fleet(*entries, "-o", "out", limit=60)
        self.assertEqual(code, 4)
        found = {host["evidence"]["path"]: host for host in hosts(self.folder / "out/records.ndjson")}
        self.assertEqual(list(found), entries)
        self.assertEqual({name for name in found if found[name]["status"] == "ok"}, set(names))
        for name in entries[1:8]:
            self.assertEqual(found[name]["status"], "failed")
            self.assertTrue(found[name]["error"]["message"])
            self.assertIn(f"winroots: {name}: could not be read", err)
        for name in ("pipe", "/dev/zero"):
            self.assertEqual(found[name]["error"], {"code": "io", "message": "neither a file nor a folder"})
        self.assertEqual(found["missing"]["error"]["code"], "io")
        self.assertEqual(len({host["host"]["key"] for host in found.values() if host["status"] == "failed"}), 7)
        self.assertEqual(self.fleet("junk", "missing", "-o", "none")[0], 3)

    @unittest.skipIf(EMULATOR, "pipes, links and devices are this machine's")
    def test_what_is_named_twice_counts_once(self):
        self.hosts(2)
        os.symlink("host00", self.folder / "same")
        code, _, err = self.fleet("host00", "host01", "./host00", "same", "host01/", "gone", "gone", "-o", "out")
        self.assertEqual(code, 4)
        self.assertEqual([host["evidence"]["path"] for host in hosts(self.folder / "out/records.ndjson")],
                         ["host00", "host01", "gone"])
        self.assertEqual(err.count("named before, left out"), 4)

    @unittest.skipIf(EMULATOR, "pipes, links and devices are this machine's")
    def test_lists(self):
        names = self.hosts(2)
        self.file("dos", "host00\r\n\r\nhost01\r\n")
        self.file("null", "host00\0host01")
        self.file("odd\nname/SOFTWARE", (DEMO / "SOFTWARE").read_bytes())
        self.file("odd", "odd\nname\0")
        for name, more in (("dos", []), ("null", ["--null"]), ("/dev/stdin", [])):
            with open(self.folder / "dos") as stdin:
                done = subprocess.run([harness.PROGRAM, "fleet", "run", "--list", name, *more, "-o", f"of{more}{name[-3:]}"],
                                      cwd=self.folder, stdin=stdin, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("2 read", done.stderr)
        self.assertEqual(self.fleet("--list", "odd", "--null", "-o", "odd.ndjson")[0], 0)
        self.assertEqual(hosts(self.folder / "odd.ndjson")[0]["evidence"]["path"], "odd\nname")
        self.file("long", "x" * 5000)
        self.file("none", "\n\n")
        for name, code, message in (("null", 2, "--null"), ("/dev/zero", 2, "--null"), ("long", 2, "longer than 4096 bytes"),
                                    ("host00", 2, "a folder"), ("missing", 5, "No such file"), ("none", 3, "no evidence")):
            got, _, err = self.fleet("--list", name, "-o", "bad")
            self.assertEqual(got, code, (name, err))
            self.assertIn(message, err)
        self.assertFalse((self.folder / "bad/records.ndjson").exists() and (self.folder / "bad/records.ndjson").read_bytes())
        self.assertEqual(names, ["host00", "host01"])

    def test_usage(self):
        self.hosts(1)
        self.file("full/of", "something else")
        for args, message in ((["host00"], "-o FOLDER"), (["-o", "x"], "no evidence"), (["host00", "-o", "full"], "something else"),
                              (["host00", "-o", "x", "--host", "1"], "--host"), (["host00", "-o", "x", "--jobs", "0"], "--jobs"),
                              (["host00", "-o", "x", "--require", "nonsense"], "profile list"), (["host00", "-o", "x", "--nope"], "nope")):
            code, _, err = self.fleet(*args)
            self.assertEqual(code, 2, err)
            self.assertIn(message, err)
        self.assertEqual((self.folder / "full/of").read_text(), "something else")
        code, _, err = self.fleet("host00", "-o", "no/such/folder")
        self.assertEqual(code, 5)


class Again(Fleet):
    """What is done is not done again."""

    def before(self, *args):
        code, _, err = self.fleet(*args, "-o", "out")
        self.assertIn(code, (0, 4), err)
        return int(err.rsplit("; ", 1 + ("twice" in err))[1].split()[0])

    def test_only_what_is_missing(self):
        names = self.hosts(3)
        self.assertEqual(self.before(*names), 0)
        records = (self.folder / "out/records.ndjson").read_bytes()
        self.assertEqual(self.before(*names), 3)
        self.assertEqual(self.before(*names, *self.hosts(1, 3)), 3)
        self.assertEqual(self.before(*names), 3)
        self.assertEqual((self.folder / "out/records.ndjson").read_bytes(), records)
        # Other options, evidence that changed or that came back: done again.
        self.assertEqual(self.before(*names, "--expiring", "30"), 0)
        os.utime(self.folder / "host01/SOFTWARE", (1, 1))
        self.assertEqual(self.before(*names), 2)
        self.assertEqual(self.before(*names, "late"), 3)
        self.hosts(1, 4)
        os.rename(self.folder / "host04", self.folder / "late")
        self.assertEqual(self.before(*names, "late"), 3)
        # A file that an option names counts as the option does.
        self.file("profile.json", (DEMO / "profile.json").read_bytes())
        self.assertEqual(self.before(*names, "--require", "profile.json"), 0)
        self.assertEqual(self.before(*names, "--require", "profile.json"), 3)
        os.utime(self.folder / "profile.json", (1, 1))
        self.assertEqual(self.before(*names, "--require", "profile.json"), 0)

    def test_a_part_that_was_cut_is_none(self):
        names = self.hosts(2)
        self.before(*names)
        records = (self.folder / "out/records.ndjson").read_bytes()
        part = next((self.folder / "out/parts").rglob("*.ok"))
        for length in (0, 10, part.stat().st_size - 1):
            os.truncate(part, length)
            self.assertEqual(self.before(*names), 1)
            self.assertEqual((self.folder / "out/records.ndjson").read_bytes(), records)

    def test_a_folder_has_one_time(self):
        self.hosts(1)
        self.assertEqual(run("fleet", "run", "host00", "-o", "out", cwd=self.folder)[0], 0)
        first = hosts(self.folder / "out/records.ndjson")[0]["report"]["as_of"]
        time.sleep(1.1)
        self.hosts(1, 1)
        _, _, err = run("fleet", "run", "host00", "host01", "-o", "out", cwd=self.folder)
        self.assertIn("1 of them before", err)
        self.assertEqual({host["report"]["as_of"] for host in hosts(self.folder / "out/records.ndjson")}, {first})

    @unittest.skipIf(EMULATOR, "processes are this machine's")
    def test_two_runs_share_the_work(self):
        names = self.hosts(40)
        self.assertEqual(self.fleet(*names, "-o", "alone")[0], 0)
        both = [self.start(*names, "-v", "--jobs", "2", "-o", "shared") for _ in range(2)]
        done = [process.communicate()[1] for process in both]
        self.assertEqual([process.returncode for process in both], [0, 0], done)
        self.assertEqual((self.folder / "shared/records.ndjson").read_bytes(), (self.folder / "alone/records.ndjson").read_bytes())
        for name in names:
            self.assertEqual(sum(f"winroots: {name}: done\n" in err for err in done), 1, name)

    @unittest.skipUnless(sys.platform == "linux" and not EMULATOR, "needs /proc")
    def test_killed_at_any_moment(self):
        sys.path.insert(0, str(FIXTURES.parent / "tools"))
        import fleet_kill
        rounds = fleet_kill.Rounds(pathlib.Path(harness.PROGRAM), FIXTURES, self.folder, 20, 7)
        self.assertGreater(sum(rounds.one(i) for i in range(2)), 0)


@unittest.skipUnless(sys.platform == "linux" and not EMULATOR, "needs /proc")
class Trouble(Fleet):
    def act(self, process, name, what, times=1, seconds=60):
        """Does `what` with the worker of `name`, each time that there is a new one."""
        seen, end = set(), time.monotonic() + seconds
        while process.poll() is None and len(seen) < times and time.monotonic() < end:
            for pid, words in children(process.pid).items():
                if pid not in seen and words[-1:] == [name.encode()] and not any(w.startswith(b"--because") for w in words):
                    seen.add(pid)
                    what(pid)
            time.sleep(0.001)
        self.assertEqual(len(seen), times)

    def signals(self, *numbers):
        def send(pid):
            for number in numbers:
                os.kill(pid, number)
        return send

    def run_with(self, what, times, *more):
        names = [*self.hosts(2), self.slow("slow")]
        process = self.start(*names, "--hash", "-o", "out", *more)
        self.act(process, "slow", what, times)
        err = process.communicate(timeout=60)[1]
        return process.returncode, err, {host["evidence"]["path"]: host for host in hosts(self.folder / "out/records.ndjson")}

    def check_healed(self):
        """The next run tries it again."""
        code, _, err = self.fleet("host00", "host01", "slow", "--hash", "-o", "out")
        self.assertEqual(code, 0, err)
        self.assertIn("2 of them before", err)
        self.assertEqual(self.fleet("host00", "host01", "slow", "--hash", "-o", "whole")[0], 0)
        self.assertEqual((self.folder / "out/records.ndjson").read_bytes(), (self.folder / "whole/records.ndjson").read_bytes())

    def test_a_worker_that_is_killed_once(self):
        code, err, found = self.run_with(self.signals(signal.SIGKILL), 1)
        self.assertEqual(code, 0, err)
        self.assertIn("slow: its process was killed: once more", err)
        self.assertEqual(found["slow"]["status"], "ok")

    def test_a_worker_that_is_killed_twice(self):
        code, err, found = self.run_with(self.signals(signal.SIGKILL), 2)
        self.assertEqual(code, 4, err)
        self.assertEqual((found["slow"]["status"], found["slow"]["error"]["code"]), ("failed", "io"))
        self.assertIn("killed, signal 9", found["slow"]["error"]["message"])
        self.assertEqual(found["host01"]["status"], "ok")
        self.check_healed()

    def test_a_worker_that_crashes(self):
        code, err, found = self.run_with(self.signals(signal.SIGSEGV), 1)
        if SANITIZED:  # which catches the signal
            return
        self.assertEqual(code, 4, err)
        self.assertEqual(found["slow"]["error"]["code"], "bug")
        self.assertIn("crashed, signal 11", found["slow"]["error"]["message"])
        self.check_healed()

    def test_a_worker_that_does_not_end(self):
        # In place of WORKER_SECONDS; below, of WORKER_MEMORY and WORKER_OUTPUT.
        code, err, found = self.run_with(self.signals(signal.SIGSTOP), 1, "--max-seconds", "2")
        self.assertEqual(code, 4, err)
        self.assertEqual(found["slow"]["error"], {"code": "limit", "message": "it took more than 2 seconds"})
        self.check_healed()

    @unittest.skipIf(SANITIZED, "sanitizers take address space by the terabyte")
    @unittest.skipUnless("seccomp" in run("--version")[1], "no sandbox here, which sets the limit")
    def test_a_worker_that_wants_too_much_memory(self):
        names = self.hosts(1)
        code, _, err = self.fleet(*names, "-o", "out", "--max-memory", "1")
        self.assertNotEqual(code, 0)
        self.assertTrue(err)
        self.assertEqual(self.fleet(*names, "-o", "out", "--max-memory", "100")[0], 0)

    def test_records_that_are_too_long(self):
        self.hosts(1)
        several = [f"many/h{i:03}" for i in range(120)]
        for name in several:
            self.file(f"{name}/Windows/System32/config/SOFTWARE", (DEMO / "SOFTWARE").read_bytes())
        code, _, err = self.fleet("host00", "many", "-o", "out", "--max-output", "1")
        self.assertEqual(code, 4, err)
        found = hosts(self.folder / "out/records.ndjson")
        self.assertEqual([host["status"] for host in found], ["ok", "failed"])
        self.assertEqual(found[1]["error"], {"code": "limit", "message": "its records have more than 1048576 bytes"})
        self.assertEqual(self.fleet("host00", "many", "-o", "out")[0], 0)
        self.assertEqual(len(hosts(self.folder / "out/records.ndjson")), 121)

    def test_a_full_disk(self):
        names = self.hosts(4)
        self.assertEqual(self.fleet(*names, "-o", "whole")[0], 0)
        expected = (self.folder / "whole/records.ndjson").read_bytes()
        for size in (0, 3000, len(expected) - 1):  # of a part; of the file of all
            def limit(size=size):
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            process = self.start(*names, "-o", "full", preexec_fn=limit)
            err = process.communicate(timeout=60)[1]
            self.assertEqual(process.returncode, 5, err)
            self.assertRegex(err, "written|created")
            self.assertFalse((self.folder / "full/records.ndjson").exists())
            self.assertEqual(list((self.folder / "full").rglob("*.tmp")), [])
        self.assertEqual(self.fleet(*names, "-o", "full")[0], 0)
        self.assertEqual((self.folder / "full/records.ndjson").read_bytes(), expected)

    def test_an_interruption(self):
        names = [*self.hosts(3), self.slow("slow"), *self.hosts(3, 4)]
        self.assertEqual(self.fleet(*names, "--hash", "-o", "whole")[0], 0)
        for number in (signal.SIGINT, signal.SIGTERM):
            shutil.rmtree(self.folder / "out", ignore_errors=True)
            process = self.start(*names, "--hash", "-o", "out", "--jobs", "1")
            self.act(process, "slow", lambda _, number=number, process=process: process.send_signal(number))
            err = process.communicate(timeout=30)[1]
            self.assertEqual(process.returncode, 5)
            self.assertIn("interrupted: the same command goes on", err)
            self.assertFalse((self.folder / "out/records.ndjson").exists())
            self.assertEqual(list((self.folder / "out").rglob("*.tmp")), [])
            code, _, err = self.fleet(*names, "--hash", "-o", "out")
            self.assertEqual(code, 0)
            self.assertIn("3 of them before", err)
            self.assertEqual((self.folder / "out/records.ndjson").read_bytes(), (self.folder / "whole/records.ndjson").read_bytes())

    def test_workers_do_not_outlive_a_run_that_is_killed(self):
        process = self.start(self.slow("slow"), "--hash", "-o", "out")
        worker = []
        self.act(process, "slow", lambda pid: (os.kill(pid, signal.SIGSTOP), worker.append(pid), process.kill()))
        process.communicate()
        gone = threading.Event()
        for _ in range(100):
            state = pathlib.Path(f"/proc/{worker[0]}/stat")
            if not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
                gone.set()
                break
            time.sleep(0.05)
        self.assertTrue(gone.is_set())

    @unittest.skipUnless("seccomp" in run("--version")[1], "no sandbox here")
    def test_workers_have_given_up_their_rights(self):
        process = self.start(self.slow("slow"), "--hash", "-o", "out")
        seen = []

        def look(pid):
            for _ in range(1000):
                status = pathlib.Path(f"/proc/{pid}/status")
                seen.append(status.exists() and "Seccomp:\t2" in status.read_text())
                if seen[-1]:
                    return
                time.sleep(0.001)
        self.act(process, "slow", look)
        process.communicate()
        self.assertTrue(seen[-1])


if __name__ == "__main__":
    main()
