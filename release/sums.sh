#!/usr/bin/env bash
# Prints the committed digests of a version as `sha256sum --check` reads them.
#
# Usage: sums.sh VERSION FOLDER
set -euo pipefail
version=${1:?the version} folder=${2:?the folder of the binaries}
while read -r digest target of; do
  if [ "$of" != "$version" ]; then
    continue
  fi
  suffix=
  case $target in *windows*) suffix=.exe ;; esac
  printf '%s  %s/tidegate-%s%s\n' "$digest" "$folder" "$target" "$suffix"
done < <(grep -v '^#' "$(dirname "${BASH_SOURCE[0]}")/../action/digests.txt")
