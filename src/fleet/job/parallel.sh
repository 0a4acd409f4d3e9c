#!/usr/bin/env bash
# run.sh: every part by GNU parallel, and then all records.  Given again after a stop, it goes on with
# what is not done.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
parallel --jobs @JOBS@ --joblog job.log --resume-failed --arg-file chunks.txt bash chunk.sh {}
exec bash reduce.sh
