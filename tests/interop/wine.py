"""wine.py - a Wine of our own beside PROGRAM, for tests: test_x.py PROGRAM FIXTURES.

The prefix is made once and shared; ctest lets one test at it at a time."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM, FIXTURES = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
HERE = pathlib.Path(__file__).resolve().parent
HOME = PROGRAM.parent.parent / "wine"
COMPILER = "x86_64-w64-mingw32-gcc"
ENV = {"WINEPREFIX": str(HOME / "prefix"), "WINEARCH": "win64", "WINEDEBUG": "-all", "HOME": str(HOME),
       "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d;certutil.exe=n", "LC_ALL": "C.UTF-8",
       "PATH": os.environ["PATH"]}


def windows(path):
    return "Z:" + str(path).replace("/", "\\")


def quietly(*args, **more):
    """Runs what may leave processes behind, which would keep a pipe open."""
    return subprocess.run(args, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          **{"env": ENV, "stdout": subprocess.DEVNULL, "timeout": 120} | more)


def wine(*args, cwd=None, **env):
    """(exit code, what was printed)"""
    with tempfile.TemporaryFile() as printed:
        done = quietly("wine", *map(str, args), env=ENV | env, cwd=cwd, stdout=printed)
        printed.seek(0)
        return done.returncode, printed.read().decode("utf-8", "replace").replace("\r\n", "\n")


def compile_program(source, *libraries):
    """A Windows program of HERE/source; gives its path."""
    program = HOME / source.replace(".c", ".exe")
    subprocess.run([COMPILER, "-std=c11", "-Wall", "-Wextra", "-Werror", "-municode", "-o", program, HERE / source,
                    *libraries], check=True, timeout=120)
    return program


def set_up():
    """One server for all tests: a server that goes and comes again between two calls sometimes leaves the second
    without one.  It goes by itself a minute after the last call."""
    for tool in ("wine", COMPILER):
        if not shutil.which(tool):
            print(f"SKIP: {tool} is not here")
            sys.exit(77)
    (HOME / "prefix").mkdir(parents=True, exist_ok=True)
    quietly("wineserver", "-p60", check=True)
    if not (HOME / "prefix/system.reg").exists():
        quietly("wine", "wineboot", "-i", check=True, timeout=300)


def tear_down():
    quietly("wineserver", "-k")
