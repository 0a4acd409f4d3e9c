"""registry.py - registry evidence out of letters: one tree as a hive, as a .reg text, as a policy file."""
import hashlib
import struct
import sys

from harness import FIXTURES

sys.dont_write_bytecode = True
sys.path.insert(0, str(FIXTURES / "recipes"))
import regf  # noqa: E402

CERTIFICATES = "Microsoft\\SystemCertificates"
POLICIES = "Policies\\Microsoft\\SystemCertificates"


def certificate(name):
    return (FIXTURES / "certs" / f"{name}.der").read_bytes()


def sha1(der):
    return hashlib.sha1(der).hexdigest()


def record(number, data):
    return struct.pack("<III", number, 1, len(data)) + data


def blob(der, *properties, kind=32):
    return b"".join(record(n, d) for n, d in properties) + record(kind, der)


def element(der, *properties, name=None):
    """The key of one certificate, in a dictionary by its name."""
    return {name or sha1(der).upper(): {"values": {"Blob": blob(der, *properties)}}}


def tree(*branches):
    """A key out of (path, key) pairs; branches that meet are joined."""
    root = {}
    for path, key in branches:
        at = root
        for name in path.split("\\") if path else []:
            at = at.setdefault("subkeys", {}).setdefault(name, {})
        join(at, key)
    return root


def join(at, key):
    at.setdefault("values", {}).update(key.get("values", {}))
    for name, child in key.get("subkeys", {}).items():
        join(at.setdefault("subkeys", {}).setdefault(name, {}), child)


def store(path, *ders):
    """A branch: the store at `path` with these certificates."""
    subkeys = {}
    for der in ders:
        subkeys.update(der if isinstance(der, dict) else element(der))
    return path, {"subkeys": {"Certificates": {"subkeys": subkeys}}}


def hive(*branches, name="SOFTWARE"):
    return regf.hive(tree(*branches), name=name)


def keys(key, path):
    yield path, key.get("values", {})
    for name, child in sorted(key.get("subkeys", {}).items(), key=lambda item: item[0].upper()):
        yield from keys(child, f"{path}\\{name}" if path else name)


def data_text(data):
    if isinstance(data, int):
        return f"dword:{data:08x}"
    if isinstance(data, str):
        return '"' + data.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "hex:" + ",".join(f"{byte:02x}" for byte in data)


def reg(root, *branches, whole=True):
    """A .reg text; without `whole`, keys on the way to others are not written."""
    lines = ["Windows Registry Editor Version 5.00"]
    for path, values in keys(tree(*branches), root):
        if whole or values:
            lines += ["", f"[{path}]"] + [f'"{n}"={data_text(d)}' for n, d in values.items()]
    return b"\xff\xfe" + ("\r\n".join(lines) + "\r\n").encode("utf-16-le")


def pol(*branches):
    """A Registry.pol."""
    def u16(text):
        return text.encode("utf-16-le")

    out = b"PReg" + struct.pack("<I", 1)
    for path, values in keys(tree(*branches), ""):
        for name, data in values.items():
            kind = regf.REG_DWORD if isinstance(data, int) else regf.REG_BINARY
            raw = struct.pack("<I", data) if isinstance(data, int) else data
            out += (u16("[" + path + "\0;" + name + "\0;") + struct.pack("<I", kind) + u16(";") +
                    struct.pack("<I", len(raw)) + u16(";") + raw + u16("]"))
    return out
