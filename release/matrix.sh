#!/usr/bin/env bash
# Prints the targets as the matrix of a job.
set -euo pipefail
grep -v '^#' "$(dirname "${BASH_SOURCE[0]}")/targets.txt" |
  jq --raw-input --null-input --compact-output \
    '{ include: [inputs | [splits(" +")] | { target: .[0], runner: .[1] }] }'
