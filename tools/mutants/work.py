"""work.py - one mutant after another: made, read, judged."""
import collections
import json
import pathlib
import random
import shutil
import traceback

import changes
import evidence
import judge
import sources
from run import HANG

Recipe = collections.namedtuple("Recipe", "number source change said")
Outcome = collections.namedtuple("Outcome", "recipe kind wrong state done size different")


class Known:
    """What was found in a source before anything was changed."""

    def __init__(self, documents, files):
        data = [bytes(content) for _, content in files]
        claims = [c for c in judge.inspected(documents["inspect"])] if "inspect" in documents else []
        self.analyzed = {c[1] for c in judge.analyzed(documents["analyze"])} if "analyze" in documents else set()
        wanted = {c[1] for c in claims} | self.analyzed
        self.ders, self.hot = {}, []
        for text in data:
            here = []
            for begin, end in evidence.spans(text):
                digest = evidence.sha1(text[begin:end])
                if digest in wanted:
                    self.ders[digest] = text[begin:end]
                    here.append((begin, end))
            self.hot.append(here)
        self.met = sorted({d for d, _ in judge.passes(documents["analyze"])} if "analyze" in documents else ())
        self.places = collections.defaultdict(list)
        for place, digest, _ in claims:
            self.places[digest].append(place)
        self.parts = evidence.signed_parts(data[0]) if data[0][:1] == b"\x30" else None


class Worker:
    def __init__(self, runner, program, folder, weighted, genuine, seed, peers=None):
        self.runner, self.program, self.folder, self.seed, self.peers = runner, program, folder, seed, peers
        self.genuine, self.known = genuine, {}
        self.by_kind, self.weights = collections.defaultdict(list), collections.defaultdict(list)
        for source, weight in weighted:
            self.by_kind[source.kind].append(source)
            self.weights[source.kind].append(weight)
        folder.mkdir(parents=True, exist_ok=True)

    def commands(self, source, paths, rng=None):
        json_ = ["--format", "json"]
        more = ["--recover"] if source.kind == "hive" and rng and rng.random() < 0.25 else []
        entries = ["--entries"] if source.kind in ("list", "cab") else []
        profile = self.folder / "profile.json"
        ask = ["--require", profile] if profile.exists() else []
        if source.kind == "profile":
            host = source.host
            given = [f"LM/Root={host}"] if host.suffix == ".sst" else [host]
            return {"profile": ["profile", "lint", paths[0], *json_],
                    "analyze": ["analyze", *(["--store"] if host.suffix == ".sst" else []), *given, "--require",
                                paths[0], *json_]}
        inspect = ["inspect", paths[0], *json_, *more, *entries]
        if source.kind == "store" and not evidence.is_reg(source.files[0].read_bytes()):
            return {"inspect": inspect, "analyze": ["analyze", "--store", f"LM/Root={paths[0]}", *ask, *json_]}
        return {"inspect": inspect, "analyze": ["analyze", paths[0], *json_, *more, *ask]}

    def read(self, source, files, rng=None):
        """({command: document}, {command: Done}, what is wrong)"""
        size = sum(len(data) for _, data in files)
        if source.kind == "profile":
            size += source.host.stat().st_size
        codes = judge.CODES_OF_OPTIONS if source.kind in ("profile", "store") else judge.CODES
        documents, every, wrong = {}, {}, []
        out, err = self.folder / "out", self.folder / "err"
        for command, words in self.commands(source, [path for path, _ in files], rng).items():
            done = self.runner([self.program, *words], str(out), str(err))
            if done.wall > HANG >= done.cpu and not done.signal:  # the machine was busy?
                done = self.runner([self.program, *words], str(out), str(err))
            every[command] = done
            wrong += judge.cost(command, done, size)
            if not done.signal:
                document, faults = judge.answer(command, done, out.read_bytes(), err.read_bytes(), codes)
                wrong += faults
                if document is not None:
                    documents[command] = document
        return documents, every, wrong

    def lay_out(self, source):
        """The files of a source in a folder of their own: [(path, bytearray)]."""
        place = self.folder / "case"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        return [(str(place / path.name), bytearray(path.read_bytes())) for path in source.files]

    def write(self, files):
        for path, data in files:
            pathlib.Path(path).write_bytes(data)

    def ask_for(self, ders):
        """A profile that requires some certificates of the source, so that there are verdicts to be kept wrongly."""
        path = self.folder / "profile.json"
        path.unlink(missing_ok=True)
        if not ders:
            return
        some = sorted(ders)[:8]
        items = ",".join(f'{{"id":"c{i}","kind":"certificate-present","severity":"required","store":"Root",'
                         f'"certificate":"c{i}","purposes":["server_auth"],"accept_expired":true,"basis":"inferred",'
                         f'"source":["s"]}}' for i in range(len(some)))
        named = ",".join(f'"c{i}":{{"sha1":"{d}","sha256":"{evidence.sha256(ders[d])}"}}' for i, d in enumerate(some))
        path.write_text('{"schema":"winroots.profile/1","id":"mutants","title":"Mutants","version":"1",'
                        '"sources":[{"id":"s","uri":"https://example.org/","completeness":"complete"}],'
                        f'"certificates":{{{named}}},"requirements":[{items}]}}')

    def knows(self, source):
        """What there is in a source, and the profile that asks for it."""
        files = self.lay_out(source)
        self.write(files)
        key = source.files[0]
        if key not in self.known:
            (self.folder / "profile.json").unlink(missing_ok=True)
            documents, _, wrong = self.read(source, files)
            if wrong:
                raise AssertionError(f"{key}, unchanged: {wrong}")
            self.known[key] = Known(documents, files)
        known = self.known[key]
        self.ask_for(known.ders)
        return files, known

    def change(self, rng, source, files, known):
        """(kind of change, what was done, what is expected)"""
        whole = [data for _, data in files]
        often = changes.OFTEN_IN_TEXT if source.kind == "profile" else changes.OFTEN
        named = known.met if source.kind == "profile" else known.ders
        usual = {k: n for k, n in often.items()
                 if (k != "certificate" or named) and (k != "signed part" or known.parts)}
        while True:
            kind = rng.choices(list(usual), list(usual.values()))[0]
            if kind == "certificate" and source.kind == "profile":
                return kind, self.ask_for_another(rng, files[0][1], rng.choice(known.met)), None
            if kind == "certificate":
                old = known.ders[rng.choice(sorted(known.ders))]
                new = changes.damaged(rng, old)
                count = changes.replace_everywhere(whole, old, new)
                return kind, f"{evidence.sha1(old)} becomes {evidence.sha1(new)}, {count} times", (old, new)
            which = rng.choices(range(len(whole)), [2] + [1] * (len(whole) - 1))[0]
            data = whole[which]
            if kind == "signed part":
                name = rng.choice(sorted(known.parts))
                begin, end = known.parts[name]
                data[begin:end] = changes.damaged(rng, data[begin:end])
                return kind, f"{name}, 0x{begin:x} to 0x{end:x}", None
            if not data:
                continue
            if kind == "splice":
                other = rng.choice(self.by_kind[source.kind]).files[0]
                if not other.stat().st_size:
                    continue
                return kind, f"{changes.splice(rng, data, other.read_bytes())} of {other.name}", None
            times = rng.choice((1, 1, 2, 4)) if kind in changes.SEVERAL else 1
            said = [changes.CHANGES[kind](rng, data, known.hot[which]) for _ in range(times) if data]
            if any(said):
                return kind, f"{source.files[which].name}: " + "; ".join(filter(None, said)), None

    @staticmethod
    def ask_for_another(rng, profile, digest):
        """Every hash of one certificate that is there becomes that of none."""
        inside = json.loads(profile)
        said = []
        for one in inside.get("certificates", {}).values():
            if digest.removeprefix("sha1:") in (one.get("sha256"), one.get("sha1")):
                for name in ("sha1", "sha256"):
                    if name in one:
                        one[name] = changes.digits(rng, one[name])
                        said.append(f"{name} {one[name]}")
        profile[:] = json.dumps(inside, indent=2).encode()
        return f"{digest}: now {', '.join(said)}"

    def one(self, number):
        rng = random.Random(f"{self.seed}/{number}")
        kind = rng.choices(list(sources.KINDS), list(sources.KINDS.values()))[0]
        source = rng.choices(self.by_kind[kind], self.weights[kind])[0]
        files, known = self.knows(source)
        changed, said, expected = self.change(rng, source, files, known)
        self.write(files)
        documents, done, wrong = self.read(source, files, rng)
        stands = evidence.Evidence(kind, [(path, bytes(data)) for path, data in files])
        if kind == "profile":
            stands = evidence.Evidence("hive", [(str(source.host), source.host.read_bytes())])
            wrong += judge.of_profile(documents["analyze"], files[0][1]) if "analyze" in documents else []
        if expected:
            old, new = expected
            digest = evidence.sha1(old)
            wrong += judge.silent(documents, old, new, known.places[digest], digest in known.analyzed)
            if kind == "hive" and "analyze" in documents:
                wrong += judge.mismatched(documents["analyze"], new)
        wrong += judge.unfounded(documents, stands)
        wrong += judge.believed(documents, stands, self.genuine)
        size = sum(len(data) for _, data in files)
        different = None
        if self.peers and kind == "hive" and number % 2 == 0 and len(files[0][1]) <= self.peers.most:
            different = self.peers.compare(self.runner, self.folder, files[0][0], str(source.files[0]))
        state = judge.state(documents, done)
        return Outcome(Recipe(number, str(source.files[0]), changed, said), kind, wrong, state, done, size, different)

    def loop(self, numbers, results):
        """Until there are no more numbers; a fault of this program is a result, too."""
        try:
            for number in iter(numbers.get, None):
                outcome = self.one(number)
                if outcome.wrong or (outcome.different and outcome.different.failures):
                    self.keep(outcome)
                results.put(outcome)
            results.put(None)
        except BaseException:
            results.put(f"mutant {number}\n{traceback.format_exc()}")
            raise

    def keep(self, outcome):
        """The files of a mutant that failed, to be looked at; its number makes it again."""
        place = self.folder.parent / f"found/{self.seed}-{outcome.recipe.number}"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.folder / "case", place)
        differing = outcome.different.failures if outcome.different else []
        (place / "recipe.txt").write_text("\n".join([str(outcome.recipe), *outcome.wrong, *differing, ""]))
        if (self.folder / "profile.json").exists():
            shutil.copyfile(self.folder / "profile.json", place / "profile.json")
