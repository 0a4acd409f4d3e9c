#!/usr/bin/env bash
# run.sh: every part by GNU parallel on the hosts of hosts.txt, and then all records.  Given again after a
# stop, it goes on with what is not done.  A part is sent with its evidence, which is taken away again;
# stage/ holds links to it, and rsync sends what they lead to.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
mkdir -p out
parallel --jobs @JOBS@ --joblog job.log --resume-failed --retries 3 --sshloginfile hosts.txt \
    --workdir winroots-@ID@ --rsync-opts "-rlDzR --copy-unsafe-links" --transferfile stage/./{} --return out/{}.ndjson --cleanup \
    --arg-file chunks.txt 'OUT=../out bash {}/chunk.sh {}; code=$?; rm -rf {} out/{}.ndjson.run; exit $code'
exec bash reduce.sh
