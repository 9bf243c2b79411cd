#!/usr/bin/env bash
# Fetches the last report of the default branch, to tell what changed since. Without it, the run goes on.
set -euo pipefail
# shellcheck source=action/common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

folder=$(mktemp -d "$temporary/tidegate-previous-XXXXXX")
mute
code=0
"$TIDEGATE" previous --output "$folder/previous.json" ${INPUT_ENVIRONMENT:+"--env=$INPUT_ENVIRONMENT"} 2>&1 || code=$?
unmute
if [ "$code" -eq 0 ] && [ -s "$folder/previous.json" ]; then
  output report "$folder/previous.json"
else
  annotate notice "There is no earlier report to compare with. The input compare needs the permission actions with read, and a report that an earlier run uploaded."
fi
