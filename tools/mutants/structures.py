"""structures.py - changes that know the format: a field, a length, a count, a reference.  Checksums are made right again,
so that the mutant gets past them."""
import binascii
import copy
import json
import re
import struct
import sys
import zlib

import evidence
from basics import BOUNDARIES, byte
from sources import TOP

sys.path.insert(0, str(TOP / "fixtures/recipes"))
import regf  # noqa: E402
import regf_log  # noqa: E402

HASHED = 1 << 16  # bytes of a log's entry whose hash is made again: in Python this takes its time


# What a structure consists of: (offset, size) of fields behind the place where its signature stands.
HIVE = {b"regf": ((4, 4), (8, 4), (20, 4), (24, 4), (28, 4), (36, 4), (40, 4), (144, 4)),
        b"hbin": ((4, 4), (8, 4)),
        b"nk": ((-4, 4), (2, 2), (16, 4), (20, 4), (28, 4), (36, 4), (40, 4), (48, 4), (72, 2), (74, 2)),
        b"vk": ((-4, 4), (2, 2), (4, 4), (8, 4), (12, 4), (16, 2)),
        b"lf": ((-4, 4), (2, 2), (4, 4), (8, 4), (12, 4)), b"lh": ((-4, 4), (2, 2), (4, 4), (8, 4), (12, 4)),
        b"li": ((-4, 4), (2, 2), (4, 4), (8, 4)), b"ri": ((-4, 4), (2, 2), (4, 4), (8, 4)),
        b"db": ((-4, 4), (2, 2), (4, 4))}
CAB = {b"MSCF": ((8, 4), (16, 4), (24, 2), (26, 2), (28, 2), (30, 2), (36, 4), (40, 2), (42, 2), (44, 4), (48, 4),
                 (52, 2), (54, 2))}
ZIP = {b"PK\3\4": ((4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)),
       b"PK\1\2": ((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (42, 4)),
       b"PK\5\6": ((8, 2), (10, 2), (12, 4), (16, 4))}


def places(data, signatures):
    """(offset, signature) of each; records of a hive stand behind the size of a cell in use."""
    words = b"|".join(re.escape(s) for s in signatures if len(s) > 2)
    cells = b"|".join(s for s in signatures if len(s) == 2)
    found = [(m.start(), m.group()) for m in re.finditer(words, data)]
    if cells:
        found += [(m.start(1), m.group(1)) for m in re.finditer(b"\xff\xff(" + cells + b")", data)
                  if m.start() % 4 == 2]
    return found


def field(rng, data, signatures):
    """Sets one field of one structure; structures of each kind are taken alike."""
    kinds = {}
    for at, signature in places(data, signatures):
        kinds.setdefault(signature, []).append(at)
    if not kinds:
        return None
    signature = rng.choice(sorted(kinds))
    at = rng.choice(kinds[signature])
    offset, size = rng.choice(signatures[signature])
    begin = at + offset
    if begin < 0 or begin + size > len(data):
        return None
    old = int.from_bytes(data[begin:begin + size], "little")
    other = rng.choice(rng.choice(list(kinds.values())))  # another structure: loops, shared records, wrong kinds
    new = rng.choice((*rng.sample(BOUNDARIES[size], 3), old + 1, old - 1, old + 8, old - 8, other - 4 - 4096,
                      other - 4 - 4096, old ^ 1 << rng.randrange(8 * size)))
    data[begin:begin + size] = (new & ((1 << 8 * size) - 1)).to_bytes(size, "little")
    return f"{signature.decode('latin-1')} at 0x{at:x}, field {offset}: {old} becomes {new}"


def hive(rng, data, hot):
    said = field(rng, data, HIVE)
    if len(data) >= 512:
        struct.pack_into("<I", data, 508, regf.checksum(data))
    return said


def log(rng, data, hot):
    """An entry of a log since Windows 8.1, whose hashes are right again; the pages of an older one have none."""
    entries = [m.start() for m in re.finditer(b"HvLE", data) if m.start() % 512 == 0 and m.start() + 48 <= len(data)]
    said = None
    if not entries or rng.random() < 0.2:
        if len(data) < 512:
            return None
        begin = rng.choice((4, 8, 28, 36, 40))
        new = rng.choice(BOUNDARIES[4])
        struct.pack_into("<I", data, begin, new)
        struct.pack_into("<I", data, 508, regf.checksum(data))
        said = f"field {begin} of the log: {new}"
        return said if entries else said + ", " + (byte(rng, data, hot) or "")
    at = rng.choice(entries)
    size, count = struct.unpack_from("<I", data, at + 4)[0], struct.unpack_from("<I", data, at + 20)[0]
    offset = rng.choice((4, 8, 12, 16, 20, 40, 44, 40 + 8 * min(count, 64), 40 + rng.randrange(max(1, size - 40))))
    if at + offset + 4 > len(data):
        return None
    old = struct.unpack_from("<I", data, at + offset)[0]
    new = rng.choice((*BOUNDARIES[4], old + 1, (old - 1) & 0xFFFFFFFF, old ^ 1 << rng.randrange(32))) & 0xFFFFFFFF
    struct.pack_into("<I", data, at + offset, new)
    size = struct.unpack_from("<I", data, at + 4)[0]
    if 40 <= size <= min(HASHED, len(data) - at) and size % 4 == 0:
        struct.pack_into("<Q", data, at + 24, regf_log.marvin32(data[at + 40:at + size]))
    struct.pack_into("<Q", data, at + 32, regf_log.marvin32(data[at:at + 32]))
    return f"log entry at 0x{at:x}, field {offset}: {old} becomes {new}"


def der(rng, data, hot):
    """The tag or length of a value, found by going in from the outside."""
    begins = [begin for begin, _ in hot] + [m.start() for m in re.finditer(b"\x30[\x82\x83]", data[:1 << 16])][:4]
    if not begins:
        return None
    at = rng.choice(begins)
    while True:
        value = evidence.tlv(data, at)
        inside = evidence.members(data, *value[1:]) if value and value[0] & 0x20 else []
        if not inside or rng.random() < 0.15:
            break
        at = rng.choice(inside)[1]
    where = min(len(data) - 1, at + rng.choice((0, 1, 1, 1, 2, 3)))
    old = data[where]
    data[where] = rng.choice((old + 1 & 255, old - 1 & 255, 0, 0x7F, 0x80, 0x81, 0x84, 0xFF,
                              old ^ 1 << rng.randrange(8)))
    return f"DER value at 0x{at:x}: byte 0x{where:x}, {old} becomes {data[where]}"


def sst(rng, data, hot):
    """Number, encoding or size of a property of a serialized store."""
    at, found = 8, []
    while at + 12 <= len(data):
        found.append(at)
        at += 12 + struct.unpack_from("<I", data, at + 8)[0]
    if not found:
        return None
    at, offset = rng.choice(found), rng.choice((0, 4, 8, 8))
    old = struct.unpack_from("<I", data, at + offset)[0]
    new = rng.choice((*BOUNDARIES[4], 3, 32, 33, 34, old + 1, old - 1, old + 12, old - 12)) & 0xFFFFFFFF
    struct.pack_into("<I", data, at + offset, new)
    return f"record at 0x{at:x}, field {offset}: {old} becomes {new}"


def packed(text):
    """MSZIP blocks without checksums."""
    for at in range(0, len(text), 32768):
        squeeze = zlib.compressobj(1, zlib.DEFLATED, -15)
        part = text[at:at + 32768]
        block = b"CK" + squeeze.compress(part) + squeeze.flush()
        yield struct.pack("<IHH", 0, len(block), len(part)) + block


def cab(rng, data, hot):
    """A field of the header; a byte of packed data, whose checksum is taken away; or what is in it, packed again."""
    first = struct.unpack_from("<I", data, 36)[0] if len(data) >= 44 else 0
    way = rng.choice(("field", "packed", "inside", "inside"))
    inside = bytearray(evidence.expanded(bytes(data))) if way == "inside" else None
    if inside:
        said = rng.choice((der, byte))(rng, inside, []) or byte(rng, inside, [])
        blocks = list(packed(bytes(inside)))
        data[first:] = b"".join(blocks)
        struct.pack_into("<I", data, 8, len(data))
        struct.pack_into("<H", data, 40, len(blocks))
        return "inside: " + said
    if way != "packed" or first + 8 >= len(data):
        return field(rng, data, CAB)
    struct.pack_into("<I", data, first, 0)
    return "no checksum; " + byte(rng, data, [(first + 4, len(data))])


def zip_(rng, data, hot):
    return field(rng, data, ZIP)


def sevenzip(rng, data, hot):
    """A byte of the header of headers at the end, with its checksums right again."""
    if len(data) < 32:
        return None
    offset, size = struct.unpack_from("<QQ", data, 12)
    begin, end = 32 + offset, 32 + offset + size
    if end > len(data) or not size:
        return None
    said = byte(rng, data, [(begin, end)])
    struct.pack_into("<I", data, 28, binascii.crc32(data[begin:end]))
    struct.pack_into("<I", data, 8, binascii.crc32(data[12:32]))
    return said


def tar(rng, data, hot):
    """A byte of a member's header, with its checksum right again."""
    headers = [m.start() - 257 for m in re.finditer(b"ustar", data) if (m.start() - 257) % 512 == 0]
    if not headers:
        return None
    at = rng.choice(headers)
    where = at + rng.choice((rng.randrange(100), 100, 124 + rng.randrange(12), 124, 156, rng.randrange(345)))
    data[where] = rng.choice((0, 0x20, 0x2F, 0x2E, 0x30, 0x37, 0x38, 0x80, 0xFF))
    data[at + 148:at + 156] = b" " * 8
    data[at + 148:at + 156] = b"%06o\0 " % sum(data[at:at + 512])
    return f"header at 0x{at:x}: 0x{where:x} = {data[where]}"


def gzip(rng, data, hot):
    """What is in it is changed and packed again."""
    try:
        inside = bytearray(zlib.decompress(bytes(data), 31))
    except zlib.error:
        return None
    said = tar(rng, inside, hot)
    pack = zlib.compressobj(1, zlib.DEFLATED, 31)
    data[:] = pack.compress(bytes(inside)) + pack.flush()
    return said


def text(rng, data, hot):
    """A token of a text: taken out, doubled, changed for another."""
    tokens = [(m.start(), m.end()) for m in re.finditer(rb'"[^"\n]*"|[\w.-]+|[{}\[\],:=\\]', data)]
    if not tokens:
        return None
    (begin, end), (other, stop) = rng.choice(tokens), rng.choice(tokens)
    old = bytes(data[begin:end])
    new = rng.choice((b"", old * 2, old + b"," + old, bytes(data[other:stop]), b"[" * 200, old[:-2] + old[-1:]))
    data[begin:end] = new
    return f"{old[:40]!r} at {begin} becomes {new[:40]!r}"


def nodes(value, path=()):
    """(container, key, path) of every member of a JSON document."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in members:
        yield value, key, (*path, key)
        yield from nodes(inside, (*path, key))


def other_value(rng, old, elsewhere):
    """What could stand in its place: nearly the same, or of another kind."""
    if isinstance(old, str) and old and rng.random() < 0.6:
        at, letter = rng.randrange(len(old)), rng.choice("0123456789abcdefABCDEF xZ\u00e9\n\0'<\"")
        return rng.choice((old[:at] + letter + old[at + 1:], old[:at], old + letter, old.upper(), old * 2, ""))
    if isinstance(old, bool) or old is None:
        return rng.choice((not old, 0, "true", []))
    if isinstance(old, int):
        return rng.choice((old + 1, -old - 1, 1 << 63, 0.5, str(old)))
    return rng.choice((elsewhere, None, [], {}, "", [old], [old] * 50, -1))


def json_(rng, data, hot):
    """A member of a JSON document: taken out, doubled, changed; the text stays JSON."""
    try:
        document = json.loads(data)
    except ValueError:
        return text(rng, data, hot)
    found = list(nodes(document))
    if not found:
        return None
    (inside, key, path), (other, name, _) = rng.choice(found), rng.choice(found)
    old = inside[key]
    if rng.random() < 0.3:
        del inside[key]
        said = "taken out"
    elif isinstance(inside, list) and rng.random() < 0.3:
        inside.insert(rng.randrange(len(inside) + 1), copy.deepcopy(old))
        said = "doubled"
    else:
        alike = [container[k] for container, k, _ in found if k == key and container[k] != old]
        inside[key] = copy.deepcopy(rng.choice(alike)) if alike and rng.random() < 0.5 else other_value(
            rng, copy.deepcopy(old), copy.deepcopy(other[name]))
        said = f"becomes {str(inside[key])[:40]!r}"
    data[:] = json.dumps(document, indent=rng.choice((None, 2))).encode()
    return "/" + "/".join(map(str, path)) + " " + said


STRUCTURES = ((b"regf", hive), (b"MSCF", cab), (b"PK", zip_), (b"7z\xbc\xaf", sevenzip), (b"\x1f\x8b", gzip),
              (b"\0\0\0\0CERT", sst))


def structure(rng, data, hot):
    if data[:4] == b"regf" and data[28:32] in (b"\1\0\0\0", b"\2\0\0\0", b"\6\0\0\0"):
        return log(rng, data, hot)
    for signature, change in STRUCTURES:
        if data.startswith(signature):
            return change(rng, data, hot)
    if data[257:262] == b"ustar":
        return tar(rng, data, hot)
    if data[:1] == b"{":
        return json_(rng, data, hot)
    return der(rng, data, hot) if hot or data[:1] == b"\x30" else text(rng, data, hot)
