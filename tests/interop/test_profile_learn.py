#!/usr/bin/env python3
"""The roots that `profile learn` finds are those that osslsigncode prints.

    test_profile_learn.py WINROOTS FIXTURES

Over the programs of fixtures/pe that are whole, and over signed programs of public packages, fetched once
and kept beside the build: of npm by their published hash, of Debian by apt.  A package that cannot be had is
counted as absent."""
import base64
import hashlib
import json
import pathlib
import re
import shutil
import ssl
import struct
import subprocess
import sys
import tarfile
import tempfile
import urllib.request

PROGRAM, FIXTURES = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
CACHE = PROGRAM.parent.parent / "signed_programs"

# Microsoft of 2017 with PKCS#9 counter-signatures, Microsoft of 2026 with RFC 3161 and KDE by DigiCert.
NPM = {
    "signtool/-/signtool-1.0.0.tgz": "sha512-"
        "uzzt9lomG7ZusAss1nMMxbR3909BD0kze7yUPklCNVAs2HYkFPSvJtJOv2F4T1Kx+9Vj+AvcsQkWes78OSu75Q==",
    "@electron/windows-sign/-/windows-sign-2.1.0.tgz": "sha512-"
        "hyRE175pWNxU3R0k7B7Zwm4KpSgK/Ql+7yqUPRfnYc9K06uVPJDLvXH6oXpl/RAKbLu0Y114xuH6BdjDhF/pKA==",
    "node-notifier/-/node-notifier-8.0.0.tgz": "sha512-"
        "46z7DUmcjoYdaWyXouuFNNfUo6eFa94t23c53c+lG/9Cvauk4a98rAUp9672X5dxGdQmLpPzTxzu8f/OeEPaFA==",
}
DEBIAN = ["fwupd-amd64-signed"]  # signed for Secure Boot: no time stamp, no root


def is_signed_program(path):
    data = path.read_bytes()
    if data[:2] != b"MZ" or len(data) < 64:
        return False
    at = struct.unpack_from("<I", data, 60)[0]
    if data[at:at + 4] != b"PE\0\0":
        return False
    directory = at + 24 + (144 if data[at + 24:at + 26] == b"\x0b\x02" else 128)
    return struct.unpack_from("<I", data, directory + 4)[0] > 0


def fetch_npm(name, integrity):
    """Folder of the package's files, None where it cannot be had."""
    folder = CACHE / pathlib.Path(name).stem
    if folder.exists():
        return folder
    try:
        with urllib.request.urlopen("https://registry.npmjs.org/" + name, timeout=60) as answer:
            packed = answer.read()
    except OSError as error:
        print(f"absent: {name}: {error}")
        return None
    found = "sha512-" + base64.b64encode(hashlib.sha512(packed).digest()).decode()
    if found != integrity:
        raise SystemExit(f"{name} is {found}, expected {integrity}")
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as fresh:
        archive = pathlib.Path(fresh, "packed.tgz")
        archive.write_bytes(packed)
        with tarfile.open(archive) as tar:
            for number, member in enumerate(tar):
                if member.isfile():  # by number: names from an archive are no paths of ours
                    file = pathlib.Path(fresh, "files", f"{number}-{pathlib.PurePosixPath(member.name).name}")
                    file.parent.mkdir(exist_ok=True)
                    file.write_bytes(tar.extractfile(member).read())
        pathlib.Path(fresh, "files").rename(folder)
    return folder


def fetch_debian(name):
    folder = CACHE / name
    if folder.exists():
        return folder
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as fresh:
        try:
            subprocess.run(["apt-get", "download", "-q", name], cwd=fresh, check=True, capture_output=True,
                           timeout=120)
            package = next(pathlib.Path(fresh).glob("*.deb"))
            subprocess.run(["dpkg-deb", "-x", package, f"{fresh}/files"], check=True, capture_output=True)
        except (OSError, subprocess.SubprocessError, StopIteration) as error:
            print(f"absent: {name}: {error}")
            return None
        pathlib.Path(fresh, "files").rename(folder)
    return folder


def by_osslsigncode(file, trusted):
    """Names of the issuers above all the certificates that it prints of a file, for signatures and time stamps:
    each a set of "CN=x", because it separates them by what names may hold."""
    pairs = []
    for more in (["-ignore-crl"], []):  # versions before 2.6 lack the option, and the network
        if pairs:
            break
        done = subprocess.run(["osslsigncode", "verify", "-in", file, "-CAfile", trusted, "-TSA-CAfile", trusted,
                               *more], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
        pairs = re.findall(r"Subject\s*:\s*(/.*)\n\s*Issuer\s*:\s*(/.*)",
                           done.stdout.decode("utf-8", "replace"))
    subjects = {subject for subject, issuer in pairs if subject != issuer}
    return {frozenset(re.split(r"/(?=[A-Z]+=)", issuer)[1:]) for _, issuer in pairs if issuer not in subjects}


def by_winroots(file, folder):
    profile = folder / "profile.json"
    subprocess.run([PROGRAM, "profile", "learn", file, "-o", profile], check=True, capture_output=True, timeout=60)
    shown = subprocess.run([PROGRAM, "profile", "show", profile], check=True, capture_output=True, timeout=60).stdout
    assert shown == profile.read_bytes(), "the profile loads again"
    profile = json.loads(shown)
    roots = [profile["certificates"][r["certificate"]] for r in profile["requirements"] if r["store"] == "Root"]
    return {frozenset(re.split(r"(?<!\\), ", root["subject"])) for root in roots}


def main():
    if not shutil.which("osslsigncode"):
        print("SKIP: no osslsigncode")
        return 77
    folders = [fetch_npm(name, integrity) for name, integrity in NPM.items()]
    folders += [fetch_debian(name) for name in DEBIAN] if shutil.which("apt-get") else [None]
    absent = folders.count(None)
    files = [FIXTURES / "pe/signed.exe", FIXTURES / "pe/nested.exe"]
    files += [f for folder in folders if folder for f in sorted(folder.rglob("*")) if f.is_file() and is_signed_program(f)]
    faults, unread = [], 0
    with tempfile.TemporaryDirectory() as folder:
        trusted = pathlib.Path(folder, "trusted.pem")
        trusted.write_text("".join(ssl.DER_cert_to_PEM_cert(der.read_bytes())
                                   for der in FIXTURES.glob("pe/*_root.cer")))
        for file in files:
            expected, found = by_osslsigncode(file, trusted), by_winroots(file, pathlib.Path(folder))
            if not expected and file.is_relative_to(FIXTURES):
                print(f"{file.name} is not read by this osslsigncode")  # OBSERVED 2.5: "Invalid signature"
                unread += 1
            elif not expected or expected != found:
                faults.append(f"{file.name}: osslsigncode {sorted(map(sorted, expected))}, "
                              f"winroots {sorted(map(sorted, found))}")
    print("\n".join(faults) or f"{len(files) - unread} programs have the roots that osslsigncode prints")
    print(f"{absent} of {len(folders)} packages are absent")
    return 1 if faults else 77 if absent == len(folders) else 0


if __name__ == "__main__":
    sys.exit(main())
