#!/usr/bin/env bash
# Prints the SHA-256 digest of each released binary in a folder, as action/digests.txt holds them.
#
# Usage: digests.sh VERSION FOLDER
set -euo pipefail
version=${1:?the version} folder=${2:?the folder of the binaries}
grep -v '^#' "$(dirname "${BASH_SOURCE[0]}")/targets.txt" | while read -r target _; do
  suffix=
  case $target in *windows*) suffix=.exe ;; esac
  file=$folder/tidegate-$target$suffix
  if [ ! -f "$file" ]; then
    echo "there is no $file" >&2
    exit 1
  fi
  digest=$(sha256sum "$file")
  printf '%s %s %s\n' "${digest%% *}" "$target" "$version"
done
