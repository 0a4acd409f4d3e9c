"""images.py - disk images, made by other people's tools."""
import os
import pathlib
import shutil
import struct
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


def mbr(path, *volumes, first=2048):
    """SPEC: four entries of 16 bytes at 446; type 7 is NTFS."""
    sector, at = bytearray(512), first
    sector[510:] = b"\x55\xAA"
    with open(path, "wb") as f:
        for i, volume in enumerate(volumes):
            data = volume.read_bytes()
            struct.pack_into("<B3sB3sII", sector, 446 + 16 * i, 0, b"\0\2\0", 7, b"\xFE\xFF\xFF", at, len(data) // 512)
            f.seek(at * 512)
            f.write(data)
            at += len(data) // 512
        f.seek(0)
        f.write(sector)
    return path
