#!/usr/bin/env python3
"""Makes what is measured, in a folder, from the real certificates and lists below WINROOTS_CORPUS:

    make_input.py MAKE_HIVE WINROOTS FOLDER [--scale]

certs/<sha1>.der   every certificate of the corpus
SOFTWARE           300,000 keys, 1,050,000 values, 500 certificates in 10 stores, a list as big data
dirty/SOFTWARE     the same with a write of 700 pages that only SOFTWARE.LOG1 has
users/             a Windows folder: a machine hive and 200 user hives of 10 certificates each
roots.sst          500 certificates as a serialized store
authroot.stl .cab  the newest list of the corpus

With --scale: keys-N/SOFTWARE, certificates-N/SOFTWARE, users-N/, hosts-N/ at four sizes each.  What is there
already is left alone."""
import base64
import hashlib
import os
import pathlib
import ssl
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "fixtures/recipes"))
import regf      # noqa: E402
import regf_log  # noqa: E402

KEYS, CERTIFICATES, USERS = 300_000, 500, 200
LIST_BYTES = 170_000  # of EncodedCtl: the list of the corpus that is nearest
DIRTY_PAGES = 700

SCALE = {
    "keys": (75_000, 150_000, 300_000, 600_000),
    "certificates": (500, 1_000, 2_000, 4_000),
    "users": (25, 50, 100, 200),
    "hosts": (10, 20, 40, 80),
}


class Maker:
    def __init__(self, make_hive, winroots, folder):
        corpus = os.environ.get("WINROOTS_CORPUS")
        if not corpus:
            sys.exit("make_input: WINROOTS_CORPUS names no folder of real certificates and lists")
        self.make_hive, self.winroots, self.folder = make_hive, winroots, pathlib.Path(folder)
        self.corpus = pathlib.Path(corpus)
        self.certs = self.folder / "certs"
        lists = sorted((self.corpus / "stl").rglob("authroot*.stl"))
        self.encoded = min(lists, key=lambda f: abs(f.stat().st_size - LIST_BYTES))
        self.newest = max((f for f in lists if "commit" in f.name), key=lambda f: f.name)

    def certificates(self):
        if self.certs.is_dir():
            return
        self.certs.mkdir(parents=True)
        for path in sorted((self.corpus / "crt").rglob("*.crt")):
            der = path.read_bytes()
            if der[:1] != b"\x30":
                der = ssl.PEM_cert_to_DER_cert(der.decode())
            (self.certs / f"{hashlib.sha1(der).hexdigest()}.der").write_bytes(der)

    def hive(self, kind, keys, certificates, last, path, certs=None):
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([self.make_hive, kind, str(keys), str(certificates), str(last),
                        certs or self.certs, path], check=True)

    def host(self, folder, users, keys=30_000, certificates=300):
        self.hive("software", keys, certificates, self.encoded, folder / "Windows/System32/config/SOFTWARE")
        for n in range(1, users + 1):
            self.hive("user", 2000, 10, n, folder / f"Users/u{n:03}/NTUSER.DAT")

    def dirty(self):
        """The hive with a higher first sequence number, and the log that has what it lacks."""
        path = self.folder / "dirty/SOFTWARE"
        if path.exists():
            return
        path.parent.mkdir(exist_ok=True)
        hive = bytearray((self.folder / "SOFTWARE").read_bytes())
        struct.pack_into("<II", hive, 4, 2, 1)
        struct.pack_into("<I", hive, 508, regf.checksum(hive[:512]))
        bins, page = hive[4096:], regf.PAGE
        every = len(bins) // page // DIRTY_PAGES
        runs = [(i * every * page, page) for i in range(DIRTY_PAGES)]
        log = regf_log.header(hive, 1, 6)
        log += regf_log.entry(len(log), 1, bins, runs)
        for begin, size in runs[1:]:  # the first holds the root; the others are lost in the file
            hive[4096 + begin + 32:4096 + begin + size] = bytes(size - 32)
        path.write_bytes(hive)
        path.with_name("SOFTWARE.LOG1").write_bytes(log)

    def store(self):
        path = self.folder / "roots.sst"
        if path.exists():
            return
        pem = self.folder / "roots.pem"
        ders = sorted(self.certs.iterdir())[:CERTIFICATES]
        pem.write_text("".join("-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der.read_bytes()).decode() +
                               "-----END CERTIFICATE-----\n" for der in ders))
        subprocess.run([self.winroots, "convert", pem, path], check=True, stdout=subprocess.DEVNULL)

    def copies(self, count):
        """`count` certificates: the real ones, and copies of them that differ in the last byte of their
        signature, which nothing here verifies."""
        folder = self.folder / "copies"
        folder.mkdir(exist_ok=True)
        ders = [f.read_bytes() for f in sorted(self.certs.iterdir())]
        for n in range(count):
            der = ders[n % len(ders)]
            round_ = n // len(ders)
            der = der[:-1] + bytes([der[-1] ^ round_])
            (folder / f"{hashlib.sha1(der).hexdigest()}.der").write_bytes(der)
        return folder

    def make(self):
        self.certificates()
        self.hive("software", KEYS, CERTIFICATES, self.encoded, self.folder / "SOFTWARE")
        self.dirty()
        self.host(self.folder / "users", USERS)
        self.store()
        for kind in ("stl", "cab"):
            real = next((self.corpus / kind).rglob(f"{self.newest.stem}.{kind}"))
            (self.folder / f"authroot.{kind}").write_bytes(real.read_bytes())

    def make_scale(self):
        copies = self.copies(max(SCALE["certificates"]))
        for n in SCALE["keys"]:
            self.hive("software", n, CERTIFICATES, self.encoded, self.folder / f"keys-{n}/SOFTWARE")
        for n in SCALE["certificates"]:
            self.hive("software", 30_000, n, self.encoded, self.folder / f"certificates-{n}/SOFTWARE", copies)
        for n in SCALE["users"]:
            self.host(self.folder / f"users-{n}", n)
        for n in SCALE["hosts"]:
            for i in range(n):
                self.host(self.folder / f"hosts-{n}/host{i:04}/C", 1, 3000, 100)


def main():
    maker = Maker(*sys.argv[1:4])
    maker.make()
    if "--scale" in sys.argv:
        maker.make_scale()


if __name__ == "__main__":
    main()
