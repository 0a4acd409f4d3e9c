"""Mutants of real evidence, each read by winroots in a process of its own: does it crash, hang, swell or lie?

    tools/mutants PROGRAM [N] [SEED]      N mutants (20,000), the same for the same SEED (1) and sources
        --number I      the I-th mutant alone
        --fixtures      of the fixtures alone, also where WINROOTS_CORPUS names a corpus
        --peers         every second hive is read by hivex and reglookup too, and compared (needs libhivex-dev)
        --jobs J        so many at a time
        --keep FOLDER   where those that fail are put

Of each mutant it asks: no signal, no 5 seconds, no more memory than 4 times what was given and 64 MB, a
documented exit code, JSON or a clear error; that every certificate that is reported, and every one that meets a
requirement, has bytes of that hash in the evidence; that a certificate which was changed in every copy is gone, and
its place says so; that a list whose signature is said to hold has every byte of what was signed.  Exit 1 where
one fails."""
import argparse
import multiprocessing
import os
import pathlib
import shutil
import signal
import sys
import tempfile

sys.dont_write_bytecode = True
import evidence  # noqa: E402
import judge  # noqa: E402
import sources  # noqa: E402
from run import Runner  # noqa: E402
from work import Worker  # noqa: E402


def genuine_lists(worker, sources_of_lists):
    """{what winroots says of a list: [{name: bytes that its signature rests on}]}, of all lists and cabinets."""
    known = {}
    for source in sorted(sources_of_lists, key=lambda s: s.kind, reverse=True):  # most cabinets hold one of the lists
        files = worker.lay_out(source)
        worker.write(files)
        documents, _, _ = worker.read(source, files)
        said = [judge.facts(each) for each in judge.lists(documents.get("inspect", {"files": []}))]
        if not said or (source.kind == "cab" and said[0] in known):
            continue
        text = bytes(files[0][1]) if source.kind == "list" else next(evidence.extracted(files[0][0]), b"")
        parts = evidence.signed_parts(text)
        if parts:
            known.setdefault(said[0], []).append(
                {name: text[begin:end] for name, (begin, end) in parts.items()})
    return known


def table(outcomes):
    """Rows by kind of evidence and by kind of change."""
    head = ("", "mutants", "read", "damaged", "refused", "crashes", "hangs", "memory", "wrong", "worst s", "worst MB",
            "% bound")
    rows = []
    for of in ("kind", "change"):
        groups = {}
        for o in outcomes:
            groups.setdefault(o.kind if of == "kind" else o.recipe.change, []).append(o)
        rows += [row(name, groups[name]) for name in sorted(groups)] + [None]
    rows.append(row("all", outcomes))
    print(("%-12s" + "%9s" * 11) % head)
    for each in rows:
        print(("%-12s" + "%9s" * 11) % each if each else "")


COSTS = ("ended by", "hang", "memory")


def row(name, some):
    def count(word):
        return sum(any(f": {word}" in said for said in o.wrong) for o in some)

    def lies(outcome):
        return any(not any(f": {word}" in said for word in COSTS) for said in outcome.wrong)

    done = [(d, o.size) for o in some for d in o.done.values()]
    return (name, len(some), *(sum(o.state == s for o in some) for s in ("read", "damaged", "refused")),
            *map(count, COSTS), sum(map(lies, some)), f"{max(d.wall for d, _ in done):.2f}",
            f"{max(d.memory for d, _ in done) / (1 << 20):.1f}",
            f"{max(100 * d.memory / judge.bound(s) for d, s in done):.1f}")


def run(args, runners, everything, corpus, folder):
    peers = None
    if args.peers:
        import peers as readers
        peers = readers.Peers(args.program, folder)
    rich = sources.rich(corpus) if corpus else set()
    weighted = [(source, sources.weight(source, rich, corpus)) for source in everything]
    first = Worker(runners[0], args.program, folder / "first", weighted, {}, args.seed)
    lists = [s for s in everything if s.kind in ("list", "cab")]
    genuine = genuine_lists(first, lists)
    numbers, results = multiprocessing.Queue(), multiprocessing.Queue()
    for number in [args.number] if args.number is not None else range(args.mutants):
        numbers.put(number)
    workers = [Worker(runner, args.program, folder / str(job), weighted, genuine, args.seed, peers)
               for job, runner in enumerate(runners)]
    for _ in workers:
        numbers.put(None)
    processes = [multiprocessing.Process(target=w.loop, args=(numbers, results), daemon=True) for w in workers]
    for process in processes:
        process.start()
    outcomes, ended = [], 0
    while ended < len(workers):
        outcome = results.get()
        if isinstance(outcome, str):
            sys.exit(outcome)
        ended += outcome is None
        if outcome:
            outcomes.append(outcome)
            if len(outcomes) % 1000 == 0:
                print(f"mutants: {len(outcomes)} of {args.mutants}", file=sys.stderr, flush=True)
            if outcome.wrong:
                print(f"{outcome.recipe}: {len(outcome.wrong)} wrong: {'; '.join(outcome.wrong[:3])}",
                      flush=True)
    return sorted(outcomes, key=lambda o: o.recipe.number), peers


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda path: os.path.abspath(path))
    parser.add_argument("mutants", type=int, nargs="?", default=20000)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--number", type=int)
    parser.add_argument("--fixtures", action="store_true")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=pathlib.Path, default=sources.TOP / "build/mutants")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the folder in memory goes
    runners = [Runner() for _ in range(args.jobs)]  # while this process is small
    corpus = None if args.fixtures else os.environ.get("WINROOTS_CORPUS")
    corpus = pathlib.Path(corpus) if corpus else None
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="winroots-mutants-", dir=memory) as folder:
        folder = pathlib.Path(folder)
        fixtures = sources.TOP / "fixtures"
        everything = sources.of_fixtures(fixtures, folder / "archives")
        if corpus:
            everything += sources.of_corpus(corpus, fixtures, folder / "archives")
        outcomes, peers = run(args, runners, everything, corpus, folder)
        if (folder / "found").exists():
            shutil.copytree(folder / "found", args.keep, dirs_exist_ok=True)
            print(f"those that failed are in {args.keep}")
    table(outcomes)
    taken = len({o.recipe.source for o in outcomes})
    seconds = sum(done.cpu for o in outcomes for done in o.done.values())
    print(f"{len(outcomes)} mutants of {taken} of {len(everything)} sources, seed {args.seed}; "
          f"{seconds:.0f} s of the processor in winroots")
    bad = any(o.wrong for o in outcomes)
    if peers:
        bad |= peers.report([o for o in outcomes if o.different])
    return 1 if bad or len(outcomes) != (1 if args.number is not None else args.mutants) else 0


if __name__ == "__main__":
    sys.exit(main())
