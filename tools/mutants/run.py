"""run.py - children with limits, and what each of them cost."""
import collections
import multiprocessing
import os
import resource
import select
import signal
import time

Done = collections.namedtuple("Done", "code signal wall cpu memory")  # code None: ended by a signal

HANG = 5            # seconds, of the processor or of the clock
PATIENCE = 30       # seconds of the clock, after which a child is ended
ADDRESSES = 4 << 30  # bytes of address space: so that what goes wrong does not take the machine with it


def child(argv, out, err):
    """Becomes `argv`."""
    try:
        for limit, most in ((resource.RLIMIT_AS, ADDRESSES), (resource.RLIMIT_CPU, 2 * HANG),
                            (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 1 << 30)):
            resource.setrlimit(limit, (most, most))
        for path, fd in ((out, 1), (err, 2)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), fd)
        os.execvp(argv[0], argv)
    finally:
        os._exit(127)


def measure(argv, out, err):
    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        child(argv, out, err)
    watch = os.pidfd_open(pid)
    if not select.select([watch], [], [], PATIENCE)[0]:
        os.kill(pid, signal.SIGKILL)
    os.close(watch)
    _, status, usage = os.wait4(pid, 0)
    ended = os.waitstatus_to_exitcode(status)
    return Done(ended if ended >= 0 else None, -ended if ended < 0 else 0, time.monotonic() - start,
                usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10)


class Runner:
    """Starts children from a process that is forked at once and stays small: what the kernel tells of a child's
    highest memory begins with that of the process which became it."""

    def __init__(self):
        self.pipe, theirs = multiprocessing.Pipe()
        if os.fork() == 0:
            self.pipe.close()
            try:
                while True:
                    theirs.send(measure(*theirs.recv()))
            except (EOFError, OSError, KeyboardInterrupt):
                os._exit(0)
        theirs.close()

    def __call__(self, argv, out, err):
        self.pipe.send(([str(word) for word in argv], out, err))
        return self.pipe.recv()
