#!/usr/bin/env python3
"""Runs over many hosts that are killed at random moments, and resumed, end like one that was not.

    fleet_kill.py PROGRAM FIXTURES [ROUNDS] [HOSTS] [SEED]

In each round a run is begun in a new folder and killed (SIGKILL, no worker and no process of it being asked), again
and again, until it comes to its end; its records, and the database that they are merged into, must be those of the
first run, byte for byte.  Exit code 0 only then."""
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time


def make_hosts(folder, fixtures, count):
    """Hosts that differ: the demo's hive, one that needs its logs, some that cannot be read."""
    for i in range(count):
        host = folder / f"host{i:03}"
        host.mkdir()
        if i % 10 == 3:
            for end in ("", ".LOG1", ".LOG2"):
                shutil.copy(fixtures / f"regf_log/dirty{end or '.hive'}", host / f"SOFTWARE{end}")
        elif i % 10 == 7:
            (host / "SOFTWARE").write_bytes(b"regf" + bytes(i))
        else:
            shutil.copy(fixtures / "demo/SOFTWARE", host / "SOFTWARE")
        (host / "name.txt").write_text(str(i))
    return sorted(path.name for path in folder.iterdir())


class Rounds:
    def __init__(self, program, fixtures, folder, hosts, seed):
        self.program, self.folder, self.random = str(program), folder, random.Random(seed)
        (folder / "hosts").mkdir()
        self.names = [f"hosts/{name}" for name in make_hosts(folder / "hosts", fixtures, hosts)]
        (folder / "list").write_text("".join(name + "\n" for name in self.names))
        begun = time.monotonic()
        self.expected = self.finish("first")
        self.seconds = time.monotonic() - begun

    def start(self, name):
        return subprocess.Popen([self.program, "fleet", "run", "--list", "list", "--as-of", "2026-11-22", "--jobs", "2", "-q",
                                 "-o", name], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def finish(self, name):
        process = self.start(name)
        _, err = process.communicate()
        if process.returncode not in (0, 4):
            raise AssertionError(f"{name}: exit {process.returncode}: {err.decode()}")
        return self.results(name)

    def results(self, name):
        database = self.folder / f"{name}.sqlite"
        done = subprocess.run([self.program, "fleet", "merge", f"{name}/records.ndjson", "--quiet", "-o", database.name],
                              cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"merge {name}: exit {done.returncode}: {done.stderr}")
        return (self.folder / name / "records.ndjson").read_bytes(), database.read_bytes()

    def one(self, number):
        """How often the run was killed."""
        name, kills = f"round{number}", 0
        while True:
            process = self.start(name)
            try:
                process.wait(self.random.uniform(0, self.seconds / 2))
                process.stderr.close()
                break
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                kills += 1
        if process.returncode not in (0, 4):
            raise AssertionError(f"{name}: exit {process.returncode}")
        if self.results(name) != self.expected:
            raise AssertionError(f"{name}: other records, or another database, after {kills} kills")
        left = [path for path in (self.folder / name).rglob("*.tmp")]
        if left:
            raise AssertionError(f"{name}: {left} is left behind")
        shutil.rmtree(self.folder / name)
        (self.folder / f"{name}.sqlite").unlink()
        return kills


def main():
    program, fixtures = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    given = [int(word) for word in sys.argv[3:]]
    rounds, hosts, seed = given + [50, 60, 1][len(given):]
    with tempfile.TemporaryDirectory() as folder:
        run = Rounds(program, fixtures, pathlib.Path(folder), hosts, seed)
        kills = [run.one(i) for i in range(rounds)]
    print(f"{rounds} rounds of {hosts} hosts, killed {sum(kills)} times ({max(kills)} in one): "
          f"each ended with the records and the database of a run that was not")


if __name__ == "__main__":
    main()
