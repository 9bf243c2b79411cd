#!/usr/bin/env bash
# The action's last act: ends with the exit code of the run, and so fails the job unless the deploy is
# allowed.
set -euo pipefail
# shellcheck source=action/common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

# stopped TEXT: there is no report that says it.
stopped() {
  annotate error "$1"
  printf '**The deploy is not allowed.** %s\n' "$1" >>"$GITHUB_STEP_SUMMARY"
}

case $EXIT_CODE in
  0)
    if asked advisory "$INPUT_ADVISORY"; then
      echo "The gate lets it through whatever the verdict is: the input advisory is true."
    else
      echo "The gate is open: the deploy is allowed."
    fi
    ;;
  1) echo "The gate is shut: the deploy is blocked." ;;
  2) stopped "The gate did not run: the gate file or an input is wrong. The log of the step says where." ;;
  3) echo "The gate is shut: the checks could not tell, and what is not proven is not allowed." ;;
  4)
    # There is no finding that a line could show.
    annotate error "${HEADLINE:-No check ran.}"
    echo "The gate is shut: no check ran, and nothing executed is not allowed."
    ;;
  5) stopped "A report could not be written. The log of the step says which." ;;
  130) stopped "The run was interrupted before it had a verdict." ;;
  '')
    stopped "The gate did not run. The log of the steps before says why."
    exit 1
    ;;
  *) stopped "Tidegate failed with exit code $EXIT_CODE. The log of the step says more; please report it." ;;
esac
exit "$EXIT_CODE"
