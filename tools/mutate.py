#!/usr/bin/env python3
"""Mutation testing of the rooms that judge: is there a test that fails for every small mistake in them?

    mutate.py FOLDER [--sample N] [--seed S] [--file PART] [--minutes M] [--jobs J] [--quick] [--whole]
              [--again] [--list]

Each mutant is one of src/trust and src/require with one token, statement or constant changed.  It is
compiled alone and preloaded over the library, whose tests are then run, quick ones first, until one
fails.  FOLDER keeps the programs and results.tsv: "killed TEST", "survived" or "explained" for each mutant;
those that are there already are not run again.  tests/mutation/explained.tsv names the mutants that no
test can kill, each with its reason.  Exit 1 where one survives that is not explained."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shlex
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
BUILD = TOP / "build/dev"
ROOMS = ("trust", "require")
EXPLAINED = TOP / "tests/mutation/explained.tsv"

# Quick ones first, and before them the one that is about the file.  The whole oracle takes minutes and is left
# out, random hosts are for --whole; so are scripts that would say what these say.
ABOUT = {"learn": "test_learn", "profile": "test_requirement", "requirement": "test_requirement", "field": "test_requirement",
         "lint": "test_lint", "defect": "test_lint", "plan": "test_action", "compare": "test_check",
         "check": "test_check", "grade": "test_check", "finding": "test_finding", "watchlist": "test_finding"}
UNITS = {
    "trust": ("test_verdict", "test_finding", "test_trial", "test_trust", "test_explain", "test_plan_demo", "test_plan", "test_compare"),
    "require": ("test_check", "test_action", "test_setting", "test_requirement", "test_trial", "test_plan_demo", "test_learn", "test_compare", "test_plan", "test_profile", "test_lint", "test_bundle"),
}
SLOW_CASE = {"test_plan": "plan/holds_what_it_promises_on_any_host"}
FEW_HOSTS = {"WINROOTS_HOSTS": "12"}  # of each of its ten shares
SCRIPTS = {
    "trust": ("cli_scopes", "cli_golden_trust", "cli_findings", "cli_stores", "cli_formats", "cli_damaged_values",
              "cli_recover", "cli_explain", "cli_saved_report", "cli_hives"),
    "require": ("cli_demo", "cli_profile_lint", "cli_bundle", "cli_formats", "cli_saved_report", "cli_profile_facts",
                "cli_export"),
}
# Put functions of their own before the library's, so that a mutant is linked into them.
LINKED = ("test_fault",)

TOKENS = re.compile(r"""
    (?P<skip>//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*)
  | (?P<number>\b(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*\b)
  | (?P<word>\b[A-Za-z_]\w*\b)
  | (?P<op><<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%&|^!~<>=?:;,.(){}\[\]])""",
                    re.X | re.S | re.M)

SWAPS = {"==": ["!="], "!=": ["=="], "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
         "&&": ["||"], "||": ["&&"], "+=": ["-="], "-=": ["+="], "|=": ["&=", "="], "++": ["--"], "--": ["++"],
         "true": ["false"], "false": ["true"], "continue": [""], "break": [""],
         "WR_CONDITIONAL": ["WR_TRUSTED", "WR_NOT_TRUSTED"], "WR_DISTRUSTED": ["WR_NOT_TRUSTED"],
         "WR_NOT_TRUSTED": ["WR_DISTRUSTED", "WR_CONDITIONAL"], "WR_UNKNOWN": ["WR_TRUSTED", "WR_NOT_TRUSTED"]}
BINARY = {"+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*"], "&": ["|"], "|": ["&"], "<<": [">>"],
          ">>": ["<<"]}


def tokens(text):
    return [(m.lastgroup, m.group(), m.start(), m.end()) for m in TOKENS.finditer(text) if m.lastgroup != "skip"]


def numbers(literal):
    value = int(re.match(r"(?i)0x[0-9a-f]+|\d+", literal).group(), 0)
    return ["1"] if value == 0 else ["0", "2"] if value == 1 else [str(value + 1), str(value - 1)]


def is_binary(before, after, text):
    """Space on both sides is what clang-format gives a binary operator."""
    return text[before - 1:before].isspace() and text[after:after + 1].isspace()


def statements(toks, text):
    """Calls and assignments that are statements of their own: (start, end)."""
    start, depth = None, 0
    for i, (kind, word, at, end) in enumerate(toks):
        before = toks[i - 1][1] if i else ";"
        if depth == 0 and kind == "word" and before in (";", "{", "}", ")", "else") and start is None:
            follows = toks[i + 1][1] if i + 1 < len(toks) else ""
            simple = follows in ("(", "=", "->", "[", ".", "+=", "-=", "|=", "++", "--") and word not in (
                "if", "for", "while", "switch", "return", "sizeof", "typedef", "static", "do")
            if simple and text[:at].rsplit("\n", 1)[-1].strip() == "":
                start = at
        depth += word in "([" and kind == "op"
        depth -= word in ")]" and kind == "op"
        if word == ";" and depth == 0 and start is not None:
            yield start, end
            start = None
        if word in "{}" and kind == "op":
            start = None


def mutations(text):
    """(start, end, replacement) of every mutant of a file."""
    toks = tokens(text)
    body = 0  # depth of braces: what stands outside of functions and tables is declarations
    for i, (kind, word, at, end) in enumerate(toks):
        body += (word == "{") - (word == "}")
        if not body:
            continue
        if kind == "number":
            yield from ((at, end, new) for new in numbers(word))
        elif word in SWAPS:
            yield from ((at, end, new) for new in SWAPS[word])
        elif word in BINARY and is_binary(at, end, text):
            yield from ((at, end, new) for new in BINARY[word])
        elif word == "!" and kind == "op":
            yield at, end, ""
        elif word == "return" and toks[i + 1][1] not in (";", "true", "false", "0", "NULL"):
            stop = next(t for t in toks[i:] if t[1] == ";")
            yield toks[i + 1][2], stop[2], "0"
            yield toks[i + 1][2], toks[i + 1][2], "!"
    for start, end in statements(toks, text):
        yield start, end, ";"


# Where a larger number is more room, which no test can tell: an array's size, the count of an allocation.
ARRAY = re.compile(r"^\s*(?!return\b|case\b)(?:\w+\s+\**)+\w+\[[^\]]*$"), re.compile(r"^[^\]]*\][;,]")
ALLOCATION = re.compile(r"WR_NEW\((?:[^()]|\([^()]*\))*$")


def is_more_room(text, start, end, new):
    old, line = text[start:end], text[text.rfind("\n", 0, start) + 1:start]
    if not (old.isdigit() and new.isdigit() and int(new) > int(old)):
        return False
    return bool(ALLOCATION.search(line)) or bool(ARRAY[0].match(line) and ARRAY[1].match(text[end:]))


# Where octets of our own stand in a file: nobody reads that.  And the end of a list of arguments, which is nothing
# to do on any machine that we know.
NOWHERE = re.compile(r', $'), re.compile(r'^, ""')


def is_nowhere(text, start, end):
    if text[start:end] == "va_end(ap);":
        return True
    return text[start:end].isdigit() and bool(NOWHERE[0].search(text[:start][-2:]) and NOWHERE[1].match(text[end:]))


def line_of(text, at):
    return text.count("\n", 0, at) + 1


class Mutant:
    def __init__(self, path, text, start, end, new):
        self.path, self.text, self.start, self.end, self.new = path, text, start, end, new
        line = text.rfind("\n", 0, start) + 1
        stop = text.find("\n", start)
        self.line = line_of(text, start)
        old = " ".join(text[start:end].split())
        self.what = f"{old or '(nothing)'} -> {new or '(nothing)'}"
        self.context = text[line:stop].strip()
        # Stays the same when other lines move: the file, the line's text, the place in it, the change.
        same = text[:line].count("\n" + text[line:stop] + "\n")
        self.key = "\t".join((str(path.relative_to(TOP)), f"{self.context} [{same + 1}]", str(start - line), self.what))

    def source(self):
        return self.text[:self.start] + self.new + self.text[self.end:]


def all_mutants(part):
    for room in ROOMS:
        for path in sorted((TOP / "src" / room).glob("*.c")):
            if part in str(path):
                text = path.read_text()
                for start, end, new in mutations(text):
                    if not is_more_room(text, start, end, new) and not is_nowhere(text, start, end):
                        yield Mutant(path, text, start, end, new)


def run(command, **how):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how).returncode


def linking(test):
    """The words of the command that links a test."""
    said = subprocess.run(["ninja", "-C", BUILD, "-t", "commands", f"tests/{test}"], check=True, capture_output=True, text=True)
    return shlex.split(said.stdout.splitlines()[-1])


class Bench:
    """The library as one shared object that a mutant is preloaded over, and its tests linked to it."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        rows = json.loads((BUILD / "compile_commands.json").read_text())
        self.compile, objects = {}, []
        for row in rows:
            path = pathlib.Path(row["file"])
            command = [word for word in shlex.split(row["command"]) if word != "-g" and word != "-Werror"]
            # winroots_small, a test's program, has copies of its own.
            if path.is_relative_to(TOP / "src") and command[command.index("-o") + 1].startswith("src/"):
                command = command[command.index("gcc" if "gcc" in command else next(
                    w for w in command if w.endswith("gcc"))):]
                self.compile[path] = (command[:command.index("-o")], row["directory"])
                objects.append((path, BUILD / command[command.index("-o") + 1]))
        libraries = [word for word in linking("test_trust") if re.search(r"\.so(\.\d+)*$|^-l|^-pthread$", word)]
        program = [str(o) for path, o in objects if path.parent.name == "cli"]
        library = [str(self.strict_arena()) if path == TOP / "src/base/arena.c" else str(o)
                   for path, o in objects if path.parent.name != "cli"]
        rpath = ["-L", str(folder), "-Wl,-rpath," + str(folder)]
        subprocess.run(["gcc", "-shared", "-o", folder / "libwinroots-all.so", *library, *libraries], check=True)
        subprocess.run(["gcc", "-rdynamic", "-o", folder / "winroots-all", *program, *rpath, "-lwinroots-all",
                        *libraries], check=True)
        for test in sorted({t for room in ROOMS for t in UNITS[room]}):
            where = BUILD / f"tests/CMakeFiles/{test}.dir/{test}.c.o"
            wrapped = [word for word in linking(test) if "--wrap=" in word]
            subprocess.run(["gcc", "-rdynamic", "-o", folder / test, where, *wrapped, *rpath, "-lwinroots-all", *libraries],
                           check=True)
        program = folder / "winroots"
        program.write_text(f'#!/bin/sh\nLD_PRELOAD="$WINROOTS_MUTANT" exec {folder}/winroots-all "$@"\n')
        program.chmod(0o755)

    def strict_arena(self):
        """The arena that shows who reads behind the end of a list."""
        command, directory = self.compile[TOP / "src/base/arena.c"]
        made = self.folder / "arena.o"
        source = TOP / "tests/mutation/arena.c"
        subprocess.run([*command, "-w", "-O1", "-c", "-o", made, source], cwd=directory, check=True)
        return made

    def compiled(self, path, source, made):
        """An object of a source that stands for `path`; false where it is no C."""
        command, directory = self.compile[path]
        # An index behind the end of an array is a trap, and what nobody set is neither zero nor an address.
        checks = ["-fsanitize=undefined", "-fsanitize-undefined-trap-on-error", "-ftrivial-auto-var-init=pattern"]
        return run([*command, "-w", "-O0", *checks, "-c", "-o", made, source], cwd=directory) == 0

    def mutant(self, mutant, name):
        source, made = self.folder / f"{name}.c", self.folder / f"{name}.so"
        source.write_text(mutant.source())
        if not self.compiled(mutant.path, source, made.with_suffix(".o")):
            return None
        subprocess.run(["gcc", "-shared", "-o", made, made.with_suffix(".o")], check=True)
        return made

    def unchanged(self, room):
        """A room as it is, made as its mutants are."""
        made, objects = self.folder / f"unchanged-{room}.so", []
        for path in sorted((TOP / "src" / room).glob("*.c")):
            objects.append(self.folder / f"unchanged-{room}-{path.stem}.o")
            if not self.compiled(path, path, objects[-1]):
                sys.exit(f"mutate: {path} cannot be compiled")
        subprocess.run(["gcc", "-shared", "-o", made, *objects], check=True)
        subprocess.run(["gcc", "-r", "-nostdlib", "-o", made.with_suffix(".o"), *objects], check=True)
        return made

    def linked(self, test, preload):
        """A test with the mutant before the library that it is linked with."""
        words = [word for word in linking(test) if word not in (":", "&&")]
        made = words[words.index("-o") + 1] = str(self.folder / test) + (f"-{preload.stem}" if preload else "")
        if preload:
            words.insert(words.index("src/libwinroots.a"), str(preload.with_suffix(".o")))
        subprocess.run(words, cwd=BUILD, check=True)
        return made

    def tests(self, path, preload):
        room, about = path.parent.name, ABOUT.get(path.stem.split("_")[0])
        env = os.environ | {"WINROOTS_MUTANT": str(preload), "ASAN_OPTIONS": "", "PYTHONDONTWRITEBYTECODE": "1"}
        preloaded = env | {"LD_PRELOAD": str(preload)}
        for test in sorted(UNITS[room], key=lambda test: test != about):
            yield test, [self.folder / test, "--fail-fast", "-j1"], preloaded | FEW_HOSTS
        if not self.scripts:
            return
        for test in SCRIPTS[room]:
            script = TOP / "tests/cli" / f"{test.replace('cli_', 'test_')}.py"
            yield test, [sys.executable, script, self.folder / "winroots", TOP / "fixtures", "-f"], env
        for test in LINKED:
            yield test, [self.linked(test, preload), "--fail-fast", "-j1"], env
        for test in UNITS[room] if self.slow else ():
            if test in SLOW_CASE:
                yield f"{test} whole", [self.folder / test, "--fail-fast", "-j1", "--filter", SLOW_CASE[test]], preloaded

    def verdict(self, mutant, name):
        """The test that fails; "" where none does; None where the mutant is no C."""
        made = self.mutant(mutant, name)
        if not made:
            return None
        killed = ""
        for test, command, env in self.tests(mutant.path, made):
            try:
                code = run(command, env=env, timeout=self.limits.get(test, 120))
            except subprocess.TimeoutExpired:
                code = -1
            if code not in (0, 77):
                killed = test
                break
        for path in self.folder.glob(f"*{name}*"):
            path.unlink()
        return killed

    limits, scripts, slow = {}, True, False

    def check(self):
        """Every test passes over a room as it is; says how long each may take."""
        for room in ROOMS:
            for test, command, env in self.tests(TOP / "src" / room / "any.c", self.unchanged(room)):
                start = time.monotonic()
                code = run([*map(str, command)], env=env)
                if code not in (0, 77):
                    sys.exit(f"mutate: {test} fails without a mutant ({code}): {shlex.join(map(str, command))}")
                self.limits[test] = max(self.limits.get(test, 0), 30 + 10 * (time.monotonic() - start))


def read_rows(path):
    return [line.split("\t") for line in path.read_text().splitlines()] if path.exists() else []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--sample", type=int, help="so many, chosen by the seed; default all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", default="", help="only files whose path holds this")
    parser.add_argument("--minutes", type=float, default=1e9, help="start no mutant after so many")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--quick", action="store_true", help="without the tests that are scripts")
    parser.add_argument("--whole", action="store_true", help="with the random hosts of test_plan: a minute for each survivor")
    parser.add_argument("--again", action="store_true", help="run survivors once more")
    parser.add_argument("--list", action="store_true", help="name the mutants and run none")
    args = parser.parse_args()
    folder = args.folder.resolve()
    mutants = list(all_mutants(args.file))
    if args.sample:
        random.Random(args.seed).shuffle(mutants)
        mutants = mutants[:args.sample]
    if args.list:
        for m in mutants:
            print(f"{m.path.relative_to(TOP)}:{m.line}: {m.what}")
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    results = folder / "results.tsv"
    known = {"\t".join(row[1:5]): row[0] for row in read_rows(results)}
    explained = {"\t".join(row[:4]) for row in read_rows(EXPLAINED) if len(row) >= 5}
    todo = [m for m in mutants if m.key not in known or (args.again and known[m.key] == "survived")]
    stop = time.monotonic() + 60 * args.minutes

    def one(numbered):
        number, mutant = numbered
        if time.monotonic() > stop:
            return mutant, False
        return mutant, bench.verdict(mutant, f"mutant{number:05}")

    if todo:
        bench = Bench(folder)
        bench.scripts, bench.slow = not args.quick, args.whole
        bench.check()
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool, results.open("a") as out:
            for mutant, killed in pool.map(one, enumerate(todo)):
                if killed is False:
                    continue
                state = "no C" if killed is None else f"killed {killed}" if killed else "survived"
                known[mutant.key] = state
                print(state, mutant.key, sep="\t", file=out, flush=True)
    counts = {"no C": 0, "killed": 0, "survived": 0, "explained": 0}
    for m in mutants:
        state = known.get(m.key, "").split(" ")[0].replace("no", "no C")
        if state == "survived" and m.key in explained:
            state = "explained"
        if state:
            counts[state] += 1
        if state == "survived":
            print(f"{m.path.relative_to(TOP)}:{m.line}: {m.what}\n    {m.context}")
    judged = counts["killed"] + counts["survived"] + counts["explained"]
    print(f"{judged} mutants of {len(mutants)}: {counts['killed']} killed, {counts['survived']} survived, "
          f"{counts['explained']} explained; {counts['no C']} are no C", end="")
    print(f"; {100 * counts['survived'] / judged:.1f} % survive" if judged else "")
    return 1 if counts["survived"] else 0


if __name__ == "__main__":
    sys.exit(main())
