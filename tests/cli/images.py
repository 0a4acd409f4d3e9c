"""images.py - disk images, made by other people's tools."""
import os
import pathlib
import shutil
import subprocess

from harness import PROGRAM, run

MAKE_NTFS = pathlib.Path(PROGRAM).parent.parent / "tests/make_ntfs"
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def tool(name):
    return shutil.which(name, path=PATH)


def has_images():
    return MAKE_NTFS.exists() and tool("mkntfs") and "The Sleuth Kit" in run("--version")[1] \
        and "not built in" not in run("--version")[1].split("optional:")[1].split(";")[0]


def shell(*command, **more):
    subprocess.run([str(c) for c in command], check=True, capture_output=True, env={**os.environ, "PATH": PATH}, **more)


def ntfs(path, folder, mib=32):
    with open(path, "wb") as f:
        f.truncate(mib << 20)
    shell("mkntfs", "-F", "-q", "-f", path)
    shell(MAKE_NTFS, path, "copy", folder)
    return path
