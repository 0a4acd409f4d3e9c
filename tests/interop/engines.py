"""engines.py - what runs jobs, started here for a test and stopped after it: sshd and Slurm, on loopback, with
everything that is theirs in one folder."""
import getpass
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

SSH_TOOLS = ("parallel", "ssh", "ssh-keygen", "rsync", "/usr/sbin/sshd")
SLURM_TOOLS = ("/usr/sbin/munged", "/usr/sbin/slurmctld", "/usr/sbin/slurmd", "sbatch", "squeue", "scontrol")


def missing(tools):
    return [tool for tool in tools if not shutil.which(tool)]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, done, seconds=30):
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise AssertionError(f"{what} within {seconds} s")
        time.sleep(0.1)


class Processes:
    """Those that were started, by their numbers, and ended with it."""

    def __init__(self, folder):
        self.folder, self.running = pathlib.Path(folder), []
        self.folder.mkdir(parents=True, exist_ok=True)

    def start(self, *argv, **more):
        log = open(self.folder / f"{pathlib.Path(argv[0]).name}.{len(self.running)}.out", "wb")
        with log:
            process = subprocess.Popen(list(map(str, argv)), stdin=subprocess.DEVNULL, stdout=log, stderr=log, **more)
        self.running.append(process)
        return process

    def stop(self):
        for process in reversed(self.running):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Machines(Processes):
    """Several names for this machine, each with a folder that stands for its user's home."""

    def __init__(self, folder, names):
        super().__init__(folder)
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)  # the one folder that sshd lets nobody choose
        for key in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / key)], check=True)
        os.chmod(self.folder, 0o700)
        self.homes = {name: self.folder / "homes" / name for name in names}
        config = ""
        for name, home in self.homes.items():
            home.mkdir(parents=True)
            config += self.machine(name, home, free_port())
        (self.folder / "ssh_config").write_text(config)
        self.ssh = f"ssh -F {self.folder}/ssh_config"
        for name in names:
            wait_for(f"sshd of {name} answers", lambda: subprocess.run(
                [*self.ssh.split(), name, "true"], capture_output=True).returncode == 0)

    def machine(self, name, home, port):
        path = self.folder / f"sshd_{name}"
        path.write_text(f"""ListenAddress 127.0.0.1:{port}
HostKey {self.folder}/host
AuthorizedKeysFile {self.folder}/user.pub
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
MaxStartups 100
MaxSessions 100
ForceCommand cd {home} && export HOME={home} && eval "$SSH_ORIGINAL_COMMAND"
""")
        self.start("/usr/sbin/sshd", "-D", "-e", "-f", path)
        return f"""Host {name}
HostName 127.0.0.1
Port {port}
User {getpass.getuser()}
IdentityFile {self.folder}/user
IdentitiesOnly yes
BatchMode yes
StrictHostKeyChecking no
UserKnownHostsFile /dev/null
LogLevel ERROR
"""


class Slurm(Processes):
    """A cluster of this machine alone."""

    def __init__(self, folder):
        super().__init__(folder)
        node, cores = socket.gethostname().split(".")[0], os.cpu_count()
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        os.chmod(self.folder, 0o711)
        config = self.folder / "slurm.conf"
        config.write_text(f"""ClusterName=winroots
SlurmctldHost={node}(127.0.0.1)
SlurmUser={getpass.getuser()}
SlurmdUser={getpass.getuser()}
AuthType=auth/munge
AuthInfo=socket={self.folder}/munge.sock,cred_expire=5
CredType=cred/munge
SlurmctldPort={free_port()}
SlurmdPort={free_port()}
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/slurmd.pid
SlurmctldLogFile={self.folder}/slurmctld.log
SlurmdLogFile={self.folder}/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
MinJobAge=3600
SchedulerParameters=sched_interval=1,sched_min_interval=100000,defer,batch_sched_delay=1
NodeName={node} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=500 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
""")
        self.node = node
        self.environment = {**os.environ, "SLURM_CONF": str(config)}
        self.start("/usr/sbin/munged", "--foreground", "--force", f"--key-file={key}", f"--socket={self.folder}/munge.sock",
                   f"--pid-file={self.folder}/munged.pid", f"--log-file={self.folder}/munged.log",
                   f"--seed-file={self.folder}/munged.seed")
        wait_for("munged answers", (self.folder / "munge.sock").exists)
        self.start("/usr/sbin/slurmctld", "-D", "-c", env=self.environment)
        self.start_node()

    def start_node(self):
        self.daemon = self.start("/usr/sbin/slurmd", "-D", "-c", env=self.environment)
        there = ("idle", "mixed", "allocated")
        wait_for("the node is there", lambda: self.call("sinfo", "-h", "-o", "%T", check=False).strip() in there, 60)

    def call(self, *argv, check=True):
        done = subprocess.run(list(map(str, argv)), capture_output=True, text=True, env=self.environment)
        if check and done.returncode:
            raise AssertionError(f"{argv}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def lose_node(self):
        """It dies with all that runs on it, and comes back."""
        config = f"SLURM_CONF={self.environment['SLURM_CONF']}".encode()
        self.daemon.kill()
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if (process / "comm").read_text() != "slurmctld\n" and config in (process / "environ").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)
            except (OSError, ValueError):
                pass
        self.daemon.wait()
        self.call("scontrol", "update", f"NodeName={self.node}", "State=DOWN", "Reason=lost")
        self.start_node()

    def states(self, job):
        """Of a job, or of an array's tasks; those that are over, too."""
        out = self.call("squeue", "-h", "-t", "all", "-r", "-j", job, "-o", "%T", check=False)
        return out.split()

    def wait(self, job, seconds=120):
        over = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY"}
        wait_for(f"job {job} is over", lambda: (states := self.states(job)) and set(states) <= over, seconds)
        return self.states(job)
