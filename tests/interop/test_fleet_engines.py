#!/usr/bin/env python3
"""The records of a fleet are the same whoever made them: `fleet run`, GNU parallel here and over ssh, Slurm."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "cli"))
from engines import SLURM_TOOLS, SSH_TOOLS, Machines, Slurm, missing, wait_for  # noqa: E402
from harness import FIXTURES, PROGRAM, Case, main, run  # noqa: E402

DEMO = FIXTURES / "demo"
DIRTY = FIXTURES / "regf_log"
# Names that a shell, a terminal or a list would take for something else.
HOSTILE = ["$(touch pwned)", "; touch pwned;", "a b\tc", "-rf", "new\nline", "'q\"", "*", "{}", "{/.}", "é", "\\x", "#1"]
JUDGED = ["--as-of", "2026-11-22", "--require", "profile.json", "--ctl", "list.stl"]


class Engines(Case):
    def setUp(self):
        super().setUp()
        self.file("profile.json", (DEMO / "profile.json").read_bytes())
        self.file("list.stl", b"no list")
        names = [f"hosts/{name}" for name in HOSTILE]
        for name in names:
            self.file(f"{name}/SOFTWARE", (DEMO / "SOFTWARE").read_bytes())
        for end in ("hive", "LOG1", "LOG2"):  # a hive whose logs stand beside it
            self.file("alone/SOFTWARE" + f".{end}".replace(".hive", ""), (DIRTY / f"dirty.{end}").read_bytes())
        self.file("broken/SOFTWARE", b"regf" + bytes(5000))
        os.symlink("/etc/passwd", self.folder / "hosts/a b\tc/link")  # in evidence: nobody follows it
        os.mkfifo(self.folder / "hosts/*/pipe")
        os.symlink("..", self.folder / "hosts/-rf/loop")
        (self.folder / "empty").mkdir()
        self.entries = [*names, "alone/SOFTWARE", "broken/SOFTWARE", "missing", "empty", f"./{names[0]}", "alone/SOFTWARE"]
        self.file("list", b"".join(os.fsencode(name) + b"\0" for name in self.entries))
        code, _, err = self.fleet("run", "-o", "local")
        self.assertEqual(code, 4, err)
        self.records = (self.folder / "local/records.ndjson").read_bytes()
        hosts = [line for line in self.records.splitlines() if b'"schema":"winroots.host/1"' in line[:40]]
        self.assertEqual(len(hosts), len(self.entries) - 2)
        self.database = self.merge("local/records.ndjson", "local.sqlite")

    def fleet(self, command, *more):
        return run("fleet", command, "--list", "list", "--null", *JUDGED, *more, cwd=self.folder)

    def merge(self, records, database):
        code, _, err = run("fleet", "merge", records, "--quiet", "-o", database, cwd=self.folder)
        self.assertEqual(code, 0, err)
        return (self.folder / database).read_bytes()

    def plan(self, *more, code=0):
        got, _, err = self.fleet("plan", "-o", "job", *more)
        self.assertEqual(got, code, err)
        return self.folder / "job"

    def start(self, script, **environment):
        done = subprocess.run(["bash", str(script)], capture_output=True, env={**os.environ, **environment}, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr.decode(errors="replace"))
        return done

    def check(self, job):
        self.assertEqual((job / "records.ndjson").read_bytes(), self.records)
        self.assertEqual((job / "fleet.sqlite").read_bytes(), self.database)
        self.assertFalse([path for path in self.folder.rglob("pwned")])
        for name in HOSTILE:
            self.assertEqual((self.folder / f"hosts/{name}/SOFTWARE").read_bytes(), (DEMO / "SOFTWARE").read_bytes())

    @unittest.skipIf(missing(["parallel"]), "no parallel")
    def test_parallel_here(self):
        job = self.plan("--engine", "parallel", "--chunk", "3", "--jobs", "2")
        self.start(job / "run.sh")
        self.check(job)
        # A part that is lost is missed, and made when it is asked for.
        (job / "out/2.ndjson").unlink()
        done = subprocess.run(["bash", str(job / "reduce.sh")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("part 2 is not done", done.stderr)
        subprocess.run(["bash", str(job / "chunk.sh"), "2"], check=True, capture_output=True)
        self.start(job / "reduce.sh")
        self.check(job)

    @unittest.skipIf(missing(SSH_TOOLS), f"no {missing(SSH_TOOLS)}")
    def test_parallel_over_two_machines(self):
        job = self.plan("--engine", "parallel", "--ssh", "2/n1,2/n2", "--chunk", "2", "--program", PROGRAM)
        for path in job.rglob("*"):
            self.assertFalse(path.is_symlink() and os.path.isabs(os.readlink(path)) and not path.is_file(), path)
        with Machines(self.folder / "ssh", ["n1", "n2"]) as machines:
            self.start(job / "run.sh", PARALLEL_SSH=machines.ssh)
            log = (job / "job.log").read_text()
            self.assertIn("\tn1\t", log)
            self.assertIn("\tn2\t", log)
            for home in machines.homes.values():
                self.assertEqual([path for path in home.rglob("*") if path.name == "SOFTWARE"], [])
        self.check(job)

    def test_what_is_not_below_the_folder_is_not_sent(self):
        for path in ("/etc/hostname", "../x", "hosts/../alone"):
            code, _, err = run("fleet", "plan", path, "--engine", "parallel", "--ssh", "n1", "-o", "job", cwd=self.folder)
            self.assertEqual(code, 2)
            self.assertIn("below the current folder", err)
        for host in ("n1;reboot", "-oProxyCommand=x", "a b", "ssh -x n1", "2/", "$(x)"):
            code, _, err = run("fleet", "plan", "alone", "--engine", "parallel", f"--ssh={host}", "-o", "job",
                               cwd=self.folder)
            self.assertEqual(code, 2, host)
        self.assertFalse((self.folder / "job").exists())

    def run_slurm(self, disturb):
        """A job of which the second task is disturbed in the middle of its work: disturb(cluster, array)."""
        job = self.plan("--engine", "slurm", "--chunk", "3")
        # One task waits in the middle of its work until it is sent back to the queue.
        wrapper = self.folder / "slow"
        wrapper.write_text(f"""#!/bin/bash
case "$*" in *chunks/2.list*)
    if [ ! -e "{self.folder}/killed" ]; then
        touch "{self.folder}/reached"
        sleep 600 & trap 'kill $!' TERM; wait
    fi ;;
esac
exec {PROGRAM} "$@"
""")
        wrapper.chmod(0o755)
        (job / "program").write_bytes(os.fsencode(wrapper) + b"\0")
        with Slurm(self.folder / "slurm") as slurm:
            done = subprocess.run(["bash", str(job / "submit.sh")], capture_output=True, text=True, env=slurm.environment)
            self.assertEqual(done.returncode, 0, done.stderr)
            array, reduce = done.stdout.split()
            wait_for("the second task runs", (self.folder / "reached").exists, 60)
            self.file("killed", "")
            disturb(slurm, array)
            self.assertEqual(set(slurm.wait(array)), {"COMPLETED"})
            self.assertEqual(slurm.wait(reduce), ["COMPLETED"])
        self.check(job)

    @unittest.skipIf(missing(SLURM_TOOLS), f"no {missing(SLURM_TOOLS)}")
    def test_slurm_a_task_is_sent_back(self):
        self.run_slurm(lambda slurm, array: slurm.call("scontrol", "requeue", f"{array}_2"))

    @unittest.skipIf(missing(SLURM_TOOLS), f"no {missing(SLURM_TOOLS)}")
    def test_slurm_a_node_dies(self):
        self.run_slurm(lambda slurm, array: slurm.lose_node())


if __name__ == "__main__":
    main()
