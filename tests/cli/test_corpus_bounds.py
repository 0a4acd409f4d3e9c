#!/usr/bin/env python3
"""Every file of the corpus' hive folder, hives, logs and what is neither: it is inspected without a crash,
in a bounded time, and in memory of at most 4 times what was given and 64 MB."""
import json
import os
import pathlib
import subprocess
import threading

from harness import CORPUS, PROGRAM, Case, main, run

C = pathlib.Path(CORPUS or ".")
CPU_SECONDS = 5      # the largest, of 38 MB, takes 0.1 s
WALL_SECONDS = 120   # a hang, not a busy machine
MEMORY, TIMES = 64 << 20, 4
INSTRUMENTED = PROGRAM and b"__asan_init" in pathlib.Path(PROGRAM).read_bytes()


def measured(*args):
    """(exit code, stdout, seconds of CPU, bytes of memory at the highest) of the program."""
    child = subprocess.Popen([PROGRAM, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    watchdog = threading.Timer(WALL_SECONDS, child.kill)
    watchdog.start()
    out = child.stdout.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    watchdog.cancel()
    child.stdout.close()
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, out, usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10


def given(path):
    """Bytes of a file and of the logs that are found beside it."""
    logs = [path.with_name(f) for f in os.listdir(path.parent)
            if f.lower() in [path.name.lower() + ending for ending in (".log", ".log1", ".log2")]]
    return sum(f.stat().st_size for f in (path, *logs))


class Bounds(Case):
    def every_file(self, *command):
        files = sorted(f for f in (C / "hive").rglob("*") if f.is_file())
        most_seconds, most_memory = (0, ""), (0, "")
        for path in files:
            with self.subTest(path.name):
                code, out, seconds, memory = measured(*command, path)
                self.assertIn(code, (0, 3))
                if command[0] == "inspect" or code == 0:
                    self.assertIn(str(path), out)
                    json.loads(out)
                if INSTRUMENTED:
                    continue
                self.assertLess(seconds, CPU_SECONDS)
                self.assertLessEqual(memory, TIMES * given(path) + MEMORY)
                most_seconds = max(most_seconds, (round(seconds, 2), path.name))
                most_memory = max(most_memory, (memory, given(path), path.name))
        self.assertGreaterEqual(len(files), 300)
        print(f"{command}: {len(files)} files; at most {most_seconds} s of CPU, {most_memory} bytes of memory")

    def test_inspect(self):
        self.every_file("inspect", "--format", "json")

    def test_inspect_without_logs(self):
        self.every_file("inspect", "--format", "json", "--no-logs")

    def test_inspect_with_recovery(self):
        if "--recover" not in run("inspect", "--help")[1]:
            self.skipTest("inspect recovers nothing yet")
        self.every_file("inspect", "--format", "json", "--recover")

    def test_analyze(self):
        self.every_file("analyze", "--format", "json")


if __name__ == "__main__":
    main(needs_corpus=True)
