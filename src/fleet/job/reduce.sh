#!/usr/bin/env bash
# reduce.sh: the records of every part as one file, records.ndjson, and merged into fleet.sqlite.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
mapfile -d '' -t program <program
files=()
while read -r n; do
    [[ -f out/$n.ndjson ]] || { echo "reduce.sh: part $n is not done: run it again" >&2 && exit 1; }
    files+=("out/$n.ndjson")
done <chunks.txt
"${program[0]}" fleet gather "${files[@]}" -o records.ndjson
"${program[0]}" fleet merge records.ndjson -o fleet.sqlite
