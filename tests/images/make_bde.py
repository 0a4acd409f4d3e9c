#!/usr/bin/env python3
"""Encrypts an NTFS image as BitLocker does:  make_bde.py PLAIN ENCRYPTED xts|cbc [PROTECTOR...]

xts: AES-XTS 128 (Windows 10 and later); cbc: AES-CBC 128 without diffuser. A protector is password:TEXT, recovery:KEY or clear
(the key lies open, as while BitLocker is suspended). SPEC: "BitLocker Drive Encryption (BDE) format" of libbde; bdeinfo, cryptsetup
and dislocker read what is written here.

What BitLocker needs of the volume for itself reads as zeros once it is open, so it takes places that are zeros in PLAIN: opened, the
volume is PLAIN byte for byte. The same PLAIN always gives the same volume."""
import hashlib
import struct
import sys
import uuid
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

SECTOR, HEADER, BLOCK = 512, 16 * 512, 65536
CREATED = 134116992000000000  # FILETIME of 2026-01-01
IDENTIFIER = uuid.UUID("4967d63b-2e29-4ad8-8399-f6a339e3d001").bytes_le
VMK, FVEK, DESCRIPTION, VOLUME_HEADER = 2, 3, 7, 15  # types of entries
KEY, TEXT, STRETCH_KEY, AES_CCM_KEY, MASTER_KEY = 1, 2, 3, 5, 8  # types of values
STRETCH, AES_CCM = 0x1000, 0x2003  # what a key is for, besides the methods
METHODS = {"xts": (0x8004, 32), "cbc": (0x8002, 16)}
PROTECTORS = {"clear": 0x0000, "recovery": 0x0800, "password": 0x2000}
ROUNDS = 0x100000


def noise(name, size):
    return hashlib.sha512(name.encode()).digest()[:size]


def entry(kind, value, data):
    return struct.pack("<HHHH", 8 + len(data), kind, value, 1) + data


class Wrapper:
    """Encrypts keys, none with a nonce that another had."""
    counter = 0

    def wrap(self, kind, outer, method, inner):
        self.counter += 1
        nonce = struct.pack("<QI", CREATED, self.counter)
        container = struct.pack("<IHHI", 12 + len(inner), 1, 0, method) + inner
        sealed = AESCCM(outer, tag_length=16).encrypt(nonce, container, None)
        return entry(kind, AES_CCM_KEY, nonce + sealed[-16:] + sealed[:-16])


def stretch(secret, salt):
    first, last = hashlib.sha256(secret).digest(), bytes(32)
    for count in range(ROUNDS):
        last = hashlib.sha256(last + first + salt + struct.pack("<Q", count)).digest()
    return last


def recovery_secret(text):
    groups = [int(group) for group in text.split("-")]
    assert len(groups) == 8 and all(group % 11 == 0 for group in groups)
    return struct.pack("<8H", *(group // 11 for group in groups))


def protector(name, text, wrapper, vmk):
    salt = noise(name + " salt", 16)
    if name == "clear":
        outer = noise("clear key", 32)
        properties = entry(0, KEY, struct.pack("<I", AES_CCM) + outer)
    else:
        secret = recovery_secret(text) if name == "recovery" else hashlib.sha256(text.encode("utf-16-le")).digest()
        outer = stretch(secret, salt)
        properties = entry(0, STRETCH_KEY, struct.pack("<I", STRETCH) + salt + wrapper.wrap(0, vmk, STRETCH, secret))
    properties += wrapper.wrap(0, outer, AES_CCM, vmk)
    return entry(VMK, MASTER_KEY, uuid.UUID(int=PROTECTORS[name] + 1).bytes_le
                 + struct.pack("<QHH", CREATED, 0, PROTECTORS[name]) + properties)


def encrypt_sector(method, key, at, plain):
    if method == "xts":
        mode = modes.XTS(struct.pack("<QQ", at // SECTOR, 0))
    else:
        position = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
        mode = modes.CBC(position.update(struct.pack("<QQ", at, 0)))
    return Cipher(algorithms.AES(key), mode).encryptor().update(plain)


def find_zeros(plain, start, size):
    for at in range(start, len(plain) - size + 1, 4096):
        if not any(plain[at:at + size]):
            return at
    sys.exit("make_bde.py: no room for the metadata")


def metadata(method, key, protectors, blocks, header_at, size):
    wrapper, vmk = Wrapper(), noise("volume master key", 32)
    entries = entry(DESCRIPTION, TEXT, "WINROOTS test 1/1/2026\0".encode("utf-16-le"))
    entries += b"".join(protector(*text.partition(":")[::2], wrapper, vmk) for text in protectors)
    entries += wrapper.wrap(FVEK, vmk, METHODS[method][0], key)
    entries += entry(VOLUME_HEADER, VOLUME_HEADER, struct.pack("<QQ", header_at, HEADER))
    length = 48 + len(entries)
    block = (b"-FVE-FS-" + struct.pack("<HHHHQII", (64 + length + 15) // 16, 2, 4, 4, size, 0, HEADER // SECTOR)
             + struct.pack("<QQQQ", *blocks, header_at)
             + struct.pack("<IIII", length, 1, 48, length) + uuid.UUID(int=200).bytes_le
             + struct.pack("<IIQ", wrapper.counter + 1, METHODS[method][0], CREATED) + entries)
    block = block.ljust((len(block) + 15) // 16 * 16, b"\0")
    digest = wrapper.wrap(0, vmk, AES_CCM, hashlib.sha256(block).digest())
    return (block + struct.pack("<HHI", 8 + len(digest), 2, zlib.crc32(block)) + digest).ljust(BLOCK, b"\0")


def volume_header(blocks):
    head = bytearray(SECTOR)
    head[:11] = b"\xeb\x58\x90-FVE-FS-"
    struct.pack_into("<HB", head, 11, SECTOR, 8)
    struct.pack_into("<BHHH", head, 21, 0xF8, 0, 0x3F, 0xFF)
    struct.pack_into("<I", head, 36, 0x1FE0)
    struct.pack_into("<HH", head, 48, 1, 6)
    head[64:67] = b"\x80\0\x29"
    head[71:90] = b"NO NAME    FAT32   "
    head[160:200] = IDENTIFIER + struct.pack("<QQQ", *blocks)
    head[510:] = b"\x55\xaa"
    return bytes(head)


def main():
    source, target, method, *protectors = sys.argv[1:]
    plain = open(source, "rb").read()
    key = noise("full volume encryption key", METHODS[method][1])
    first = find_zeros(plain, HEADER, BLOCK + HEADER)
    header_at = first + BLOCK
    second = find_zeros(plain, max(header_at + HEADER, len(plain) // 3 // 4096 * 4096), BLOCK)
    third = find_zeros(plain, max(second + BLOCK, len(plain) * 2 // 3 // 4096 * 4096), BLOCK)
    blocks = (first, second, third)
    disk = bytearray(plain)
    disk[header_at:header_at + HEADER] = plain[:HEADER]
    for at in range(0, len(disk) // SECTOR * SECTOR, SECTOR):
        disk[at:at + SECTOR] = encrypt_sector(method, key, at, bytes(disk[at:at + SECTOR]))
    block = metadata(method, key, protectors, blocks, header_at, len(plain))
    for at in blocks:
        disk[at:at + BLOCK] = block
    disk[:SECTOR] = volume_header(blocks)
    open(target, "wb").write(disk)


main()
