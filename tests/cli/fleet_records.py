"""fleet_records.py - records of hosts that never were: reports of a fixture with other names and certificates."""
import copy
import hashlib
import json
import random

from harness import FIXTURES, analyze


def dump(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def report(*args):
    """The report of fixtures/demo."""
    _, found, _ = analyze(FIXTURES / "demo/SOFTWARE", "--require", FIXTURES / "demo/profile.json", "--as-of",
                          "2026-11-22", *args)
    found["on_demand"] = []
    return found


def record(name, found, observed="2026-11-01T00:00:00Z", **more):
    return {"schema": "winroots.host/1", "tool": {"name": "winroots", "version": "0.1.0"},
            "host": {"key": f"computer_name:{name.lower()}", "name": name}, "observed": observed,
            "evidence": {"path": f"hosts/{name}", "id": hashlib.sha256(name.encode()).hexdigest(), "host": 1, "hosts": 1},
            "status": "ok", "report": found, **more}


def certificate(like, number):
    """Another root than `like`, in the same place."""
    chance = random.Random(number)
    made = copy.deepcopy(like)
    made |= {"sha256": f"{chance.getrandbits(256):064x}", "sha1": f"{chance.getrandbits(160):040x}",
             "subject": f"CN=Made root {number}"}
    return made


def lines(*records):
    return "".join(dump(r) + "\n" for r in records).encode()
