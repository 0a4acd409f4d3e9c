#!/usr/bin/env bash
# submit.sh [OPTION...]: an array with a task for each part, and a job for all records that waits for it.
# Options, such as --partition=P, are for both.  Given again after tasks failed, it goes on with what is
# not done.  Prints the numbers of the two jobs.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
mkdir -p log
array=$(sbatch --parsable --chdir="$PWD" "$@" array.sbatch)
reduce=$(sbatch --parsable --chdir="$PWD" "$@" --dependency="afterok:${array%%;*}" --kill-on-invalid-dep=yes reduce.sbatch)
echo "${array%%;*} ${reduce%%;*}"
