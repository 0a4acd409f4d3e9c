"""evidence.py - what stands in evidence, found with hashlib and searches for bytes: nothing here is winroots' own code.

A claim of winroots, "this certificate is there" or "this list is signed", is held against it."""
import hashlib
import re
import struct
import subprocess
import zlib

LARGEST = 1 << 16  # bytes of a certificate that is looked for; real ones have some thousand


def sha1(data):
    return hashlib.sha1(data).hexdigest()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def tlv(data, at, end=None):
    """(tag, begin, end) of the DER value at `at`; None where there is none."""
    end = len(data) if end is None else end
    if at + 2 > end:
        return None
    length, begin = data[at + 1], at + 2
    if length >= 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or begin + count > end:
            return None
        length = int.from_bytes(data[begin:begin + count], "big")
        begin += count
    return (data[at], begin, begin + length) if begin + length <= end else None


def members(data, begin, end):
    """[(tag, at, begin, end)] of the values in a constructed one, as far as they go."""
    found = []
    while begin < end:
        value = tlv(data, begin, end)
        if not value:
            break
        found.append((value[0], begin, *value[1:]))
        begin = value[2]
    return found


def spans(data):
    """(begin, end) of all that could be a certificate, CRL or list: a SEQUENCE of some size, or what stands as one in
    a serialized element."""
    for match in re.finditer(rb"[\x20-\x22]\0\0\0", data):
        begin = match.start() + 12
        length = int.from_bytes(data[begin - 4:begin], "little")
        if length <= min(LARGEST, len(data) - begin):
            yield begin, begin + length
    for match in re.finditer(rb"\x30[\x81\x82]", data):
        value = tlv(data, match.start())
        if value and value[2] - match.start() <= LARGEST:
            yield match.start(), value[2]


def signed_parts(data):
    """{name: (begin, end)} of what the signature of a list rests on; None where it is not signed, or the digest of the
    content is not among what is signed."""
    def at(value, *path):
        for index in path:
            inside = members(data, value[2], value[3])
            if index >= len(inside):
                return None
            value = inside[index]
        return value

    whole = members(data, 0, len(data))
    signed = at(whole[0], 1, 0) if whole else None
    fields = members(data, signed[2], signed[3]) if signed else []
    if len(fields) < 4 or fields[-1][0] != 0x31:
        return None
    content, signer = at(fields[2], 1, 0), at(fields[-1], 0)
    info = members(data, signer[2], signer[3]) if signer else []
    if not content or len(info) < 6 or info[3][0] != 0xA0:
        return None
    attributes, signature = info[3], info[5]
    text = data[content[2]:content[3]]
    if not any(hashlib.new(name, text).digest() in data[attributes[2]:attributes[3]]
               for name in ("sha1", "sha256", "sha384", "sha512", "md5")):
        return None
    parts = {"content": content[2:], "signed attributes": attributes[2:], "signature": signature[2:]}
    names = members(data, *info[1][2:])  # issuer and serial number; one number where the key is named
    if info[1][0] != 0x30 or len(names) != 2:
        return parts
    issuer, serial = (data[value[1]:value[3]] for value in names)
    for certificate in members(data, *fields[3][2:]) if fields[3][0] == 0xA0 else []:
        body = at(certificate, 0)
        if body and issuer in data[body[2]:body[3]] and serial in data[body[2]:body[2] + 64]:
            parts["signer's certificate"] = body[1], body[3]
    return parts


def is_reg(data):
    return data[:2] == b"\xff\xfe" or b"REGEDIT" in data[:64] or b"Windows Registry" in data[:64]


def reg_data(text):
    """The bytes that the hexadecimal data of a .reg text says."""
    plain = text.decode("utf-16-le" if text[:2] == b"\xff\xfe" else "latin-1", "replace")
    joined = re.sub(r"\\[ \t]*\r?\n[ \t]*", "", plain)
    return b"\n".join(bytes(int(digits, 16) for digits in re.findall(r"\b[0-9a-fA-F]{1,2}\b", data))
                      for data in re.findall(r"hex(?:\([0-9a-fA-F]+\))?:([0-9a-fA-F, \t]*)", joined))


def expanded(cab):
    """What the MSZIP blocks of a cabinet's first folder expand to, whatever the header says of files and checksums."""
    out = b""
    if len(cab) < 44:
        return out
    at, blocks = struct.unpack_from("<IH", cab, 36)
    for _ in range(blocks):
        if at + 8 > len(cab) or cab[at + 8:at + 10] != b"CK":
            break
        size = struct.unpack_from("<H", cab, at + 4)[0]
        try:
            out += zlib.decompressobj(-15, zdict=out[-32768:]).decompress(cab[at + 10:at + 8 + size], 32768)
        except zlib.error:
            break
        at += 8 + size
    return out


def inflated(archive):
    """What stands behind each header of a zip's members, whatever its directory says."""
    for match in re.finditer(b"PK\x03\x04", archive):
        header = archive[match.start():match.start() + 30]
        if len(header) < 30:
            continue
        begin = match.start() + 30 + sum(struct.unpack_from("<HH", header, 26))
        try:
            yield zlib.decompressobj(-15).decompress(archive[begin:], 64 << 20)
        except zlib.error:
            continue


def extracted(path):
    """What other programs get out of an archive or cabinet, damaged or not."""
    for command in (["7z", "x", "-so", "-y", "-p", path], ["bsdtar", "-xOf", path], ["cabextract", "-q", "-p", path]):
        try:
            yield subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=20).stdout
        except (FileNotFoundError, subprocess.TimeoutExpired):
            continue


def replayed(hive, logs):
    """The hive after each entry of its logs, one log behind the other, whatever their hashes say."""
    for order in (logs, logs[::-1]) if len(logs) > 1 else (logs,):
        yield from states_of(bytearray(hive), order)


def states_of(image, logs):
    for log in logs:
        for match in re.finditer(b"HvLE", log):
            at = match.start()
            if at % 512 or at + 40 > len(log):
                continue
            size, _, _, bins, count = struct.unpack_from("<5I", log, at + 4)
            pages = at + 40 + 8 * count
            if count > 1 << 16 or pages > len(log):
                continue
            image.extend(bytes(max(0, min(4096 + bins, len(image) + (1 << 22)) - len(image))))
            for i in range(count):
                begin, length = struct.unpack_from("<II", log, at + 40 + 8 * i)
                image[4096 + begin:4096 + begin + length] = log[pages:pages + length]
                pages += length
            yield bytes(image)


class Evidence:
    """The files of one mutant, and all that can be got out of them."""

    def __init__(self, kind, files):
        self.kind, self.files = kind, files  # [(path, bytes)]
        self.texts = [data for _, data in files]
        if kind == "store" and is_reg(files[0][1]):
            self.texts.append(reg_data(files[0][1]))
        self.unpacked = False
        self.hashes = None

    def more(self):
        """What takes longer to get: once, when something is not found."""
        if self.unpacked:
            return False
        self.unpacked = True
        if self.kind == "cab":
            self.texts.append(expanded(self.files[0][1]))
        if self.files[0][1][:2] == b"PK":
            self.texts += inflated(self.files[0][1])
        if self.kind in ("cab", "archive"):
            self.texts += extracted(self.files[0][0])
        if self.kind == "hive" and len(self.files) > 1:
            self.texts += replayed(self.files[0][1], self.texts[1:])
        self.hashes = None
        return True

    def holds(self, part):
        return any(part in text for text in self.texts) or (self.more() and self.holds(part))

    def holds_hash(self, digest):
        """Some bytes of the evidence have this SHA-1 or SHA-256."""
        if self.hashes is None:
            found = {text[begin:end] for text in self.texts for begin, end in spans(text)}
            self.hashes = {sha1(der) for der in found} | {sha256(der) for der in found}
        return digest in self.hashes or (self.more() and self.holds_hash(digest))
