#!/usr/bin/env bash
# Tells GitHub what was asked for. It is the only step with a token besides the one that compares; what
# GitHub refuses is a notice and does not change the verdict.
set -euo pipefail
# shellcheck source=action/common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

targets=
# target NAME INPUT VALUE
target() {
  if asked "$2" "$3"; then
    targets=${targets:+$targets,}$1
  fi
}
target check-run check-run "$INPUT_CHECK_RUN"
target comment comment "$INPUT_COMMENT"
target status status "$INPUT_STATUS"
target deployment deployment "$INPUT_DEPLOYMENT"
target code-scanning sarif "$INPUT_SARIF"

say "Publishes: $targets"
if ! MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*' "$TIDEGATE" publish "$REPORT" --to "$targets"; then
  annotate warning "Not everything could be published ($targets). The verdict stands; the log of the step says why."
fi
