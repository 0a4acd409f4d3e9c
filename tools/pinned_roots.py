#!/usr/bin/env python3
"""Writes src/format/pinned_root.inc: the three Microsoft roots that end the chain of a root list's signer.

    pinned_roots.py FILE...  >src/format/pinned_root.inc

FILE is anything that holds the certificates as DER, whole and in one piece: Wine's crypt32.dll (Debian
package libwine, /usr/lib/*-linux-gnu/wine/*-windows/crypt32.dll) carries them for its own Root store,
and so does a .crt or .cer of each.  A certificate is known by its SHA-256 and by nothing else, so what the
file is, and whether it can be trusted, does not matter."""
import hashlib
import pathlib
import re
import sys

ROOTS = [
    ("microsoft_root_authority", "f38406e540d7a9d90cb4a9479299640ffb6df9e224ecc7a01c0d9558d8dad77d"),
    ("microsoft_root_certificate_authority",
     "885de64c340e3ea70658f01e1145f957fcda27aabeea1ab9faa9fdb0102d4077"),
    ("microsoft_root_certificate_authority_2010",
     "df545bf919a2439c36983b54cdfc903dfa4f37d3996d8d84b4c31eec6f3c163e"),
]


def certificates(data):
    """(SHA-256, DER) of everything in `data` that begins as a certificate of 256 to 65535 bytes does."""
    for match in re.finditer(rb"\x30\x82(?=..\x30\x82)", data, re.DOTALL):
        at = match.start()
        der = data[at:at + 4 + int.from_bytes(data[at + 2:at + 4], "big")]
        yield hashlib.sha256(der).hexdigest(), der


def c_array(name, sha256, der):
    yield f"/* SHA-256 {sha256} */"
    yield f"static const uint8_t {name}[] = {{"
    for at in range(0, len(der), 16):
        yield "    " + " ".join(f"0x{byte:02x}," for byte in der[at:at + 16])
    yield "};"


def main():
    found = {}
    for path in sys.argv[1:]:
        found.update(certificates(pathlib.Path(path).read_bytes()))
    missing = [name for name, sha256 in ROOTS if sha256 not in found]
    if missing:
        sys.exit(f"pinned_roots: not in the files given: {', '.join(missing)}")
    print("/* Made by tools/pinned_roots.py from Wine's crypt32.dll; test_pinned_root.c checks the hashes. */")
    for name, sha256 in ROOTS:
        print("\n".join(c_array(name, sha256, found[sha256])))


if __name__ == "__main__":
    main()
