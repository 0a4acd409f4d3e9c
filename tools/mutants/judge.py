"""judge.py - what winroots says of a mutant, held against what stands in it."""
import json

import evidence
from run import HANG

MEMORY, TIMES = 64 << 20, 4
CODES = {"inspect": (0, 3, 4), "analyze": (0, 1, 3, 4), "profile": (0, 1, 2)}
CODES_OF_OPTIONS = {**CODES, "analyze": (0, 1, 2, 3, 4)}  # 2: an option names a file that is none of its kind
# What a status says of a list: its signature holds, by a genuine signer or by one whose own certificate may be wrong.
SIGNED = {"valid": ("content", "signed attributes", "signature", "signer's certificate"),
          "untrusted_chain": ("content", "signed attributes", "signature")}
PRESENT = ("certificate-present", "chain-usable")


def hosts(report):
    return report if isinstance(report, list) else [report]


def inspected(report):
    """(place, SHA-1, SHA-256 or None) of each element that `inspect` shows."""
    for file in report["files"]:
        detail = file["detail"]
        for kind in ("certificates", "crls", "ctls", "items"):
            for i, item in enumerate(detail.get(kind) if isinstance(detail.get(kind), list) else ()):
                yield item.get("key_path", f"{kind} {i}"), item["sha1"], item.get("sha256")
        if file["kind"] == "certificate" and "sha1" in detail:
            yield "file", detail["sha1"], detail["sha256"]


def analyzed(report):
    for host in hosts(report):
        for one in host["certificates"]:
            yield [i.get("source") for i in one["instances"]], one["sha1"], one.get("sha256")


def lists(report):
    if "files" in report:
        return [file["detail"] for file in report["files"] if "signature" in file["detail"]]
    return [each for host in hosts(report) for each in host["lists"]]


def passes(report):
    """(certificate, id) of each requirement that a certificate meets."""
    for host in hosts(report):
        for profile in host["requirements"]:
            for item in profile["items"]:
                if item["result"] == "PASS" and item["kind"] in PRESENT and "certificate" in item:
                    yield item["certificate"], item["id"]


def diagnostics(report):
    if "files" in report:
        return [d for file in report["files"] for d in file["diagnostics"]]
    return [d for host in hosts(report) for d in host["diagnostics"]]


def facts(signed_list):
    return signed_list["kind"], signed_list.get("sequence"), signed_list.get("this_update"), signed_list["entries"]


def bound(size):
    return TIMES * size + MEMORY


def cost(command, done, size):
    """What went wrong that has nothing to do with the answer."""
    if done.signal:
        yield f"{command}: ended by signal {done.signal} after {done.wall:.1f} s"
    if done.cpu > HANG or done.wall > HANG:
        yield f"{command}: hang: {done.wall:.1f} s, {done.cpu:.1f} s of the processor"
    if done.memory > bound(size):
        yield f"{command}: memory: {done.memory} bytes of {size} given"


def exit_code(report):
    """What the requirements of a report come to."""
    results = {item["result"] for host in hosts(report) for profile in host["requirements"]
               for item in profile["items"] if item["severity"] == "required" and "parent" not in item}
    return 1 if "FAIL" in results else 4 if results & {"UNKNOWN", "ERROR"} else 0


def answer(command, done, out, err, codes):
    """(document or None, what is wrong with it)"""
    if done.code not in codes[command]:
        return None, [f"{command}: exit code {done.code}: {err[:200]!r}"]
    if not out:
        clear = done.code in (2, 3) and err.startswith(b"winroots: ")
        return None, [] if clear else [f"{command}: exit code {done.code}, no answer, and said: {err[:200]!r}"]
    try:
        document = json.loads(out.decode("utf-8"))
    except ValueError as error:
        return None, [f"{command}: no JSON: {error}"]
    if command == "analyze" and exit_code(document) != done.code:
        return document, [f"analyze: exit code {done.code}, its requirements say {exit_code(document)}"]
    return document, []


def unfounded(documents, stands):
    """Certificates that are said to be there and are not, and requirements met by one."""
    for command, document in documents.items():
        if command == "profile":
            continue
        claims = inspected(document) if command == "inspect" else analyzed(document)
        for place, *digests in claims:
            for digest in filter(None, digests):
                if not stands.holds_hash(digest):
                    yield f"{command}: {digest} at {place}: no bytes of the evidence have that hash"
        for digest, name in passes(document) if command == "analyze" else ():
            if not stands.holds_hash(digest.removeprefix("sha1:")):
                yield f"analyze: requirement {name} met by {digest}, which is not in the evidence"


def believed(documents, stands, genuine):
    """Lists whose signature is said to hold though a byte of what it is over was changed."""
    for command, document in documents.items():
        for each in lists(document) if command in ("inspect", "analyze") else ():
            if each["signature"]["status"] not in SIGNED:
                continue
            status, known = each["signature"]["status"], genuine.get(facts(each), [])
            if not any(all(stands.holds(part) for name, part in parts.items() if name in SIGNED[status])
                       for parts in known):
                yield f"{command}: list {facts(each)} is {status}, no genuine list of {len(known)} stands whole"


def silent(documents, old, new, places, was_analyzed):
    """A certificate was changed in every copy: its old hash is gone, and each place of it says what is there now."""
    olds, now = {evidence.sha1(old), evidence.sha256(old)}, evidence.sha1(new)
    for command, document in documents.items():
        claims = list(inspected(document) if command == "inspect" else analyzed(document))
        for place, *digests in claims:
            if olds & set(digests):
                yield f"{command}: {place} keeps the old hash {digests[0]}"
        if command == "analyze" and any(d.removeprefix("sha1:") in olds for d, _ in passes(document)):
            yield "analyze: a requirement is met by the certificate that was there before"
        if diagnostics(document):
            continue
        if command == "inspect":
            there = {place: digest for place, digest, _ in claims}
            for place in places:
                if there.get(place) != now:
                    yield f"inspect: {place} says {there.get(place)}, not {now}, and nothing else"
        elif was_analyzed and now not in (digest for _, digest, _ in claims):
            yield f"analyze: {now} is not reported, nor any damage"


def mismatched(document, new):
    """Below the old name of its key, the changed certificate must be told as one that is not what the name says."""
    for host in hosts(document):
        for one in host["certificates"]:
            if one["sha1"] != evidence.sha1(new):
                continue
            about = [f for f in host["findings"] if f.get("certificate") == one.get("sha256")]
            if not about and not any(i.get("name_mismatch") for i in one["instances"]):
                yield f"analyze: {one['sha1']} stands under another name, and no finding says so"


def of_profile(document, profile):
    """Of a changed profile, what is met is what it now asks for."""
    said = profile.lower()
    sha1_of = {one.get("sha256"): one["sha1"] for host in hosts(document) for one in host["certificates"]}
    for digest, name in passes(document):
        asked = digest.removeprefix("sha1:"), sha1_of.get(digest, digest)
        if not any(d.encode() in said for d in asked):
            yield f"analyze: requirement {name} met by {digest}, which the profile does not name"


def state(documents, done):
    """read, damaged (read, with diagnostics) or refused."""
    document = documents.get("inspect") or documents.get("analyze")
    codes = {d.code for d in done.values()}
    if codes & {2, 3} or document is None:
        return "refused"
    return "damaged" if any(d["severity"] != "note" for d in diagnostics(document)) else "read"
