#!/usr/bin/env python3
"""Rules of our own that a compiler cannot hold.  Run by ctest as `source_rules`.

    check_source.py SOURCE_DIR COMPILER LIBRARY

1. Rooms are in an order; a file includes only headers of its own room or of rooms before it.
2. Headers of other libraries appear only in the files that wrap them, and in no public header.
3. Some calls are banned everywhere, some everywhere but in the file that is there for them.
4. Each public header compiles alone and names no type of a wrapped library.
5. No object of the library refers to a socket.
6. The comment of each bound in limits.h ends with "Met by" and the names of tests, one of which names the bound."""
import pathlib
import re
import subprocess
import sys

ROOMS = ["base", "source", "format", "evidence", "store", "trust", "require", "output", "fleet", "cli"]

WRAPPED = {
    "openssl/": {"base/digest.c", "format/x509_signature.c", "format/public_key.c",
                 "format/pkcs7_verify.c"},
    "archive": {"source/libarchive.h"},
    "zlib.h": {"source/archive.c"},
    "tsk/": {"source/image_tsk.h"},
    "libvshadow": {"source/image_vss.c"},
    "libqcow": {"source/image_qcow.c"},
    "libbde": {"source/image_bde.c"},
    "libbfio": {"source/image_bfio.h"},
    "sqlite3": {"fleet/sql.c"},
    "cjson/": {"base/json_read.c"},
}

BANNED = {
    r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|sscanf|alloca|strcasecmp)\s*\(": set(),
    r"\b(malloc|calloc|realloc|free|strdup)\s*\(":
        {"base/arena.c", "base/outfile.c", "source/file.c", "source/mapping.c"},
    r"\b(fopen|open|mmap|opendir)\s*\(":
        {"base/os_posix.c", "base/process_posix.c", "base/sandbox_linux.c", "source/mapping.c"},
    r"\b(time|getenv|setlocale|exit|abort|clock_gettime)\s*\(": {"cli/main.c", "cli/clock.c", "cli/terminal.c"},
    r"\b(printf|puts|putchar|perror)\s*\(": {"cli/main.c", "cli/message.c"},
}

SOCKETS = r"\bU (socket|connect|bind|listen|accept|accept4|getaddrinfo|gethostbyname|sendto|recvfrom)(@.*)?$"


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    return re.sub(r'"(\\.|[^"\\\n])*"', lambda m: m.group() if "#" in m.group() else '""', text)


def check_file(src, path):
    rel = path.relative_to(src).as_posix()
    room = ROOMS.index(rel.split("/")[0])
    raw = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), path.read_text(), flags=re.S)
    code = without_comments(path.read_text()).splitlines()
    for n, line in enumerate(raw.splitlines(), 1):
        include = re.match(r'\s*#\s*include\s+[<"]([^>"]+)', line)
        if include:
            name = include.group(1)
            other = name.split("/")[0]
            if "/" in name and other in ROOMS and ROOMS.index(other) > room:
                yield f"src/{rel}:{n}: room {ROOMS[room]} comes before {other}"
            for library, files in WRAPPED.items():
                if name.startswith(library) and rel not in files:
                    yield f"src/{rel}:{n}: {name} belongs in {', '.join(sorted(files))}"
            continue
        for pattern, files in BANNED.items():
            if rel not in files and re.search(pattern, code[n - 1]):
                yield f"src/{rel}:{n}: banned here: {line.strip()}"


def check_public(root, compiler):
    for header in sorted((root / "include/winroots").glob("*.h")):
        run = subprocess.run([compiler, "-std=c11", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic",
                              "-Werror", "-I", str(root / "include"), "-x", "c", "-"],
                             input=f'#include "winroots/{header.name}"\n'
                                   f'#include "winroots/{header.name}"\nint dummy;\n',
                             text=True, capture_output=True)
        if run.returncode:
            yield f"{header.relative_to(root)}: does not compile alone:\n{run.stderr}"
        for library in ("openssl", "archive.h", "cJSON", "tsk/"):
            if re.search(r"#\s*include.*" + re.escape(library), header.read_text()):
                yield f"{header.relative_to(root)}: a public header includes {library}"


def check_sockets(library):
    symbols = subprocess.run(["nm", "-u", library], text=True, capture_output=True, check=True).stdout
    for line in symbols.splitlines():
        if re.search(SOCKETS, line):
            yield f"{pathlib.Path(library).name}: an object links a socket symbol: {line.strip()}"


def check_limits(root):
    header = root / "include/winroots/limits.h"
    comment = ""
    for part in re.split(r"(/\*.*?\*/)", header.read_text(), flags=re.S):
        if part.startswith("/*"):
            comment = part
            continue
        for name in re.findall(r"#define (WR_LIMIT_\w+)", part):
            met = re.search(r"Met by ([\w, ]+)\. \*/$", comment)
            tests = [root / "tests" / (f"cli/test_{t[4:]}.py" if t.startswith("cli_") else f"{t}.c")
                     for t in met[1].split(", ")] if met else []
            missing = [t.name for t in tests if not t.exists()]
            if not tests or missing:
                yield f"{header.name}: {name}: no test meets it{': ' if missing else ''}{', '.join(missing)}"
            elif not any(re.search(rf"\b{name[9:]}\b|\b{name}\b", t.read_text()) for t in tests):
                yield f"{header.name}: {name}: {met[1]} does not name it"


def main():
    root, compiler, library = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    src = root / "src"
    files = sorted(src.rglob("*.[ch]"))
    bad = [fault for f in files for fault in check_file(src, f)]
    bad += check_public(root, compiler)
    bad += check_sockets(library)
    bad += check_limits(root)
    print("\n".join(bad) or f"{len(files)} files keep the rules")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
