#!/usr/bin/env python3
"""Nothing but C11 and POSIX.1-2008 outside the platform's own files:  test_posix.py SOURCE_DIR BUILD_DIR

Each source is compiled once more as on a system that is no Linux, without extensions of the language, and with
no more of the system than POSIX promises: what then compiles is what macOS and the BSDs are given."""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import unittest

SOURCE, BUILD = (pathlib.Path(p).resolve() for p in sys.argv[1:3])

# Who asks the system for more, and for what.
ASKS_FOR_MORE = {"base/sandbox_linux.c", "base/sandbox_calls_linux.c",  # the kernel's calls, on Linux only
                 "base/threads_posix.c",      # how many cores may be used, on Linux only
                 "format/regf_internal.h",    # __builtin_prefetch, which gcc, clang and MinGW-w64 have
                 "source/mapping.c"}          # MAP_ANONYMOUS, in POSIX since 2024; mremap, on Linux only


def sources():
    """{path below src: its command}"""
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    return {path.relative_to(SOURCE / "src").as_posix(): entry for entry in commands
            if (path := pathlib.Path(entry["file"])).is_relative_to(SOURCE / "src")}


def compiled(entry):
    words = shlex.split(entry["command"])
    if pathlib.Path(words[0]).name == "ccache":
        words = words[1:]
    at = words.index("-o")
    del words[at:at + 2]
    words.remove("-c")
    done = subprocess.run([*words, "-fsyntax-only", "-pedantic-errors", "-U__linux__", "-U__linux", "-U__gnu_linux__"],
                          cwd=entry["directory"], capture_output=True, text=True)
    return done.returncode, done.stderr


class Posix(unittest.TestCase):
    def test_every_source_compiles(self):
        found = sources()
        self.assertGreater(len(found), 150)
        for entry in found.values():
            self.assertIn("-std=c11", entry["command"])
            self.assertIn("-D_POSIX_C_SOURCE=200809L", entry["command"])
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for name, (code, said) in zip(found, pool.map(compiled, found.values())):
                self.assertEqual(code, 0, f"{name}\n{said}")

    def test_nobody_asks_for_more(self):
        more = re.compile(r"#\s*define\s+(_GNU_SOURCE|_DEFAULT_SOURCE|_BSD_SOURCE|_DARWIN_C_SOURCE|__BSD_VISIBLE)|__attribute__"
                          r"|__builtin|__asm|\btypeof\b")
        asks = {path.relative_to(SOURCE / "src").as_posix() for path in (SOURCE / "src").rglob("*.[ch]")
                if more.search(path.read_text())}
        self.assertLessEqual(asks, ASKS_FOR_MORE)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
