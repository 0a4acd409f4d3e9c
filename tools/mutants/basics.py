"""basics.py - changes that know nothing of a format.

Each takes the random numbers of its mutant, the bytes to change in place, and the places that matter in them; it
gives what it did, as text for the recipe, or None where it does not apply."""

BOUNDARIES = {2: (0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF),
              4: (0, 1, 7, 8, 0x20, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0x80000004, 0xFFFFFFF8,
                  0xFFFFFFFE, 0xFFFFFFFF)}


def spot(rng, data, hot, size=1):
    """An offset; every second one where it matters."""
    begin, end = rng.choice(hot) if hot and rng.random() < 0.5 else (0, len(data))
    end = min(end, len(data)) - size
    return rng.randrange(begin, end + 1) if begin <= end else rng.randrange(max(1, len(data) - size + 1))


def bits(rng, data, hot):
    at, bit = spot(rng, data, hot), rng.randrange(8)
    data[at] ^= 1 << bit
    return f"bit {bit} of 0x{at:x}"


def byte(rng, data, hot):
    at = spot(rng, data, hot)
    data[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    return f"0x{at:x} = {data[at]}"


def number(size):
    def change(rng, data, hot):
        if len(data) < 2 * size:
            return None
        at = spot(rng, data, hot, size) // size * size
        old = int.from_bytes(data[at:at + size], "little")
        new = rng.choice((*BOUNDARIES[size], old + 1, old - 1, old + 8, old ^ 1 << rng.randrange(8 * size)))
        order = rng.choice(("little", "little", "big"))
        data[at:at + size] = (new & ((1 << 8 * size) - 1)).to_bytes(size, order)
        return f"0x{at:x} = {new} ({8 * size} bits)"
    return change


def block(rng, data):
    """(offset, length) of a run, mostly aligned like sectors or words."""
    length = min(len(data), rng.choice((8, 16, 64, 512, 512, 4096)))
    at = rng.randrange(len(data) - length + 1)
    return at // 8 * 8 if at // 8 * 8 + length <= len(data) else at, length


def copy(rng, data, hot):
    begin, length = block(rng, data)
    to = rng.randrange(len(data) - length + 1)
    data[to:to + length] = data[begin:begin + length]
    return f"{length} bytes of 0x{begin:x} to 0x{to:x}"


def zero(rng, data, hot):
    begin, length = block(rng, data)
    data[begin:begin + length] = bytes(length)
    return f"{length} zeros at 0x{begin:x}"


def swap(rng, data, hot):
    begin, length = block(rng, data)
    other = rng.randrange(len(data) - length + 1)
    one, two = data[begin:begin + length], data[other:other + length]
    data[begin:begin + length] = two
    data[other:other + length] = one
    return f"{length} bytes of 0x{begin:x} and 0x{other:x} change places"


def truncate(rng, data, hot):
    length = rng.choice((rng.randrange(len(data)), len(data) // 512 * 512, rng.randrange(len(data)) // 4096 * 4096,
                         max(0, len(data) - rng.randrange(1, 64))))
    del data[length:]
    return f"cut to {length}"


def extend(rng, data, hot):
    more = rng.choice((b"\0", b"\xff", bytes(data[:4096]), rng.randbytes(64))) * rng.randrange(1, 64)
    at = rng.choice((len(data), len(data), spot(rng, data, hot)))
    data[at:at] = more
    return f"{len(more)} bytes at 0x{at:x}"
