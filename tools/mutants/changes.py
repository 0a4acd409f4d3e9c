"""changes.py - the kinds of change that make a mutant, and how often each is taken."""
import basics
import structures

CHANGES = {"bit": basics.bits, "byte": basics.byte, "16 bits": basics.number(2), "32 bits": basics.number(4),
           "copy": basics.copy, "zero": basics.zero, "swap": basics.swap, "truncate": basics.truncate,
           "extend": basics.extend, "structure": structures.structure}
# How often; splices, certificates and signed parts are made by the caller, who knows more than one file.
OFTEN = {"bit": 10, "byte": 10, "16 bits": 8, "32 bits": 10, "copy": 6, "zero": 5, "swap": 5, "truncate": 6,
         "extend": 4, "splice": 5, "structure": 28, "certificate": 16, "signed part": 16}
OFTEN_IN_TEXT = {**OFTEN, "structure": 160, "certificate": 40}  # a changed byte is mostly no text any more
SEVERAL = ("bit", "byte", "16 bits", "32 bits", "structure")  # of these a mutant has up to four


def splice(rng, data, other):
    """The beginning of one file and the end of another of its kind."""
    unit = rng.choice((1, 8, 512, 4096))
    at = rng.randrange(len(data)) // unit * unit
    begin = rng.choice((at, rng.randrange(len(other)) // unit * unit))
    data[at:] = other[begin:]
    return f"up to 0x{at:x}, then another file from 0x{begin:x}"


def digits(rng, digest):
    """Another hash."""
    at = rng.randrange(len(digest))
    return digest[:at] + rng.choice([d for d in "0123456789abcdef" if d != digest[at]]) + digest[at + 1:]


def replace_everywhere(files, old, new):
    """In every file, every copy; how many there were."""
    count = 0
    for data in files:
        at = data.find(old)
        while at >= 0:
            data[at:at + len(old)] = new
            count += 1
            at = data.find(old, at + len(new))
    return count


def damaged(rng, part):
    """The same number of bytes, one to four of which are others."""
    new = bytearray(part)
    while new == part:
        for _ in range(rng.randrange(1, 5)):
            new[rng.randrange(len(new))] ^= rng.randrange(1, 256)
    return bytes(new)
