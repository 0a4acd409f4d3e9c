#!/usr/bin/env bash
# chunk.sh N: the records of the N-th part of the evidence, in out/N.ndjson ($OUT: another folder).  Given again, it goes on.
# Paths and options come from files in which a NUL ends each: no shell ever reads them.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
here=$PWD
mapfile -d '' -t program <program
mapfile -d '' -t options <options
mapfile -d '' -t from <from
out=$here/${OUT:-out}
mkdir -p "$out"
cd -- "${from[0]}"
code=0
"${program[0]}" fleet run --null --list "$here/chunks/$1.list" "${options[@]}" --jobs "${JOBS:-1}" --quiet \
    -o "$out/$1.ndjson" || code=$?
# 3 and 4: some of the evidence could not be read, and its records say so.
case $code in 0 | 3 | 4) exit 0 ;; esac
echo "chunk.sh: part $1 is not done: fleet run ended with $code" >&2
exit "$code"
