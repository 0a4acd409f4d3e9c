#!/usr/bin/env python3
"""A fleet that never was, and what is to be found in it:  tools/fleet_hosts.py COUNT CORPUS DEST

Writes DEST/hosts/NNNNN/{SOFTWARE,SYSTEM}, DEST/list.txt (the hosts), DEST/profile.json, DEST/supply/ and
DEST/expected.json.  The roots are Microsoft's, from CORPUS/crt; the same COUNT and CORPUS give the same bytes.

    clusters      three kinds of host: plain; with a company's root; and one where X stands in AuthRoot alone
    missing       one host in thirty lacks some of the roots X, Y and Z that the profile asks for
    rogue         twelve roots that somebody made, each on one or two hosts
    bundles       the fewest that fix everybody, found here by trying all ways
    unread        one host in a thousand is a file of garbage

A hive is built once for each kind of host, and a host's own names are written over the placeholders in it: a host costs
what writing 25 kB costs."""
import datetime
import hashlib
import itertools
import json
import pathlib
import random
import sys
import warnings

from cryptography import x509

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "fixtures/recipes"))
import demo  # noqa: E402
import pki  # noqa: E402
import regf  # noqa: E402

GUID, NAME = "00000000-0000-4000-8000-000000000000", "HOST-00000"
COMMON = 6  # roots that every host has, beside X, Y and Z
INSTALLED = datetime.datetime(2025, 3, 4, 9, 30)
ROGUE_WRITTEN = datetime.datetime(2026, 10, 31, 3, 33)
PLAIN, COMPANY, AUTHROOT = "plain", "company", "authroot"


def root(name):
    return pki.certificate(name, name, key_of="fleet", issuer_key="fleet", ca=True)


def real_roots(corpus):
    """(X, Y, Z), then the common ones: roots of today that are small and last long."""
    chosen = []
    warnings.simplefilter("ignore")  # real certificates have real oddities
    for path in sorted(pathlib.Path(corpus, "crt").rglob("*.crt")):
        der = path.read_bytes()
        try:
            parsed = x509.load_der_x509_certificate(der)
        except ValueError:
            continue
        if parsed.not_valid_after.year >= 2035 and parsed.issuer == parsed.subject and len(der) < 1000:
            chosen.append((hashlib.sha256(der).hexdigest(), der))
    chosen = [der for _, der in sorted(set(chosen))]
    assert len(chosen) >= 3 + COMMON, "the corpus has too few roots"
    return chosen[:3], chosen[3:3 + COMMON]


def software(stores):
    """`stores`: name -> [(DER, time)]."""
    def elements(certificates):
        return {"subkeys": {"Certificates": {"subkeys": {
            demo.sha1(der): {"values": {"Blob": demo.blob(der)}, "last_write": when} for der, when in certificates}}}}
    return regf.hive({"subkeys": {"Microsoft": {"subkeys": {
        "Cryptography": {"values": {"MachineGuid": GUID}},
        "SystemCertificates": {"subkeys": {name: elements(c) for name, c in stores.items()}},
        "Windows NT": {"subkeys": {"CurrentVersion": {"values": {
            "ProductName": "Windows 10 Pro", "CurrentBuildNumber": "19045", "CurrentVersion": "6.3",
            "CurrentMajorVersionNumber": 10, "CurrentMinorVersionNumber": 0}}}}}}}}, tight=True)


def system():
    return regf.hive({"subkeys": {"ControlSet001": {"subkeys": {"Control": {"subkeys": {"ComputerName": {"subkeys": {
        "ComputerName": {"values": {"ComputerName": NAME}}}}}}}}, "Select": {"values": {"Current": 1}}}},
        name="SYSTEM", tight=True)


def profile(wanted):
    return {"schema": "winroots.profile/1", "id": "fleet-test", "title": "Fleet test",
            "product": {"vendor": "Example", "name": "Fleet test", "versions": "1"}, "version": "1",
            "sources": [{"id": "made", "uri": "https://example.org/fleet", "completeness": "complete"}],
            "certificates": {k: {"sha256": hashlib.sha256(der).hexdigest(), "sha1": hashlib.sha1(der).hexdigest()}
                             for k, der in zip("xyz", wanted)},
            "requirements": [{"id": f"root-{k}", "kind": "certificate-present", "severity": "required", "store": "Root",
                              "certificate": k, "purposes": ["server_auth"], "basis": "inferred", "source": ["made"]}
                             for k in "xyz"]}


def fewest(classes):
    """The least number of bundles: classes are (needs, in place), and a bundle is run where all of it is one of them."""
    classes = sorted(classes)

    def sound(group):
        union = frozenset().union(*(needs for needs, _ in group))
        return all(union <= needs | have for needs, have in group)

    def partitions(rest):
        if not rest:
            yield []
            return
        first, others = rest[0], rest[1:]
        for smaller in partitions(others):
            for n, group in enumerate(smaller):
                if sound(group + [first]):
                    yield smaller[:n] + [group + [first]] + smaller[n + 1:]
            yield [[first]] + smaller
    return min((len(p) for p in partitions(classes)), default=0)


def main():
    count, corpus, dest = int(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    chance = random.Random(f"fleet {count}")
    wanted, common = real_roots(corpus)
    company = root("Example Company Root")
    rogues = [root(f"Rogue Root {n:02}") for n in range(12)]
    numbers = list(range(count))
    rogue_of = {}
    for n, rogue in enumerate(rogues):
        for host in chance.sample([h for h in numbers if h not in rogue_of], 1 + n % 2):
            rogue_of[host] = n
    subsets = [frozenset(s) for n in (1, 2) for s in itertools.combinations("xyz", n)]
    made, hosts, classes = {}, {}, set()
    (dest / "supply").mkdir(parents=True)
    for k, der in zip("xyz", wanted):
        (dest / "supply" / f"{k}.cer").write_bytes(der)
    (dest / "profile.json").write_text(json.dumps(profile(wanted), indent=1))
    plain_system = system()
    for h in numbers:
        kind = chance.choices([PLAIN, COMPANY, AUTHROOT], [70, 20, 10])[0]
        missing = chance.choice(subsets) if chance.random() < 1 / 30 else frozenset()
        if kind == AUTHROOT:
            missing -= {"x"}
        unread = chance.random() < 1 / 1000 and h not in rogue_of
        name = f"HOST-{h:05}"
        folder = dest / "hosts" / f"{h:05}"
        folder.mkdir(parents=True)
        if unread:
            (folder / "SOFTWARE").write_bytes(b"regf" + chance.randbytes(2000))
            hosts[name] = {"unread": True, "path": str(folder)}
            continue
        variant = (kind, missing, rogue_of.get(h))
        if variant not in made:
            there = {k: der for k, der in zip("xyz", wanted) if k not in missing}
            stores = {"ROOT": [(der, INSTALLED) for der in common], "AuthRoot": []}
            for k, der in there.items():
                stores["AuthRoot" if kind == AUTHROOT and k == "x" else "ROOT"].append((der, INSTALLED))
            if kind == COMPANY:
                stores["ROOT"].append((company, INSTALLED))
            if variant[2] is not None:
                stores["ROOT"].append((rogues[variant[2]], ROGUE_WRITTEN))
            made[variant] = software(stores)
        hive = made[variant].replace(GUID.encode("utf-16-le"), f"{h:08x}-0000-4000-8000-000000000000".encode("utf-16-le"))
        (folder / "SOFTWARE").write_bytes(hive)
        (folder / "SYSTEM").write_bytes(plain_system.replace(NAME.encode("utf-16-le"), name.encode("utf-16-le")))
        hosts[name] = {"kind": kind, "missing": sorted(missing), "rogue": rogue_of.get(h)}
        if missing:
            in_root = {"x", "y", "z"} - missing - ({"x"} if kind == AUTHROOT else set())
            classes.add((missing, frozenset(in_root)))
    (dest / "list.txt").write_text("".join(f"{dest}/hosts/{h:05}\n" for h in numbers))
    (dest / "expected.json").write_text(json.dumps({
        "hosts": hosts, "rogues": [demo.sha1(r).lower() for r in rogues],
        "required": {k: demo.sha1(der).lower() for k, der in zip("xyz", wanted)},
        "bundles": fewest(classes)}, indent=1))
    print(f"{count} hosts of {len(made)} kinds, {sum(bool(h.get('missing')) for h in hosts.values())} of them lack a root")


if __name__ == "__main__":
    main()
