#!/usr/bin/env python3
"""Writes docs/root-histories.md: what became of some roots over every root list of the test corpus.

    root_histories.py PROGRAM CORPUS

Each root stands alone in the third-party store of a host that has nothing else; each list is put in force on the
day of its issue, and each date that it names or that ends a root is looked at when it comes."""
import base64
import datetime
import hashlib
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

ROOTS = {  # SHA-1: (title, why it is here, further purposes)
    "4eb6d578499b1ccf5f581ead56be3d9b6744a5e5": (
        "VeriSign Class 3 Public Primary CA - G5",
        "A list of 2023-07-19 23:58 disabled it from 2023-08-01, which broke software signed long before (that list is "
        "not in the corpus); the one made twelve minutes later, which took its place, withdraws the date by an empty "
        "one, as every list since."),
    "ffbdcde782c8435e3c6f26865ccaa83a455bc30a": (
        "TrustCor RootCert CA-1", "Refused for servers always, and for other uses from a leaf date on."),
    "36b12b49f9819ed74c9ebc380fc6568f5dacb2f7": (
        "SECOM Security Communication RootCA1", "OCSP signing stands in property 9 and in 122 at once.",
        "ocsp_signing"),
    "e12dfb4b41d7d9c32b30514bac1d81d8385e2d46": (
        "UTN-USERFirst-Object", "A code-signing root, expired before it was disabled."),
    "cdd4eeae6000ac7f40c3802c171e30148030c072": ("Microsoft Root Certificate Authority", "Without property 9."),
    "a43489159a520f0d93d032ccaf37e7fe20a8b419": ("Microsoft Root Authority", "Without property 9."),
    "3b1efd3a66ea28b16697394703a72ca340a05bd5": (
        "Microsoft Root Certificate Authority 2010", "Without property 9."),
    "31f9fc8ba3805986b721ea7295c65b3a44534274": (
        "Microsoft ECC TS Root Certificate Authority 2018", "Without property 9."),
    "06f1aa330b927b753a40e68cdf22e34bcbef3352": (
        "Microsoft ECC Product Root Certificate Authority 2018", "Without property 9."),
    "8f43288ad272f3103b6fb1428485ea3014c0bcfe": (
        "Microsoft Root Certificate Authority 2011", "Without property 9."),
}
PURPOSES = ["server_auth", "client_auth", "code_signing", "email", "time_stamping"]
PROPERTIES = [("eku", "9"), ("disabled_from", "104"), ("disabled_eku", "122"), ("not_before_from", "126"),
              ("not_before_eku", "127")]
SHORT = {"1.3.6.1.5.5.7.3.1": "server", "1.3.6.1.5.5.7.3.2": "client", "1.3.6.1.5.5.7.3.3": "code",
         "1.3.6.1.5.5.7.3.4": "email", "1.3.6.1.5.5.7.3.8": "stamp", "1.3.6.1.5.5.7.3.9": "OCSP",
         "1.3.6.1.4.1.311.10.3.4": "EFS", "1.3.6.1.4.1.311.10.3.12": "documents", "1.3.6.1.5.5.7.3.5": "IPsec",
         "1.3.6.1.5.5.7.3.6": "IPsec", "1.3.6.1.5.5.7.3.7": "IPsec"}
HEAD = """# What became of some roots

Written by `tools/root_histories.py` from every root list of the test corpus, {lists} lists of {first} to {last}; do not edit.
`tests/cli/test_root_histories.py` compares it, and checks what Microsoft's own notices say of these roots. A row holds
from its day on, so the row above it is the day before. A root is looked at as the only one in LocalMachine `AuthRoot`,
Windows 10 or later, with the newest list of the day in force; `status: code` is the verdict and the
[reason](trust.md) that decided it. A day without a list change is a date that came due.
"""


def purposes_of(sha1):
    return PURPOSES + list(ROOTS[sha1][2:])


def run(program, *args):
    done = subprocess.run([program, *map(str, args), "--format", "json"], capture_output=True, check=True)
    return json.loads(done.stdout)


def store_of_roots(corpus):
    """A serialized store of the roots."""
    found = {}
    for path in sorted(corpus.glob("crt/*/*.crt")):
        if path.stem.lower() in ROOTS:
            der = path.read_bytes()
            der = base64.b64decode(der.split(b"-----")[2]) if der.startswith(b"-----") else der
            found[hashlib.sha1(der).hexdigest()] = der
    assert set(found) == set(ROOTS), "a root is not in the corpus"
    return b"\0\0\0\0CERT" + b"".join(struct.pack("<III", 32, 1, len(d)) + d for d in found.values()) + bytes(12)


def lists_of(program, corpus):
    """[(this update, path)] of every root list, oldest first, one of each issue."""
    paths = sorted(corpus.glob("stl/*/*authroot*.stl"))
    files = run(program, "inspect", *paths)["files"]
    return sorted({f["detail"]["this_update"]: p for f, p in zip(files, paths)}.items())


def days_of(report):
    """Every date that the list names for these roots, and the ends of their validity, each as the second in which
    it shows."""
    days = set()
    for c in report["certificates"]:
        end = datetime.datetime.fromisoformat(c["not_after"].rstrip("Z")) + datetime.timedelta(seconds=1)
        days.add(end.isoformat() + "Z")
        days |= {c.get("program", {}).get(name, "") for name in ("disabled_from", "not_before_from")}
    return days - {""}


def value(name, program):
    if name not in program:
        return "absent"
    held = program[name]
    if isinstance(held, list):
        return " ".join(sorted({SHORT.get(oid, oid) for oid in held})) or "none"  # their order varies
    return held[:10] or "empty"


def said(program, before):
    """What the entry says now that it did not say before; None: it said nothing new."""
    if program is None:
        return "gone from the list" if before else None
    news = [f"{number} {value(name, program)}" for name, number in PROPERTIES
            if value(name, program) != value(name, before or {})]
    if before is None:
        return "listed" + (": " + "; ".join(news) if news else "")
    return "; ".join(news) or None


def histories(program, corpus):
    """({SHA-1: rows}, dates of the lists)"""
    lists = lists_of(program, corpus)
    rows, last = {sha1: [] for sha1 in ROOTS}, {sha1: (None, None) for sha1 in ROOTS}
    with tempfile.TemporaryDirectory() as folder:
        roots = pathlib.Path(folder) / "roots.sst"
        roots.write_bytes(store_of_roots(corpus))

        def look(path, day):
            return run(program, "analyze", "--store", f"LM/AuthRoot={roots}", "--ctl", path, "--as-of", day,
                       "--allow-unverified-lists")

        for i, (issued, path) in enumerate(lists):
            until = lists[i + 1][0] if i + 1 < len(lists) else "9999"
            report = look(path, issued)
            note(rows, last, report, issued, issued)
            for day in sorted(d for d in days_of(report) if issued < d < until):
                note(rows, last, look(path, day), issued, day)
    return rows, [issued for issued, _ in lists]


def note(rows, last, report, issued, day):
    for c in report["certificates"]:
        before, verdicts_before = last[c["sha1"]]
        program = c.get("program")
        if program is None and before is None:
            continue
        verdicts = [f"{t['status']}: {t['reasons'][0]['code']}" for p in purposes_of(c["sha1"])
                    for t in c["trust"] if t["purpose"] == p and t["scope"] == "machine"]
        news = said(program, before)
        if news or verdicts != verdicts_before:
            rows[c["sha1"]].append([day[:10], issued[:10], news or "", *verdicts])
        last[c["sha1"]] = program, verdicts


def page(program, corpus):
    rows, issued = histories(program, corpus)
    out = [HEAD.format(lists=len(issued), first=issued[0][:10], last=issued[-1][:10])]
    for sha1, (title, why, *_) in ROOTS.items():
        purposes = purposes_of(sha1)
        out += [f"## {title}", "", f"`{sha1}`. {why}", "",
                "| From | List of | New in its entry | " + " | ".join(purposes) + " |", "|---" * (3 + len(purposes)) + "|"]
        out += ["| " + " | ".join(row) + " |" for row in rows[sha1]] + [""]
    return "\n".join(out)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(page(sys.argv[1], pathlib.Path(sys.argv[2])), end="")
