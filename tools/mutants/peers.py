"""peers.py - a hive read by hivex and reglookup as well: what all that answer say alike, winroots says too.

Compared are key paths, value names, types and data.  hivex gives all of them or refuses; reglookup gives what it
can, converts text in its own way and has no opinion on that data, nor on names that are not ASCII.  Where winroots
says otherwise, it must have said at that place that something is damaged, or tests/mutants/allowed.tsv must have a
row for what it said."""
import collections
import csv
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import urllib.parse

import sources

MAKE_DUMP = "tests/make_dump"
ALLOWED = sources.TOP / "tests/mutants/allowed.tsv"
LARGEST = 600_000  # bytes of a hive that is compared: reglookup takes its time
TYPES = ("NONE", "SZ", "EXPAND_SZ", "BINARY", "DWORD", "DWORD_BE", "LINK", "MULTI_SZ", "RSRC_LIST", "RSRC_DESC",
         "RSRC_REQ_LIST", "QWORD")
ONLY_TEXT = re.compile(r"While quoting value")  # of reglookup's warnings, one that loses nothing
NAMES_LOST = re.compile(r"converting (key|value) name")  # it shows the bytes instead

VALUE = re.compile(r"(.*)\|(\d+)\|([0-9a-f]{40}|unreadable)")

# One mutant: who answered ("hivex", "reglookup", and how the others ended), what differs without a reason, and how
# often each reason was met.
Comparison = collections.namedtuple("Comparison", "answers facts failures reasons")


def plain(name):
    return all(" " <= c <= "~" for c in name)


def dump_facts(text):
    """{fact: number of times} of the lines of make_dump and hivex_dump; a fact is (path, value, type, SHA-1), a key
    has None for the last three.  Names may hold the bar; the values of a key stand behind it."""
    facts, path = collections.Counter(), ""
    for line in text.split("\n")[:-1]:
        value = VALUE.fullmatch(line, len(path) + 1) if line.startswith(f"{path}|") else None
        if value:
            facts[path, value[1], int(value[2]), value[3]] += 1
        else:
            path = line  # of the root it is empty
            facts[path, None, None, None] += 1
    return facts


def unquoted(text):
    return urllib.parse.unquote_to_bytes(text)


def known_data(kind, text):
    """SHA-1 of the data, where reglookup shows all of it as it is."""
    if kind == "BINARY" and text != "(null)":
        return hashlib.sha1(unquoted(text)).hexdigest()
    if kind in ("DWORD", "QWORD") and re.fullmatch(r"0x([0-9A-F]{8}){1,2}", text):
        return hashlib.sha1(bytes.fromhex(text[2:])[::-1]).hexdigest()
    return None


def reglookup_facts(text):
    facts = collections.Counter()
    for line in text.split("\n")[1:]:
        cells = line.split(",")
        if len(cells) < 4:
            continue
        parts = [unquoted(part).decode("latin-1") for part in cells[0].split("/")[1:]]
        if cells[1] == "KEY":
            facts["\\".join(parts) if parts != [""] else "", None, None, None] += 1
        else:
            kind = TYPES.index(cells[1]) if cells[1] in TYPES else int(cells[1], 0)
            facts["\\".join(parts[:-1]), parts[-1], kind, known_data(cells[1], cells[2])] += 1
    return facts


def without_data(facts, known):
    """The same facts, the data of which is left out where `known` has no opinion on it."""
    silent = collections.Counter()
    for (path, name, kind, digest), count in known.items():
        if name is not None and digest is None:
            silent[path, name, kind] += count
    made = collections.Counter()
    for (path, name, kind, digest), count in facts.items():
        hidden = min(count, silent[path, name, kind]) if name is not None else 0
        silent[path, name, kind] -= hidden
        made[path, name, kind, None] += hidden
        made[path, name, kind, digest] += count - hidden
    return +made


def of_ascii(facts):
    return collections.Counter({f: n for f, n in facts.items() if plain(f[0]) and plain(f[1] or "")})


def ended_at_nul(facts):
    """Names as both of them give them, in strings of C."""
    cut = collections.Counter()
    for (path, name, *rest), count in facts.items():
        ended = [part.split("\u2400")[0] for part in (*path.split("\\"), name or "")]
        cut[("\\".join(ended[:-1]), ended[-1] if name is not None else None, *rest)] += count
    return cut


def differing(ours, peers):
    """(facts that all peers give and we do not, facts that we give and none of the peers)."""
    ours = ended_at_nul(ours)
    if "reglookup" not in peers:
        return set(peers["hivex"] - ours), set(ours - peers["hivex"])
    reglookup = of_ascii(peers["reglookup"])
    here = without_data(of_ascii(ours), reglookup)
    lacking, extra = reglookup - here, here - reglookup
    if "hivex" in peers:
        hivex = without_data(of_ascii(peers["hivex"]), reglookup)
        lacking &= hivex - here
        extra &= here - hivex
    return set(lacking), set(extra)


def ended(done, err):
    """What became of a reader."""
    if done.signal:
        return f"signal {done.signal}"
    if done.code:
        return "refused"
    if NAMES_LOST.search(err):
        return "names lost"
    lost = [line for line in err.splitlines() if line.startswith(("WARN", "ERROR")) and not ONLY_TEXT.search(line)]
    return "partial" if lost else "whole"


class Peers:
    most = LARGEST

    def __init__(self, program, folder):
        self.program = program
        self.make_dump = pathlib.Path(program).parent.parent / MAKE_DUMP
        self.hivex = folder / "hivex_dump"
        done = subprocess.run(["cc", "-O2", sources.TOP / "tools/mutants/hivex_dump.c", "-o", self.hivex, "-lhivex",
                               "-lcrypto"])
        if done.returncode or not self.make_dump.exists():
            sys.exit(f"mutants: no hivex_dump or {self.make_dump}: install libhivex-dev, build make_dump")
        with ALLOWED.open(newline="") as table:
            self.allowed = [(re.compile(row["file"]), re.compile(row["said"]), row["reason"])
                            for row in csv.DictReader(table, delimiter="\t")]

    def read(self, runner, folder, *argv):
        done = runner(argv, str(folder / "out"), str(folder / "err"))
        return done, *((folder / name).read_bytes().decode("utf-8", "replace") for name in ("out", "err"))

    def compare(self, runner, folder, path, source):
        answers, peers = [], {}
        for name, argv, facts in (("hivex", (self.hivex, path), dump_facts),
                                  ("reglookup", ("reglookup", path), reglookup_facts)):
            done, out, err = self.read(runner, folder, *argv)
            how = ended(done, err)
            answers.append(f"{name} {how}")
            if how in ("whole", "partial") and (name == "hivex" or out.count("\n") > 1):
                peers[name] = facts(out)
        if not peers:
            return Comparison(answers, 0, [], collections.Counter())
        done, out, err = self.read(runner, folder, self.make_dump, path)
        ours = dump_facts(out) if done.code == 0 else collections.Counter()
        unreadable = [line.split("|") for line in err.splitlines() if line.startswith("unreadable|")]
        lacking, extra = differing(ours, peers)
        if "hivex" not in peers:
            extra = set()  # reglookup leaves out what it cannot reach, without a word: it is no witness alone
        _, out, _ = self.read(runner, folder, self.program, "inspect", "--no-logs", "--format", "json", path)
        said = [d for file in json.loads(out)["files"] for d in file["diagnostics"]] if out else []
        said += [{"source": "|".join(key), "message": message} for _, *key, message in unreadable]
        failures, reasons = [], collections.Counter()
        for which, facts in (("lacking", lacking), ("extra", extra)):
            for fact in sorted(facts, key=repr):
                reason = self.reason(source, fact, said)
                if reason:
                    reasons[f"{which}: {reason}"] += 1
                else:
                    failures.append(f"{which}: {fact}, {answers}; winroots said: "
                                    + "; ".join(f"{d.get('source', '')} {d['message']}" for d in said[:4]))
        return Comparison(answers, max(sum(facts.values()) for facts in peers.values()), failures, reasons)

    def reason(self, source, fact, said):
        """Why winroots differs about a key or value: what the file is known for, or what winroots says of that key, one
        above it, or a cell."""
        for pattern, message, reason in self.allowed:
            if not pattern.search(source):
                continue
            if not message.pattern:
                return reason
            for one in said:
                place = one.get("source", "")
                here = place.startswith("0x") or fact[0].lower().startswith(place.lower())
                if here and message.search(one["message"]):
                    return reason
        return None

    def report(self, outcomes):
        """Prints what was compared; true where something differs without a reason."""
        answers, reasons = collections.Counter(), collections.Counter()
        for o in outcomes:
            answers.update(o.different.answers)
            reasons.update({r: 1 for r in o.different.reasons})
        compared = [o for o in outcomes if o.different.facts]
        print(f"{len(outcomes)} mutants of hives given to hivex and reglookup: "
              + ", ".join(f"{k} {n}" for k, n in sorted(answers.items())))
        print(f"{len(compared)} were answered, {sum(o.different.facts for o in compared)} keys and values compared; "
              f"mutants that differ with a reason:")
        for reason, count in sorted(reasons.items()):
            print(f"{count:8} {reason}")
        bad = [o for o in outcomes if o.different.failures]
        for o in bad:
            print(f"{o.recipe}: {len(o.different.failures)} differ: {o.different.failures[:3]}")
        print(f"{len(bad)} mutants differ without a reason")
        return bool(bad)
