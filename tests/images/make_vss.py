#!/usr/bin/env python3
"""Gives an NTFS image shadow copies of how it was:  make_vss.py IMAGE OLDEST [OLDER...]

Behind the file system of IMAGE come a catalog and, for each older image, a store with the blocks in which that one differs from
the next. SPEC: "Volume Shadow Snapshot (VSS)" of libvshadow, whose vshadowinfo reads what is written here. The N-th copy was
taken N days after 2026-01-01."""
import struct
import sys
import uuid

BLOCK = 0x4000
VSS = uuid.UUID("3808876b-c176-4e48-b7ae-04046e6cc752").bytes_le
HEADER, CATALOG, BLOCK_LIST, STORE, RANGES, BITMAP = 1, 2, 3, 4, 5, 6
FIRST_DAY, DAY = 134116992000000000, 864000000000  # FILETIME


def head(kind, at, store_at=0, following=0, extra=0):
    return (VSS + struct.pack("<IIQQQQ", 1, kind, at - store_at, at, following, extra)).ljust(128, b"\0")


def main():
    path, older = sys.argv[1], sys.argv[2:]
    disk = bytearray(open(path, "rb").read())
    states = [open(name, "rb").read() for name in older] + [bytes(disk)]
    end = -len(disk) % BLOCK + len(disk)
    blocks = {}
    catalog_at, end = end, end + BLOCK
    entries = b""
    for n, (old, new) in enumerate(zip(states, states[1:])):
        identifier = uuid.UUID(int=n + 1).bytes_le
        store_at = end
        changed = [at for at in range(0, len(old), BLOCK) if old[at:at + BLOCK] != new[at:at + BLOCK]]
        assert 32 * len(changed) <= BLOCK - 128
        list_at, ranges_at, bitmap_at, data_at = (store_at + BLOCK * i for i in (1, 2, 3, 4))
        information = (bytes(16) + identifier + bytes(16) + struct.pack("<IIII", 0x1D, 1, 0x42000D, 0)).ljust(128, b"\0")
        blocks[store_at] = head(STORE, store_at, store_at, 0, len(information)) + information
        blocks[list_at] = head(BLOCK_LIST, list_at, store_at)
        for i, at in enumerate(changed):
            copy_at = data_at + BLOCK * i
            blocks[list_at] += struct.pack("<QQQII", at, copy_at - store_at, copy_at, 0, 0)
            blocks[copy_at] = old[at:at + BLOCK]
        end = data_at + BLOCK * len(changed)
        blocks[ranges_at] = head(RANGES, ranges_at, store_at) + struct.pack("<QQQ", store_at, 0, end - store_at)
        blocks[bitmap_at] = head(BITMAP, bitmap_at, store_at)
        entries += (struct.pack("<QQ", 2, len(states[-1])) + identifier
                    + struct.pack("<QQQ", n + 1, 0x40, FIRST_DAY + DAY * (n + 1))).ljust(128, b"\0")
        entries += (struct.pack("<QQ", 3, list_at) + identifier
                    + struct.pack("<QQQQQQ", store_at, ranges_at, bitmap_at, 0, end - store_at, 0)).ljust(128, b"\0")
    blocks[catalog_at] = head(CATALOG, catalog_at) + entries
    disk += bytes(end - len(disk))
    for at, block in blocks.items():
        disk[at:at + BLOCK] = block.ljust(BLOCK, b"\0")
    disk[0x1E00:0x1E00 + 128] = (VSS + struct.pack("<IIQQQQQ", 1, HEADER, 0x1E00, 0x1E00, 0, catalog_at, 0)
                                 + uuid.UUID(int=100).bytes_le + uuid.UUID(int=101).bytes_le).ljust(128, b"\0")
    open(path, "wb").write(disk)


main()
