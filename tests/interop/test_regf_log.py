#!/usr/bin/env python3
"""The recipe that writes our logs writes what Windows wrote: it rebuilds each entry of the corpus' logs, and
the header of a log from the hive beside it, byte for byte.  Without a corpus, only that the committed
fixtures are what the recipe gives.

    test_regf_log.py WINROOTS FIXTURES"""
import os
import pathlib
import sys
import tempfile

fixtures = pathlib.Path(sys.argv[2])
sys.dont_write_bytecode = True
sys.path.insert(0, str(fixtures / "recipes"))
import regf_log  # noqa: E402


def committed_fixtures_differ():
    with tempfile.TemporaryDirectory() as folder:
        made = pathlib.Path(folder)
        regf_log.main(made)
        names = [f.relative_to(made) for f in made.rglob("*") if f.is_file()]
        return [str(n) for n in names if (made / n).read_bytes() != (fixtures / n).read_bytes()]


def headers_differ(corpus):
    hive = corpus / "hive/yarp/hives_for_tests_NewDirtyHive1_NewDirtyHive"
    logs = {2: hive.with_name(hive.name + ".LOG1"), 3: hive.with_name(hive.name + ".LOG2")}
    return [str(log) for sequence, log in logs.items()
            if regf_log.header(hive.read_bytes(), sequence, 6) != log.read_bytes()[:512]]


def main():
    bad = committed_fixtures_differ()
    corpus = os.environ.get("WINROOTS_CORPUS")
    if not corpus:
        print("WINROOTS_CORPUS is not set: no real log was rebuilt")
    else:
        bad += headers_differ(pathlib.Path(corpus))
        logs = [f for f in sorted(pathlib.Path(corpus, "hive").rglob("*"))
                if f.suffix.lower() in (".log", ".log1", ".log2")]
        if regf_log.check(logs):
            bad.append("entries of real logs")
    print("\n".join(f"{b}: not as the recipe writes it" for b in bad) or "all as the recipe writes it")
    return 1 if bad else 0


sys.exit(main())
