#!/usr/bin/env python3
"""Fuzzes every target, and says what of the code that reached.

    fuzz.py run HOURS [FORMAT...]   libFuzzer for so long in all, on every core; then `small` and `coverage`
    fuzz.py afl HOURS [FORMAT...]   the same by AFL++ (afl-clang-fast), which shares the inputs
    fuzz.py small [FORMAT...]       leaves of build/fuzz/corpus what adds coverage to fixtures/fuzz
    fuzz.py coverage [FORMAT...]    replays both, and writes docs/fuzzing.tsv and the table of docs/fuzzing.md

What is found lies in build/fuzz/found; exit 1 where something is there.  An input for a test goes to
fixtures/fuzz/FORMAT, which every build replays."""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
BUILD = TOP / "build/fuzz"
CORPUS, FOUND, SEEDS = BUILD / "corpus", BUILD / "found", TOP / "fixtures/fuzz"
ROOMS = ("base", "source", "format", "evidence", "store", "trust", "require", "output")
DICTIONARIES = {"der": ("der", "x509", "pkcs7", "ctl", "learn", "pe"), "regf": ("regf", "regf_log", "regf_recover"),
                "sst": ("sst", "property", "convert"), "profile": ("profile", "lint")}
ENVIRONMENT = os.environ | {
    "ASAN_OPTIONS": "allocator_may_return_null=1", "UBSAN_OPTIONS": "print_stacktrace=1",
    "LSAN_OPTIONS": f"suppressions={TOP}/tests/images/leaks.supp:print_suppressions=0"}


def call(*command, **how):
    return subprocess.run([str(word) for word in command], cwd=TOP, check=True, **how)


def build(folder, *options, targets=()):
    call("cmake", "-G", "Ninja", "-S", TOP, "-B", folder, *options, stdout=subprocess.DEVNULL)
    call("cmake", "--build", folder, "--target", *targets)


def formats_of(names):
    known = sorted(path.stem.removeprefix("fuzz_") for path in (TOP / "tests/fuzz").glob("fuzz_*.c"))
    unknown = set(names) - set(known)
    if unknown:
        sys.exit(f"fuzz: no target {', '.join(sorted(unknown))}; there are {' '.join(known)}")
    return list(names) or known


def folders(form):
    made = CORPUS / form, FOUND / form
    for folder in made:
        folder.mkdir(parents=True, exist_ok=True)
    return made


def dictionary(form):
    """The words of its formats in one file, as both fuzzers read it."""
    names = [name for name, forms in DICTIONARIES.items() if form in forms or form == "analyze"]
    path = BUILD / f"{form}.dict"
    path.write_text("".join((TOP / f"tests/fuzz/{name}.dict").read_text() for name in names))
    return path if names else None


def in_turn(work, formats, hours):
    """Each target gets its share; as many at a time as there are cores."""
    cores = os.cpu_count() or 1
    seconds = max(1, int(float(hours) * 3600 * min(cores, len(formats)) / len(formats)))
    with concurrent.futures.ThreadPoolExecutor(cores) as pool:
        for form, said in zip(formats, pool.map(lambda form: work(form, seconds), formats)):
            print(f"{form}: {said}", flush=True)


def one_by_libfuzzer(form, seconds):
    corpus, found = folders(form)
    path = dictionary(form)
    words = [f"-dict={path}"] if path else []
    log = BUILD / f"log.{form}"
    with log.open("w") as out:
        code = subprocess.run(
            [BUILD / f"tests/fuzz_{form}", f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=2048",
             f"-artifact_prefix={found}/", "-print_final_stats=1", *words, corpus, SEEDS / form],
            cwd=BUILD, env=ENVIRONMENT, stdout=out, stderr=subprocess.STDOUT).returncode
    runs = re.search(r"number_of_executed_units: (\d+)", log.read_text(errors="replace"))
    return f"{runs[1] if runs else '?'} runs in {seconds} s, " + ("clean" if code == 0 else f"exit {code}: see {log}")


def one_by_afl(form, seconds):
    corpus, found = folders(form)
    out = BUILD / "afl" / form
    shutil.rmtree(out, ignore_errors=True)
    path = dictionary(form)
    words = ["-x", path] if path else []
    environment = ENVIRONMENT | {"ASAN_OPTIONS": "allocator_may_return_null=1:abort_on_error=1:symbolize=0", "AFL_SKIP_CPUFREQ": "1", "AFL_NO_UI": "1", "AFL_NO_AFFINITY": "1",
                                 "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1", "AFL_IGNORE_PROBLEMS": "1"}
    with (BUILD / f"log.afl.{form}").open("w") as log:
        subprocess.run(["afl-fuzz", "-i", SEEDS / form, "-o", out, "-F", corpus, "-V", str(seconds), "-m", "none",
                        "-t", "5000", *map(str, words), "--", TOP / f"build/afl/tests/fuzz_{form}"],
                       env=environment, stdout=log, stderr=subprocess.STDOUT)
    for path in (*out.glob("default/crashes/id*"), *out.glob("default/hangs/id*")):
        shutil.copy(path, found / f"{path.parent.name}-{path.name.replace(':', '-')}")
    for path in out.glob("default/queue/id*"):
        shutil.copy(path, corpus / path.name.replace(":", "-"))
    stats = out / "default/fuzzer_stats"
    runs = re.search(r"execs_done\s*: (\d+)", stats.read_text()) if stats.exists() else None
    return f"{runs[1] if runs else '?'} runs in {seconds} s by AFL++"


def make_small(formats):
    for form in formats:
        corpus, _ = folders(form)
        small = BUILD / "small" / form
        shutil.rmtree(small, ignore_errors=True)
        small.mkdir(parents=True)
        # The first folder ends up with what covers all; what stands in the fixtures is taken first.
        for path in (SEEDS / form).iterdir():
            shutil.copy(path, small / path.name)
        seeds = {path.name for path in small.iterdir()}
        call(BUILD / f"tests/fuzz_{form}", "-merge=1", "-timeout=20", small, corpus, env=ENVIRONMENT,
             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(corpus)
        corpus.mkdir()
        for path in small.iterdir():
            if path.name not in seeds:
                shutil.move(path, corpus / path.name)
        print(f"{form}: {len(list(corpus.iterdir()))} inputs beside {len(seeds)} of the fixtures")


def functions(folder):
    """(file, function, blocks, those that ran) of what gcov counted below `folder`."""
    for data in sorted(folder.rglob("*.gcda")):
        room = next((room for room in ROOMS if f"/winroots_{room}.dir/" in str(data)), None)
        notes = pathlib.Path("/", data.relative_to(folder)).with_suffix(".gcno")
        if not room or not notes.exists():
            continue
        shutil.copy(notes, data.with_suffix(".gcno"))
        said = call("gcov", "--json-format", "--stdout", data, capture_output=True, text=True).stdout
        name = f"{room}/{data.name.removesuffix('.gcda').removesuffix('.o')}"
        for file in json.loads(said)["files"]:
            if file["file"].endswith(name.removesuffix(".c") + ".c"):
                for function in file["functions"]:
                    yield name, function["name"], function["blocks"], function["blocks_executed"]


def rewrite(page, table):
    text = page.read_text()
    begin, end = "<!-- tools/dev fuzz writes from here", "<!-- to here -->"
    head, rest = text.split(begin, 1)
    mark, rest = rest.split("\n", 1)
    page.write_text(f"{head}{begin}{mark}\n{table}{end}{rest.split(end, 1)[1]}")


def coverage(formats):
    call("cmake", "--preset", "coverage", stdout=subprocess.DEVNULL)
    call("cmake", "--build", "--preset", "coverage", "--target", *(f"replay_{form}" for form in formats))
    folder = BUILD / "gcov"  # apart from what the tests count
    shutil.rmtree(folder, ignore_errors=True)
    for form in formats:
        corpus, _ = folders(form)
        call(TOP / f"build/coverage/tests/replay_{form}", SEEDS / form, *([corpus] if any(corpus.iterdir()) else []),
             env=os.environ | {"GCOV_PREFIX": str(folder)}, stdout=subprocess.DEVNULL)
    rows = sorted(functions(folder))
    with (TOP / "docs/fuzzing.tsv").open("w") as out:
        print("file", "function", "blocks", "reached", sep="\t", file=out)
        for row in rows:
            print(*row, sep="\t", file=out)
    table = "| Room | Functions | Reached | Blocks | Reached |\n|---|---|---|---|---|\n"
    for room in ROOMS:
        of = [row for row in rows if row[0].startswith(room + "/")]
        blocks, reached = sum(row[2] for row in of), sum(row[3] for row in of)
        entered = sum(row[3] > 0 for row in of)
        if of:
            table += (f"| `{room}` | {len(of)} | {entered} ({100 * entered / len(of):.1f} %) | {blocks} | "
                      f"{reached} ({100 * reached / blocks:.1f} %) |\n")
    rewrite(TOP / "docs/fuzzing.md", table)
    print(table, end="")


def main():
    what, *rest = sys.argv[1:] or [""]
    if what in ("run", "afl") and rest and re.fullmatch(r"\d+(\.\d+)?", rest[0]):
        hours, formats = rest[0], formats_of(rest[1:])
        targets = [f"fuzz_{form}" for form in formats]
        build(BUILD, "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DCMAKE_C_COMPILER=clang", "-DWINROOTS_SANITIZE=ON",
              "-DWINROOTS_FUZZ=ON", targets=targets)
        if what == "afl":
            build(TOP / "build/afl", "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DCMAKE_C_COMPILER=afl-clang-fast",
                  "-DWINROOTS_SANITIZE=ON", "-DWINROOTS_AFL=ON", targets=targets)
        in_turn(one_by_afl if what == "afl" else one_by_libfuzzer, formats, hours)
        make_small(formats)
        if what == "run":
            coverage(formats_of([]))
        return 1 if any(path.is_file() for path in FOUND.rglob("*")) else 0
    if what in ("small", "coverage"):
        {"small": make_small, "coverage": coverage}[what](formats_of(rest))
        return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main())
